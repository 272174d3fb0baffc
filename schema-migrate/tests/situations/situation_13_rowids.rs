//! Situation 13: rowids that no column shows.

use crate::harness::Pair;

#[test]
fn rowids_are_kept_where_there_is_no_integer_primary_key() {
    let from = "CREATE TABLE t(k TEXT PRIMARY KEY, v TEXT);";
    let to = "CREATE TABLE t(k TEXT PRIMARY KEY, v BLOB);";
    let rows = "INSERT INTO t(rowid, k, v) VALUES (10, 'a', '1'), (20, 'b', '2'), (30, 'c', '3'); DELETE FROM t WHERE k = 'b';";
    for walk in Pair::new(from, rows, to).walk() {
        assert_eq!(walk.plan.rebuilt, ["t"]);
        assert_eq!(walk.upgraded.text("SELECT rowid, k FROM t ORDER BY 1"), ["10|'a'", "30|'c'"]);
    }
}

#[test]
fn a_column_named_rowid_hides_nothing_while_another_name_is_free() {
    let from = "CREATE TABLE t(rowid TEXT, \"_rowid_\" TEXT, v TEXT);";
    let to = "CREATE TABLE t(rowid TEXT, \"_rowid_\" TEXT, v BLOB);";
    let rows = "INSERT INTO t(oid, rowid, _rowid_, v) VALUES (7, 'x', 'y', 'z'), (9, 'p', 'q', 'r');";
    for walk in Pair::new(from, rows, to).walk() {
        assert_eq!(walk.upgraded.text("SELECT oid, rowid FROM t ORDER BY 1"), ["7|'x'", "9|'p'"]);
    }
}

#[test]
fn a_table_that_hides_its_rowid_for_good_says_so() {
    let from = "CREATE TABLE t(rowid TEXT, _rowid_ TEXT, oid TEXT, v TEXT);";
    let to = "CREATE TABLE t(rowid TEXT, _rowid_ TEXT, oid TEXT, v BLOB);";
    for walk in Pair::new(from, "INSERT INTO t VALUES ('a', 'b', 'c', 'd');", to).walk() {
        let notes: Vec<&String> = walk.plan.up.iter().flat_map(|step| &step.notes).collect();
        assert!(notes.iter().any(|note| note.contains("numbered anew")), "{notes:?}");
        let why = &walk.plan.irreversible;
        assert!(why.iter().any(|text| text.contains("the rowids of t cannot come back")), "{why:?}");
    }
}

#[test]
fn a_rowid_becomes_a_key_that_is_seen() {
    let from = "CREATE TABLE t(v TEXT);";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT);";
    let rows = "INSERT INTO t(rowid, v) VALUES (5, 'a'), (8, 'b');";
    for walk in Pair::new(from, rows, to).walk() {
        assert_eq!(walk.upgraded.text("SELECT id, v FROM t ORDER BY 1"), ["5|'a'", "8|'b'"]);
    }
}
