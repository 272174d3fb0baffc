//! Databases that nobody would make on purpose: read, or refused with a reason, and never a panic.

use schema_core::rusqlite::Connection;
use schema_migrate::diff::{Answers, compare};
use schema_migrate::inspect::{replay, scratch, sqlite};
use schema_migrate::plan;
use schema_migrate::sql::{Fold, fold, statements, strip_qualifier, tokens};

use crate::harness::{TARGETS, schema_of};

/// A database whose stored text of table `t` is these bytes.
fn tampered(sql: &[u8]) -> Connection {
    let database = scratch().unwrap();
    database.execute_batch("CREATE TABLE t(a TEXT, b TEXT); PRAGMA writable_schema = ON").unwrap();
    database.execute("UPDATE sqlite_schema SET sql = CAST(?1 AS TEXT) WHERE name = 't'", [sql]).unwrap();
    database.execute_batch("PRAGMA writable_schema = OFF").unwrap();
    database
}

#[test]
fn texts_that_sqlite_did_not_accept_are_errors() {
    for sql in [
        b"CREATE TABLE t(a TEXT, b TEXT, \xff TEXT)".as_slice(),
        b"CREATE TABLE t(a TEXT, b TEXT DEFAULT '\xff\xfe')",
        b"CREATE TABLE t(a TEXT, b TEXT",
        b"CREATE TABLE t",
        b"CREATE TABLE t(a TEXT, b TEXT CHECK (a > 'x)",
        b"CREATE TABLE t(a TEXT, b TEXT /* open",
        b"CREATE TABLE t(a TEXT, , b TEXT)",
        b"nonsense",
        b"",
    ] {
        let error = sqlite::schema(&tampered(sql)).expect_err(&String::from_utf8_lossy(sql));
        assert!(!error.to_string().is_empty());
    }
}

#[test]
fn deep_nesting_is_walked_without_a_stack() {
    let deep = format!("{}a{}", "(".repeat(200_000), ")".repeat(200_000));
    assert_eq!(fold(&deep, Fold::default()).unwrap(), "a");
    let unbalanced = "(".repeat(200_000);
    assert!(fold(&unbalanced, Fold::default()).is_ok());
    assert!(strip_qualifier(&unbalanced, "t").is_ok());
    let allowed = format!("CREATE TABLE t(a TEXT CHECK ({}a <> ''{}));", "(".repeat(60), ")".repeat(60));
    let schema = schema_of(&allowed);
    assert!(replay(&schema).is_ok());
}

#[test]
fn names_made_of_syntax_are_names() {
    let from = schema_of(
        r#"CREATE TABLE "CREATE TABLE x(" ("PRIMARY" TEXT, "a) , (b" TEXT DEFAULT '),(', [check] TEXT CHECK ([check] <> ')'),
               `constraint` TEXT COLLATE nocase CONSTRAINT "unique" UNIQUE, CONSTRAINT "foreign" CHECK ("PRIMARY" <> ','));
           CREATE INDEX "on (" ON "CREATE TABLE x("("a) , (b" || ',', `constraint` DESC) WHERE "PRIMARY" <> ' WHERE ';"#,
    );
    let table = &from.tables[0];
    assert_eq!(table.columns.len(), 4);
    assert_eq!((table.checks.len(), table.uniques.len(), table.indexes[0].parts.len()), (2, 1, 2));
    let to = schema_of(
        r#"CREATE TABLE "CREATE TABLE x(" ("PRIMARY" BLOB, "a) , (b" TEXT DEFAULT '),(', [check] TEXT CHECK ([check] <> ')'),
               `constraint` TEXT COLLATE nocase CONSTRAINT "unique" UNIQUE);"#,
    );
    let comparison = compare(&from, &to, &to, &Answers::default()).unwrap();
    for target in TARGETS {
        let plan = plan::sqlite(&from, &to, &comparison, &Answers::default(), target).unwrap();
        assert_eq!(plan.rebuilt.len(), 1);
    }
}

#[test]
fn any_text_is_scanned_or_refused() {
    let pieces = [
        "'", "\"", "[", "]", "`", "/*", "*/", "--", "\n", "x'", "0x", "1e", "é", "😀", ";", "(", ")", ".",
        "@", "$", "\u{0}",
    ];
    for first in pieces {
        for second in pieces {
            for third in pieces {
                let text = format!("a{first}{second}b{third}");
                if let Ok(found) = tokens(&text) {
                    assert!(found.iter().all(|token| text[token.start..token.end] == *token.text));
                }
                let _ = statements(&text);
                let _ = fold(&text, Fold { table: Some("a"), columns: Some(&["b"]) });
                let _ = strip_qualifier(&text, "a");
            }
        }
    }
}

#[test]
fn a_schema_without_anything_is_a_schema() {
    let empty = schema_of("");
    let comparison = compare(&empty, &empty, &empty, &Answers::default()).unwrap();
    assert!(comparison.is_empty());
    let plan = plan::sqlite(&empty, &empty, &comparison, &Answers::default(), TARGETS[0]).unwrap();
    assert!(plan.up.is_empty() && plan.down.is_empty());
}
