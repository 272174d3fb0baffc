//! Situations 26, 28 and 33: what goes, and what changes for the whole table.

use crate::harness::Pair;

#[test]
fn a_column_that_keys_checks_and_indexes_use_goes_with_them() {
    let from = "CREATE TABLE p(id INTEGER PRIMARY KEY);
        CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b TEXT, c INTEGER,
            g TEXT GENERATED ALWAYS AS (a || b) VIRTUAL, UNIQUE (a, b), CHECK (a <> b),
            FOREIGN KEY (c) REFERENCES p(id));
        CREATE INDEX i ON t(b) WHERE a IS NOT NULL;
        CREATE TRIGGER g AFTER UPDATE ON t BEGIN SELECT new.a; END;";
    let to =
        "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE t(id INTEGER PRIMARY KEY, b TEXT, c INTEGER);";
    let rows = "INSERT INTO p VALUES (1); INSERT INTO t VALUES (1, 'x', 'y', 1), (2, 'z', NULL, NULL);";
    let mut pair = Pair::new(from, rows, to).drop("t.a");
    pair.reversible = false;
    for walk in pair.walk() {
        assert_eq!(walk.plan.rebuilt, ["t"]);
        assert_eq!(walk.plan.losses.len(), 1);
    }
}

#[test]
fn many_columns_go_in_one_rebuild() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b TEXT NOT NULL, c TEXT);";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, c TEXT);";
    for walk in Pair::new(from, "INSERT INTO t VALUES (1, 'a', 'b', 'c');", to).walk() {
        assert_eq!(walk.plan.rebuilt, ["t"]);
        assert_eq!(walk.plan.open_losses().count(), 2);
        assert!(walk.plan.irreversible.iter().any(|why| why.contains("t.b")));
    }
}

#[test]
fn one_column_goes_in_place() {
    let from = "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE t(id INTEGER PRIMARY KEY,
        a TEXT CHECK (a <> 'x'), b INTEGER REFERENCES p(id)); CREATE INDEX i ON t(b);";
    let without = "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE t(id INTEGER PRIMARY KEY, ";
    for rest in ["a TEXT CHECK (a <> 'x'));", "b INTEGER REFERENCES p(id)); CREATE INDEX i ON t(b);"] {
        let to = format!("{without}{rest}");
        for walk in Pair::new(from, "INSERT INTO p VALUES (1); INSERT INTO t VALUES (1, 'a', 1);", &to).walk()
        {
            assert!(walk.plan.rebuilt.is_empty(), "{:?}", walk.plan.up);
        }
    }
}

#[test]
fn named_constraints_go_and_come_in_place_where_the_engine_can() {
    let from = "CREATE TABLE p(id INTEGER PRIMARY KEY);
        CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER, p_id INTEGER,
            CONSTRAINT n_small CHECK (n < 10), CONSTRAINT t_p FOREIGN KEY (p_id) REFERENCES p(id));";
    let to = "CREATE TABLE p(id INTEGER PRIMARY KEY);
        CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER, p_id INTEGER, CONSTRAINT n_big CHECK (t.n < 100));";
    let walks = Pair::new(from, "INSERT INTO p VALUES (1); INSERT INTO t VALUES (1, 5, 1);", to).walk();
    assert!(walks[0].plan.rebuilt.is_empty(), "{:?}", walks[0].plan.up);
    assert_eq!(walks[1].plan.rebuilt, ["t"]);
    for walk in walks {
        assert!(walk.upgraded.fails("INSERT INTO t VALUES (2, 100, 9)").contains("n_big"));
        walk.upgraded.run("INSERT INTO t VALUES (2, 99, 9)");
    }
}

#[test]
fn strict_and_without_rowid_are_switched_on_and_off() {
    let plain = "CREATE TABLE t(k TEXT PRIMARY KEY NOT NULL, v INTEGER);";
    let rows = "INSERT INTO t VALUES ('a', 1), ('b', 2);";
    for options in ["STRICT", "WITHOUT ROWID", "STRICT, WITHOUT ROWID"] {
        let to = plain.replace(");", &format!(") {options};"));
        Pair::new(plain, rows, &to).walk();
        Pair::new(&to, rows, plain).walk();
    }
}

#[test]
fn another_action_or_a_composite_key_is_a_rebuild_that_keeps_both_sides() {
    let from = "CREATE TABLE p(a TEXT, b TEXT, PRIMARY KEY (a, b));
        CREATE TABLE c(id INTEGER PRIMARY KEY, a TEXT, b TEXT, FOREIGN KEY (a, b) REFERENCES p);";
    let to =
        from.replace("REFERENCES p)", "REFERENCES p(a, b) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED)");
    for walk in
        Pair::new(from, "INSERT INTO p VALUES ('x', 'y'); INSERT INTO c VALUES (1, 'x', 'y');", &to).walk()
    {
        assert_eq!(walk.plan.rebuilt, ["c"]);
        walk.upgraded.run("UPDATE p SET a = 'z'");
        assert_eq!(walk.upgraded.text("SELECT a FROM c"), ["'z'"]);
    }
}

#[test]
fn a_primary_key_changes_while_children_point_at_the_table() {
    let from = "CREATE TABLE p(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE);
        CREATE TABLE c(code TEXT REFERENCES p(code) ON DELETE CASCADE);";
    let to = "CREATE TABLE p(id INTEGER NOT NULL UNIQUE, code TEXT NOT NULL PRIMARY KEY);
        CREATE TABLE c(code TEXT REFERENCES p(code) ON DELETE CASCADE);";
    for walk in Pair::new(from, "INSERT INTO p VALUES (4, 'x'); INSERT INTO c VALUES ('x');", to).walk() {
        assert_eq!(walk.upgraded.text("SELECT count(*) FROM c"), ["1"]);
    }
}
