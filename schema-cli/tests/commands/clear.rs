use schema_core::rusqlite::Connection;

use crate::{project::Project, seed::migrated};

/// Users and orders, and beside them a circle, a table that refers to itself, one that forbids to delete
/// and one that counts on.
fn filled() -> Project {
    let project = migrated();
    project.done("1", &["seed"]);
    project
        .open("app.db")
        .execute_batch(
            "CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b(id));
             CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER NOT NULL REFERENCES a(id) ON DELETE RESTRICT);
             CREATE TABLE tree (id INTEGER PRIMARY KEY AUTOINCREMENT, parent INTEGER REFERENCES tree(id) ON DELETE RESTRICT);
             CREATE TABLE log (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id) ON DELETE CASCADE);
             CREATE TRIGGER log_stays BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'log is append-only'); END;
             INSERT INTO a VALUES (1, NULL); INSERT INTO b VALUES (1, 1); UPDATE a SET b_id = 1;
             INSERT INTO tree VALUES (1, NULL), (2, 1), (3, 2);
             INSERT INTO log VALUES (1, 1), (2, NULL);",
        )
        .unwrap();
    project
}

fn count(connection: &Connection, table: &str) -> i64 {
    connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

fn counts(project: &Project) -> Vec<i64> {
    let open = project.open("app.db");
    ["users", "orders", "a", "b", "tree", "log"].iter().map(|table| count(&open, table)).collect()
}

#[test]
fn all_tables_are_emptied_through_circles_and_the_history_stays() {
    let project = filled();
    let said =
        project.done("1", &["clear", "--all", "--allow-data-loss", "all", "--restart-ids", "--json"]).json();
    let names: Vec<&str> = said["data"]["tables"]
        .as_array()
        .unwrap()
        .iter()
        .map(|table| table["table"].as_str().unwrap())
        .collect();
    let place = |name: &str| names.iter().position(|other| *other == name).unwrap();
    assert!(place("orders") < place("users") && place("log") < place("users"), "{names:?}");
    assert!(said["warnings"][0].as_str().unwrap().contains("log is append-only"), "{said}");
    assert!(!said["data"]["backup"].is_null());
    let open = project.open("app.db");
    for table in ["users", "orders", "a", "b", "tree", "log"] {
        assert_eq!(count(&open, table), 0, "{table}");
    }
    assert_eq!(count(&open, "_schema_migrations"), 1);
    open.execute("INSERT INTO tree (parent) VALUES (NULL)", []).unwrap();
    assert_eq!(open.last_insert_rowid(), 1);
    let refused = open
        .execute("INSERT INTO log VALUES (1, NULL)", [])
        .and_then(|_| open.execute("DELETE FROM log", []));
    assert!(refused.is_err(), "the trigger is there again");
}

#[test]
fn rows_of_a_table_that_is_not_named_never_go_with_others() {
    let project = filled();
    project
        .open("app.db")
        .execute_batch(
            "CREATE TABLE lines (id INTEGER PRIMARY KEY, order_id REFERENCES orders(id));
             INSERT INTO lines SELECT 1, min(id) FROM orders",
        )
        .unwrap();
    let before = counts(&project);
    for arguments in
        [&["clear", "users"][..], &["clear", "--all", "--keep", "log"], &["clear", "users", "orders"]]
    {
        let mut arguments = arguments.to_vec();
        arguments.extend(["--allow-data-loss", "all"]);
        let refused = project.run("1", &arguments);
        assert_eq!(refused.code, Some(7), "{arguments:?} {}", refused.stderr);
        assert!(refused.stderr.contains("rows of `users`"), "{}", refused.stderr);
        if arguments[1..] == ["users", "--allow-data-loss", "all"] {
            // All of them at once, and what refers to those.
            assert!(refused.stderr.contains("`orders` stays"), "{}", refused.stderr);
            assert!(refused.stderr.contains("name log, orders, lines too"), "{}", refused.stderr);
        }
    }
    assert_eq!(counts(&project), before);
    project.done("1", &["clear", "--all", "--keep", "users", "--keep", "log", "--allow-data-loss", "all"]);
    let open = project.open("app.db");
    assert_eq!((count(&open, "users"), count(&open, "log"), count(&open, "orders")), (3, 2, 0));
}

#[test]
fn clearing_asks_and_without_a_terminal_names_the_flag() {
    let project = filled();
    let before = counts(&project);
    let unanswered = project.run("1", &["clear", "tree", "--yes"]);
    assert_eq!(unanswered.code, Some(4));
    for told in ["every row of tree is lost (3 rows)", "--allow-data-loss tree", "nothing was changed"] {
        assert!(unanswered.stderr.contains(told), "{}", unanswered.stderr);
    }
    let dry = project.done("1", &["clear", "tree", "--dry-run"]).stdout;
    assert!(dry.contains("3 rows would be deleted"), "{dry}");
    assert_eq!(project.run("1", &["clear", "nothing"]).code, Some(2));
    assert_eq!(project.run("1", &["clear"]).code, Some(2));
    assert_eq!(counts(&project), before);
    // Without RESTART the next id goes on.
    project.done("1", &["clear", "TREE", "--allow-data-loss", "all", "--no-backup"]);
    let open = project.open("app.db");
    open.execute("INSERT INTO tree (parent) VALUES (NULL)", []).unwrap();
    assert_eq!(open.last_insert_rowid(), 4);
}

#[test]
fn a_permission_is_for_the_tables_that_it_names_and_empties_none() {
    let project = filled();
    let before = counts(&project);
    for (arguments, code) in [
        (&["clear", "log", "--allow-data-loss", "tree"][..], 4),
        (&["clear", "log", "tree", "--allow-data-loss", "tree"], 4),
        (&["clear", "log", "--allow-data-loss"], 2),
        (&["reset", "--allow-data-loss"], 2),
        (&["reset", "--allow-data-loss", "log"], 4),
    ] {
        let refused = project.run("1", arguments);
        assert_eq!(refused.code, Some(code), "{arguments:?} {}", refused.stderr);
        if arguments[0] == "clear" && code == 4 {
            assert!(refused.stderr.contains("every row of log is lost (2 rows)"), "{}", refused.stderr);
            assert!(refused.stderr.contains("--allow-data-loss log"), "{}", refused.stderr);
        }
    }
    assert_eq!(counts(&project), before);
    let twice =
        ["clear", "log", "tree", "LOG", "--allow-data-loss", "tree", "--allow-data-loss", "LOG", "--json"];
    let done = project.done("1", &twice).json();
    assert_eq!(done["data"]["tables"].as_array().unwrap().len(), 2, "{done}");
    let open = project.open("app.db");
    assert_eq!((count(&open, "log"), count(&open, "tree"), count(&open, "a")), (0, 0, 1));
}
