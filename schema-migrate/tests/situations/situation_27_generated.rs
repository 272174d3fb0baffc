//! Situation 27: generated columns.

use crate::harness::Pair;

const PLAIN: &str = "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER, g INTEGER);";
const VIRTUAL: &str =
    "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER, g INTEGER GENERATED ALWAYS AS (n * 2) VIRTUAL);";
const STORED: &str = "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER, g INTEGER AS (n * 2) STORED);";
const NONE: &str = "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER);";

#[test]
fn a_generated_column_comes_goes_and_changes_its_kind() {
    let rows = "INSERT INTO t(id, n) VALUES (1, 2), (2, 5);";
    for (from, to) in [(VIRTUAL, STORED), (STORED, VIRTUAL), (VIRTUAL, PLAIN), (STORED, PLAIN)] {
        for walk in Pair::new(from, rows, to).walk() {
            assert_eq!(walk.upgraded.text("SELECT g FROM t ORDER BY id"), ["4", "10"], "{from} -> {to}");
        }
    }
    for (from, to) in [(NONE, VIRTUAL), (NONE, STORED), (VIRTUAL, NONE), (STORED, NONE)] {
        for walk in Pair::new(from, rows, to).walk() {
            assert!(walk.plan.losses.is_empty(), "what is computed is not lost");
        }
    }
    let plain_rows = "INSERT INTO t(id, n, g) VALUES (1, 2, 9), (2, 5, 9);";
    for to in [VIRTUAL, STORED] {
        Pair::new(PLAIN, plain_rows, to).changed(&["t.g"]).walk();
    }
}

#[test]
fn another_expression_is_seen_and_another_spelling_is_not() {
    let other = VIRTUAL.replace("n * 2", "n * 3");
    assert_eq!(Pair::new(VIRTUAL, "", &other).comparison().2.changes.len(), 1);
    let same = VIRTUAL.replace("GENERATED ALWAYS AS (n * 2) VIRTUAL", "as ((\"N\"*2))");
    assert!(Pair::new(VIRTUAL, "", &same).comparison().2.is_empty());
}
