use std::fs;
use std::path::{Path, PathBuf};

use super::content::rows;
use crate::diff::{Answers, compare};
use crate::files::{Draft, Folder, Migration, SQUASHED, beginning, write};
use crate::generate::{name_of, next_revision};
use crate::history::Applied;
use crate::inspect::sqlite;
use crate::proof::{cells, difference, whole};
use crate::recorded::replay;
use crate::stamp::texts;
use crate::{Error, ErrorKind, Next, Result, graph};

/// What is to be folded.
#[derive(Clone, Copy, Debug)]
pub struct SquashRequest<'a> {
    /// The migrations folder.
    pub folder: &'a Path,
    /// The newest revision that is folded; the head where none is named.
    pub to: Option<&'a str>,
    /// What the file is called: `squash`.
    pub name: Option<&'a str>,
    /// What is applied to the configured database, where there is one.
    pub history: &'a [Applied],
    /// Build and prove, and write and move nothing.
    pub dry_run: bool,
}

/// Revisions that were folded into one.
#[derive(Clone, Debug)]
pub struct Squashed {
    /// What it replaces, in order; the last stands for all of them.
    pub replaces: Vec<String>,
    /// How many rows the migrations store in a new database: they are in the file.
    pub rows: usize,
    /// Statements that change rows which are there, with file and line: they are left out, and what they
    /// make of rows that migrations store is in the file.
    pub left_out: Vec<String>,
    /// The file.
    pub draft: Draft,
    /// Where it was written; `None` in a dry run.
    pub written: Option<PathBuf>,
    /// Where the old files are now, or would be.
    pub moved_to: PathBuf,
}

/// Folds a revision and everything before it into one file: the schema that they build and the rows that
/// they store in a new database. The old files go into the folder `squashed` beside it, where a database
/// that stands in the middle of them finds the rest.
///
/// A database that has the last of them counts as having the squash, and `db-migrate` writes that into
/// its history; a new one is built from it.
///
/// # Errors
/// Fewer than two revisions, a branch that leaves the range, a Rust step in it, or a file that would not
/// build what the migrations build. Nothing is changed then.
pub fn squash(request: &SquashRequest<'_>) -> Result<Squashed> {
    let folder = Folder::read(request.folder)?;
    let range = range(&folder, request.to)?;
    refuse(&folder, &range, request.history)?;
    let database = replay(range.iter().copied())?;
    let schema = sqlite::schema(&database)?;
    let (structure, programs) = texts(&schema);
    let (content, rows) = rows(&database, &schema)?;
    let mut replaces: Vec<(String, String)> = Vec::new();
    for migration in &range {
        let checksums = migration.replaced_checksums.iter().map(String::as_str).chain(std::iter::repeat("-"));
        let older = migration.replaces.iter().zip(checksums);
        replaces.extend(older.map(|(revision, checksum)| (revision.clone(), checksum.to_owned())));
        replaces.push((migration.revision.to_string(), beginning(&migration.up_checksum).to_owned()));
    }
    let name = name_of(request.name, || "squash".to_owned())?;
    let revision = next_revision(&folder, &name);
    let engine = range.iter().filter_map(|migration| migration.up.engine).max();
    let all: Vec<String> = [structure, content, programs].concat();
    let draft = Draft::squash(request.folder, &revision, &replaces, engine, &all)?;
    prove(&draft, &database)?;
    let left_out = data_statements(&range);
    let moved_to = request.folder.join(SQUASHED);
    let replaces = replaces.into_iter().map(|(revision, _)| revision).collect();
    let mut squashed = Squashed { replaces, rows, left_out, draft, written: None, moved_to };
    if !request.dry_run {
        squashed.written = Some(write(&squashed.draft)?);
        // While both are there, the squash counts and what it replaces is read by nobody.
        set_aside(&range, &squashed.moved_to)?;
    }
    Ok(squashed)
}

fn range<'a>(folder: &'a Folder, to: Option<&str>) -> Result<Vec<&'a Migration>> {
    let heads = folder.heads();
    let last = match (to, heads.as_slice()) {
        (Some(named), _) => folder.find(named)?.revision.as_str(),
        (None, [one]) => one.revision.as_str(),
        (None, []) => "",
        (None, _) => {
            return Err(Error::failed(format!("the folder has {} heads", heads.len()))
                .why("what several branches build is nobody's answer before they are merged")
                .state("nothing was changed")
                .next("db-merge joins them; or db-squash --to REVISION"));
        }
    };
    let range = graph::up_to(folder.migrations(), last);
    if range.len() < 2 {
        return Err(Error::usage("there is nothing to fold")
            .why(format!("a squash takes the place of two revisions or more, and here are {}", range.len()))
            .state("nothing was changed")
            .next("db-history lists what is applied"));
    }
    Ok(range)
}

fn refuse(folder: &Folder, range: &[&Migration], history: &[Applied]) -> Result<()> {
    let in_range = |revision: &str| range.iter().any(|migration| migration.revision.as_str() == revision);
    let Some(last) = range.last() else { return Ok(()) };
    for migration in folder.migrations().iter().filter(|migration| !in_range(migration.revision.as_str())) {
        let leaves =
            migration.parents.iter().find(|parent| in_range(parent) && **parent != last.revision.as_str());
        if let Some(parent) = leaves {
            return Err(Error::failed(format!("{} branches off inside the range", migration.revision))
                .why(format!("it follows {parent}, which would no longer be a revision of its own"))
                .place(migration.path.display().to_string())
                .state("nothing was changed")
                .next(Next::new("db-squash --to ").word(parent).own(", or db-merge the branches first")));
        }
    }
    if let Some(migration) = range.iter().find(|migration| migration.up.rust.is_some()) {
        return Err(Error::failed(format!("{} has a Rust step", migration.revision))
            .why("what it stores in a new database is known to the program alone")
            .place(migration.path.display().to_string())
            .state("nothing was changed")
            .next("db-squash --to REVISION folds what comes before it"));
    }
    let is_pending =
        |migration: &&&Migration| !history.iter().any(|row| row.revision == migration.revision.as_str());
    match range.iter().find(is_pending) {
        Some(pending) if !history.is_empty() => {
            Err(Error::failed(format!("{} is not applied yet", pending.revision))
                .why("a squash folds what databases have applied")
                .state("nothing was changed")
                .next("db-migrate applies it; or db-squash --to REVISION folds what comes before"))
        }
        _ => Ok(()),
    }
}

/// A new database that is built from the file is what the migrations build, with the same rows.
fn prove(draft: &Draft, wanted: &schema_core::rusqlite::Connection) -> Result<()> {
    let built = replay([&draft.migration])?;
    let failed = |why: String| {
        Error::new(ErrorKind::Verification, "the squash would not build what the migrations build")
            .why(why)
            .state("nothing was changed")
            .next("db-squash --to REVISION folds less")
    };
    let (left, right) = (sqlite::schema(&built)?, sqlite::schema(wanted)?);
    let changes = compare(&left, &right, &right, &Answers::unasked(true))?.changes;
    if let Some(change) = changes.first() {
        return Err(failed(change.to_string()));
    }
    for table in &whole(&right) {
        if let Some(lost) = difference(table, &cells(wanted, table, false)?, &cells(&built, table, false)?) {
            return Err(failed(lost));
        }
    }
    Ok(())
}

/// The statements that change rows which are there: of those a new database has none, but for what the
/// migrations themselves store.
fn data_statements(range: &[&Migration]) -> Vec<String> {
    let is_data = |words: &[String]| {
        words.first().is_some_and(|word| matches!(word.as_str(), "UPDATE" | "DELETE" | "WITH"))
    };
    let statements = range
        .iter()
        .flat_map(|migration| migration.up.statements.iter().map(move |statement| (migration, statement)));
    statements
        .filter(|(_, statement)| is_data(&statement.words()))
        .map(|(migration, statement)| format!("{}:{}", migration.path.display(), statement.line))
        .collect()
}

fn set_aside(range: &[&Migration], folder: &Path) -> Result<()> {
    let refused = |path: &Path, error: std::io::Error| {
        Error::failed(format!("{} cannot be moved into {}", path.display(), folder.display()))
            .why(error.to_string())
            .state("the squash is written and counts; files that it replaces may still stand beside it, and are read by nobody")
            .next(format!("move them into {} by hand", folder.display()))
    };
    fs::create_dir_all(folder).map_err(|error| refused(folder, error))?;
    for migration in range {
        let name = migration.path.file_name().unwrap_or_default();
        fs::rename(&migration.path, folder.join(name)).map_err(|error| refused(&migration.path, error))?;
    }
    Ok(())
}
