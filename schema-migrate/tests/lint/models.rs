//! Lints of models that the derive has read.

use schema_core::{Schema, SqlEnum, Table};
use schema_migrate::inspect::materialise;
use schema_migrate::lint::{Allowance, Allowed, Severity, lint_schema};
use time::OffsetDateTime;

#[derive(SqlEnum, Clone, Debug, PartialEq)]
enum State {
    Draft,
    Done,
}

/// Uses what the framework itself writes in SQL: defaults, checks, triggers, a full-text index.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(name = "notes", strict, append_only, fts(title, body))]
struct Note {
    #[column(primary_key)]
    id: i64,
    title: String,
    body: String,
    pinned: bool,
    #[column(default = State::Draft)]
    state: State,
    #[column(created_at)]
    created_at: OffsetDateTime,
}

#[derive(Table, Clone, Debug, PartialEq)]
#[table(name = "lines", strict, allow(L012 = "lines are only ever appended"))]
#[table(check(
    short = "length(text) < 80",
    seldom(sqlite = "text NOT GLOB '*x*'", postgres = "text !~ 'x'")
))]
#[table(check(odd = "instr(text, 'y') = 0"))]
struct Line {
    #[column(collate = nocase)]
    text: String,
}

schema_core::schema! { Journal { Note, Line } }

#[test]
fn nothing_is_said_about_what_the_framework_writes_and_a_struct_allows_with_its_reason() {
    let models = materialise(Journal::DEF).unwrap();
    let settled = Allowance::new(&[], Journal::DEF).unwrap().settle(lint_schema(&models, Journal::DEF));
    let told = settled.shown.iter().filter(|finding| finding.severity() > Severity::Note);
    let told: Vec<String> = told.map(ToString::to_string).collect();
    assert_eq!(
        told,
        ["L026 lines.odd: PostgreSQL has no instr()", "L027 lines.text: PostgreSQL has no COLLATE NOCASE",]
    );
    assert_eq!(settled.allowed.len(), 1);
    assert_eq!(settled.allowed[0].1, Allowed::Model("lines are only ever appended".to_owned()));
}
