use schema_migrate::diff::Answers;

use super::OnDisk;
use crate::harness::{Pair, TARGETS};

#[test]
fn situation_21_what_may_be_a_rename_stops_and_prints_the_flags() {
    let pair = Pair::new(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT);",
        "",
        "CREATE TABLE t(id INTEGER PRIMARY KEY, full_name TEXT);",
    );
    let questions = pair.comparison().2.questions;
    assert_eq!(questions.len(), 1);
    assert_eq!(questions[0].flags(), ["--rename t.name:t.full_name", "--drop t.name"]);
}

#[test]
fn situation_22_not_null_without_a_default_asks_for_a_value_and_deletes_nothing() {
    for rows in ["", "INSERT INTO t VALUES (1), (2);"] {
        for target in TARGETS {
            let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, email TEXT NOT NULL);";
            let plan = Pair::new("CREATE TABLE t(id INTEGER PRIMARY KEY);", rows, to).plan(target);
            assert_eq!(plan.blocked.len(), 1);
            assert!(plan.up.iter().all(|step| !step.sql.contains("DELETE")));
        }
    }
}

#[test]
fn situation_23_a_default_that_is_no_constant_is_a_rebuild_whatever_the_table_holds() {
    for default in ["CURRENT_TIMESTAMP", "(1 + 1)"] {
        let to = format!("CREATE TABLE t(id INTEGER PRIMARY KEY, d TEXT DEFAULT {default});");
        for rows in ["", "INSERT INTO t VALUES (1), (2);"] {
            for walk in Pair::new("CREATE TABLE t(id INTEGER PRIMARY KEY);", rows, &to).walk() {
                assert_eq!(walk.plan.rebuilt, ["t"], "{default}");
            }
        }
    }
}

#[test]
fn situation_24_a_new_column_in_a_rebuild_is_null_or_its_default() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT DEFAULT 'x');";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT DEFAULT 'y', \"newcol\" TEXT, other TEXT DEFAULT 'd');";
    for walk in Pair::new(from, "INSERT INTO t VALUES (1, 'a');", to).walk() {
        assert_eq!(walk.plan.rebuilt, ["t"]);
        assert_eq!(walk.upgraded.text("SELECT newcol, other FROM t"), ["NULL|'d'"]);
    }
}

#[test]
fn situation_25_null_becomes_the_default_where_null_is_forbidden() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT);";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'none');";
    let rows = "INSERT INTO t VALUES (1, NULL), (2, 'b');";
    for walk in Pair::new(from, rows, to).changed(&["t.a"]).walk() {
        assert_eq!(walk.upgraded.text("SELECT a FROM t ORDER BY id"), ["'none'", "'b'"]);
    }
}

#[test]
fn situation_26_many_columns_with_their_dependants_go_in_one_rebuild() {
    let from = "CREATE TABLE p(id INTEGER PRIMARY KEY);
        CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b TEXT, c INTEGER REFERENCES p, d TEXT, e AS (a || b),
          CHECK (a <> b), UNIQUE (b, d), FOREIGN KEY (c) REFERENCES p(id));
        CREATE INDEX i ON t(d) WHERE a IS NOT NULL;
        CREATE TRIGGER g AFTER UPDATE OF b ON t BEGIN SELECT old.b; END;";
    let to = "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE t(id INTEGER PRIMARY KEY, d TEXT);";
    let mut pair = Pair::new(
        from,
        "INSERT INTO p VALUES (1); INSERT INTO t(id, a, b, c, d) VALUES (1, 'a', 'b', 1, 'd');",
        to,
    );
    for column in ["a", "b", "c", "e"] {
        pair = pair.drop(&format!("t.{column}"));
    }
    for walk in pair.walk() {
        assert_eq!(walk.plan.up.iter().filter(|step| step.sql.starts_with("INSERT OR ABORT")).count(), 1);
        assert_eq!(walk.upgraded.text("SELECT d FROM t"), ["'d'"]);
    }
}

#[test]
fn situation_27_generated_columns_change_their_kind_and_stored_values_become_plain() {
    let kinds = ["s TEXT AS (upper(a)) VIRTUAL", "s TEXT AS (upper(a)) STORED", "s TEXT"];
    for from_kind in kinds {
        for to_kind in kinds.into_iter().filter(|kind| *kind != from_kind) {
            let table = |kind: &str| format!("CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, {kind});");
            let (from, to) = (table(from_kind), table(to_kind));
            let mut pair = Pair::new(&from, "INSERT INTO t(id, a) VALUES (1, 'x');", &to).changed(&["t.s"]);
            pair.answers.allow_every_loss = true;
            for walk in pair.walk() {
                if to_kind == "s TEXT" {
                    assert_eq!(walk.upgraded.text("SELECT s FROM t"), ["'X'"], "{from_kind}");
                }
            }
        }
    }
}

#[test]
fn situation_28_strict_and_without_rowid_go_on_and_off_and_null_keys_are_found_first() {
    let plain = "CREATE TABLE t(id TEXT PRIMARY KEY, n INTEGER);";
    for options in ["STRICT", "WITHOUT ROWID", "STRICT, WITHOUT ROWID"] {
        let other = format!("CREATE TABLE t(id TEXT PRIMARY KEY, n INTEGER) {options};");
        let rows = "INSERT INTO t VALUES ('a', 1), ('b', NULL);";
        for (from, to) in [(plain, other.as_str()), (other.as_str(), plain)] {
            let mut pair = Pair::new(from, rows, to);
            pair.answers.allow_every_loss = true;
            for walk in pair.walk() {
                assert_eq!(walk.plan.rebuilt, ["t"], "{options}");
            }
        }
        let database = OnDisk::new(&format!("{plain} INSERT INTO t VALUES ('a', 1), (NULL, 2), (NULL, 3);"));
        let before = database.dump();
        let answers = Answers { allow_every_loss: true, ..Answers::default() };
        database.apply(&other, &answers).unwrap_err();
        assert_eq!(database.dump(), before, "{options}");
    }
}

#[test]
fn situation_29_rows_that_do_not_fit_are_listed_and_nothing_is_applied() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER);";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER) STRICT;";
    let database = OnDisk::new(&format!("{from} INSERT INTO t VALUES (1, 5), (2, 'five'), (3, x'00');"));
    let before = database.dump();
    let answers = Answers { allow_every_loss: true, ..Answers::default() };
    let refused = database.apply(to, &answers).unwrap_err();
    let told = format!("{refused}\n{}", refused.reason().unwrap_or_default());
    assert!(told.contains('2') && told.contains("five"), "{told}");
    assert!(!told.contains("_new_"), "{told}");
    assert_eq!(database.dump(), before);
}

#[test]
fn situation_30_another_affinity_that_would_alter_values_needs_a_yes_or_a_conversion() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, n TEXT);";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER);";
    let rows = "INSERT INTO t VALUES (1, '007'), (2, '1e3'), (3, 'x');";
    for target in TARGETS {
        assert_eq!(Pair::new(from, rows, to).plan(target).open_losses().count(), 1);
    }
    let mut pair = Pair::new(from, rows, to).changed(&["t.n"]);
    pair.answers.convert("t.n=CASE n WHEN 'x' THEN -1 ELSE CAST(n AS INTEGER) END").unwrap();
    for walk in pair.walk() {
        assert_eq!(walk.plan.open_losses().count(), 0);
        assert_eq!(walk.upgraded.text("SELECT n FROM t ORDER BY id"), ["7", "1", "-1"]);
    }
}
