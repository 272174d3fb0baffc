use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::Arc,
};

use schema_core::{Db, Schema, Tx};
use schema_migrate::{Error, run::TransactionGuard, rust_step::panic_message};

/// Tells how far a seed function is; a bar shows it where somebody looks.
pub struct SeedProgress<'p>(&'p mut dyn FnMut(&str, u64, u64));

impl SeedProgress<'_> {
    /// So many of so many are done: `progress.at("books", 120, 400)`. A total of 0 is one that nobody knows.
    pub fn at(&mut self, what: &str, done: u64, total: u64) {
        (self.0)(what, done, total);
    }
}

impl fmt::Debug for SeedProgress<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SeedProgress")
    }
}

/// A table, and its rows before and after a seed.
#[derive(Clone, Debug)]
pub(crate) struct Seeded {
    pub(crate) table: String,
    pub(crate) before: u64,
    pub(crate) after: u64,
}

type Run = dyn Fn(&Path, bool, &mut SeedProgress<'_>) -> schema_core::Result<Vec<Seeded>> + Send + Sync;

/// A registered seed function.
#[derive(Clone)]
pub(crate) struct Seed(Arc<Run>);

impl fmt::Debug for Seed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Seed")
    }
}

/// Why the transaction is rolled back, besides an error of the function.
#[derive(Debug)]
enum Undone {
    DryRun(Vec<Seeded>),
    Panicked(String),
    /// By a statement of the function.
    Ended,
}

impl fmt::Display for Undone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DryRun(_) => formatter.write_str("a dry run is undone"),
            Self::Panicked(said) => formatter.write_str(said),
            Self::Ended => {
                formatter.write_str("it ran COMMIT or ROLLBACK, and a COMMIT in it is made a ROLLBACK")
            }
        }
    }
}

impl std::error::Error for Undone {}

#[diagnostic::do_not_recommend]
impl From<Undone> for schema_core::Error {
    fn from(undone: Undone) -> Self {
        Self::other(undone)
    }
}

impl Seed {
    pub(crate) fn of<S: Schema>(
        function: fn(&Tx<'_, S>, &mut SeedProgress<'_>) -> schema_core::Result<()>,
    ) -> Self {
        Self(Arc::new(move |database, dry_run, progress| {
            let db = Db::<S>::options().create(false).open(database)?;
            let guard = guard_of(&db)?;
            let done = db.transaction(|tx| {
                let before = counts(tx)?;
                run(&guard, || function(tx, progress))?;
                let seeded: Vec<Seeded> = before
                    .into_iter()
                    .zip(counts(tx)?)
                    .map(|((table, before), (_, after))| Seeded { table, before, after })
                    .collect();
                if dry_run { Err(Undone::DryRun(seeded).into()) } else { Ok(seeded) }
            });
            match done {
                Err(error) => match error.downcast_ref::<Undone>() {
                    Some(Undone::DryRun(seeded)) => Ok(seeded.clone()),
                    _ => Err(error),
                },
                seeded => seeded,
            }
        }))
    }

    /// Runs the function in one transaction, which a dry run takes back.
    pub(crate) fn run(
        &self,
        database: &Path,
        dry_run: bool,
        mut watch: impl FnMut(&str, u64, u64),
    ) -> Result<Vec<Seeded>, Error> {
        (self.0)(database, dry_run, &mut SeedProgress(&mut watch)).map_err(told)
    }
}

/// The failure of a seed, of which nothing is left.
fn told(error: schema_core::Error) -> Error {
    let failed = |what: &str| {
        Error::failed(what).why(error.to_string()).state("everything was rolled back; nothing was changed")
    };
    let told = match error.downcast_ref::<Undone>() {
        Some(Undone::Panicked(_)) => failed("the seed panicked").next("correct the seed function"),
        Some(Undone::Ended) => failed("the seed ended its transaction")
            .next("take that statement out of the seed function: db-seed commits"),
        // All migrations are applied, or the seed would not have run: what is said of them is of no use.
        _ if error.is_behind_schema() => failed("the seed failed")
            .why(error.to_string().split(": the database").next().unwrap_or_default())
            .next("no migration is pending: correct the name in the seed function")
            .next("or, if the models have it, db-generate writes the migration that they lack"),
        _ => failed("the seed failed")
            .next("correct the seed function; where it ran before, it has to find its own rows (upsert)"),
    };
    told.source(error)
}

/// On the connection that is going to write.
fn guard_of<S: Schema>(db: &Db<S>) -> schema_core::Result<TransactionGuard> {
    Ok(schema_core::private::with_own_connection(db, TransactionGuard::of)??)
}

/// Runs the function, which may panic.
fn run(
    guard: &TransactionGuard,
    function: impl FnOnce() -> schema_core::Result<()>,
) -> schema_core::Result<()> {
    let done = guard.watch(|| catch_unwind(AssertUnwindSafe(function)));
    let done = done.map_err(|panic| Undone::Panicked(panic_message(panic.as_ref())))?;
    if guard.has_refused() {
        return Err(Undone::Ended.into());
    }
    done?;
    if guard.has_ended() { Err(Undone::Ended.into()) } else { Ok(()) }
}

fn counts<S: Schema>(tx: &Tx<'_, S>) -> schema_core::Result<Vec<(String, u64)>> {
    let count = |table: &str| {
        let sql = format!("SELECT count(*) FROM main.{}", schema_core::dialect::quote_identifier(table));
        let rows: i64 = tx.sqlite_raw(|connection| connection.query_row(&sql, [], |row| row.get(0)))?;
        Ok((table.to_owned(), u64::try_from(rows).unwrap_or(0)))
    };
    S::DEF.tables.iter().map(|table| count(&table.name)).collect()
}
