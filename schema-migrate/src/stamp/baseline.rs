use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use schema_core::model::{Engine, SchemaDef, SchemaOwner, SqlText};
use schema_core::rusqlite::Connection;
use time::OffsetDateTime;

use super::foreign::{Bookkeeping, Tool, bookkeeping, without_bookkeeping};
use super::trial::{cannot_build, trial};
use super::{Compared, Stamped, differs};
use crate::check::drift;
use crate::files::{Draft, Folder, MigrationKind, Revision, words, write};
use crate::history::{self, Applied};
use crate::inspect::{can_build, materialise, sqlite};
use crate::recorded::recorded;
use crate::run::{Lock, Target, check_writable, open, open_read_only};
use crate::{Error, ErrorKind, Next, Result};

/// What a database is adopted as.
#[derive(Clone, Copy, Debug)]
pub struct BaselineRequest<'a> {
    /// The models, which the database has to be equal to.
    pub declared: &'a SchemaDef,
    /// What the file is called: `baseline`.
    pub name: &'a str,
    /// The tool that has kept the database so far; its bookkeeping has to be there.
    pub from: Option<Tool>,
    /// Compare and check, and write nothing.
    pub dry_run: bool,
}

/// Adopts a database: compares it with the models, writes a migration that builds its schema from
/// nothing in its own words, and records that migration as applied without running it. Besides the
/// history nothing in the database changes.
pub fn baseline(target: &Target, request: &BaselineRequest<'_>) -> Result<Stamped> {
    if request.declared.owner != SchemaOwner::Application {
        return Err(Error::usage(format!("`{}` belongs to somebody else", request.declared.name))
            .why("an external schema is never migrated")
            .state("nothing was changed"));
    }
    let models = materialise(request.declared)?;
    let (live, bookkeeping) = {
        let connection = open_read_only(&target.database, target.wait)?;
        refuse_history(&connection)?;
        let found = bookkeeping(&connection)?;
        refuse_tool(request.from, &found)?;
        (without_bookkeeping(sqlite::schema(&connection)?, &models), found)
    };
    refuse_folder(target)?;
    let names = ("the database", "the models");
    let drifts = drift(&live, &models, request.declared, names, &models, false)?;
    if !drifts.is_empty() {
        return Err(differs(&drifts, "the database is not what the models say")
            .next("db-pull writes models that are equal to the database")
            .next("or correct the models, or the database, and run the command again"));
    }
    let name = words(request.name).ok_or_else(|| {
        Error::usage(format!("`{}` is no name for a migration", request.name))
            .why("it needs ASCII letters or digits, as in baseline")
            .state("nothing was changed")
    })?;
    let revision = Revision::at(OffsetDateTime::now_utc(), &name);
    let (structure, programs) = texts(&live);
    let draft = Draft::baseline(
        target.files.folder()?,
        &revision,
        &[structure, programs].concat(),
        &remarks(&bookkeeping),
    )?;
    prove(&draft, &live)?;
    let unfinished = bookkeeping
        .iter()
        .filter(|one| !one.failed.is_empty())
        .map(|one| format!("{} has written down as not finished: {}", one.tool.name, one.failed.join(", ")));
    let warnings = trial(&draft.migration).err().map(|error| cannot_build(&error));
    let warnings = warnings.into_iter().chain(unfinished).collect();
    let mut stamped = Stamped {
        revisions: vec![revision.to_string()],
        file: None,
        bookkeeping,
        text: Some(draft.text.clone()),
        compared: Compared::of(&live),
        warnings,
    };
    if !request.dry_run {
        let check = |connection: &Connection| {
            refuse_history(connection)?;
            if without_bookkeeping(sqlite::schema(connection)?, &models) == live {
                Ok(())
            } else {
                Err(changed())
            }
        };
        stamped.file = Some(record(target, &draft, &check)?);
    }
    Ok(stamped)
}

/// The tool that a person names is the one that has kept the database.
fn refuse_tool(wanted: Option<Tool>, found: &[Bookkeeping]) -> Result<()> {
    let Some(wanted) = wanted else { return Ok(()) };
    if let Some(one) = found.iter().find(|one| one.tool == wanted) {
        return refuse_failed(one);
    }
    let error = Error::usage(format!("{} has not kept this database", wanted.name))
        .why(format!("it has no table `{}` of that tool", wanted.table))
        .state("nothing was changed");
    Err(match found {
        [] => error.next("db-stamp --baseline adopts a database whatever built it"),
        found => found.iter().fold(error, |error, one| {
            error.next(Next::new("db-stamp --from ").word(one.tool.word).own(", whose bookkeeping is there"))
        }),
    })
}

/// Half a migration may be in the database, which its tool does not count as applied.
fn refuse_failed(found: &Bookkeeping) -> Result<()> {
    if found.failed.is_empty() {
        return Ok(());
    }
    let (tool, table) = (found.tool.name, found.tool.table);
    let are = if found.failed.len() == 1 { "is" } else { "are" };
    Err(Error::new(
        ErrorKind::Preflight,
        format!(
            "revision {} {are} not finished, as {tool} has written down in {table}",
            found.failed.join(", ")
        ),
    )
    .why("a migration that failed half-way may have left half of its work")
    .state("nothing was changed")
    .next(format!("finish or undo it with {tool}, then run the command again"))
    .next(
        "or, where the database is as the models say, db-stamp --baseline adopts it whatever the tool says",
    ))
}

/// What the file says of another tool: at which of its revisions the database stood.
fn remarks(found: &[Bookkeeping]) -> Vec<String> {
    found.iter().map(|one| format!("Until then {} kept it: {}.", one.tool.name, one.summary())).collect()
}

/// A baseline is the first revision: there are none beside it.
fn refuse_folder(target: &Target) -> Result<()> {
    if !target.files.folder()?.exists() {
        return Ok(());
    }
    let folder = Folder::scan(&target.files)?;
    let Some(first) = folder.migrations().first() else { return Ok(()) };
    Err(Error::usage("the migrations folder is not empty")
        .why(format!("a baseline is the first revision, and {} is there already", first.revision))
        .state("nothing was changed")
        .next("db-stamp REVISION records revisions of the folder as applied")
        .next("or move its files away"))
}

fn refuse_history(connection: &Connection) -> Result<()> {
    let history = history::read(connection)?;
    let Some(first) = history.first() else { return Ok(()) };
    let what = match first.kind == MigrationKind::Baseline.as_str() {
        true => "the database is stamped already",
        false => "the database has a history already",
    };
    Err(Error::usage(what)
        .why(format!("{} is recorded as its first revision ({})", first.revision, first.kind))
        .state("nothing was changed")
        .next("db-status says where it stands"))
}

/// The stored text of every object, what others stand on first: what holds rows, then what runs when they
/// change or are read.
pub(crate) fn texts(live: &SchemaDef) -> (Vec<String>, Vec<String>) {
    let on = |sql: &SqlText| sql.on(Engine::Sqlite).map(str::to_owned);
    let tables = live.tables.iter().filter_map(|table| table.sql.as_deref().map(str::to_owned));
    let indexes = live.tables.iter().flat_map(|table| table.indexes.iter());
    let indexes = indexes.filter_map(|index| index.sql.as_deref().map(str::to_owned));
    // What this SQLite cannot build it leaves alone, here as everywhere.
    let virtual_tables =
        live.virtual_tables.iter().filter(|table| can_build(table)).map(|table| table.sql.to_string());
    let views = live.views.iter().filter_map(|view| on(&view.sql));
    let on_views = live.views.iter().flat_map(|view| view.triggers.iter());
    let on_tables = live.tables.iter().flat_map(|table| table.triggers.iter());
    let triggers = on_tables.chain(on_views).filter_map(|trigger| on(&trigger.sql));
    (tables.chain(indexes).chain(virtual_tables).collect(), views.chain(triggers).collect())
}

/// A new database that is built from the file is what the adopted one is.
fn prove(draft: &Draft, live: &SchemaDef) -> Result<()> {
    let built = recorded([&draft.migration])?;
    let names = ("the database", "the baseline");
    let drifts = drift(live, &built, &built, names, &built, false)?;
    if drifts.is_empty() {
        return Ok(());
    }
    Err(differs(&drifts, "a database built from the baseline would not be this one")
        .with_kind(ErrorKind::Verification))
}

/// The refusal where what was compared is not there any more.
pub(crate) fn changed() -> Error {
    Error::failed("the database has changed since it was compared")
        .why("another program has altered its schema in the meantime")
        .state("nothing was changed")
        .next("run the command again")
}

/// Writes the file of what the database holds already, and records it there without running it. `check`
/// looks again where nothing can change any more.
pub(crate) fn record(
    target: &Target,
    draft: &Draft,
    check: &dyn Fn(&Connection) -> Result<()>,
) -> Result<PathBuf> {
    check_writable(&target.database, false)?;
    let _lock = Lock::take(&target.database, target.lock_wait())?;
    let connection = open(&target.database, false, target.wait)?;
    let folder = target.files.folder()?;
    fs::create_dir_all(folder).map_err(|error| {
        Error::new(ErrorKind::Preflight, format!("{} cannot be made", folder.display()))
            .why(error.to_string())
            .state("nothing was changed")
    })?;
    super::revisions::in_transaction(&connection, || {
        check(&connection)?;
        history::insert(&connection, &Applied::now(&draft.migration, Duration::ZERO, 0))?;
        // Last: a row whose file is missing would be worse than a file without one.
        write(draft)
    })
    .inspect_err(|_| {
        // Written inside the transaction, so that a failed COMMIT is the only way to be here with a file.
        if fs::read_to_string(&draft.migration.path).is_ok_and(|text| text == draft.text) {
            drop(fs::remove_file(&draft.migration.path));
        }
    })
}
