use schema_core::{Db, Schema};

use crate::history::{self, Applied};
use crate::{Error, Result};

/// The revision that was applied last: the version of the database's schema. `None` where none was.
///
/// # Errors
/// The database cannot be read, or a newer program has written its history.
pub fn current<S: Schema>(db: &Db<S>) -> Result<Option<Applied>> {
    Ok(history_of(db)?.pop())
}

/// What has been applied, first applied first.
pub(super) fn history_of<S: Schema>(db: &Db<S>) -> Result<Vec<Applied>> {
    db.read_transaction(|tx| tx.sqlite_raw(|connection| Ok(history::read(connection))))
        .map_err(|error| of_handle("read the history of migrations", error))?
}

/// An error of the handle as one of a run.
pub(super) fn of_handle(doing: &str, error: schema_core::Error) -> Error {
    let kind = if error.is_busy() { crate::ErrorKind::Locked } else { crate::ErrorKind::Failed };
    Error::new(kind, format!("could not {doing}"))
        .why(error.to_string())
        .state("nothing was changed")
        .next("correct what is said above, then start the program again")
        .source(error)
}
