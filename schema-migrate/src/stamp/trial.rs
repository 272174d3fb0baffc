//! Whether a new database can be built from a baseline: by the runner itself, to which the functions and
//! collating sequences of the application are as unknown here as there.

use crate::files::Migration;
use crate::inspect::scratch;
use crate::run::{Clock, Interrupt, Silent, Work, apply};
use crate::{Error, Result};

/// Builds a scratch database as the runner would.
pub(super) fn trial(migration: &Migration) -> Result<()> {
    let mut connection = scratch()?;
    let clock = Clock::on(&mut connection, &Interrupt::default())
        .map_err(|error| Error::sqlite("try the baseline", error))?;
    let work = Work {
        revision: migration.revision.as_str(),
        file: None,
        script: &migration.up,
        is_baseline: migration.kind.is_first(),
        clock: &clock,
        recorded: None,
        asked: None,
        number: 1,
        total: 1,
        step: None,
        offset: 0,
        mark: &|_, _, _| Ok(()),
        is_due: &|_| Ok(true),
        finish: &|_, _, _| Ok(()),
    };
    apply(&connection, &work, &mut Silent).map(drop)
}

/// What a person should know of a baseline that stays a record.
pub(super) fn cannot_build(error: &Error) -> String {
    let reason = error.reason().and_then(|reason| reason.lines().next()).unwrap_or_default();
    format!(
        "no new database can be built from this baseline: {}: {reason}. This database is none the \
         worse for it; new ones have to be made by the program that this one comes from",
        error.what()
    )
}
