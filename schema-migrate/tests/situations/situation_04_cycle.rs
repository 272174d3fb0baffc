//! Situation 4: two tables that point at each other are rebuilt in one transaction.

use crate::harness::Pair;

#[test]
fn a_cycle_of_foreign_keys_is_rebuilt_whole() {
    let walks = Pair::new(
        "CREATE TABLE a(id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b(id) ON DELETE CASCADE, v TEXT);
         CREATE TABLE b(id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a(id) ON DELETE CASCADE, v TEXT);",
        "INSERT INTO a VALUES (1, NULL, 'x'), (2, NULL, 'y'); INSERT INTO b VALUES (1, 1, 'p'), (2, 2, 'q');
         UPDATE a SET b_id = id;",
        "CREATE TABLE a(id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b(id) ON DELETE CASCADE, v BLOB);
         CREATE TABLE b(id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a(id) ON DELETE SET NULL, v TEXT);",
    )
    .walk();
    for walk in walks {
        assert_eq!(walk.plan.rebuilt, ["a", "b"]);
        assert_eq!(
            walk.upgraded.text("SELECT count(*) FROM a JOIN b ON a.b_id = b.id AND b.a_id = a.id"),
            ["2"]
        );
    }
}
