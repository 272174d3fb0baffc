//! Situations 22 to 25: columns that hold no NULL, and values for the rows that exist.

use crate::harness::{Pair, TARGETS};

const FROM: &str = "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT);";
const ROWS: &str = "INSERT INTO t VALUES (1, 'a'), (2, NULL), (3, 'c');";

#[test]
fn not_null_without_a_default_waits_for_a_value_whatever_the_table_holds() {
    for to in [
        "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, email TEXT NOT NULL);",
        "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT NOT NULL);",
    ] {
        for target in TARGETS {
            let plan = Pair::new(FROM, "", to).plan(target);
            assert_eq!(plan.blocked.len(), 1, "{target}: {to}");
            assert!(plan.blocked[0].flags[0].starts_with("--backfill t."), "{:?}", plan.blocked);
            assert!(!plan.up.iter().any(|step| step.sql.contains("DELETE")));
        }
    }
}

#[test]
fn a_backfill_fills_the_rows_that_exist() {
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, email TEXT NOT NULL);";
    let pair = Pair::new(FROM, ROWS, to).backfill("t.email=coalesce(name, 'nobody') || '@example.org'");
    for walk in pair.walk() {
        assert_eq!(
            walk.upgraded.text("SELECT email FROM t ORDER BY id"),
            ["'a@example.org'", "'nobody@example.org'", "'c@example.org'"]
        );
    }
}

#[test]
fn null_gets_the_default_when_it_is_forbidden() {
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT 'none');";
    for walk in Pair::new(FROM, ROWS, to).changed(&["t.name"]).walk() {
        assert_eq!(walk.upgraded.text("SELECT name FROM t ORDER BY id"), ["'a'", "'none'", "'c'"]);
    }
}

#[test]
fn only_nullability_changes_in_place_where_the_engine_can() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT DEFAULT 'none');";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT 'none');";
    let walks = Pair::new(from, ROWS, to).changed(&["t.name"]).walk();
    assert!(walks[0].plan.rebuilt.is_empty());
    assert_eq!(walks[1].plan.rebuilt, ["t"]);
    let walks = Pair::new(to, "INSERT INTO t VALUES (1, 'a');", from).walk();
    assert!(walks[0].plan.rebuilt.is_empty());
    assert!(walks.iter().all(|walk| walk.plan.minimum_engine <= walk.target));
}

#[test]
fn a_default_that_is_no_constant_is_added_by_a_rebuild() {
    for default in ["CURRENT_TIMESTAMP", "(strftime('%s', 'now'))", "(1 + 1)"] {
        let to =
            format!("CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, at TEXT NOT NULL DEFAULT {default});");
        for walk in Pair::new(FROM, ROWS, &to).walk() {
            assert_eq!(walk.plan.rebuilt, ["t"]);
            assert_eq!(walk.upgraded.text("SELECT count(at) FROM t"), ["3"]);
        }
    }
}

#[test]
fn a_new_column_in_a_rebuild_is_null_or_its_default_and_never_its_own_name() {
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, name BLOB, x TEXT, y TEXT DEFAULT 'd', z TEXT REFERENCES t(id));";
    for walk in Pair::new(FROM, ROWS, to).walk() {
        assert_eq!(walk.plan.rebuilt, ["t"]);
        assert_eq!(walk.upgraded.text("SELECT DISTINCT x, y, z FROM t"), ["NULL|'d'|NULL"]);
    }
}

#[test]
fn columns_that_alter_table_takes_cost_no_rebuild() {
    let from = "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE t(id INTEGER PRIMARY KEY);";
    let to = "CREATE TABLE p(id INTEGER PRIMARY KEY);
        CREATE TABLE t(id INTEGER PRIMARY KEY,
            a TEXT, b INTEGER NOT NULL DEFAULT 0, c TEXT COLLATE NOCASE, -- a comment
            p_id INTEGER, v INTEGER GENERATED ALWAYS AS (b + 1) VIRTUAL, u TEXT UNIQUE,
            CONSTRAINT t_p FOREIGN KEY (p_id) REFERENCES p(id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
            CONSTRAINT t_b CHECK (b IN (0, 1)), CONSTRAINT t_ab CHECK (t.a IS NULL OR b = 0));";
    for walk in Pair::new(from, "INSERT INTO p VALUES (1); INSERT INTO t VALUES (1), (2);", to).walk() {
        assert!(walk.plan.rebuilt.is_empty(), "{:?}", walk.plan.up);
        assert!(walk.upgraded.fails("INSERT INTO t(b) VALUES (2)").contains("t_b"));
        assert!(walk.upgraded.fails("INSERT INTO t(a, b) VALUES ('x', 1)").contains("t_ab"));
    }
}
