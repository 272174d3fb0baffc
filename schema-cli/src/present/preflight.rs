use schema_migrate::run::{Check, CheckName, CheckOutcome};
use serde_json::{Value, json};

use crate::output::{Screen, shortened};

/// What passed, in one line, as far as an operator wants to read it before every run.
pub(crate) fn brief(checks: &[Check]) -> String {
    const SHOWN: [CheckName; 6] = [
        CheckName::Folder,
        CheckName::Space,
        CheckName::Lock,
        CheckName::Integrity,
        CheckName::ForeignKeys,
        CheckName::Views,
    ];
    let shown = checks.iter().filter(|check| match check.outcome {
        CheckOutcome::Passed => SHOWN.contains(&check.name) && !check.detail.is_empty(),
        _ => false,
    });
    let left_out = checks.iter().filter(|check| check.outcome == CheckOutcome::Skipped);
    let words = shown.map(|check| check.detail.clone());
    words
        .chain(left_out.map(|check| match check.name {
            CheckName::Integrity => check.detail.clone(),
            name => format!("{name} not checked"),
        }))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A line for each check.
pub(crate) fn show(screen: &Screen, checks: &[Check]) {
    for check in checks {
        let mark = match check.outcome {
            CheckOutcome::Passed => "ok",
            CheckOutcome::Warned => "warn",
            CheckOutcome::Failed => "FAIL",
            CheckOutcome::Skipped => "skip",
        };
        screen.line(format!("  {mark:<4}  {:<12}  {}", check.name, shortened(&check.detail)).trim_end());
    }
}

/// The checks for programs.
pub(crate) fn as_json(checks: &[Check]) -> Value {
    checks
        .iter()
        .map(|check| {
            json!({
                "name": check.name.as_str(),
                "outcome": check.outcome.as_str(),
                "detail": shortened(&check.detail),
            })
        })
        .collect()
}
