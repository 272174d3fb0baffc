//! Situation 8: views over a rebuilt table.

use crate::harness::Pair;

#[test]
fn a_view_and_a_view_over_it_survive_a_rebuild() {
    let from = "CREATE TABLE item(id INTEGER PRIMARY KEY, price TEXT);
        CREATE VIEW priced AS SELECT id, price FROM item WHERE price IS NOT NULL;
        CREATE VIEW dear AS SELECT id FROM priced WHERE price > '5';
        CREATE TRIGGER dear_added INSTEAD OF INSERT ON dear BEGIN INSERT INTO item VALUES (new.id, '9'); END;";
    let to = from.replace("price TEXT", "price TEXT COLLATE NOCASE NOT NULL DEFAULT ''");
    for walk in Pair::new(from, "INSERT INTO item VALUES (1, '9'), (2, '2');", &to).walk() {
        assert_eq!(walk.plan.rebuilt, ["item"]);
        assert_eq!(walk.upgraded.text("SELECT id FROM dear"), ["1"]);
        walk.upgraded.run("INSERT INTO dear VALUES (7)");
        assert_eq!(walk.upgraded.text("SELECT id FROM dear ORDER BY id"), ["1", "7"]);
    }
}
