use std::time::Duration;

use schema_migrate::Error;
use serde::Serialize;
use serde_json::{Value, json};

use super::Outcome;

/// The one object that `--json` prints. Its shape changes only with `version`.
#[derive(Debug, Serialize)]
pub(crate) struct Envelope<'a> {
    version: u8,
    command: &'a str,
    ok: bool,
    exit: u8,
    ms: u64,
    data: &'a Value,
    warnings: &'a [String],
    error: Option<Value>,
}

impl<'a> Envelope<'a> {
    pub(crate) fn outcome(command: &'a str, took: Duration, outcome: &'a Outcome) -> Self {
        Self {
            version: 1,
            command,
            ok: outcome.exit == 0,
            exit: outcome.exit,
            ms: milliseconds(took),
            data: &outcome.data,
            warnings: &outcome.warnings,
            error: outcome.error.as_ref().map(error_as_json),
        }
    }

    pub(crate) fn error(command: &'a str, took: Duration, error: &Error, data: &'a Value) -> Self {
        Self {
            version: 1,
            command,
            ok: false,
            exit: error.kind().exit_code(),
            ms: milliseconds(took),
            data,
            warnings: &[],
            error: Some(error_as_json(error)),
        }
    }

    pub(crate) fn interrupted(command: &'a str, state: &str, next: &str) -> Self {
        Self {
            version: 1,
            command,
            ok: false,
            exit: 130,
            ms: 0,
            data: &Value::Null,
            warnings: &[],
            error: Some(
                json!({ "what": "interrupted", "why": "Ctrl-C", "place": null, "state": state, "next": [next] }),
            ),
        }
    }
}

/// The error of one of several things, or of all.
pub(crate) fn error_as_json(error: &Error) -> Value {
    json!({
        "what": error.what(),
        "why": error.reason(),
        "place": error.location(),
        "state": error.data_state(),
        "next": error.next_steps().iter().map(|next| &**next).collect::<Vec<_>>(),
    })
}

fn milliseconds(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}
