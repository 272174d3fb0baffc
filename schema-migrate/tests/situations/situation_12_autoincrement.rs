//! Situation 12: ids that were given once are never given again.

use crate::harness::Pair;

const FROM: &str = "CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT);";

#[test]
fn the_highest_id_survives_a_rebuild_also_of_an_empty_table() {
    let to = FROM.replace("v TEXT", "v BLOB");
    for rows in [
        "INSERT INTO t VALUES (41, 'x'), (7, 'y'); DELETE FROM t WHERE id = 41;",
        "INSERT INTO t VALUES (41, 'x'); DELETE FROM t;",
    ] {
        for walk in Pair::new(FROM, rows, &to).walk() {
            assert_eq!(walk.upgraded.text("SELECT name, seq FROM sqlite_sequence"), ["'t'|41"]);
            walk.upgraded.run("INSERT INTO t(v) VALUES ('next')");
            assert_eq!(walk.upgraded.text("SELECT max(id) FROM t"), ["42"]);
        }
    }
}

#[test]
fn a_table_that_never_had_a_row_is_rebuilt_too() {
    let to = FROM.replace("v TEXT", "v BLOB");
    for walk in Pair::new(FROM, "", &to).walk() {
        walk.upgraded.run("INSERT INTO t(v) VALUES ('first')");
        assert_eq!(walk.upgraded.text("SELECT id FROM t"), ["1"]);
    }
}

#[test]
fn ids_begin_behind_the_highest_when_autoincrement_is_added() {
    let plain = FROM.replace(" AUTOINCREMENT", "");
    for walk in Pair::new(&plain, "INSERT INTO t VALUES (5, 'x'), (90, 'y');", FROM).walk() {
        assert_eq!(walk.upgraded.text("SELECT seq FROM sqlite_sequence WHERE name = 't'"), ["90"]);
    }
}

#[test]
fn the_highest_id_follows_a_renamed_table() {
    let to = FROM.replace("TABLE t(", "TABLE u(").replace("v TEXT", "v BLOB");
    let rows = "INSERT INTO t VALUES (41, 'x'); DELETE FROM t; INSERT INTO t VALUES (3, 'y');";
    for walk in Pair::new(FROM, rows, &to).rename("t:u").walk() {
        assert_eq!(walk.upgraded.text("SELECT name, seq FROM sqlite_sequence"), ["'u'|41"]);
    }
}

#[test]
fn a_highest_id_that_goes_with_autoincrement_is_said_not_to_come_back() {
    let plain = FROM.replace(" AUTOINCREMENT", "");
    let rows = "INSERT INTO t VALUES (41, 'x'), (7, 'y'); DELETE FROM t WHERE id = 41;";
    for walk in Pair::new(FROM, rows, &plain).walk() {
        let why = &walk.plan.irreversible;
        assert!(
            matches!(why.as_slice(), [one] if one.contains("the highest id ever given in t cannot come back")),
            "{why:?}"
        );
    }
}
