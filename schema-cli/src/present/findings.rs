use schema_migrate::lint::{Finding, Findings, Severity};
use serde_json::{Value, json};

use crate::output::Screen;

/// What a person should see, as warnings.
pub(crate) fn warnings(findings: &Findings) -> Vec<String> {
    let told = findings.shown.iter().filter(|finding| finding.severity() > Severity::Note);
    told.map(ToString::to_string).collect()
}

/// What is good to know, and what somebody has allowed: under `-v`.
pub(crate) fn details(screen: &Screen, findings: &Findings) {
    for finding in findings.shown.iter().filter(|finding| finding.severity() == Severity::Note) {
        screen.detail(format!("Note      {finding}"));
    }
    for (finding, allowed) in &findings.allowed {
        screen.detail(format!("Allowed   {finding} ({allowed})"));
    }
}

pub(crate) fn as_json(findings: &Findings) -> Value {
    let shown = findings.shown.iter().map(|finding| one(finding, None));
    let allowed = findings.allowed.iter().map(|(finding, allowed)| one(finding, Some(allowed.to_string())));
    shown.chain(allowed).collect()
}

fn one(finding: &Finding, allowed: Option<String>) -> Value {
    json!({
        "code": finding.code(),
        "severity": finding.severity().as_str(),
        "table": finding.table,
        "object": finding.object,
        "text": finding.text,
        "allowed": allowed,
    })
}
