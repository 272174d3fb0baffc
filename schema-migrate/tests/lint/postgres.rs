use std::borrow::Cow;

use schema_core::model::{SchemaDef, SqlText, Text};
use schema_migrate::diff::Answers;

use super::support::{NONE, found_in, lines, new, schema_of};

#[test]
fn what_tables_of_sqlite_alone_have_is_told() {
    assert_eq!(
        new("L020", "CREATE TABLE t(a TEXT PRIMARY KEY) WITHOUT ROWID, STRICT"),
        ["L020 t: PostgreSQL has no tables WITHOUT ROWID"]
    );
    assert_eq!(
        new(
            "L021",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT NOT NULL ON CONFLICT IGNORE, b TEXT, UNIQUE (a, b) ON CONFLICT REPLACE)"
        ),
        [
            "L021 t: (a, b): PostgreSQL has no ON CONFLICT in a constraint",
            "L021 t.a: PostgreSQL has no ON CONFLICT in a constraint",
        ]
    );
    assert_eq!(
        new("L025", "CREATE TABLE t(id INTEGER PRIMARY KEY); CREATE TABLE u(id INTEGER PRIMARY KEY) STRICT")
            .len(),
        1
    );
    assert_eq!(new("L029", "CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT)").len(), 1);
    assert_eq!(
        new("L022", "CREATE VIRTUAL TABLE words USING fts5(body)"),
        ["L022 words: PostgreSQL has no virtual tables, and no module fts5"]
    );
}

#[test]
fn types_and_names_that_it_does_not_take_are_told() {
    assert_eq!(
        new(
            "L024",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, a, b DATETIME, c VARCHAR(20), d BLOB, e INTEGER NON NULL)"
        ),
        [
            "L024 t.a: the column has no type, and in PostgreSQL every column has one",
            "L024 t.b: PostgreSQL knows no type DATETIME",
            "L024 t.e: PostgreSQL knows no type INTEGER NON",
        ]
    );
    let long = "x".repeat(62) + "\u{fc}y";
    let told = new("L028", &format!("CREATE TABLE t(id INTEGER PRIMARY KEY, \"{long}\" TEXT)"));
    assert_eq!(told.len(), 1);
    assert!(
        told[0].ends_with(&format!("65 bytes, of which PostgreSQL keeps 63: {}", "x".repeat(62))),
        "{told:?}"
    );
}

const TEXTS: &str = "CREATE TABLE t(id INTEGER PRIMARY KEY,
    at TEXT DEFAULT (strftime('%s', 'now')), n TEXT COLLATE NOCASE,
    g TEXT GENERATED ALWAYS AS (ifnull(n, 'x')), CONSTRAINT c CHECK (json_valid(n)));
  CREATE INDEX i ON t(length(n), id) WHERE typeof(n) = 'text';
  CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET n = 'y' WHERE id = NEW.id; END;
  CREATE VIEW v AS SELECT group_concat(n) AS names FROM t WHERE rowid > 3;";

#[test]
fn texts_that_call_what_only_sqlite_has_are_told_part_by_part() {
    let schema = schema_of(TEXTS);
    let all = found_in("", &schema, &schema, &Answers::default(), None);
    assert_eq!(
        lines(&all, &["L023", "L026", "L027", "L030"]),
        [
            "L023 v: rows of PostgreSQL have no rowid",
            "L026 i: PostgreSQL has no typeof()",
            "L026 t.at: PostgreSQL has no strftime()",
            "L026 t.c: PostgreSQL has no json_valid()",
            "L026 t.g: PostgreSQL has no ifnull()",
            "L026 v: PostgreSQL has no group_concat()",
            "L027 t.n: PostgreSQL has no COLLATE NOCASE",
            "L030 g: PostgreSQL does not take the text of this trigger",
        ]
    );
}

#[test]
fn a_text_that_is_written_for_each_engine_is_not_told() {
    let schema = schema_of(TEXTS);
    let each = |sql: &SqlText| SqlText::PerEngine {
        sqlite: sql.on(schema_core::model::Engine::Sqlite).map(|text| Text::Owned(text.to_owned())),
        postgres: Some(Cow::Borrowed("true")),
    };
    let mut declared: SchemaDef = schema.clone();
    let table = declared.tables.to_mut()[0].to_mut();
    for check in table.checks.to_mut() {
        check.expression = each(&check.expression);
    }
    for trigger in table.triggers.to_mut() {
        trigger.sql = each(&trigger.sql);
    }
    let all = found_in("", &schema, &declared, &Answers::default(), None);
    assert_eq!(lines(&all, &["L030"]), NONE);
    assert!(!lines(&all, &["L026"]).iter().any(|line| line.contains("json_valid")), "{all:?}");
}
