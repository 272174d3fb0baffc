use std::fmt;
use std::path::{Path, PathBuf};

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};

const INSTANT: &[BorrowedFormatItem<'_>] = format_description!("[year][month][day]T[hour][minute][second]Z");

/// What a packed backup's file name ends with.
const PACKED: &str = ".db.gz";
/// What a manifest's file name ends with.
const MANIFEST: &str = ".json";

/// The id of a backup: `tome_20251127T143055Z`, and `tome_20251127T143055Z_2` for a second one of
/// the same second. Sorted by time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupName {
    /// The database's file name without its ending.
    pub database: String,
    /// When it was taken, in UTC, to the second.
    pub taken_at: OffsetDateTime,
    /// 1 for the first of its second.
    pub number: u32,
}

impl BackupName {
    /// The name of a backup that is taken now.
    pub fn new(database: &Path, now: OffsetDateTime, number: u32) -> Self {
        let taken_at = now.to_offset(UtcOffset::UTC).replace_nanosecond(0).unwrap_or(now);
        Self { database: stem(database), taken_at, number }
    }

    /// Reads an id, or the name of a file of a backup; `None` where it is none.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.strip_suffix(PACKED).or_else(|| text.strip_suffix(MANIFEST)).unwrap_or(text);
        let (head, tail) = text.rsplit_once('_')?;
        let (database, instant, number) = match instant(tail) {
            Some(instant) => (head, instant, 1),
            None => {
                let number: u32 = tail.parse().ok().filter(|number| *number > 1)?;
                let (database, text) = head.rsplit_once('_')?;
                (database, instant(text)?, number)
            }
        };
        let name = Self { database: database.to_owned(), taken_at: instant, number };
        // `_02` and `+2` are read as numbers, and are nobody's ids.
        (!database.is_empty() && name.to_string() == text).then_some(name)
    }

    /// The packed copy in this folder.
    pub fn packed(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{self}{PACKED}"))
    }

    /// The manifest in this folder.
    pub fn manifest(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{self}{MANIFEST}"))
    }
}

/// What backups of this database begin with.
pub(crate) fn stem(database: &Path) -> String {
    database.file_stem().map_or_else(|| "database".to_owned(), |stem| stem.to_string_lossy().into_owned())
}

fn instant(text: &str) -> Option<OffsetDateTime> {
    PrimitiveDateTime::parse(text, INSTANT).ok().map(PrimitiveDateTime::assume_utc)
}

impl PartialOrd for BackupName {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for BackupName {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let key = |name: &Self| (name.taken_at, name.number);
        key(self).cmp(&key(other)).then_with(|| self.database.cmp(&other.database))
    }
}

impl fmt::Display for BackupName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instant = self.taken_at.format(INSTANT).map_err(|_| fmt::Error)?;
        write!(formatter, "{}_{instant}", self.database)?;
        if self.number > 1 { write!(formatter, "_{}", self.number) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_name_is_the_database_and_the_second_in_utc() {
        let name = BackupName::new(Path::new("data/my_tome.db"), datetime!(2025-11-27 16:30:55.9 +2), 1);
        assert_eq!(name.to_string(), "my_tome_20251127T143055Z");
        let second = BackupName { number: 2, ..name.clone() };
        assert_eq!(second.packed(Path::new("b")), Path::new("b/my_tome_20251127T143055Z_2.db.gz"));
        assert!(name < second && name.to_string() < second.to_string());
        for text in [
            "my_tome_20251127T143055Z_2",
            "my_tome_20251127T143055Z_2.db.gz",
            "my_tome_20251127T143055Z_2.json",
        ] {
            assert_eq!(BackupName::read(text), Some(second.clone()), "{text}");
        }
    }

    #[test]
    fn what_nobody_here_has_named_is_no_backup() {
        for text in [
            "",
            "tome",
            "tome.db",
            "tome_20251127",
            "_20251127T143055Z",
            "20251127T143055Z",
            "tome_20251327T143055Z",
            "tome_20251127T143055Z_1",
            "tome_20251127T143055Z_02",
            "tome_20251127T143055Z_+2",
            "tome_20251127T143055Z-old.db.gz",
            "t\u{f6}me_\u{fc}20251127T14305Z",
        ] {
            assert_eq!(BackupName::read(text), None, "{text}");
        }
    }
}
