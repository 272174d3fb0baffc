//! Situation 9: views that are new, gone or another, alone and in chains.

use schema_migrate::diff::{Answers, Change, compare};
use schema_migrate::plan;

use crate::harness::{Pair, TARGETS, schema_of};

const FROM: &str = "
    CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price INTEGER, note TEXT);
    CREATE VIEW priced AS SELECT id, name, price FROM item WHERE price IS NOT NULL;
    CREATE TRIGGER priced_added INSTEAD OF INSERT ON priced BEGIN
        INSERT INTO item(id, name, price) VALUES (new.id, new.name, new.price); -- ours; really
    END;
    CREATE VIEW dear AS SELECT id, name FROM priced WHERE price > 5;
    CREATE TRIGGER dear_gone INSTEAD OF DELETE ON dear BEGIN DELETE FROM item WHERE id = old.id; END;
    CREATE VIEW apart AS SELECT 1 AS one;";

const ROWS: &str = "INSERT INTO item VALUES (1, 'a', 9, 'x'), (2, 'b', 2, 'y'), (3, 'c', NULL, 'z');";

fn position(steps: &[plan::Step], start: &str) -> usize {
    let found = steps.iter().position(|step| step.sql.starts_with(start));
    found.unwrap_or_else(|| panic!("{start} is not in {steps:?}"))
}

#[test]
fn a_changed_view_brings_its_triggers_and_the_chain_over_it_back_in_order() {
    let to = FROM.replace("WHERE price IS NOT NULL", "WHERE price >= 0");
    for walk in Pair::new(FROM, ROWS, &to).walk() {
        let up = &walk.plan.up;
        let order = [
            position(up, "DROP VIEW \"dear\""),
            position(up, "DROP VIEW \"priced\""),
            position(up, "CREATE VIEW priced"),
            position(up, "CREATE TRIGGER priced_added"),
            position(up, "CREATE VIEW dear"),
            position(up, "CREATE TRIGGER dear_gone"),
        ];
        assert!(order.is_sorted(), "{up:?}");
        assert!(!up.iter().any(|step| step.sql.contains("apart")), "{up:?}");
        assert!(walk.plan.rebuilt.is_empty());
        walk.upgraded.run("INSERT INTO priced VALUES (9, 'n', 90); DELETE FROM dear WHERE id = 1;");
        assert_eq!(walk.upgraded.text("SELECT id FROM dear"), ["9"]);
        assert_eq!(walk.upgraded.text("SELECT id FROM item"), ["2", "3", "9"]);
        let text = walk.upgraded.text("SELECT sql FROM sqlite_schema WHERE name = 'priced_added'");
        assert!(text[0].contains("-- ours; really"));
    }
}

#[test]
fn views_come_and_go_with_their_triggers() {
    let without = "CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price INTEGER, note TEXT);";
    for walk in Pair::new(without, ROWS, FROM).walk() {
        assert_eq!(walk.upgraded.text("SELECT id FROM dear"), ["1"]);
        assert!(walk.plan.losses.is_empty() && walk.plan.irreversible.is_empty());
    }
    for walk in Pair::new(FROM, ROWS, without).walk() {
        let names = walk.upgraded.text("SELECT name FROM sqlite_schema WHERE type <> 'table'");
        assert_eq!(names, Vec::<String>::new());
        assert!(walk.plan.losses.is_empty() && walk.plan.irreversible.is_empty());
    }
}

#[test]
fn layout_case_quotes_and_comments_of_a_view_are_no_change() {
    let to = FROM
        .replace(
            "SELECT id, name FROM priced WHERE price > 5",
            "select /* few */ [id],\n  \"name\" -- both\n from PRICED where PRICE > 5",
        )
        .replace("CREATE VIEW apart", "CREATE VIEW IF NOT EXISTS \"APART\"");
    let comparison = Pair::new(FROM, "", &to).comparison().2;
    assert!(comparison.is_empty(), "{:?}", comparison.changes);
}

#[test]
fn only_a_trigger_of_a_view_changes_and_the_view_stays() {
    let to = FROM.replace("WHERE id = old.id;", "WHERE id = old.id AND name = old.name;");
    for walk in Pair::new(FROM, ROWS, &to).walk() {
        assert_eq!(walk.plan.up.len(), 2, "{:?}", walk.plan.up);
        walk.upgraded.run("DELETE FROM dear");
        assert_eq!(walk.upgraded.text("SELECT id FROM item"), ["2", "3"]);
    }
}

#[test]
fn a_column_goes_and_the_view_that_named_it_changes_with_it() {
    let to = FROM
        .replace(", price INTEGER", "")
        .replace("id, name, price FROM item WHERE price IS NOT NULL", "id, name, 7 AS price FROM item")
        .replace(
            "item(id, name, price) VALUES (new.id, new.name, new.price)",
            "item(id, name) VALUES (new.id, new.name)",
        );
    let mut pair = Pair::new(FROM, ROWS, &to).drop("item.price");
    pair.reversible = false;
    for walk in pair.walk() {
        assert!(walk.plan.rebuilt.is_empty(), "{:?}", walk.plan.up);
        assert_eq!(walk.upgraded.text("SELECT count(*) FROM dear"), ["3"]);
    }
}

#[test]
fn a_column_that_a_view_still_names_is_not_dropped_and_the_view_is_named() {
    let to = "CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, note TEXT);
        CREATE VIEW dear AS SELECT id, price FROM item;";
    let from = to.replace("name TEXT", "name TEXT, price INTEGER");
    let (from, to) = (schema_of(&from), schema_of(to));
    let mut answers = Answers::default();
    answers.drop("item.price").unwrap();
    let comparison = compare(&from, &to, &to, &answers).unwrap();
    for target in TARGETS {
        let error = plan::sqlite(&from, &to, &comparison, &answers, target).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("view dear would be broken by these changes"), "{text}");
        assert!(text.contains("no such column: price"), "{text}");
        assert!(error.next_steps()[0].contains("in the same migration"), "{text}");
    }
}

#[test]
fn a_rename_is_no_change_of_the_views_that_follow_it() {
    let to = FROM
        .replace("TABLE item(", "TABLE goods(")
        .replace("price INTEGER", "cost INTEGER")
        .replace("FROM item", "FROM goods")
        .replace("INTO item", "INTO goods")
        .replace("name, price FROM goods WHERE price", "name, cost AS price FROM goods WHERE cost")
        .replace("(id, name, price) VALUES", "(id, name, cost) VALUES");
    let from = FROM.replace("SELECT id, name, price FROM", "SELECT id, name, price AS price FROM");
    let pair = Pair::new(&from, ROWS, &to).rename("item:goods").rename("item.price:goods.cost");
    let changes = pair.comparison().2.changes;
    assert_eq!(changes.len(), 2, "{changes:?}");
    for walk in pair.walk() {
        assert!(!walk.plan.up.iter().any(|step| step.sql.contains("VIEW")), "{:?}", walk.plan.up);
        assert_eq!(walk.upgraded.text("SELECT id FROM dear"), ["1"]);
    }
}

#[test]
fn a_rename_that_a_view_over_a_view_cannot_follow_drops_both_and_makes_them_again() {
    // SQLite writes `SELECT id, name, cost` into `priced`, and `dear` reads a `price` that is gone.
    let to = FROM
        .replace("price INTEGER", "cost INTEGER")
        .replace("name, price FROM item WHERE price IS", "name, cost AS price FROM item WHERE cost IS")
        .replace("item(id, name, price) VALUES", "item(id, name, cost) VALUES");
    for walk in Pair::new(FROM, ROWS, &to).rename("item.price:item.cost").walk() {
        assert!(walk.plan.rebuilt.is_empty());
        assert_eq!(walk.upgraded.text("SELECT id, name FROM dear"), ["1|'a'"]);
        walk.upgraded.run("INSERT INTO priced VALUES (9, 'n', 90)");
        assert_eq!(walk.upgraded.text("SELECT cost FROM item WHERE id = 9"), ["90"]);
    }
}

#[test]
fn a_view_renamed_by_a_flag_is_dropped_and_created_without_a_question() {
    let to = FROM.replace("VIEW apart", "VIEW alone");
    let pair = Pair::new(FROM, ROWS, &to).rename("apart:alone");
    assert!(pair.comparison().2.questions.is_empty());
    for walk in pair.walk() {
        assert_eq!(walk.upgraded.text("SELECT one FROM alone"), ["1"]);
        assert_eq!(walk.plan.up.len(), 2);
    }
}

#[test]
fn what_happens_to_a_view_reads_like_other_changes() {
    let to = "CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price INTEGER, note TEXT);
        CREATE VIEW dear AS SELECT 1; CREATE VIEW fresh AS SELECT 2;";
    let changes = Pair::new(FROM, "", to).comparison().2.changes;
    let said: Vec<String> = changes
        .iter()
        .map(|change| format!("{} {} {}", change.sign(), change.subject(), change.action()))
        .collect();
    assert_eq!(
        said,
        [
            "- apart drop view",
            "- priced drop view",
            "~ dear change view",
            "- dear_gone drop trigger",
            "+ fresh create view"
        ]
    );
    assert!(changes.iter().all(|change| !matches!(change, Change::DropTable { .. })));
}

#[test]
fn a_trigger_that_would_write_a_column_that_is_gone_is_named() {
    let from = "CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price INTEGER); CREATE TABLE log(what TEXT);
        CREATE TRIGGER told AFTER INSERT ON log BEGIN UPDATE item SET name = new.what; END;
        CREATE VIEW seen AS SELECT what FROM log;
        CREATE TRIGGER seen_added INSTEAD OF INSERT ON seen BEGIN INSERT INTO item(price) VALUES (new.what); END;";
    for (column, definition, program) in [
        ("item.name", "name TEXT, ", "trigger told"),
        ("item.price", ", price INTEGER", "trigger seen_added"),
    ] {
        let (old, new) = (schema_of(from), schema_of(&from.replace(definition, "")));
        let mut answers = Answers::default();
        answers.drop(column).unwrap();
        let comparison = compare(&old, &new, &new, &answers).unwrap();
        for target in TARGETS {
            let error = plan::sqlite(&old, &new, &comparison, &answers, target).unwrap_err();
            assert_eq!(error.what(), format!("{program} would be broken by these changes"), "{error}");
        }
    }
}

#[test]
fn text_in_double_quotes_keeps_its_case_and_names_do_not() {
    let from = FROM.replace("WHERE price IS NOT NULL", "WHERE name <> \"Gone\"");
    let changes = |to: &str| Pair::new(&from, "", to).comparison().2.changes;
    assert_eq!(changes(&from.replace("\"Gone\"", "\"gone\"")).len(), 1);
    assert!(changes(&from.replace("id, name, price FROM", "id, \"NAME\", \"Price\" FROM")).is_empty());
    let aliased = from.replace("SELECT 1 AS one", "SELECT 1 AS \"One\" ORDER BY \"One\"");
    let other = aliased.replace("\"One\"", "\"ONE\"");
    assert!(Pair::new(&aliased, "", &other).comparison().2.changes.is_empty());
}

#[test]
fn a_trigger_that_reads_a_changed_view_keeps_nothing_from_being_renamed() {
    let from = format!(
        "{FROM} CREATE TABLE log(what TEXT, old TEXT, gone TEXT);
         CREATE TRIGGER told AFTER INSERT ON log BEGIN UPDATE log SET old = (SELECT max(name) FROM priced); END;"
    );
    let to = from
        .replace("WHERE price IS NOT NULL", "WHERE price >= 0")
        .replace("log(what TEXT, old TEXT, gone TEXT)", "log(word TEXT, old TEXT)");
    let mut pair = Pair::new(&from, ROWS, &to).rename("log.what:log.word").drop("log.gone");
    pair.reversible = false;
    for walk in pair.walk() {
        walk.upgraded.run("INSERT INTO log(word) VALUES ('x')");
        assert_eq!(walk.upgraded.text("SELECT old FROM log"), ["'b'"]);
    }
}

const QUOTED: &str = "CREATE TABLE t(a TEXT, b TEXT);
    CREATE TABLE u(z TEXT);
    CREATE VIEW v AS SELECT z, \"lit\" AS l, \"z\" AS \"Z2\" FROM u WHERE z <> \"b\";
    CREATE VIEW w AS SELECT * FROM v WHERE l = \"it's\";
    CREATE TRIGGER tr AFTER INSERT ON u WHEN new.z = \"q\" BEGIN SELECT RAISE(ABORT, \"no no\"); END;";
const QUOTED_ROWS: &str =
    "INSERT INTO t VALUES ('x', 'y'), ('z', NULL); INSERT INTO u VALUES ('one'), ('b');";

#[test]
fn what_sqlite_makes_of_text_in_double_quotes_is_no_change_of_a_view_or_trigger() {
    let drop = QUOTED.replace("a TEXT, b TEXT", "a TEXT");
    let rename = QUOTED.replace("a TEXT, b TEXT", "c TEXT, b TEXT");
    let mut dropped = Pair::new(QUOTED, QUOTED_ROWS, &drop).drop("t.b");
    dropped.reversible = false;
    for pair in [dropped, Pair::new(QUOTED, QUOTED_ROWS, &rename).rename("t.a:t.c")] {
        assert_eq!(pair.comparison().2.changes.len(), 1);
        for walk in pair.walk() {
            assert_eq!((walk.plan.up.len(), walk.plan.down.len()), (1, 1), "{:?}", walk.plan);
            assert_eq!(walk.upgraded.fails("INSERT INTO u VALUES ('q')"), "no no");
        }
    }
}

#[test]
fn a_column_in_double_quotes_is_not_the_text_of_its_name() {
    for (name, text) in [("\"z\" AS", "'z' AS"), ("\"lit\" AS l,", "'Lit' AS l,")] {
        let to = QUOTED.replace(name, text);
        for pair in [Pair::new(QUOTED, QUOTED_ROWS, &to), Pair::new(&to, QUOTED_ROWS, QUOTED)] {
            assert_eq!(pair.comparison().2.changes.len(), 1, "{text}");
            pair.walk();
        }
    }
    let to = QUOTED.replace("\"lit\"", "'lit'").replace("\"q\"", "'q'").replace("\"b\"", "'b'");
    assert!(Pair::new(QUOTED, QUOTED_ROWS, &to).comparison().2.changes.is_empty());
    let below = QUOTED.replace("u(z TEXT)", "u(z TEXT, lit TEXT)");
    let rows = "INSERT INTO u VALUES ('one', 'two');";
    let changes = Pair::new(&below, rows, &below.replace("\"lit\"", "'lit'")).comparison().2.changes;
    assert_eq!(changes.len(), 1);
}
