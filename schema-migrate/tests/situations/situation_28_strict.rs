//! Situations 28 and 29: STRICT and WITHOUT ROWID on and off, and rows that do not fit a type.

use crate::harness::{Pair, TARGETS, refusing, schema_of};

const PLAIN: &str = "CREATE TABLE t(id TEXT PRIMARY KEY, n INTEGER, r REAL, s TEXT, b BLOB);";
const ROWS: &str = "INSERT INTO t VALUES ('a', 1, 1.5, 'x', x'00'), ('b', NULL, 2, '7', x'01');";

fn with(options: &str) -> String {
    PLAIN.replace(");", &format!("){options};"))
}

#[test]
fn situation_28_strict_and_without_rowid_go_on_and_off() {
    let all = ["", "STRICT", "WITHOUT ROWID", "STRICT, WITHOUT ROWID"];
    for (from, to) in all.iter().flat_map(|from| all.iter().map(move |to| (from, to))) {
        if from != to {
            let (from, to) = (with(from), with(to));
            for walk in Pair::new(&from, ROWS, &to).walk() {
                assert_eq!(walk.plan.rebuilt, ["t"], "{from} {to}");
            }
        }
    }
}

#[test]
fn situation_28_a_key_of_null_is_found_before_it_would_stand_in_the_way() {
    let rows = "INSERT INTO t(id, n) VALUES ('a', 1), (NULL, 2), (NULL, 3);";
    for option in ["STRICT", "WITHOUT ROWID"] {
        let to = with(option);
        assert_eq!(
            Pair::new(PLAIN, rows, &to).asked().first().map(String::as_str),
            Some("t.id holds no NULL: it is a key: 2 rows\n  rowid = 2, id = NULL\n  rowid = 3, id = NULL"),
            "{option}"
        );
        // Keys that a person gives take its place.
        let pair = Pair::new(PLAIN, rows, &to).backfill("t.id='row ' || n").changed(&["t.id", "t.(rowid)"]);
        for walk in pair.walk() {
            assert_eq!(walk.upgraded.text("SELECT id FROM t ORDER BY n"), ["'a'", "'row 2'", "'row 3'"]);
        }
    }
}

#[test]
fn situation_28_int_to_integer_primary_key_invents_no_ids() {
    let from = "CREATE TABLE t(id INT PRIMARY KEY, n);";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, n);";
    let rows = "INSERT INTO t VALUES (5, 'a'), (NULL, 'b'), ('x', 'c');";
    assert_eq!(
        Pair::new(from, rows, to).asked(),
        [
            "t.id holds no NULL: it is a key: 1 row\n  rowid = 2, id = NULL",
            "every value of t.id fits INTEGER: 1 row\n  rowid = 3, id = 'x'",
        ]
    );
    for walk in Pair::new(from, "INSERT INTO t VALUES (5, 'a'), (9, 'b');", to).changed(&["t.(rowid)"]).walk()
    {
        assert_eq!(walk.upgraded.text("SELECT id, n FROM t ORDER BY id"), ["5|'a'", "9|'b'"]);
    }
}

#[test]
fn situation_29_values_that_a_strict_table_refuses_are_listed_by_their_rows() {
    let rows = "INSERT INTO t VALUES ('a', 'many', 'x', x'41', 'text'), ('b', '7', '1.5', 7, x'01'), ('c', 1.5, 1, 's', NULL);";
    assert_eq!(
        Pair::new(PLAIN, rows, &with("STRICT")).asked(),
        [
            "t.id holds no NULL: it is a key: 0 rows",
            "every value of t.id fits TEXT: 0 rows",
            "every value of t.n fits INTEGER: 2 rows\n  rowid = 1, n = 'many'\n  rowid = 3, n = 1.5",
            "every value of t.r fits REAL: 1 row\n  rowid = 1, r = 'x'",
            "every value of t.s fits TEXT: 1 row\n  rowid = 1, s = a blob of 1 byte",
            "every value of t.b fits BLOB: 1 row\n  rowid = 1, b = 'text'",
        ]
    );
}

#[test]
fn situation_29_a_type_that_changes_in_a_strict_table_is_asked_too() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, k ANY) STRICT;";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER, k TEXT) STRICT;";
    let rows = "INSERT INTO t VALUES (1, '1', 1), (2, 'two', x'02'), (3, '007', 'c'), (4, NULL, NULL);";
    assert_eq!(
        Pair::new(from, rows, to).asked(),
        [
            "values of t.a change for good, or are none of its type: 2 rows\n  id = 2, a = 'two'\n  id = 3, a = '007'",
            "every value of t.a fits INTEGER: 1 row\n  id = 2, a = 'two'",
            "every value of t.k fits TEXT: 1 row\n  id = 2, k = a blob of 1 byte",
        ]
    );
}

#[test]
fn situation_29_a_type_may_change_together_with_strict() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, a VARCHAR(20), b INT) ;";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b INTEGER) STRICT;";
    let rows = "INSERT INTO t VALUES (1, '007', 7), (2, NULL, NULL);";
    for walk in Pair::new(from, rows, to).walk() {
        assert_eq!(walk.plan.losses, []);
    }
    let converted = "CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER, b INTEGER) STRICT;";
    let pair = Pair::new(from, rows, converted).convert("t.a=CAST(a AS INTEGER)").changed(&["t.a"]);
    for walk in pair.walk() {
        assert_eq!(walk.plan.losses, []);
        assert_eq!(walk.upgraded.text("SELECT a FROM t ORDER BY id"), ["7", "NULL"]);
    }
    // ANY is NUMERIC outside of STRICT: '007' would become 7.
    let any = "CREATE TABLE t(id INTEGER PRIMARY KEY, a ANY) STRICT;";
    let plan = Pair::new(any, "", "CREATE TABLE t(id INTEGER PRIMARY KEY, a ANY);").plan(TARGETS[0]);
    assert_eq!(plan.losses.len(), 1);
}

#[test]
fn situation_29_the_way_back_is_asked_as_well() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER) STRICT;";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, n);";
    for target in TARGETS {
        let plan = Pair::new(from, "", to).plan(target);
        let database = schema_migrate::inspect::scratch().unwrap();
        database.execute_batch(&format!("{to} INSERT INTO t VALUES (1, 'since then')")).unwrap();
        assert_eq!(
            refusing(&database, &plan.down_expectations),
            ["every value of t.n fits INTEGER: 1 row\n  id = 1, n = 'since then'"]
        );
    }
    assert_eq!(schema_of(from).tables.len(), 1);
}
