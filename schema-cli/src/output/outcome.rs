use serde_json::{Value, json};

/// How a command ended that did not fail.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// 0, or 3 where the command found something.
    pub(crate) exit: u8,
    /// What the command found or did, for programs.
    pub(crate) data: Value,
    /// What a person should know although nothing failed.
    pub(crate) warnings: Vec<String>,
}

impl Outcome {
    /// Done, or nothing to do.
    pub(crate) fn done(data: Value) -> Self {
        Self { exit: 0, data, warnings: Vec::new() }
    }

    /// Something is pending, differs or needs attention.
    pub(crate) fn finding(data: Value) -> Self {
        Self { exit: 3, data, warnings: Vec::new() }
    }

    pub(crate) fn warnings(mut self, warnings: Vec<String>) -> Self {
        self.warnings = warnings;
        self
    }

    /// Nothing but the exit code.
    pub(crate) fn silent() -> Self {
        Self::done(json!({}))
    }
}
