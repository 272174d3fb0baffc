use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use schema_migrate::plan::EngineVersion;

use crate::case::Case;
use crate::shrink::shrink;
use crate::trial::{Failure, Outcome, run};

/// What is tried.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// The seed: the same one gives the same cases.
    pub seed: u64,
    /// How many cases.
    pub cases: u64,
    /// The number of the first.
    pub first: u64,
    /// The oldest engine that the plans are made for.
    pub target: EngineVersion,
    /// How many failures are looked for before it ends.
    pub failures: usize,
}

/// A case that may not end as it did, made small.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its number.
    pub number: u64,
    /// What happened.
    pub failure: Failure,
    /// The smallest case with the same failure.
    pub case: Case,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How many cases ended how.
    pub outcomes: BTreeMap<String, u64>,
    /// The failures, one of a kind.
    pub found: Vec<Found>,
}

impl Tally {
    /// How many cases were gone through to their end, of a hundred.
    pub fn applied_share(&self) -> u64 {
        let all: u64 = self.outcomes.values().sum();
        let applied: u64 = self
            .outcomes
            .iter()
            .filter(|(name, _)| name.starts_with("applied"))
            .map(|(_, count)| count)
            .sum();
        (applied * 100).checked_div(all).unwrap_or(0)
    }
}

impl Campaign {
    /// Runs the cases on every core; `progress` hears how many are done.
    pub fn run(&self, progress: &(dyn Fn(u64) + Sync)) -> Result<Tally, String> {
        let next = AtomicU64::new(self.first);
        let done = AtomicU64::new(0);
        let enough = AtomicBool::new(false);
        let tally = Mutex::new(Tally::default());
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let folders: Vec<tempfile::TempDir> =
            (0..workers).map(|_| folder()).collect::<Result<_, _>>().map_err(|error| error.to_string())?;
        thread::scope(|scope| {
            for folder in &folders {
                scope.spawn(|| {
                    while !enough.load(Ordering::Relaxed) {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= self.first + self.cases {
                            break;
                        }
                        let case = Case::new(self.seed, number, self.target);
                        let outcome = run(&case, folder.path());
                        let Ok(mut tally) = tally.lock() else { break };
                        let name = match &outcome {
                            Outcome::Same => "same: nothing to do".to_owned(),
                            Outcome::Applied => "applied, and taken back".to_owned(),
                            Outcome::AppliedUp => "applied; the way back was refused as announced".to_owned(),
                            Outcome::Refused(why) => format!("refused: {why}"),
                            Outcome::Failed(failure) => format!("FAILED: {}", failure.kind),
                            Outcome::Invalid(_) => "not a case: SQLite refuses the schema".to_owned(),
                        };
                        *tally.outcomes.entry(name).or_default() += 1;
                        if let Outcome::Failed(failure) = outcome {
                            let known = tally.found.iter().any(|found| found.failure.kind == failure.kind);
                            if !known {
                                tally.found.push(Found { number, failure, case });
                                enough.store(tally.found.len() >= self.failures, Ordering::Relaxed);
                            }
                        }
                        drop(tally);
                        progress(done.fetch_add(1, Ordering::Relaxed) + 1);
                    }
                });
            }
        });
        let mut tally = tally.into_inner().map_err(|error| error.to_string())?;
        if let Some(folder) = folders.first() {
            for found in &mut tally.found {
                found.case = shrink(&found.case, &found.failure.kind, folder.path());
                if let Outcome::Failed(failure) = run(&found.case, folder.path()) {
                    found.failure = failure;
                }
            }
        }
        Ok(tally)
    }
}

/// A folder for the database of one worker, in memory where the system has one there.
fn folder() -> std::io::Result<tempfile::TempDir> {
    let memory = PathBuf::from("/dev/shm");
    match tempfile::tempdir_in(&memory) {
        Ok(folder) => Ok(folder),
        Err(_) => tempfile::tempdir(),
    }
}
