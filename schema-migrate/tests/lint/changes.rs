use schema_migrate::diff::Answers;
use schema_migrate::lint::Severity;

use super::support::{NONE, found, found_with, lines};

fn permitted() -> Answers {
    Answers { allow_every_loss: true, no_renames: true, ..Answers::default() }
}

#[test]
fn a_dropped_table_and_a_dropped_column_are_told_with_their_rows() {
    let from =
        "CREATE TABLE a(id INTEGER PRIMARY KEY, gone TEXT); CREATE TABLE \"b.c\"(id INTEGER PRIMARY KEY)";
    let to = "CREATE TABLE a(id INTEGER PRIMARY KEY)";
    let all = found_with(from, to, &permitted(), Some(12_408));
    assert_eq!(
        lines(&all, &["L001", "L002", "L006"]),
        [
            "L001 \"b.c\": the table is dropped with every row (12,408 rows in the database at hand): they cannot come back",
            "L002 a.gone: the column is dropped with every value (12,408 rows in the database at hand): they cannot come back",
        ]
    );
    assert!(all.iter().all(|finding| finding.severity() == Severity::Danger), "{all:?}");
    let without = found(from, to);
    assert!(
        without[0].to_string().ends_with("is dropped with every row: they cannot come back"),
        "{without:?}"
    );
}

#[test]
fn a_dropped_column_of_a_renamed_table_goes_by_the_name_it_has_and_belongs_to_the_new_table() {
    let mut answers = permitted();
    answers.rename("a:b").unwrap();
    let from = "CREATE TABLE a(id INTEGER PRIMARY KEY, gone TEXT)";
    let all = found_with(from, "CREATE TABLE b(id INTEGER PRIMARY KEY)", &answers, None);
    assert_eq!((all[0].object.as_str(), all[0].table.as_str()), ("a.gone", "b"));
}

#[test]
fn a_type_that_rewrites_values_is_told_and_one_that_does_not_is_not() {
    let table = |sql_type: &str| format!("CREATE TABLE t(id INTEGER PRIMARY KEY, a {sql_type})");
    let told = |from: &str, to: &str| lines(&found(&table(from), &table(to)), &["L003"]);
    let lossy = told("TEXT", "INTEGER");
    assert!(lossy[0].starts_with("L003 t.a: TEXT to INTEGER: text that reads as a number"), "{lossy:?}");
    assert_eq!(told("REAL", "TEXT").len(), 1);
    assert_eq!(told("VARCHAR(20)", "TEXT"), NONE);
    assert_eq!(told("TEXT", "BLOB"), NONE);
    let mut answers = permitted();
    answers.convert("t.a=CAST(a AS INTEGER)").unwrap();
    assert_eq!(lines(&found_with(&table("TEXT"), &table("INTEGER"), &answers, None), &["L003"]), NONE);
}

#[test]
fn an_enum_that_loses_a_value_is_told_and_one_that_gains_one_is_not() {
    let table = |values: &str| {
        format!("CREATE TABLE t(id INTEGER PRIMARY KEY, s TEXT CONSTRAINT t_s CHECK (s IN ({values})))")
    };
    let told = |from: &str, to: &str| lines(&found(&table(from), &table(to)), &["L004"]);
    assert_eq!(
        told("'a', 'b', 'c'", "'a', 'd'"),
        ["L004 t.s: no longer admits 'b', 'c'; a row that holds one stops the migration"]
    );
    assert_eq!(told("'a'", "'a', 'b'"), NONE);
    let mut answers = permitted();
    answers.rename("t.s.b:t.s.d").unwrap();
    let renamed = found_with(&table("'a', 'b'"), &table("'a', 'd'"), &answers, None);
    assert_eq!(lines(&renamed, &["L004"]), NONE, "its values follow");
}

#[test]
fn a_check_on_columns_that_hold_values_is_told_and_one_on_a_new_column_is_not() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, age INTEGER)";
    let on_old = "CREATE TABLE t(id INTEGER PRIMARY KEY, age INTEGER, CONSTRAINT adult CHECK (age > 17))";
    let on_new =
        "CREATE TABLE t(id INTEGER PRIMARY KEY, age INTEGER, n INTEGER CONSTRAINT some CHECK (n > 0))";
    assert_eq!(
        lines(&found_with(from, on_old, &permitted(), Some(1)), &["L004"]),
        [
            "L004 t.adult: a row that does not fit (age > 17) stops the migration (1 row in the database at hand)"
        ]
    );
    assert_eq!(lines(&found(from, on_new), &["L004"]), NONE);
    assert_eq!(lines(&found("", on_old), &["L004"]), NONE);
}

#[test]
fn a_column_that_forbids_null_is_told_unless_it_is_new() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT)";
    let to =
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'x', b TEXT NOT NULL DEFAULT 'x')";
    assert_eq!(lines(&found(from, to), &["L005"]), ["L005 t.a: forbids NULL from now on"]);
}

#[test]
fn what_the_way_down_cannot_bring_back_is_told() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT NOT NULL)";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT)";
    assert_eq!(
        lines(&found(from, to), &["L006"]),
        ["L006 rows without a value in t.a get ''"],
        "NULL that is stored meanwhile"
    );
}

#[test]
fn a_rebuild_is_told_of_a_big_table_alone_with_about_how_long_it_takes() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT); CREATE INDEX t_a ON t(a)";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT) STRICT; CREATE INDEX t_a ON t(a)";
    let told = |rows| lines(&found_with(from, to, &permitted(), rows), &["L007"]);
    assert_eq!(told(None), NONE);
    assert_eq!(told(Some(99_999)), NONE);
    let big = told(Some(100_000_000));
    assert!(
        big[0].starts_with("L007 t: 100,000,000 rows are rewritten, which takes about ")
            && (big[0].ends_with("minutes") || big[0].ends_with("seconds")),
        "{big:?}"
    );
}

#[test]
fn uniqueness_of_values_that_are_there_is_told_and_that_of_new_columns_is_not() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b TEXT)";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT);
              CREATE UNIQUE INDEX t_a ON t(a); CREATE UNIQUE INDEX t_c ON t(c); CREATE INDEX t_b ON t(b)";
    assert_eq!(
        lines(&found(from, to), &["L008"]),
        ["L008 t_a: two rows that hold the same stop the migration"]
    );
    let constraint = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b TEXT, UNIQUE (a, b))";
    assert_eq!(
        lines(&found(from, constraint), &["L008"]),
        ["L008 t: UNIQUE (a, b): two rows that hold the same stop the migration"]
    );
}

#[test]
fn a_change_without_anything_to_say_says_nothing() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT) STRICT";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b INTEGER) STRICT; CREATE INDEX t_b ON t(b)";
    assert_eq!(found(from, to), []);
}
