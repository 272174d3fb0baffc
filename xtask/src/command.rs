use std::{
    ffi::{OsStr, OsString},
    process::ExitCode,
};

use crate::{bench, demo, test};

/// What this workspace has beside the `db-*` commands.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Command {
    /// The main job, on an older database full of real books.
    Demo,
    /// All tests.
    Test,
    /// Speed and compile time.
    Bench,
}

impl Command {
    pub(crate) fn named(word: &OsStr) -> Option<Self> {
        match word.to_str()? {
            "demo" => Some(Self::Demo),
            "test" => Some(Self::Test),
            "bench" => Some(Self::Bench),
            _ => None,
        }
    }

    pub(crate) fn run(self, arguments: &[OsString]) -> ExitCode {
        match self {
            Self::Demo => demo::run(arguments),
            Self::Test => test::run(arguments),
            Self::Bench => bench::run(arguments),
        }
    }
}
