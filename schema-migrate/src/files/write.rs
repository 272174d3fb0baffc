use std::fs::{self, OpenOptions};
use std::io::{ErrorKind as IoErrorKind, Write as _};
use std::path::{Path, PathBuf};

use schema_ops::flush_folder;

use super::migration::Migration;
use super::revision::Revision;
use crate::lint::{Finding, Severity};
use crate::plan::{EngineVersion, Expectation, Plan, script};
use crate::sql::tokens;
use crate::{Error, Result};

/// What a reader of a baseline should know.
const BASELINE: [&str; 2] = [
    "What the database held when it was adopted, in its own words. On that database this was recorded",
    "and not run; a new database is built from it.",
];

const MERGE: [&str; 2] = [
    "Joins the branches of its parents. Every order of them gave one schema and the same rows on filled",
    "scratch databases when this was written, so there is nothing to run.",
];

const SQUASH: [&str; 2] = [
    "What the revisions that it replaces build, with the rows that they store in a new database. A database",
    "that has the last of them counts as having this; a new one is built from it.",
];

const NO_WAY_BACK_BEHIND: &str =
    "Nothing takes a squash back: the ways back of what it replaces are in those files.";

const NO_WAY_BACK: &str = "Nothing takes a baseline back: it would drop every table with its rows.";

/// A migration that no file holds yet.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What the file will hold.
    pub text: String,
    /// The text, read as the runner will read it.
    pub migration: Migration,
}

impl Draft {
    /// A draft of a plan. What a person should know stands in it as comments.
    pub fn of_plan(
        folder: &Path,
        revision: &Revision,
        parents: &[String],
        plan: &Plan,
        findings: &[Finding],
    ) -> Result<Self> {
        let mut text = header(revision, parents, Some(plan.minimum_engine), plan.foreign_keys_off);
        let told = findings.iter().filter(|finding| finding.severity() > Severity::Note);
        let told: Vec<String> = told.map(ToString::to_string).collect();
        if !told.is_empty() {
            comments(&mut text, told.into_iter());
            text.push('\n');
        }
        text.push_str("-- migrate:up\n");
        comments(&mut text, plan.notes.iter().cloned());
        text.extend(plan.expectations.iter().map(Expectation::text));
        text.push_str(&script(&plan.up));
        text.push_str("\n-- migrate:down\n");
        comments(&mut text, plan.irreversible.iter().cloned());
        text.extend(plan.down_expectations.iter().map(Expectation::text));
        text.push_str(&script(&plan.down));
        Self::read(folder, revision, text)
    }

    /// A draft without statements, for a person to fill in; with `rust`, one that names that function.
    pub fn empty(folder: &Path, revision: &Revision, parents: &[String], rust: Option<&str>) -> Result<Self> {
        let mut text = header(revision, parents, None, false);
        if let Some(name) = rust {
            text.truncate(text.trim_end().len());
            text.extend(["\n-- rust:     ", name, "\n\n"]);
        }
        text.push_str("-- migrate:up\n\n-- migrate:down\n");
        Self::read(folder, revision, text)
    }

    /// A draft of a revision that follows several heads and changes nothing.
    pub fn merge(folder: &Path, revision: &Revision, heads: &[String]) -> Result<Self> {
        let mut text = header(revision, heads, None, false);
        comments(&mut text, MERGE.iter().map(|line| (*line).to_owned()));
        text.push_str("\n-- migrate:up\n\n-- migrate:down\n");
        Self::read(folder, revision, text)
    }

    /// A draft of a baseline: the stored texts of what a database held before it was adopted.
    pub fn baseline(
        folder: &Path,
        revision: &Revision,
        texts: &[String],
        remarks: &[String],
    ) -> Result<Self> {
        let mut text = format!("-- revision: {revision}\n-- parents:\n-- kind:     baseline\n\n");
        comments(&mut text, BASELINE.iter().map(|line| (*line).to_owned()));
        comments(&mut text, remarks.iter().cloned());
        text.push_str("-- migrate:up\n");
        closed(&mut text, texts)?;
        text.push_str("\n-- migrate:down\n");
        comments(&mut text, std::iter::once(NO_WAY_BACK.to_owned()));
        Self::read(folder, revision, text)
    }

    /// A draft of a squash: the stored texts and rows of what these revisions build, each with how its
    /// checksum begins.
    pub fn squash(
        folder: &Path,
        revision: &Revision,
        replaces: &[(String, String)],
        engine: Option<EngineVersion>,
        texts: &[String],
    ) -> Result<Self> {
        let mut text = format!(
            "-- revision: {revision}\n-- parents:\n-- kind:     squash\n-- replaces: {}\n-- checksums: {}\n",
            replaces.iter().map(|(revision, _)| revision.as_str()).collect::<Vec<_>>().join(", "),
            replaces.iter().map(|(_, checksum)| checksum.as_str()).collect::<Vec<_>>().join(", ")
        );
        if let Some(engine) = engine {
            text.extend(["-- engine:   sqlite >= ", &engine.to_string(), "\n"]);
        }
        text.push_str("-- needs:    foreign_keys=off\n\n");
        comments(&mut text, SQUASH.iter().map(|line| (*line).to_owned()));
        text.push_str("\n-- migrate:up\n");
        closed(&mut text, texts)?;
        text.push_str("\n-- migrate:down\n");
        comments(&mut text, std::iter::once(NO_WAY_BACK_BEHIND.to_owned()));
        Self::read(folder, revision, text)
    }

    fn read(folder: &Path, revision: &Revision, text: String) -> Result<Self> {
        let migration = Migration::parse(&text, &folder.join(format!("{revision}.sql")))?;
        Ok(Self { text, migration })
    }
}

fn header(
    revision: &Revision,
    parents: &[String],
    engine: Option<EngineVersion>,
    foreign_keys_off: bool,
) -> String {
    let mut text = format!("-- revision: {revision}\n-- parents:  {}", parents.join(", "));
    text.truncate(text.trim_end().len());
    text.push('\n');
    if let Some(engine) = engine {
        text.extend(["-- engine:   sqlite >= ", &engine.to_string(), "\n"]);
    }
    if foreign_keys_off {
        text.push_str("-- needs:    foreign_keys=off\n");
    }
    text.push('\n');
    text
}

/// Statements, each with its semicolon.
fn closed(text: &mut String, statements: &[String]) -> Result<()> {
    for stored in statements {
        text.push_str(stored);
        // A comment may end the text, and would swallow the semicolon.
        let ends = tokens(stored)?.last().is_some_and(|token| token.end == stored.len());
        text.push_str(if ends { ";\n" } else { "\n;\n" });
    }
    Ok(())
}

fn comments(text: &mut String, notes: impl Iterator<Item = String>) {
    for line in notes.flat_map(|note| note.lines().map(str::to_owned).collect::<Vec<_>>()) {
        text.push_str("-- ");
        text.push_str(&line);
        text.push('\n');
    }
}

/// Writes a draft: under a temporary name, flushed to the disk, then under its own. A file that is
/// there already is never overwritten. Gives the path.
pub fn write(draft: &Draft) -> Result<PathBuf> {
    let path = &draft.migration.path;
    let folder = path.parent().unwrap_or(Path::new("."));
    let temporary = folder.join(format!(".{}.{}.tmp", draft.migration.revision, std::process::id()));
    let written = create(&temporary, draft.text.as_bytes()).and_then(|()| {
        // A hard link fails where the name is taken; a rename would replace the file.
        match fs::hard_link(&temporary, path) {
            Err(error) if error.kind() == IoErrorKind::AlreadyExists => Err(error),
            Err(_) if path.try_exists()? => Err(IoErrorKind::AlreadyExists.into()),
            // No hard links on this file system.
            Err(_) => fs::rename(&temporary, path),
            Ok(()) => Ok(()),
        }
    });
    // Gone already where it was renamed; a leftover is hidden and read by nobody.
    drop(fs::remove_file(&temporary));
    written.and_then(|()| flush_folder(folder)).map_err(|error| refused(path, &error))?;
    Ok(path.clone())
}

fn create(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o640);
    let mut file = options.open(path)?;
    file.write_all(text)?;
    file.sync_all()
}

fn refused(path: &Path, error: &std::io::Error) -> Error {
    let (what, next) = match error.kind() {
        IoErrorKind::AlreadyExists => (format!("{} is there already", path.display()), "choose another name"),
        IoErrorKind::PermissionDenied | IoErrorKind::ReadOnlyFilesystem => (
            format!("{} cannot be written", path.display()),
            "give this user the right to write to the folder",
        ),
        IoErrorKind::StorageFull => {
            (format!("{} cannot be written", path.display()), "make room on the disk")
        }
        _ => (format!("{} cannot be written", path.display()), "see that the folder can be written to"),
    };
    Error::new(crate::ErrorKind::Preflight, what)
        .why(error.to_string())
        .state("nothing was written")
        .next(next)
}
