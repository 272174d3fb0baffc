use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::check::Orphans;
use super::origin::Origin;
use super::pack::Digest;
use super::{HISTORY_TABLE, PUSHED_TABLE};
use crate::durable::create_private;
use crate::{Error, ErrorKind, Result};

/// The form of the manifests that this program writes. It reads this one and every older one.
pub const FORMAT: u32 = 1;

/// What a backup holds and what is known of it, as JSON beside its packed file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of the manifest.
    pub format: u32,
    /// The database's file name without its ending.
    pub database: String,
    /// Where the database stood, which tells it from another one of the same name.
    #[serde(default)]
    pub origin: Option<Origin>,
    /// When it was taken.
    #[serde(with = "instant")]
    pub taken_at: OffsetDateTime,
    /// Why it was taken.
    pub reason: Reason,
    /// What a person wrote on it.
    #[serde(default)]
    pub note: Option<String>,
    /// Whether no rule removes it.
    #[serde(default)]
    pub pinned: bool,
    /// The last revision that was applied to it.
    #[serde(default)]
    pub revision: Option<String>,
    /// SHA-256 over the definitions of everything in it.
    pub schema_hash: String,
    /// The journal mode of the database: `wal`, `delete`.
    #[serde(default)]
    pub journal_mode: String,
    /// The database file inside.
    pub raw: Digest,
    /// The packed file.
    pub packed: Digest,
    /// Rows a table, of those that can be counted without the application.
    pub tables: BTreeMap<String, u64>,
    /// Rows without their parent, which were there already.
    #[serde(default)]
    pub orphans: Vec<Orphans>,
    /// Tables that could not be checked without what only the application has.
    #[serde(default)]
    pub unchecked: Vec<String>,
    /// Whether any row of it is the application's; `None` where an older program made it.
    #[serde(default)]
    pub holds_rows: Option<bool>,
    /// Version of SQLite that made the copy.
    pub sqlite_version: String,
    /// Version of the program.
    pub program_version: String,
    /// When the packed file was last read, and what was found; `None` where it never was: the backup was not
    /// finished.
    #[serde(default)]
    pub checked: Option<Checked>,
}

/// What the last look at a packed file found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// When.
    #[serde(with = "instant")]
    pub at: OffsetDateTime,
    /// What is wrong with it, in a word; `None` where it is as it was made.
    #[serde(default)]
    pub fault: Option<String>,
}

impl Checked {
    /// Looked at just now.
    pub(crate) fn now(fault: Option<String>) -> Self {
        let now = OffsetDateTime::now_utc();
        Self { at: now.replace_nanosecond(0).unwrap_or(now), fault }
    }
}

/// Why a backup was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Somebody asked for it.
    Manual,
    /// Migrations were about to run.
    PreMigrate,
    /// Another backup was about to take the database's place.
    BeforeRestore,
    /// A reason that only a newer program knows.
    #[serde(other)]
    Other,
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Manual => "manual",
            Self::PreMigrate => "pre_migrate",
            Self::BeforeRestore => "before_restore",
            Self::Other => "other",
        })
    }
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// It cannot be read, is none, or a newer program has written it.
    pub fn read(path: &Path) -> Result<Self> {
        #[derive(Deserialize)]
        struct Form {
            format: u32,
        }
        let refused = |why: String| {
            Error::new(ErrorKind::Verification, format!("the manifest {} cannot be read", path.display()))
                .why(why)
                .state("nothing was changed")
        };
        let text = fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
        let form: Form = serde_json::from_str(&text).map_err(|error| refused(error.to_string()))?;
        if form.format > FORMAT {
            return Err(Error::new(ErrorKind::Preflight, "a newer program has made this backup")
                .why(format!(
                    "{} has format {}, and this program reads up to {FORMAT}",
                    path.display(),
                    form.format
                ))
                .state("nothing was changed")
                .next("run the newer program"));
        }
        serde_json::from_str(&text).map_err(|error| refused(error.to_string()))
    }

    /// Writes it into a new file that is on the disk when this returns.
    pub(crate) fn write(&self, path: &Path) -> std::io::Result<()> {
        let mut file = create_private(path)?;
        let text = serde_json::to_string_pretty(self)?;
        writeln!(file, "{text}")?;
        file.sync_all()
    }

    /// Whether it is known that no row of it is the application's.
    pub fn is_empty(&self) -> bool {
        let own =
            |table: &str| [HISTORY_TABLE, PUSHED_TABLE].iter().any(|own| table.eq_ignore_ascii_case(own));
        let none =
            || self.unchecked.is_empty() && self.tables.iter().all(|(name, rows)| *rows == 0 || own(name));
        self.holds_rows.map_or_else(none, |holds_rows| !holds_rows)
    }

    /// All rows that could be counted.
    pub fn rows(&self) -> u64 {
        self.tables.values().fold(0, |rows, table| rows.saturating_add(*table))
    }
}

/// `2025-11-27T14:30:55Z`
mod instant {
    use serde::{Deserialize as _, Deserializer, Serializer, de, ser};
    use time::format_description::BorrowedFormatItem;
    use time::macros::format_description;
    use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};

    const FORM: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");

    pub(super) fn serialize<S: Serializer>(instant: &OffsetDateTime, to: S) -> Result<S::Ok, S::Error> {
        let text = instant.to_offset(UtcOffset::UTC).format(FORM).map_err(ser::Error::custom)?;
        to.serialize_str(&text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<OffsetDateTime, D::Error> {
        let text = String::deserialize(from)?;
        PrimitiveDateTime::parse(&text, FORM).map(PrimitiveDateTime::assume_utc).map_err(de::Error::custom)
    }
}
