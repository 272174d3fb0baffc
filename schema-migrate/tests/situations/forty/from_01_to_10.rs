use schema_migrate::ErrorKind;
use schema_migrate::diff::Answers;

use super::OnDisk;
use crate::harness::Pair;

const PARENT: &str = "CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT DEFAULT 'a');";
const PARENT_REBUILT: &str = "CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT DEFAULT 'b');";

#[test]
fn situation_01_a_parent_whose_children_cascade_is_rebuilt_and_the_children_are_unchanged() {
    let child = "CREATE TABLE c(id INTEGER PRIMARY KEY, p INTEGER REFERENCES p ON DELETE CASCADE);";
    let database = OnDisk::new(&format!(
        "{PARENT}{child} INSERT INTO p VALUES (1, 'x'), (2, 'y'); INSERT INTO c VALUES (1, 1), (2, 2), (3, 2);"
    ));
    database.apply(&format!("{PARENT_REBUILT}{child}"), &Answers::default()).unwrap();
    let connection = database.connection();
    let children: i64 = connection.query_row("SELECT count(*) FROM c", [], |row| row.get(0)).unwrap();
    assert_eq!(children, 3);
    connection.execute_batch("DELETE FROM p WHERE id = 2").unwrap();
    let children: i64 = connection.query_row("SELECT count(*) FROM c", [], |row| row.get(0)).unwrap();
    assert_eq!(children, 1, "foreign keys are on, as before");
}

#[test]
fn situation_02_so_it_is_with_set_null_set_default_and_no_action() {
    for action in ["ON DELETE SET NULL", "ON DELETE SET DEFAULT", "", "ON DELETE RESTRICT"] {
        let child =
            format!("CREATE TABLE c(id INTEGER PRIMARY KEY, p INTEGER DEFAULT 1 REFERENCES p {action});");
        let (from, to) = (format!("{PARENT}{child}"), format!("{PARENT_REBUILT}{child}"));
        let rows =
            "INSERT INTO p VALUES (1, 'x'), (2, NULL); INSERT INTO c VALUES (1, 1), (2, 2), (3, NULL);";
        for walk in Pair::new(&from, rows, &to).walk() {
            assert_eq!(walk.upgraded.text("SELECT p FROM c ORDER BY id"), ["1", "2", "NULL"], "{action}");
        }
    }
}

#[test]
fn situation_03_a_rebuild_inside_an_open_transaction_is_refused_before_anything_happens() {
    let database = OnDisk::new(&format!("{PARENT} INSERT INTO p VALUES (1, 'x');"));
    let before = database.dump();
    let user = database.connection();
    user.execute_batch("BEGIN IMMEDIATE; INSERT INTO p VALUES (2, 'mine')").unwrap();
    let refused = database.apply(PARENT_REBUILT, &Answers::default()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Locked, "{refused}");
    user.execute_batch("ROLLBACK").unwrap();
    assert_eq!(database.dump(), before);
    database.apply(PARENT_REBUILT, &Answers::default()).unwrap();
}

#[test]
fn situation_04_a_cycle_of_foreign_keys_is_rebuilt_in_one_transaction() {
    let tables = |kind: &str| {
        format!(
            "CREATE TABLE a(id INTEGER PRIMARY KEY, b INTEGER NOT NULL REFERENCES b(id) DEFERRABLE INITIALLY DEFERRED, v {kind});
             CREATE TABLE b(id INTEGER PRIMARY KEY, a INTEGER REFERENCES a(id) ON DELETE CASCADE, v {kind});"
        )
    };
    let (from, to) = (tables("TEXT"), tables("BLOB"));
    let rows =
        "BEGIN; INSERT INTO a VALUES (1, 1, 'x'), (2, 1, 'y'); INSERT INTO b VALUES (1, 2, 'z'); COMMIT;";
    for walk in Pair::new(&from, rows, &to).walk() {
        assert_eq!(walk.plan.rebuilt, ["a", "b"]);
        assert!(walk.plan.foreign_keys_off);
    }
}

#[test]
fn situation_05_a_table_that_refers_to_itself_keeps_its_rows_and_its_name() {
    let table = |default: i64| {
        format!(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, boss INTEGER REFERENCES t(id), n INTEGER DEFAULT {default});"
        )
    };
    let (from, to) = (table(1), table(2));
    let rows = "INSERT INTO t VALUES (1, NULL, 0), (2, 1, 0), (3, 2, 0);";
    for walk in Pair::new(&from, rows, &to).walk() {
        let sql = walk.upgraded.text("SELECT group_concat(sql) FROM sqlite_schema");
        assert!(sql[0].contains("REFERENCES t(id)") && !sql[0].contains("_new_"), "{sql:?}");
    }
}

#[test]
fn situation_06_a_trigger_on_the_rebuilt_table_comes_back_and_the_copy_does_not_fire_it() {
    let rest = "CREATE TABLE log(x);
        CREATE TRIGGER noted AFTER INSERT ON p /* as it was */ BEGIN INSERT INTO log VALUES (new.id); END;";
    let (from, to) = (format!("{PARENT}{rest}"), format!("{PARENT_REBUILT}{rest}"));
    for walk in Pair::new(&from, "INSERT INTO p VALUES (1, 'x'); DELETE FROM log;", &to).walk() {
        assert_eq!(walk.upgraded.text("SELECT count(*) FROM log"), ["0"]);
        walk.upgraded.run("INSERT INTO p VALUES (7, 'y')");
        assert_eq!(walk.upgraded.text("SELECT x FROM log"), ["7"]);
        let text = walk.upgraded.text("SELECT sql FROM sqlite_schema WHERE name = 'noted'");
        assert!(text[0].contains("/* as it was */"));
    }
}

#[test]
fn situation_07_a_trigger_on_another_table_that_names_it_survives_and_runs() {
    let rest = "CREATE TABLE q(x); CREATE TRIGGER g AFTER INSERT ON q BEGIN UPDATE p SET name = new.x WHERE p.id = 1; END;";
    let (from, to) = (format!("{PARENT}{rest}"), format!("{PARENT_REBUILT}{rest}"));
    for walk in Pair::new(&from, "INSERT INTO p VALUES (1, 'x');", &to).walk() {
        walk.upgraded.run("INSERT INTO q VALUES ('set')");
        assert_eq!(walk.upgraded.text("SELECT name FROM p"), ["'set'"]);
    }
}

#[test]
fn situation_08_a_view_and_a_view_over_it_survive() {
    let rest = "CREATE VIEW v AS SELECT id, name FROM p; CREATE VIEW w AS SELECT max(id) AS top FROM v;";
    let (from, to) = (format!("{PARENT}{rest}"), format!("{PARENT_REBUILT}{rest}"));
    for walk in Pair::new(&from, "INSERT INTO p VALUES (1, 'x'), (4, 'y');", &to).walk() {
        assert_eq!(walk.upgraded.text("SELECT top FROM w"), ["4"]);
    }
}

#[test]
fn situation_09_a_changed_view_gets_its_instead_of_triggers_back_and_the_views_over_it_follow() {
    let views = |extra: &str| {
        format!(
            "{PARENT} CREATE VIEW v AS SELECT id, name{extra} FROM p;
             CREATE TRIGGER v_in INSTEAD OF INSERT ON v BEGIN INSERT INTO p VALUES (new.id, new.name); END;
             CREATE VIEW over_v AS SELECT count(*) AS n FROM v;"
        )
    };
    let (from, to) = (views(""), views(", length(name) AS size"));
    for walk in Pair::new(&from, "INSERT INTO v(id, name) VALUES (1, 'xyz');", &to).walk() {
        walk.upgraded.run("INSERT INTO v(id, name) VALUES (2, 'four')");
        assert_eq!(walk.upgraded.text("SELECT size FROM v ORDER BY id"), ["3", "4"]);
        assert_eq!(walk.upgraded.text("SELECT n FROM over_v"), ["2"]);
    }
}

#[test]
fn situation_10_an_unrelated_broken_view_is_named_before_anything_is_changed() {
    let database = OnDisk::new(&format!(
        "{PARENT} INSERT INTO p VALUES (1, 'x'); CREATE TABLE gone(a); CREATE VIEW stale AS SELECT a FROM gone;
         CREATE VIEW fine AS SELECT app_only(name) AS n FROM p; PRAGMA legacy_alter_table=ON; DROP TABLE gone;"
    ));
    let before = database.dump();
    let to = format!(
        "{PARENT_REBUILT} CREATE VIEW fine AS SELECT app_only(name) AS n FROM p;
         CREATE VIEW stale AS SELECT a FROM gone;"
    );
    let refused = database.apply(&to, &Answers::default()).unwrap_err();
    assert!(
        refused.to_string().contains("stale") || refused.reason().unwrap_or_default().contains("stale"),
        "{refused:?}"
    );
    assert!(!format!("{refused:?}").contains("app_only"), "an application's function is no fault");
    assert_eq!(database.dump(), before);
}
