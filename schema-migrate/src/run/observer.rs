use std::path::Path;
use std::time::Duration;

use schema_ops::backup::{Progress, Taken};

use super::ask::Asked;
use super::lock::Holder;
use super::meter::Meter;
use super::preflight::Check;
use super::rehearse::Rehearsal;
use crate::Error;

/// Watches a run: progress for a terminal, a log for a service.
pub trait Observer {
    /// Something has begun or is done.
    fn event(&mut self, event: &Event<'_>);
}

/// Watches nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    fn event(&mut self, _: &Event<'_>) {}
}

/// What happens during a run, in the order in which it happens.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the fields are the parts of what each variant names")]
pub enum Event<'a> {
    /// A database file was made, since there was none.
    Created { database: &'a Path },
    /// Another program holds the lock; it is waited for up to `wait`. `holder` is `None` where nobody
    /// knows who that is.
    Waiting { holder: Option<&'a Holder>, wait: Duration },
    /// Something that can take a while begins, such as "checking the integrity"; what comes next ends it.
    Phase { what: &'static str },
    /// How far the phase has come, again and again.
    Progress { progress: Progress },
    /// The checks before the work were made. Where one has failed, nothing else happens.
    Preflight { checks: &'a [Check] },
    /// The database was asked whether its rows are as the migration expects.
    Asked { asked: &'a Asked },
    /// Something that a person should know and that stops nothing.
    Warning { text: &'a str },
    /// A backup was taken and read back.
    Backup { taken: &'a Taken },
    /// A revision begins; `number` counts from 1.
    Begin { number: usize, total: usize, revision: &'a str, statements: usize },
    /// A statement of it is about to run. `meter` tells how far it is, where that can take a while.
    Statement { number: usize, total: usize, line: usize, sql: &'a str, meter: Option<&'a Meter> },
    /// A statement of it is done.
    StatementDone { number: usize, total: usize, line: usize, duration: Duration, rows: u64 },
    /// The Rust step of a revision begins.
    RustStep { revision: &'a str, name: &'a str },
    /// Something that counts what it does, such as a Rust step: rows of the table `what`.
    Walked { what: &'a str, done: u64, total: u64 },
    /// The Rust step is done.
    RustStepDone { revision: &'a str, name: &'a str, duration: Duration, rows: u64 },
    /// The revision is applied, or taken back, and committed.
    Done { number: usize, total: usize, revision: &'a str, statements: usize, duration: Duration, rows: u64 },
    /// The revision was rolled back for a reason that passes, and begins again after the pause; `attempt`
    /// counts from 1 and is at most `attempts`.
    Retry { error: &'a Error, attempt: u32, attempts: u32, pause: Duration },
    /// The revision failed and was rolled back.
    Failed { number: usize, total: usize, revision: &'a str, duration: Duration },
    /// Everything has run on a copy, which is gone again.
    Rehearsed { rehearsal: &'a Rehearsal },
    /// Statistics were looked after, and the log was written into the database; not where there is none,
    /// or others are reading.
    Settled { checkpointed: bool },
    /// What came out was checked. `models` is `None` where no models were given.
    Verified { models: Option<bool> },
}
