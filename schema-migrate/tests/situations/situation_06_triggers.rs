//! Situations 6 and 7: triggers on the rebuilt table and on others.

use crate::harness::Pair;

const FROM: &str = "
    CREATE TABLE log(what TEXT);
    CREATE TABLE item(id INTEGER PRIMARY KEY, price TEXT);
    CREATE TABLE other(id INTEGER PRIMARY KEY);
    CREATE TRIGGER item_added AFTER INSERT ON item BEGIN
        -- a comment that stays; even with a semicolon
        INSERT INTO log VALUES ('added ' || new.id || CASE WHEN new.price IS NULL THEN '' ELSE '!' END);
    END;
    CREATE TRIGGER item_kept BEFORE DELETE ON item BEGIN SELECT RAISE(ABORT, 'kept'); END;
    CREATE TRIGGER other_added AFTER INSERT ON other BEGIN
        UPDATE item SET price = '9' WHERE id = new.id;
    END;";

#[test]
fn triggers_come_back_from_their_text_and_the_copy_fires_none() {
    let to = FROM.replace("price TEXT", "price BLOB");
    let rows =
        "INSERT INTO item VALUES (1, '5'), (2, NULL); DELETE FROM log; INSERT INTO log VALUES ('before');";
    for walk in Pair::new(FROM, rows, &to).walk() {
        assert_eq!(walk.plan.rebuilt, ["item"]);
        assert_eq!(walk.upgraded.text("SELECT what FROM log"), ["'before'"]);
        let text = walk.upgraded.text("SELECT sql FROM sqlite_schema WHERE name = 'item_added'");
        assert!(text[0].contains("-- a comment that stays; even with a semicolon"));
        assert!(walk.upgraded.fails("DELETE FROM item").contains("kept"));
        walk.upgraded.run("INSERT INTO other VALUES (1)");
        assert_eq!(walk.upgraded.text("SELECT price FROM item WHERE id = 1"), ["'9'"]);
        walk.upgraded.run("INSERT INTO item VALUES (3, '1')");
        assert_eq!(walk.upgraded.text("SELECT what FROM log WHERE what LIKE 'added%'"), ["'added 3!'"]);
    }
}

#[test]
fn a_changed_trigger_costs_no_rebuild() {
    let to = FROM.replace("'kept'", "'kept for good'");
    for walk in Pair::new(FROM, "INSERT INTO item VALUES (1, '5');", &to).walk() {
        assert!(walk.plan.rebuilt.is_empty());
        assert!(walk.upgraded.fails("DELETE FROM item").contains("kept for good"));
    }
}

#[test]
fn a_column_that_comes_last_is_told_where_something_counts_columns() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, z TEXT); CREATE TABLE u(a);
        CREATE TRIGGER filled AFTER INSERT ON u BEGIN INSERT INTO t(id, z) VALUES (new.a, 'x'); END;";
    let rows = "INSERT INTO t VALUES (1, 'one'); INSERT INTO u VALUES (2);";
    let middle = from.replace("KEY, z", "KEY, m TEXT, z");
    let last = from.replace("z TEXT", "z TEXT, m TEXT");
    let counting =
        "CREATE TRIGGER counts AFTER DELETE ON u BEGIN INSERT INTO t VALUES (old.a, 'm', 'z'); END;";
    let star = "CREATE VIEW every AS SELECT * FROM t;";
    for (to, told) in [
        (middle.clone(), 0),
        (format!("{last} {counting}"), 0),
        (format!("{middle} {counting}"), 1),
        (format!("{middle} {star}"), 1),
        (format!("{middle} CREATE VIEW every AS SELECT count(*) AS n, 2 * id AS d FROM t;"), 0),
    ] {
        for walk in Pair::new(from, rows, &to).walk() {
            assert!(walk.plan.rebuilt.is_empty());
            assert_eq!(walk.plan.notes.len(), told, "{to} {:?}", walk.plan.notes);
            assert!(walk.plan.notes.iter().all(|note| note.contains("t.m is added behind the last column")));
        }
    }
}
