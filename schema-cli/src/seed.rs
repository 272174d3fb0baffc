use std::{fmt, path::Path, sync::Arc};

use schema_core::{Db, Schema, Tx};
use schema_migrate::Error;

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

/// Ends the transaction of a dry run.
#[derive(Debug)]
struct Undone(Vec<Seeded>);

impl fmt::Display for Undone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a dry run is undone")
    }
}

impl std::error::Error for Undone {}

impl Seed {
    pub(crate) fn of<S: Schema>(
        function: fn(&Tx<'_, S>, &mut SeedProgress<'_>) -> schema_core::Result<()>,
    ) -> Self {
        Self(Arc::new(move |database, dry_run, progress| {
            let db = Db::<S>::options().create(false).open(database)?;
            let done = db.transaction(|tx| {
                let before = counts(tx)?;
                function(tx, progress)?;
                let seeded: Vec<Seeded> = before
                    .into_iter()
                    .zip(counts(tx)?)
                    .map(|((table, before), (_, after))| Seeded { table, before, after })
                    .collect();
                if dry_run { Err(schema_core::Error::other(Undone(seeded))) } else { Ok(seeded) }
            });
            match done {
                Err(error) => match error.downcast_ref::<Undone>() {
                    Some(Undone(seeded)) => Ok(seeded.clone()),
                    None => Err(error),
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
        (self.0)(database, dry_run, &mut SeedProgress(&mut watch)).map_err(|error| {
            Error::failed("the seed failed")
                .why(error.to_string())
                .state("everything was rolled back; nothing was changed")
                .next("correct the seed function; where it ran before, it has to find its own rows (upsert)")
                .source(error)
        })
    }
}

fn counts<S: Schema>(tx: &Tx<'_, S>) -> schema_core::Result<Vec<(String, u64)>> {
    let count = |table: &str| {
        let sql = format!("SELECT count(*) FROM main.{}", schema_core::dialect::quote_identifier(table));
        let rows: i64 = tx.sqlite_raw(|connection| connection.query_row(&sql, [], |row| row.get(0)))?;
        Ok((table.to_owned(), u64::try_from(rows).unwrap_or(0)))
    };
    S::DEF.tables.iter().map(|table| count(&table.name)).collect()
}
