use std::{
    ffi::{OsStr, OsString},
    process::ExitCode,
};

use crate::{bench, crash_test, demo, fuzz_diff, fuzz_inspect, fuzz_queries, test};

/// The commands, for a person.
pub(crate) const HELP: &str = "\
Commands of this workspace:

  cargo xtask demo    the main job, on an older database full of real books
  cargo xtask test    all tests; arguments go to cargo test
  cargo xtask bench   speed beside a C program, the diff engine, and compile time
  cargo xtask fuzz-diff     random pairs of schemas with rows: planned, applied, taken back, compared
  cargo xtask fuzz-queries  random typed queries over random rows, compared with an evaluation of their own
  cargo xtask fuzz-inspect  damaged database files and odd definitions: read or refused, never a panic
  cargo xtask crash-test    a migration that is killed, or finds the disk full, at every write";

/// What this workspace has beside the `db-*` commands.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Command {
    /// The main job, on an older database full of real books.
    Demo,
    /// All tests.
    Test,
    /// Speed and compile time.
    Bench,
    /// Random pairs of schemas with rows.
    FuzzDiff,
    /// Random typed queries over random rows.
    FuzzQueries,
    /// Damaged database files.
    FuzzInspect,
    /// A migration that is killed or starved at every write.
    CrashTest,
    /// The commands of the application that the crash test interrupts; its older release or its newer.
    CrashTestSubject { is_before: bool },
}

impl Command {
    pub(crate) fn named(word: &OsStr) -> Option<Self> {
        match word.to_str()? {
            "demo" => Some(Self::Demo),
            "test" => Some(Self::Test),
            "bench" => Some(Self::Bench),
            "fuzz-diff" => Some(Self::FuzzDiff),
            "fuzz-queries" => Some(Self::FuzzQueries),
            "fuzz-inspect" => Some(Self::FuzzInspect),
            "crash-test" => Some(Self::CrashTest),
            word => {
                let release = word.strip_prefix(crash_test::subject::WORD)?;
                let is_before = release == "-before";
                (is_before || release.is_empty()).then_some(Self::CrashTestSubject { is_before })
            }
        }
    }

    pub(crate) fn run(self, arguments: &[OsString]) -> ExitCode {
        match self {
            Self::Demo => demo::run(arguments),
            Self::Test => test::run(arguments),
            Self::Bench => bench::run(arguments),
            Self::FuzzDiff => fuzz_diff::run(arguments),
            Self::FuzzQueries => fuzz_queries::run(arguments),
            Self::FuzzInspect => fuzz_inspect::run(arguments),
            Self::CrashTest => crash_test::run(arguments),
            Self::CrashTestSubject { is_before } => crash_test::subject::run(is_before, arguments),
        }
    }
}
