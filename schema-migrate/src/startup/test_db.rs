use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;
use schema_core::{Db, Schema};

use super::current::of_handle;
use super::{Embedded, in_memory};
use crate::check::drift;
use crate::diff::Answers;
use crate::diff_apply;
use crate::inspect::{materialise, scratch, sqlite};
use crate::keep::with_kept;
use crate::plan::{self, EngineVersion};
use crate::run::Silent;
use crate::{Error, ErrorKind, Result};

/// A migrated database in memory, for one test: nothing in it is shared with another.
///
/// The first call of a program runs the embedded migrations and compares what they build with the
/// models; every later one copies the outcome, in well under a millisecond for most schemas. Rows that
/// migrations insert are there.
///
/// Where no migration is embedded yet, the tables are those of the models, as in [`test_db_of_models`].
///
/// # Errors
/// A migration fails, or the migrations do not build what the models say: `db-generate` is due.
pub fn test_db<S: Embedded>() -> Result<Db<S>> {
    copy_of(TypeId::of::<Migrated<S>>(), migrated::<S>)
}

/// As [`test_db`], and filled: `seed` runs once in the program, and its rows are in every copy.
///
/// A closure that captures something may differ from call to call, so it runs at every call.
///
/// # Errors
/// As [`test_db`]; also where `seed` fails.
pub fn test_db_with<S: Embedded, F>(seed: F) -> Result<Db<S>>
where
    F: FnOnce(&Db<S>) -> schema_core::Result<()> + 'static,
{
    let seeded = |seed: F| {
        let db = test_db::<S>()?;
        seed(&db).map_err(|error| of_handle("fill the test database", error))?;
        Ok(db)
    };
    // Such a type has one value, and its name stands for what it does.
    if size_of::<F>() == 0 {
        copy_of(TypeId::of::<(Migrated<S>, F)>(), || seeded(seed))
    } else {
        seeded(seed)
    }
}

/// A database in memory with the tables that the models say, without a look at migrations: while models
/// are still moving, and for a schema that keeps no migrations.
///
/// # Errors
/// SQLite takes a definition of the models for none.
pub fn test_db_of_models<S: Schema>() -> Result<Db<S>> {
    copy_of(TypeId::of::<Declared<S>>(), || declared::<S>(S::DEF))
}

/// Stand for what a template holds.
struct Migrated<S>(S);
struct Declared<S>(S);

/// A database that is made once and copied from then on.
type Template = Arc<Mutex<Option<Box<dyn Any + Send>>>>;

static TEMPLATES: LazyLock<Mutex<HashMap<TypeId, Template>>> = LazyLock::new(Mutex::default);

fn copy_of<S: Schema>(key: TypeId, make: impl FnOnce() -> Result<Db<S>>) -> Result<Db<S>> {
    let template =
        Arc::clone(TEMPLATES.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
    // Held while it is made, so that tests that start together make it once.
    let mut template = template.lock().unwrap_or_else(PoisonError::into_inner);
    let made = match template.take().map(Box::<dyn Any + Send>::downcast::<Db<S>>) {
        Some(Ok(made)) => made,
        _ => Box::new(make()?),
    };
    let copied = copy(&made);
    *template = Some(made);
    copied
}

fn copy<S: Schema>(template: &Db<S>) -> Result<Db<S>> {
    let copied = template
        .sqlite_raw(|connection| Ok(open_copy(connection)))
        .and_then(|copied| copied)
        .map_err(|error| of_handle("copy the test database", error))?;
    Ok(copied)
}

fn open_copy<S: Schema>(of: &Connection) -> schema_core::Result<Db<S>> {
    Db::options().busy_timeout(Duration::from_secs(5)).in_memory_copy(of)
}

fn migrated<S: Embedded>() -> Result<Db<S>> {
    if S::FILES.is_empty() {
        return declared::<S>(S::DEF);
    }
    let mut connection = scratch()?;
    in_memory::run(&mut connection, &S::FILES.into(), S::STEPS, &mut Silent)?;
    let (live, models) = (sqlite::schema(&connection)?, materialise(S::DEF)?);
    let wanted = with_kept(&live, &models);
    let drifts = drift(&live, &wanted, S::DEF, ("the migrations", "the models"), &models, false)?;
    if !drifts.is_empty() {
        let lines = drifts
            .iter()
            .map(|drift| format!("{} {} {}", drift.change.sign(), drift.change.subject(), drift.text));
        return Err(Error::new(
            ErrorKind::Finding,
            "the embedded migrations do not build what the models say",
        )
        .why(lines.collect::<Vec<_>>().join("\n"))
        .state("nothing was changed")
        .next("db-generate writes the migration that is missing")
        .next("or test_db_of_models, while the models are still moving"));
    }
    open_copy(&connection).map_err(|error| of_handle("open the test database", error))
}

fn declared<S: Schema>(declared: &SchemaDef) -> Result<Db<S>> {
    let mut connection = scratch()?;
    let (empty, models) = (sqlite::schema(&connection)?, materialise(declared)?);
    let answers = Answers::default();
    let comparison = crate::diff::compare(&empty, &models, declared, &answers)?;
    let plan = plan::sqlite(&empty, &models, &comparison, &answers, EngineVersion::bundled())?;
    diff_apply::apply_on(&mut connection, &empty, &plan, &mut Silent)?;
    open_copy(&connection).map_err(|error| of_handle("open the test database", error))
}
