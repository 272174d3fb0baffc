use schema_migrate::Error;
use serde_json::Value;

/// How a command ended that was not stopped by an error.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// 0, or 3 where the command found something; that of the error where a part of the work failed.
    pub(crate) exit: u8,
    /// What the command found or did, for programs.
    pub(crate) data: Value,
    /// What a person should know although nothing failed.
    pub(crate) warnings: Vec<String>,
    /// What became of the part that failed, beside what was done.
    pub(crate) error: Option<Error>,
}

impl Outcome {
    /// Done, or nothing to do.
    pub(crate) fn done(data: Value) -> Self {
        Self { exit: 0, data, warnings: Vec::new(), error: None }
    }

    /// Something is pending, differs or needs attention.
    pub(crate) fn finding(data: Value) -> Self {
        Self { exit: 3, data, warnings: Vec::new(), error: None }
    }

    /// The error of a command that failed.
    pub(crate) fn into_result(mut self) -> Result<Self, Error> {
        match self.error.take() {
            Some(error) => Err(error),
            None => Ok(self),
        }
    }

    pub(crate) fn warnings(mut self, warnings: Vec<String>) -> Self {
        self.warnings = warnings;
        self
    }

    /// A part of the work failed.
    pub(crate) fn failed_in_part(mut self, error: Error) -> Self {
        self.exit = error.kind().exit_code();
        self.error = Some(error);
        self
    }
}
