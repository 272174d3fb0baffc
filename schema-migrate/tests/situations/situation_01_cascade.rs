//! Situations 1 and 2: the parent of children is rebuilt.

use crate::harness::Pair;

fn parent_rebuilt(action: &str) {
    let from = format!(
        "CREATE TABLE author(id INTEGER PRIMARY KEY, name TEXT);
         CREATE TABLE book(id INTEGER PRIMARY KEY, title TEXT,
             author_id INTEGER DEFAULT 1 REFERENCES author(id) ON DELETE {action} ON UPDATE CASCADE);"
    );
    let to = from.replace("name TEXT", "name INTEGER");
    let walks = Pair::new(
        &from,
        "INSERT INTO author VALUES (1, 'Le Guin'), (2, 'Herbert'), (3, NULL);
         INSERT INTO book VALUES (1, 'The Dispossessed', 1), (2, 'Dune', 2), (3, 'Beowulf', NULL);",
        &to,
    )
    .walk();
    for walk in walks {
        assert_eq!(walk.plan.rebuilt, ["author"]);
        assert!(walk.plan.foreign_keys_off);
        assert_eq!(walk.upgraded.text("SELECT count(*) FROM book WHERE author_id IS NOT NULL"), ["2"]);
        // The key still holds, and still does what it says.
        assert!(walk.upgraded.fails("INSERT INTO book VALUES (9, 'x', 99)").contains("FOREIGN KEY"));
    }
}

#[test]
fn children_that_cascade_keep_their_rows() {
    parent_rebuilt("CASCADE");
}

#[test]
fn children_that_set_null_keep_their_keys() {
    parent_rebuilt("SET NULL");
}

#[test]
fn children_that_set_a_default_keep_their_keys() {
    parent_rebuilt("SET DEFAULT");
}

#[test]
fn children_without_an_action_and_those_that_restrict_are_no_obstacle() {
    parent_rebuilt("NO ACTION");
    parent_rebuilt("RESTRICT");
}

#[test]
fn a_parent_and_its_children_can_be_dropped_together() {
    let walks = Pair::new(
        "CREATE TABLE kept(id INTEGER PRIMARY KEY, n INTEGER);
         CREATE TABLE child(id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent ON DELETE CASCADE);
         CREATE TABLE parent(id INTEGER PRIMARY KEY);",
        "INSERT INTO kept VALUES (1, 2); INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1, 1);",
        "CREATE TABLE kept(id INTEGER PRIMARY KEY, n INTEGER);",
    )
    .drop("child")
    .drop("parent")
    .walk();
    for walk in walks {
        let order: Vec<&str> = walk.plan.up.iter().map(|step| step.sql.as_str()).collect();
        assert_eq!(order, ["DROP TABLE \"child\"", "DROP TABLE \"parent\""]);
        assert_eq!(walk.plan.losses.len(), 2);
        assert!(walk.plan.irreversible.iter().any(|why| why.contains("parent")));
    }
}
