use schema_core::model::SchemaDef;
use schema_migrate::diff::{Answers, compare};
use schema_migrate::inspect::{execute, scratch, sqlite};
use schema_migrate::lint::{Figures, Finding, Subject, lint};
use schema_migrate::plan::{self, EngineVersion};

pub(crate) fn schema_of(sql: &str) -> SchemaDef {
    let database = scratch().unwrap();
    execute(&database, sql).unwrap();
    sqlite::schema(&database).unwrap()
}

/// What is found between two schemas; everything that goes may go.
pub(crate) fn found(from: &str, to: &str) -> Vec<Finding> {
    found_with(from, to, &Answers { allow_every_loss: true, no_renames: true, ..Answers::default() }, None)
}

pub(crate) fn found_with(from: &str, to: &str, answers: &Answers, rows: Option<u64>) -> Vec<Finding> {
    let to = schema_of(to);
    found_in(from, &to, &to, answers, rows)
}

pub(crate) fn found_in(
    from: &str,
    to: &SchemaDef,
    declared: &SchemaDef,
    answers: &Answers,
    rows: Option<u64>,
) -> Vec<Finding> {
    let from = schema_of(from);
    let comparison = compare(&from, to, declared, answers).unwrap();
    assert!(comparison.questions.is_empty(), "{:?}", comparison.questions);
    let plan = plan::sqlite(&from, to, &comparison, answers, EngineVersion::new(3, 40)).unwrap();
    assert!(plan.blocked.is_empty(), "{:?}", plan.blocked);
    let figures = |_: &str| rows;
    let subject = Subject {
        to,
        declared,
        comparison: &comparison,
        answers,
        plan: &plan,
        figures: Figures::new(&figures),
    };
    lint(&subject)
}

/// The findings of these codes, as lines.
pub(crate) fn lines(findings: &[Finding], codes: &[&str]) -> Vec<String> {
    findings.iter().filter(|finding| codes.contains(&finding.code())).map(ToString::to_string).collect()
}

/// The lines of one code between nothing and a schema.
pub(crate) fn new(code: &str, sql: &str) -> Vec<String> {
    lines(&found("", sql), &[code])
}

pub(crate) const NONE: [&str; 0] = [];
