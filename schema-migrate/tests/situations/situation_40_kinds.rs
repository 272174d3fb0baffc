//! Situation 40: an object of one kind becomes one of another; parents and children go together.

use crate::harness::Pair;

const TABLE: &str = "
    CREATE TABLE base(id INTEGER PRIMARY KEY, name TEXT, price INTEGER);
    CREATE TABLE thing(id INTEGER PRIMARY KEY, name TEXT);
    CREATE INDEX thing_name ON thing(name);
    CREATE TRIGGER thing_added AFTER INSERT ON thing BEGIN INSERT INTO base(name) VALUES (new.name); END;
    CREATE VIEW names AS SELECT name FROM thing;";

const VIEW: &str = "
    CREATE TABLE base(id INTEGER PRIMARY KEY, name TEXT, price INTEGER);
    CREATE VIEW thing AS SELECT id, name FROM base;
    CREATE TRIGGER thing_added INSTEAD OF INSERT ON thing BEGIN INSERT INTO base(name) VALUES (new.name); END;
    CREATE VIEW names AS SELECT name FROM thing;";

const ROWS: &str = "INSERT INTO base VALUES (4, 'base', 1);";

#[test]
fn a_table_becomes_a_view_and_the_view_over_it_stays() {
    let rows =
        format!("{ROWS} INSERT INTO thing VALUES (1, 'thing'); DELETE FROM base WHERE name = 'thing';");
    let mut pair = Pair::new(TABLE, &rows, VIEW);
    pair.reversible = false;
    for walk in pair.walk() {
        assert_eq!(walk.plan.open_losses().next().unwrap().to_string(), "every row of table thing is lost");
        assert!(walk.plan.irreversible.iter().any(|why| why.contains("thing cannot come back")));
        assert_eq!(walk.upgraded.text("SELECT name FROM names"), ["'base'"]);
        walk.upgraded.run("INSERT INTO thing(name) VALUES ('new')");
        assert_eq!(walk.upgraded.text("SELECT name FROM names"), ["'base'", "'new'"]);
    }
}

#[test]
fn a_view_becomes_a_table_and_the_view_over_it_stays() {
    for walk in Pair::new(VIEW, ROWS, TABLE).walk() {
        assert!(walk.plan.losses.is_empty());
        assert_eq!(walk.upgraded.text("SELECT count(*) FROM names"), ["0"]);
        walk.upgraded.run("INSERT INTO thing(name) VALUES ('new')");
        assert_eq!(walk.upgraded.text("SELECT name FROM base"), ["'base'", "'new'"]);
    }
}

#[test]
fn a_table_is_renamed_and_a_view_takes_its_old_name() {
    let from =
        "CREATE TABLE thing(id INTEGER PRIMARY KEY, name TEXT); CREATE VIEW names AS SELECT name FROM thing;";
    let to = "CREATE TABLE things(id INTEGER PRIMARY KEY, name TEXT);
        CREATE VIEW thing AS SELECT id, name FROM things;
        CREATE VIEW names AS SELECT name FROM thing;";
    for walk in Pair::new(from, "INSERT INTO thing VALUES (1, 'a');", to).rename("thing:things").walk() {
        assert!(walk.plan.losses.is_empty() && walk.plan.rebuilt.is_empty());
        assert_eq!(walk.upgraded.text("SELECT name FROM names"), ["'a'"]);
    }
    for walk in Pair::new(to, "INSERT INTO things VALUES (1, 'a');", from).rename("things:thing").walk() {
        assert!(walk.plan.losses.is_empty() && walk.plan.rebuilt.is_empty());
        assert_eq!(walk.upgraded.text("SELECT name FROM names"), ["'a'"]);
    }
}

#[test]
fn tables_views_and_virtual_tables_take_each_others_names() {
    let texts = [
        "CREATE TABLE t(a); CREATE TABLE x(body TEXT);",
        "CREATE TABLE t(a); CREATE VIEW x AS SELECT a AS body FROM t;",
        "CREATE TABLE t(a); CREATE VIRTUAL TABLE x USING fts5(body);",
        "CREATE TABLE t(a); CREATE VIRTUAL TABLE x USING fts5(a, content='t'); CREATE VIEW y AS SELECT * FROM x;",
    ];
    for from in texts {
        for to in texts.iter().filter(|to| **to != from) {
            let pair = Pair::new(from, "INSERT INTO t VALUES (1);", to);
            let mut pair = pair;
            pair.reversible = false;
            pair.walk();
        }
    }
}

#[test]
fn a_parent_and_its_child_are_dropped_with_the_view_over_both() {
    let from = "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(p INTEGER NOT NULL REFERENCES p ON DELETE CASCADE);
        CREATE VIEW both AS SELECT p.id FROM p JOIN c ON c.p = p.id; CREATE TABLE k(a);";
    let rows = "INSERT INTO p VALUES (1); INSERT INTO c VALUES (1); INSERT INTO k VALUES (2);";
    for walk in Pair::new(from, rows, "CREATE TABLE k(a);").walk() {
        assert_eq!(walk.plan.open_losses().count(), 2);
        assert_eq!(walk.plan.irreversible.len(), 2);
        let steps: Vec<&str> = walk.plan.up.iter().map(|step| step.sql.as_str()).collect();
        assert_eq!(steps, ["DROP VIEW \"both\"", "DROP TABLE \"c\"", "DROP TABLE \"p\""]);
    }
}
