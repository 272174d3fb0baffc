use std::{
    ffi::{OsStr, OsString},
    process::ExitCode,
};

use crate::test;

/// What this workspace has beside the `db-*` commands.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Command {
    /// All tests.
    Test,
}

impl Command {
    pub(crate) fn named(word: &OsStr) -> Option<Self> {
        match word.to_str()? {
            "test" => Some(Self::Test),
            _ => None,
        }
    }

    pub(crate) fn run(self, arguments: &[OsString]) -> ExitCode {
        match self {
            Self::Test => test::run(arguments),
        }
    }
}
