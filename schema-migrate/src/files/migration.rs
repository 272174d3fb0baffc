use std::fs;
use std::io::ErrorKind as IoErrorKind;
use std::path::{Path, PathBuf};

use super::checksum::checksum;
use super::expectation::{self, FileExpectation};
use super::header::{self, Header};
use super::part::{FileStatement, cut, half_written};
use super::revision::Revision;
use crate::lint::{Allowed, no_transaction};
use crate::plan::EngineVersion;
use crate::sql::tokens;
use crate::{Error, Result};

const UP: &str = "-- migrate:up";
const DOWN: &str = "-- migrate:down";

/// A migration file, read and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Its id, equal to the file's name.
    pub revision: Revision,
    /// What it is for.
    pub kind: MigrationKind,
    /// The revisions that have to be applied before it.
    pub parents: Vec<String>,
    /// The revisions that a squash takes the place of, in order: the last stands for all of them.
    pub replaces: Vec<String>,
    /// How the checksum of each of them begins, as the squash was made of them; `-` where nobody knows it,
    /// and none where the squash does not say.
    pub replaced_checksums: Vec<String>,
    /// The statements that apply it.
    pub up: Script,
    /// The statements that take it back.
    pub down: Script,
    /// SHA-256 over the tokens of up and over the header.
    pub up_checksum: String,
    /// SHA-256 over the tokens of down and over the header.
    pub down_checksum: String,
    /// The down part as the history keeps it: with the header lines that the runner needs.
    pub down_sql: String,
    /// Codes of lints that the file allows, each with its reason: `-- allow: L007 reason`.
    pub allowed: Vec<(String, String)>,
    /// What was found when the file was made, code and line, as its header tells; and what is seen of the
    /// file itself.
    pub remarks: Vec<(String, String)>,
    /// Programs that know this revision can still run on a database that has this one applied.
    pub compatible_from: Option<String>,
    /// Where the file is.
    pub path: PathBuf,
}

/// What a migration is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum MigrationKind {
    /// A step from one schema to the next.
    #[default]
    Normal,
    /// Builds what a database held before it was adopted: recorded there without being run.
    Baseline,
    /// Takes the place of revisions that databases have applied, and builds new ones.
    Squash,
    /// A step whose statements are followed by a Rust function.
    Rust,
}

impl MigrationKind {
    /// The word in the file's header and in the history.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Baseline => "baseline",
            Self::Squash => "squash",
            Self::Rust => "rust",
        }
    }

    /// Whether it builds what was there before, with whatever is odd about that.
    pub(crate) fn is_first(self) -> bool {
        matches!(self, Self::Baseline | Self::Squash)
    }

    /// What a header may say: that there is a Rust step, its own line says.
    pub(super) fn read(text: &str) -> Option<Self> {
        [Self::Normal, Self::Baseline, Self::Squash].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// One direction of a migration, ready to run.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Script {
    /// The statements in order.
    pub statements: Vec<FileStatement>,
    /// The oldest engine that runs them.
    pub engine: Option<EngineVersion>,
    /// Whether foreign keys must be off, from before BEGIN, while they run.
    pub foreign_keys_off: bool,
    /// What it expects of the rows that are there, asked before the first statement.
    pub expectations: Vec<FileExpectation>,
    /// The comments of a part without statements: why there are none.
    pub remark: Option<String>,
    /// The Rust function that belongs to it: after the statements of up, before those of down.
    pub rust: Option<String>,
    /// Whether each statement runs alone, outside of a transaction.
    pub no_transaction: bool,
}

impl Script {
    /// Whether it leaves tables and rows as they are, so that there is nothing to take back.
    pub fn only_maintains(&self) -> bool {
        let maintains = |statement: &FileStatement| {
            statement.words().first().is_some_and(|word| {
                ["VACUUM", "ANALYZE", "REINDEX", "PRAGMA"].iter().any(|known| word == known)
            })
        };
        self.rust.is_none() && self.statements.iter().all(maintains)
    }

    /// Whether there is nothing to run.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty() && self.rust.is_none()
    }

    /// Whether foreign keys are off while it runs: where the header asks for it, and wherever a
    /// table is dropped. DROP TABLE deletes the rows first, and that would cascade into tables that
    /// only the database knows. Rows that are left without a parent are found afterwards.
    pub fn runs_without_foreign_keys(&self) -> bool {
        let drops =
            |statement: &FileStatement| statement.words().starts_with(&["DROP".into(), "TABLE".into()]);
        self.foreign_keys_off || self.statements.iter().any(drops)
    }

    /// Reads a down part out of the history.
    pub fn read(text: &str) -> Result<Self> {
        let (above, below) = text.split_once(DOWN).unwrap_or(("", text));
        let header = header::read(above)?;
        script(&header, header.rust_down.as_ref(), below, above.matches('\n').count() + 1)
    }
}

impl Migration {
    /// Reads the file at this path.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = fs::read(path).map_err(|error| {
            let next = match error.kind() {
                IoErrorKind::PermissionDenied => "give this user the right to read the file",
                _ => "see that the file can be read",
            };
            in_file(Error::failed("a migration file cannot be read").why(error.to_string()).next(next), path)
        })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let readable = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = 1 + String::from_utf8_lossy(readable).matches('\n').count();
            in_file(
                Error::failed("a migration file is no UTF-8 text")
                    .why("a byte in it belongs to no character")
                    .place(line.to_string())
                    .next("save the file as UTF-8"),
                path,
            )
        })?;
        Self::parse(&text, path)
    }

    /// Reads the text of a file; `path` gives the revision it must have and the places in errors.
    pub fn parse(text: &str, path: &Path) -> Result<Self> {
        parse(text, path).map_err(|error| in_file(error, path))
    }

    /// What it is about: `add_tasks`.
    pub fn name(&self) -> &str {
        self.revision.name()
    }

    /// What was found when the file was made and nobody has allowed: not the file, not these settings.
    pub fn open_remarks<'m>(&'m self, settings: &'m [String]) -> impl Iterator<Item = &'m (String, String)> {
        self.remarks.iter().filter(move |(code, _)| {
            !settings.contains(code) && !self.allowed.iter().any(|(allowed, _)| allowed == code)
        })
    }

    /// What was found when the file was made and the file allows, with its reason.
    pub fn allowed_remarks(&self) -> impl Iterator<Item = (&str, Allowed)> {
        self.remarks.iter().filter_map(|(code, line)| {
            let (_, reason) = self.allowed.iter().find(|(allowed, _)| allowed == code)?;
            Some((line.as_str(), Allowed::File(reason.clone())))
        })
    }

    /// The Rust functions that belong to it: what runs on scratch databases runs without them.
    pub fn rust_steps(&self) -> impl Iterator<Item = &str> {
        [&self.up, &self.down].into_iter().filter_map(|script| script.rust.as_deref())
    }

    /// Whether nothing in the file takes back what it does.
    pub fn is_irreversible(&self) -> bool {
        self.down.is_empty() && !self.up.only_maintains()
    }
}

/// The revision that a file of this name must have; `None` where it serves another engine.
pub(super) fn stem(path: &Path) -> Option<&str> {
    let name = path.file_name()?.to_str()?.strip_suffix(".sql")?;
    if name.ends_with(".postgres") {
        return None;
    }
    Some(name.strip_suffix(".sqlite").unwrap_or(name))
}

fn parse(text: &str, path: &Path) -> Result<Migration> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let named = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let revision = stem(path).and_then(Revision::read).ok_or_else(|| {
        Error::failed(format!("`{named}` is no name of a migration file"))
            .why("it is written YYYYMMDDHHMMSS_words.sql, as in 20251127143055_add_tasks.sql")
            .next("rename the file, or move it out of the folder")
    })?;
    let (up_at, down_at) = markers(&text)?;
    let header = header::read(&text[..up_at])?;
    match &header.revision {
        None => {
            return Err(half_written("the header has no `-- revision: ..`").place("1"));
        }
        Some(written) if written != revision.as_str() => {
            return Err(Error::failed(format!("the file is named {revision} and its header says {written}"))
                .why("name and header of a migration are the same revision")
                .place("1")
                .next("give the file the name of its revision"));
        }
        Some(_) => {}
    }
    let mut remarks = header.remarks.clone();
    let own = no_transaction();
    if header.no_transaction && remarks.iter().all(|(code, _)| *code != own.0) {
        remarks.push(own);
    }
    let (up_text, down_text) = (&text[up_at + UP.len()..down_at], &text[down_at + DOWN.len()..]);
    let line = |offset: usize| 1 + text[..offset].matches('\n').count();
    Ok(Migration {
        up: script(&header, header.rust.as_ref(), up_text, line(up_at))?,
        down: script(&header, header.rust_down.as_ref(), down_text, line(down_at))?,
        up_checksum: checksum(&header, header.rust.as_deref(), up_text)?,
        down_checksum: checksum(&header, header.rust_down.as_deref(), down_text)?,
        down_sql: format!("{}{DOWN}{down_text}", header.needs_text()),
        kind: header.kind,
        parents: header.parents,
        replaces: header.replaces,
        replaced_checksums: header.checksums,
        allowed: header.allowed,
        remarks,
        compatible_from: header.compatible_from,
        revision,
        path: path.to_owned(),
    })
}

fn script(header: &Header, rust: Option<&String>, text: &str, line: usize) -> Result<Script> {
    let statements = cut(text, line, header.no_transaction)?;
    let remark = if statements.is_empty() {
        let lines: Vec<&str> =
            text.lines().filter_map(|line| line.trim().strip_prefix("--")).map(str::trim).collect();
        (!lines.is_empty()).then(|| lines.join(" "))
    } else {
        None
    };
    Ok(Script {
        statements,
        engine: header.engine,
        foreign_keys_off: header.foreign_keys_off,
        expectations: expectation::read(text, line)?,
        remark,
        rust: rust.cloned(),
        no_transaction: header.no_transaction,
    })
}

/// Offsets of the two markers. A line inside a literal is no marker.
fn markers(text: &str) -> Result<(usize, usize)> {
    let all = tokens(text).map_err(|error| {
        let whole = half_written(error.reason().unwrap_or("a literal is not closed"));
        match error.location() {
            Some(place) => whole.place(place),
            None => whole,
        }
    })?;
    let mut found: Vec<(usize, &str)> = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_end();
        let inside = || {
            let next = all.partition_point(|token| token.end <= offset);
            all.get(next).is_some_and(|token| token.start < offset)
        };
        if (trimmed == UP || trimmed == DOWN) && !inside() {
            found.push((offset, trimmed));
        }
        offset += line.len();
    }
    match found.as_slice() {
        [(up, UP), (down, DOWN)] => Ok((*up, *down)),
        [] | [(_, DOWN)] => Err(half_written("it has no line `-- migrate:up`")),
        [(_, UP)] => Err(half_written("it has no line `-- migrate:down`")),
        _ => Err(Error::failed("the markers of the file are out of order")
            .why("`-- migrate:up` stands once, and `-- migrate:down` once below it")
            .next("correct the markers, or restore the file")),
    }
}

/// Puts the file in front of the line at which an error lies.
fn in_file(error: Error, path: &Path) -> Error {
    let place = match error.location() {
        // A line, or a line and a column.
        Some(line) if line.bytes().all(|byte| byte.is_ascii_digit() || byte == b':') => {
            format!("{}:{line}", path.display())
        }
        Some(place) => place.to_owned(),
        None => path.display().to_string(),
    };
    let error = error.place(place);
    if error.data_state().is_some() { error } else { error.state("nothing was changed") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "-- revision: 20251127143055_add_tasks\n-- parents:  20251120101010_initial\n\
                        -- engine:   sqlite >= 3.35\n-- needs:    foreign_keys=off\n\n-- migrate:up\n\
                        -- a note\nCREATE TABLE t(a TEXT DEFAULT '\n-- migrate:down\n');\n\nINSERT INTO t VALUES (1);\n\
                        -- migrate:down\nDROP TABLE t;\n";

    fn parsed(text: &str) -> Result<Migration> {
        Migration::parse(text, Path::new("m/20251127143055_add_tasks.sql"))
    }

    #[test]
    fn a_file_reads_as_it_stands() {
        let migration = parsed(FILE).unwrap();
        assert_eq!(migration.name(), "add_tasks");
        assert_eq!(migration.parents, ["20251120101010_initial"]);
        assert!(migration.up.foreign_keys_off && migration.down.foreign_keys_off);
        assert_eq!(migration.up.engine, Some(EngineVersion::new(3, 35)));
        let lines: Vec<usize> = migration.up.statements.iter().map(|statement| statement.line).collect();
        assert_eq!(lines, [8, 12]);
        assert_eq!(migration.down.statements[0].line, 14);
        let kept = Script::read(&migration.down_sql).unwrap();
        assert_eq!(kept.statements[0].sql, "DROP TABLE t");
        assert!(kept.foreign_keys_off);
    }

    #[test]
    fn comments_layout_and_line_ends_leave_the_checksums_alone() {
        let first = parsed(FILE).unwrap();
        let same = FILE
            .replace("-- a note\n", "/* other */\n\n")
            .replace("(a TEXT", "( a  TEXT")
            .replace('\n', "\r\n");
        let second = parsed(&same).unwrap();
        assert_eq!((&first.up_checksum, &first.down_checksum), (&second.up_checksum, &second.down_checksum));
        for (old, new) in
            [("VALUES (1)", "VALUES (2)"), ("3.35", "3.36"), ("_initial", "_other"), ("'\n--", "' \n--")]
        {
            assert_ne!(
                parsed(&FILE.replace(old, new)).map(|changed| changed.up_checksum).ok(),
                Some(first.up_checksum.clone()),
                "{new}"
            );
        }
        let down = parsed(&FILE.replace("DROP TABLE t", "DROP TABLE IF EXISTS t")).unwrap();
        assert_eq!(down.up_checksum, first.up_checksum);
        assert_ne!(down.down_checksum, first.down_checksum);
    }

    #[test]
    fn a_file_cut_anywhere_is_an_error_or_only_lacks_space() {
        for end in 0..FILE.trim_end().len() {
            assert!(
                parsed(&FILE[..end]).is_err()
                    || FILE[..end].ends_with("migrate:down\n")
                    || FILE[..end].ends_with("migrate:down"),
                "{end}"
            );
        }
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (old, new, wanted) in [
            ("-- needs:", "-- wants:", "unknown header `wants`"),
            ("-- parents:", "-- revision: x\n-- parents:", "stands twice"),
            ("sqlite >= 3.35", "mysql 8", "cannot be read"),
            ("\n\n-- migrate:up", "\nSELECT 1;\n-- migrate:up", "above `-- migrate:up`"),
            ("foreign_keys=off", "transaction=off", "`needs: transaction=off`"),
            ("DROP TABLE t;", "COMMIT;", "`COMMIT` has no place"),
            ("DROP TABLE t;", "PRAGMA foreign_keys=0;", "`PRAGMA` has no place"),
            ("DROP TABLE t;", "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t;", "not whole"),
            ("_add_tasks\n", "_add_task\n", "its header says"),
        ] {
            let error = parsed(&FILE.replacen(old, new, 1)).unwrap_err();
            assert!(error.what().contains(wanted), "{new}: {error}");
            assert!(error.location().is_some_and(|place| place.starts_with("m/2025")), "{error}");
            assert_eq!(error.data_state(), Some("nothing was changed"));
            assert_eq!(error.next_steps().len(), 1, "{error}");
        }
    }
}
