//! Situation 5: a table that points at itself is rebuilt.

use crate::harness::Pair;

#[test]
fn a_self_reference_keeps_its_name_and_its_rows() {
    let walks = Pair::new(
        "CREATE TABLE node(id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES node(id) ON DELETE CASCADE,
             weight TEXT, CHECK (node.weight <> ''));
         CREATE INDEX node_parent ON node(parent_id);",
        "INSERT INTO node VALUES (1, NULL, 'r'), (2, 1, 'a'), (3, 1, 'b'), (4, 3, 'c');",
        "CREATE TABLE node(id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES node(id) ON DELETE CASCADE,
             weight TEXT NOT NULL DEFAULT 'x', CHECK (weight <> ''), CHECK (\"node\".id > 0));
         CREATE INDEX node_parent ON node(parent_id);",
    )
    .walk();
    for walk in walks {
        assert_eq!(walk.upgraded.text("SELECT count(*) FROM node WHERE parent_id IS NOT NULL"), ["3"]);
        walk.upgraded.run("DELETE FROM node WHERE id = 1");
        assert_eq!(walk.upgraded.text("SELECT count(*) FROM node"), ["0"]);
    }
}
