use std::{
    ffi::{OsStr, OsString},
    process::ExitCode,
};

use crate::{bench, demo, fuzz_diff, fuzz_inspect, test};

/// The commands, for a person.
pub(crate) const HELP: &str = "\
Commands of this workspace:

  cargo xtask demo    the main job, on an older database full of real books
  cargo xtask test    all tests; arguments go to cargo test
  cargo xtask bench   speed beside a C program, the diff engine, and compile time
  cargo xtask fuzz-diff     random pairs of schemas with rows: planned, applied, taken back, compared
  cargo xtask fuzz-inspect  damaged database files and odd definitions: read or refused, never a panic";

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
    /// Damaged database files.
    FuzzInspect,
}

impl Command {
    pub(crate) fn named(word: &OsStr) -> Option<Self> {
        match word.to_str()? {
            "demo" => Some(Self::Demo),
            "test" => Some(Self::Test),
            "bench" => Some(Self::Bench),
            "fuzz-diff" => Some(Self::FuzzDiff),
            "fuzz-inspect" => Some(Self::FuzzInspect),
            _ => None,
        }
    }

    pub(crate) fn run(self, arguments: &[OsString]) -> ExitCode {
        match self {
            Self::Demo => demo::run(arguments),
            Self::Test => test::run(arguments),
            Self::Bench => bench::run(arguments),
            Self::FuzzDiff => fuzz_diff::run(arguments),
            Self::FuzzInspect => fuzz_inspect::run(arguments),
        }
    }
}
