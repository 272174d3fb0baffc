use std::fs;

use schema_core::rusqlite::Connection;

use crate::{migrate::filled, project::Project};

fn count(connection: &Connection, sql: &str) -> i64 {
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn names(connection: &Connection, kind: &str) -> Vec<String> {
    connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = ?1 AND sql IS NOT NULL ORDER BY name")
        .unwrap()
        .query_map([kind], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

/// A database that a push has made, with rows.
fn pushed() -> Project {
    let project = Project::new();
    project.done("1", &["push"]);
    project
        .open("app.db")
        .execute_batch(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
             INSERT INTO users SELECT i, 'name ' || i, i % 90 FROM n;
             INSERT INTO orders SELECT id, id, id * 7 FROM users;",
        )
        .unwrap();
    project
}

const RENAME: &str = "users.name:users.full_name";

#[test]
fn a_database_is_made_from_the_models_and_no_history_is_written() {
    let project = pushed();
    let open = project.open("app.db");
    assert_eq!(names(&open, "table"), ["_schema_pushed", "orders", "users"]);
    assert_eq!(fs::read_dir(project.path("migrations")).unwrap().count(), 0);
    let before = project.bytes();
    let again = project.done("1", &["push"]);
    assert!(again.stdout.contains("there is nothing to push"), "{}", again.stdout);
    assert_eq!(project.bytes(), before);
}

#[test]
fn a_push_keeps_rows_takes_a_backup_and_a_dry_run_changes_nothing() {
    let project = pushed();
    let before = project.bytes();
    let dry = project.done("2", &["push", "--rename", RENAME, "--dry-run"]);
    assert!(dry.stdout.contains("users.email") && dry.stdout.contains("nothing was changed"), "{dry:?}");
    let asked = project.run("2", &["push", "--yes"]);
    assert_eq!(asked.code, Some(4), "{}", asked.stderr);
    assert!(asked.stderr.contains("--rename users.name:users.full_name"), "{}", asked.stderr);
    assert_eq!(project.bytes(), before);
    let done = project.done("2", &["push", "--rename", RENAME, "--json"]).json();
    assert_eq!(done["data"]["pushed"], true);
    assert!(!done["data"]["backup"].is_null(), "{done}");
    let open = project.open("app.db");
    assert_eq!(
        count(&open, "SELECT count(*) FROM users WHERE full_name = 'name ' || id AND email IS NULL"),
        500
    );
    assert_eq!(count(&open, "SELECT count(*) FROM orders WHERE total_cents = id * 7"), 500);
}

#[test]
fn a_loss_is_exit_4_also_with_yes_until_it_is_permitted() {
    let project = pushed();
    let before = project.bytes();
    for arguments in [&["push"][..], &["push", "--yes"], &["push", "--dry-run"]] {
        let refused = project.run("3", arguments);
        assert_eq!(refused.code, Some(4), "{}", refused.stderr);
        assert!(refused.stderr.contains("--allow-data-loss users.age"), "{}", refused.stderr);
        assert_eq!(project.bytes(), before);
    }
    project.done("3", &["push", "--allow-data-loss", "users.age"]);
    let open = project.open("app.db");
    assert_eq!(count(&open, "SELECT count(*) FROM users WHERE name = 'name ' || id"), 500);
    assert_eq!(count(&open, "SELECT count(*) FROM pragma_table_info('users')"), 2);
}

#[test]
fn what_rows_do_not_fit_is_refused_and_rolled_back() {
    let project = pushed();
    let refused = project.run("6", &["push"]);
    assert_eq!(refused.code, Some(7), "{}\n{}", refused.stdout, refused.stderr);
    assert!(refused.stderr.contains("nothing was changed"), "{}", refused.stderr);
    let open = project.open("app.db");
    assert_eq!(names(&open, "index"), Vec::<String>::new());
    assert_eq!(count(&open, "SELECT count(*) FROM users"), 500);
}

#[test]
fn what_nobody_wrote_down_is_kept_and_named() {
    let project = pushed();
    project
        .open("app.db")
        .execute_batch(
            "CREATE TABLE mine(x, user REFERENCES users); INSERT INTO mine VALUES (1, 1), (2, 2);
             CREATE INDEX by_name_of_mine ON users(name);
             CREATE TRIGGER mine_watch AFTER INSERT ON users BEGIN INSERT INTO mine VALUES (new.id, 1); END;
             CREATE VIEW mine_view AS SELECT id, name FROM users;",
        )
        .unwrap();
    // `age` becomes text, for which the table is built anew.
    let done = project.done("5", &["push", "--allow-data-loss", "users.age"]);
    for kept in ["table mine", "index by_name_of_mine", "trigger mine_watch", "view mine_view"] {
        assert!(done.stdout.contains(&format!("Kept       {kept},")), "{kept}\n{}", done.stdout);
    }
    let open = project.open("app.db");
    assert_eq!(names(&open, "index"), ["by_name_of_mine"]);
    assert_eq!(names(&open, "trigger"), ["mine_watch"]);
    assert_eq!(count(&open, "SELECT count(*) FROM mine"), 2);
    assert_eq!(count(&open, "SELECT count(*) FROM mine_view"), 500);
    assert_eq!(count(&open, "SELECT count(*) FROM users WHERE typeof(age) = 'text'"), 500);
    // A second push does not take them for its own.
    project.done("1", &["push", "--allow-data-loss", "users.age"]);
    assert_eq!(names(&open, "view"), ["mine_view"]);
    assert_eq!(count(&open, "SELECT count(*) FROM _schema_pushed WHERE name LIKE '%mine%'"), 0);
}

#[test]
fn a_table_or_a_column_that_nobody_wrote_down_is_never_changed() {
    let project = Project::new();
    project
        .open("app.db")
        .execute_batch(
            "CREATE TABLE users(id INTEGER PRIMARY KEY, other TEXT); INSERT INTO users VALUES (1, 'a')",
        )
        .unwrap();
    let before = project.bytes();
    let refused = project.run("1", &["push", "--allow-data-loss", "all", "--no-renames"]);
    assert_eq!(refused.code, Some(7), "{}", refused.stderr);
    assert!(refused.stderr.contains("stamp --baseline"), "{}", refused.stderr);
    assert_eq!(project.bytes(), before);

    let project = pushed();
    project.open("app.db").execute_batch("ALTER TABLE users ADD COLUMN nickname TEXT").unwrap();
    let before = project.bytes();
    let refused = project.run("3", &["push", "--allow-data-loss", "all"]);
    assert_eq!(refused.code, Some(7), "{}", refused.stderr);
    assert!(refused.stderr.contains("users.nickname"), "{}", refused.stderr);
    assert_eq!(project.bytes(), before);
}

#[test]
fn what_was_pushed_is_recorded_by_the_migration_and_nothing_is_run() {
    let project = pushed();
    project.done("1", &["generate", "first"]);
    project.done("2", &["push", "--rename", RENAME]);
    project.done("2", &["generate", "second", "--rename", RENAME]);
    let dry = project.done("2", &["migrate", "--dry-run"]).stdout;
    assert!(dry.contains("would be recorded"), "{dry}");
    let open = project.open("app.db");
    assert_eq!(count(&open, "SELECT count(*) FROM sqlite_schema WHERE name = '_schema_migrations'"), 0);
    let done = project.done("2", &["migrate"]).stdout;
    assert_eq!(done.matches("was pushed already: recorded, nothing was run").count(), 2, "{done}");
    assert_eq!(count(&open, "SELECT count(*) FROM _schema_migrations WHERE rows_touched = 0"), 2);
    assert_eq!(count(&open, "SELECT count(*) FROM sqlite_schema WHERE name = '_schema_pushed'"), 0);
    assert_eq!(count(&open, "SELECT count(*) FROM users WHERE full_name = 'name ' || id"), 500);
    project.done("2", &["check"]);
    // The way back and forth is the usual one from here on.
    project.done("2", &["rollback", "--allow-data-loss", "all"]);
    project.done("2", &["migrate"]);
    assert_eq!(count(&open, "SELECT count(*) FROM users WHERE full_name = 'name ' || id"), 500);
}

#[test]
fn a_migration_behind_what_was_pushed_is_run() {
    let project = pushed();
    project.done("1", &["generate", "first"]);
    project.done("1", &["generate", "--empty", "double"]);
    let file = fs::read_dir(project.path("migrations"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().ends_with("double.sql"))
        .unwrap();
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("-- migrate:up\n", "-- migrate:up\nUPDATE users SET age = 7;\n", 1))
        .unwrap();
    let done = project.done("1", &["migrate", "--json"]).json();
    assert_eq!(done["data"]["recorded"].as_array().unwrap().len(), 1, "{done}");
    assert_eq!(done["data"]["revisions"].as_array().unwrap().len(), 1, "{done}");
    let open = project.open("app.db");
    assert_eq!(count(&open, "SELECT count(*) FROM users WHERE age = 7"), 500);
    assert_eq!(count(&open, "SELECT count(*) FROM _schema_migrations"), 2);
}

#[test]
fn a_pushed_database_that_is_not_what_the_migrations_build_is_refused() {
    let project = pushed();
    project.done("1", &["generate", "first"]);
    project.done("2", &["push", "--rename", RENAME]);
    let before = project.bytes();
    let refused = project.run("1", &["migrate"]);
    assert_eq!(refused.code, Some(7), "{}", refused.stderr);
    for part in ["was pushed", "db check", "db reset", "nothing was changed"] {
        assert!(refused.stderr.contains(part), "{part}\n{}", refused.stderr);
    }
    let lock = |files: &[(std::path::PathBuf, Vec<u8>)]| -> Vec<_> {
        files.iter().filter(|(path, _)| !path.to_string_lossy().contains(".lock")).cloned().collect()
    };
    assert_eq!(lock(&project.bytes()), lock(&before));
}

#[test]
fn a_migrated_database_is_pushed_and_its_history_stays() {
    let project = filled();
    project.done("2", &["push", "--rename", RENAME]);
    let open = project.open("app.db");
    assert_eq!(count(&open, "SELECT count(*) FROM _schema_migrations"), 1);
    assert_eq!(count(&open, "SELECT count(*) FROM users WHERE full_name IS NOT NULL"), 500);
    project.done("2", &["generate", "second", "--rename", RENAME]);
    project.done("2", &["migrate"]);
    assert_eq!(count(&open, "SELECT count(*) FROM _schema_migrations"), 2);
    project.done("2", &["check"]);
}

#[test]
fn the_record_of_a_push_is_in_no_drift_and_no_model() {
    let project = pushed();
    let diff = project.run("1", &["diff", "--from", "app.db", "--to", "models"]);
    assert_eq!(diff.code, Some(0), "{}", diff.stdout);
    let pull = project.done("1", &["pull", "--url", "app.db", "--out", "pulled"]);
    assert!(!pull.stdout.contains("_schema_pushed"), "{}", pull.stdout);
    for entry in fs::read_dir(project.path("pulled")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(!text.contains("schema_pushed"), "{text}");
    }
    let check = project.run("1", &["check"]);
    assert!(!check.stdout.contains("_schema_pushed"), "{}", check.stdout);
}

#[test]
fn no_flag_pushes_to_production() {
    let project = pushed();
    project.write("schema.toml", "[app]\nurl = \"sqlite:app.db\"\nproduction = true\n");
    let before = project.bytes();
    for more in [&[][..], &["--yes"], &["--allow-data-loss", "all"], &["--dry-run"]] {
        let refused = project.run("3", &[&["push"], more].concat());
        assert_eq!(refused.code, Some(2), "{}", refused.stderr);
        assert!(refused.stderr.contains("production = true"), "{}", refused.stderr);
        assert_eq!(project.bytes(), before);
    }
}

#[test]
fn a_pushed_database_is_not_asked_for_what_the_files_know_and_status_names_the_push() {
    let project = filled();
    let before = project.done("2", &["generate", "--rename", RENAME, "--dry-run"]);
    assert!(before.stdout.contains("rows"), "{}", before.stdout);
    project.done("2", &["push", "--rename", RENAME]);
    let status = project.done("2", &["status"]);
    assert!(status.stdout.contains("Pushed") && status.stdout.contains("db generate"), "{}", status.stdout);
    assert!(project.done("2", &["status", "--json"]).json()["data"]["pushed"].as_i64() > Some(0));
    // The column `name` is gone: in double quotes SQLite would take it for a text of every row.
    let written = project.done("2", &["generate", "--rename", RENAME, "--sql"]);
    assert!(!written.stdout.contains("at hand") && !written.stderr.contains("at hand"), "{written:?}");
    assert!(!written.stderr.contains("would stop"), "{}", written.stderr);
}
