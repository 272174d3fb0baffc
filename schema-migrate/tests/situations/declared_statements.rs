//! Models whose tables are written as whole statements.

use schema_core::value::Value;
use schema_core::{Schema, Table, View};
use schema_migrate::diff::{Answers, compare};
use schema_migrate::inspect::materialise;

use crate::harness::schema_of;

/// Nothing of it can be said by attributes alone.
#[derive(Table)]
#[table(definition = "CREATE TABLE [odd books] (-- as it was found
    isbn TEXT PRIMARY KEY ON CONFLICT REPLACE COLLATE NOCASE, \"a \"\"b\"\"\" VARCHAR NON NULL, untyped,
    CHECK (length(isbn) > 3), UNIQUE (\"a \"\"b\"\"\" DESC) ON CONFLICT IGNORE);")]
#[table(index(
    sql = "CREATE UNIQUE INDEX odd_index ON \"odd books\" (lower(isbn) COLLATE RTRIM DESC) WHERE untyped"
))]
#[table(trigger(
    sql = "create trigger if not exists odd_trigger after insert on [odd books] begin select 1; end;"
))]
struct OddBook {
    #[column(primary_key)]
    isbn: Option<String>,
    #[column(name = "a \"b\"")]
    a_b: Option<String>,
    #[column(sql_type = "")]
    untyped: Option<Value>,
}

#[allow(dead_code, reason = "only its definition is compared")]
#[derive(View)]
#[view(definition = "CREATE VIEW odd_view (größe) AS SELECT length(isbn) FROM `odd books`")]
#[view(trigger(sql = "CREATE TRIGGER odd_view_insert INSTEAD OF INSERT ON odd_view BEGIN SELECT 1; END"))]
struct OddView {
    #[column(name = "größe")]
    size: Option<i64>,
}

schema_core::schema! {
    Odd { OddBook; views: [OddView]; sql: [
        "CREATE VIEW \"no struct\" AS SELECT * FROM odd_view",
        "CREATE TRIGGER no_struct_delete INSTEAD OF DELETE ON [no struct] BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE words USING fts5(word, tokenize = 'trigram')",
    ] }
}

#[test]
fn a_schema_of_whole_statements_is_the_database_that_they_came_from() {
    let models = materialise(Odd::DEF).unwrap();
    let live = schema_of(
        "CREATE TABLE [odd books] (-- as it was found
           isbn TEXT PRIMARY KEY ON CONFLICT REPLACE COLLATE NOCASE, \"a \"\"b\"\"\" VARCHAR NON NULL, untyped,
           CHECK (length(isbn) > 3), UNIQUE (\"a \"\"b\"\"\" DESC) ON CONFLICT IGNORE);
         CREATE UNIQUE INDEX odd_index ON \"odd books\" (lower(isbn) COLLATE RTRIM DESC) WHERE untyped;
         CREATE TRIGGER odd_trigger after insert on [odd books] begin select 1; end;
         CREATE VIEW odd_view (größe) AS SELECT length(isbn) FROM `odd books`;
         CREATE TRIGGER odd_view_insert INSTEAD OF INSERT ON odd_view BEGIN SELECT 1; END;
         CREATE VIEW \"no struct\" AS SELECT * FROM odd_view;
         CREATE TRIGGER no_struct_delete INSTEAD OF DELETE ON [no struct] BEGIN SELECT 1; END;
         CREATE VIRTUAL TABLE words USING fts5(word, tokenize = 'trigram');",
    );
    let comparison = compare(&models, &live, Odd::DEF, &Answers::default()).unwrap();
    assert!(comparison.changes.is_empty(), "{:?}", comparison.changes);
    assert_eq!((&*models.tables[0].model, &*models.tables[0].columns[1].field), ("OddBook", "a_b"));
}

/// Disagrees with its statement in every way.
#[derive(Table)]
#[table(definition = "CREATE TABLE wrong (id INT PRIMARY KEY, other TEXT, double INT AS (other * 2))")]
struct Wrong {
    #[column(primary_key)]
    id: i64,
    missing: String,
    double: i64,
}

#[derive(Table)]
#[table(definition = "CREATE TABLE keyed (a INT, b INT, PRIMARY KEY (b, a)) WITHOUT ROWID")]
struct Keyed {
    #[column(primary_key)]
    a: i64,
    b: i64,
}

schema_core::schema! { WrongFields { Wrong } }
schema_core::schema! { WrongKey { Keyed } }

#[test]
fn a_struct_that_differs_from_its_statement_is_told_every_difference() {
    let error = materialise(WrongFields::DEF).unwrap_err();
    assert_eq!(error.what(), "`Wrong` and its CREATE TABLE of `wrong` do not agree");
    assert_eq!(
        error.reason().unwrap(),
        "field `missing` has no column: the statement has none named `missing`\n\
         column `double` is generated: its field needs `generated = \"..\"`, or every insert would fail\n\
         column `other` has no field\n\
         the struct takes `id` for the rowid, which the database gives; of the statement it is a column like others: \
         write `sql_type = \"..\"` on its field as the statement has it, or `sql_type = \"INT\"`"
    );
    assert!(error.location().unwrap().contains("declared_statements.rs:"));
    assert_eq!(
        materialise(WrongKey::DEF).unwrap_err().reason().unwrap(),
        "the statement says WITHOUT ROWID, the struct does not: write `without_rowid`\n\
         the struct has the primary key `a`, the statement the primary key `a`, `b`"
    );
}
