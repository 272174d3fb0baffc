//! Situations 11 and 36: indexes.

use crate::harness::Pair;

const TABLE: &str =
    "CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE, price INTEGER, gone TEXT);";
const INDEXES: &str = "
    CREATE UNIQUE INDEX by_name ON item(name COLLATE BINARY, price DESC) WHERE gone IS NULL;
    CREATE INDEX by_expression ON item ( lower(name) /* folded */ , price + 1 DESC );
    CREATE INDEX by_rtrim ON item(name COLLATE RTRIM);";
const ROWS: &str = "INSERT INTO item VALUES (1, 'a', 1, NULL), (2, 'A', 1, NULL), (3, 'a', 1, 'x');";

#[test]
fn indexes_come_back_as_they_were_written() {
    let from = format!("{TABLE}{INDEXES}");
    let to = from.replace("price INTEGER", "price REAL");
    for walk in Pair::new(&from, ROWS, &to).changed(&["item.price"]).walk() {
        assert_eq!(walk.plan.rebuilt, ["item"]);
        let texts = walk.upgraded.text("SELECT sql FROM sqlite_schema WHERE type = 'index' ORDER BY name");
        assert!(texts[0].contains("( lower(name) /* folded */ , price + 1 DESC )"), "{texts:?}");
        assert!(texts[1].contains("COLLATE BINARY, price DESC) WHERE gone IS NULL"), "{texts:?}");
        assert!(walk.upgraded.fails("INSERT INTO item VALUES (9, 'a', 1, NULL)").contains("UNIQUE"));
    }
}

#[test]
fn a_changed_predicate_costs_no_rebuild() {
    let from = format!("{TABLE}{INDEXES}");
    let to = from.replace("WHERE gone IS NULL", "WHERE gone IS NULL AND price > 0");
    for walk in Pair::new(&from, ROWS, &to).walk() {
        assert!(walk.plan.rebuilt.is_empty());
        assert!(!walk.plan.foreign_keys_off);
        assert_eq!(walk.plan.up.len(), 2);
    }
}

#[test]
fn another_direction_or_collation_is_another_index() {
    let from = format!("{TABLE}{INDEXES}");
    for (old, new) in [
        ("price DESC", "price"),
        ("COLLATE BINARY", ""),
        ("COLLATE RTRIM", "COLLATE BINARY"),
        ("lower", "upper"),
    ] {
        let to = from.replacen(old, new, 1);
        let pair = Pair::new(&from, "", &to);
        assert_eq!(pair.comparison().2.changes.len(), 1, "{old} -> {new}");
        pair.walk();
    }
}

#[test]
fn a_unique_index_stands_for_a_unique_constraint() {
    let constraint = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b TEXT, UNIQUE (a, b));";
    let index =
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b TEXT); CREATE UNIQUE INDEX t_a_b_key ON t(a, b);";
    for (from, to) in [(constraint, index), (index, constraint)] {
        assert!(Pair::new(from, "", to).comparison().2.is_empty());
    }
    // And through a rebuild neither is lost.
    for (from, to) in [(constraint, index), (index, constraint)] {
        let to = to.replace("id INTEGER PRIMARY KEY", "id INTEGER PRIMARY KEY, c TEXT DEFAULT CURRENT_DATE");
        for walk in Pair::new(from, "INSERT INTO t VALUES (1, 'x', 'y');", &to).walk() {
            assert_eq!(walk.plan.rebuilt, ["t"]);
            assert!(walk.upgraded.fails("INSERT INTO t(a, b) VALUES ('x', 'y')").contains("UNIQUE"));
        }
    }
}

#[test]
fn a_new_unique_constraint_is_an_index_in_place() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE);";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE, CONSTRAINT t_a_key UNIQUE (a));";
    for walk in Pair::new(from, "INSERT INTO t VALUES (1, 'x');", to).walk() {
        assert!(walk.plan.rebuilt.is_empty());
        assert_eq!(walk.plan.up[0].sql, "CREATE UNIQUE INDEX \"t_a_key\" ON \"t\" (\"a\")");
        assert_eq!(walk.plan.down[0].sql, "DROP INDEX \"t_a_key\"");
        assert!(walk.upgraded.fails("INSERT INTO t VALUES (2, 'X')").contains("UNIQUE"));
    }
}

#[test]
fn a_unique_constraint_and_a_unique_index_that_come_together_leave_nothing_to_do() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, c TEXT);";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, c TEXT UNIQUE); CREATE UNIQUE INDEX a_first ON t(c);
        CREATE UNIQUE INDEX z_last ON t(c);";
    for walk in Pair::new(from, "INSERT INTO t VALUES (1, 'a'), (2, NULL), (3, NULL);", to).walk() {
        assert!(walk.upgraded.fails("INSERT INTO t VALUES (4, 'a')").contains("UNIQUE"));
    }
}
