//! A schema of many tables is tried out only around what changes.

use std::fmt::Write as _;

use crate::harness::Pair;

#[test]
fn one_of_many_tables_is_renamed_and_rebuilt_with_what_points_at_it() {
    let mut from = String::new();
    for number in 0..260 {
        writeln!(
            from,
            "CREATE TABLE t{number}x(id INTEGER PRIMARY KEY, a TEXT, p INTEGER REFERENCES t{}x(id) ON DELETE CASCADE);",
            number / 2
        )
        .unwrap();
    }
    from.push_str(
        "CREATE VIEW near AS SELECT a FROM t7x; CREATE VIEW over_near AS SELECT a FROM near;
         CREATE VIEW far AS SELECT t9x.a FROM t9x JOIN t100x USING (id);
         CREATE TRIGGER g AFTER INSERT ON t200x BEGIN UPDATE t7x SET a = '1' WHERE id = 1; END;",
    );
    let to = from
        .replace("t7x(id INTEGER PRIMARY KEY, a TEXT", "t7x(id INTEGER PRIMARY KEY, a BLOB")
        .replace("t7x", "t7y");
    let rows = "INSERT INTO t0x VALUES (1, 'r', 1); INSERT INTO t1x VALUES (1, 'r', 1); INSERT INTO t3x VALUES (1, 'r', 1);
        INSERT INTO t7x VALUES (1, 'q', 1), (2, 's', 1); INSERT INTO t14x VALUES (1, 'c', 1), (2, 'd', 2);";
    for walk in Pair::new(&from, rows, &to).rename("t7x:t7y").walk() {
        assert_eq!(walk.plan.rebuilt, ["t7y"]);
        assert_eq!(walk.upgraded.text("SELECT count(*) FROM over_near"), ["2"]);
        walk.upgraded.run("INSERT INTO t200x VALUES (1, 'x', NULL)");
        assert_eq!(walk.upgraded.text("SELECT a FROM t7y ORDER BY id"), ["'1'", "'s'"]);
    }
}
