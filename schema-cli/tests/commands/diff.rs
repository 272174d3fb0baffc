use std::fs;

use crate::{migrate::filled, project::Project};

/// Two databases in a folder without settings: the older one filled.
fn databases() -> Project {
    let project = Project::new();
    fs::remove_file(project.path("schema.toml")).unwrap();
    project
        .open("old.db")
        .execute_batch(
            "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
             INSERT INTO users SELECT i, 'name ' || i, i % 90 FROM n;",
        )
        .unwrap();
    project
        .open("new.db")
        .execute_batch(
            "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER, email TEXT);
                        CREATE INDEX by_age ON users(age);",
        )
        .unwrap();
    project
}

const BETWEEN: [&str; 5] = ["diff", "--from", "old.db", "--to", "sqlite:new.db"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    BETWEEN.iter().copied().chain(more.iter().copied()).collect()
}

#[test]
fn two_databases_are_compared_without_any_settings() {
    let project = databases();
    let before = project.bytes();
    let differ = project.run("1", &BETWEEN);
    assert_eq!(differ.code, Some(3), "{}", differ.stderr);
    assert!(differ.stdout.contains("users.email") && differ.stdout.contains("by_age"), "{}", differ.stdout);
    let json = project.run("1", &with(&["--json"])).json();
    assert_eq!(json["data"]["changes"].as_array().unwrap().len(), 2);
    assert_eq!(project.run("1", &["diff", "--from", "new.db", "--to", "new.db"]).code, Some(0));
    assert_eq!(project.bytes(), before);
}

#[test]
fn the_printed_steps_lead_there_and_back() {
    let project = databases();
    let up = project.run("1", &with(&["--sql"]));
    let down = project.run("1", &with(&["--sql", "--down"]));
    assert_eq!((up.code, down.code), (Some(3), Some(3)), "{}", up.stderr);
    let database = project.open("old.db");
    database.execute_batch(&up.stdout).unwrap();
    assert_eq!(project.run("1", &BETWEEN).code, Some(0));
    database.execute_batch(&down.stdout).unwrap();
    assert_eq!(project.run("1", &BETWEEN).code, Some(3));
}

#[test]
fn applying_changes_the_first_and_keeps_every_row() {
    let project = databases();
    let before = project.bytes();
    project.done("1", &with(&["--apply", "--dry-run"]));
    assert_eq!(project.bytes(), before);
    let applied = project.done("1", &with(&["--apply"]));
    assert!(applied.stdout.contains("Done       "), "{}", applied.stdout);
    let rows: i64 = project
        .open("old.db")
        .query_row("SELECT count(*) FROM users WHERE email IS NULL AND name = 'name ' || id", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(rows, 300);
    assert_eq!(project.done("1", &with(&["--json"])).json()["data"]["changes"].as_array().unwrap().len(), 0);
}

#[test]
fn an_open_question_is_exit_4_and_changes_nothing() {
    let project = databases();
    project.open("new.db").execute_batch("ALTER TABLE users RENAME COLUMN name TO full_name").unwrap();
    let before = project.bytes();
    let ended = project.run("1", &with(&["--apply", "--yes"]));
    assert_eq!(ended.code, Some(4), "{}", ended.stdout);
    assert!(ended.stderr.contains("--rename users.name:users.full_name"), "{}", ended.stderr);
    let back = project.run("1", &["diff", "--from", "new.db", "--to", "old.db", "--apply", "--no-renames"]);
    assert_eq!(back.code, Some(4), "a loss is a question, too: {}", back.stdout);
    assert_eq!(project.bytes(), before);
    project.done("1", &with(&["--apply", "--rename", "users.name:users.full_name"]));
}

#[test]
fn models_and_migrations_are_sides_too() {
    let project = filled();
    assert_eq!(project.run("1", &["diff", "--from", "migrations", "--to", "models"]).code, Some(0));
    let ahead = project.run("3", &["diff", "--from", "app.db", "--to", "models"]);
    assert_eq!(ahead.code, Some(4), "{}", ahead.stdout);
    let ahead = project.run("3", &["diff", "--from", "app.db", "--to", "models", "--drop", "users.age"]);
    assert_eq!(ahead.code, Some(3), "{}", ahead.stderr);
    let refused = project.run("1", &["diff", "--from", "models", "--to", "app.db", "--apply"]);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
}

#[test]
fn a_database_that_is_not_there_is_named() {
    let project = databases();
    let ended = project.run("1", &["diff", "--from", "nowhere.db", "--to", "new.db"]);
    assert_eq!(ended.code, Some(7), "{}", ended.stderr);
    assert!(ended.stderr.contains("nowhere.db") && !project.path("nowhere.db").exists());
}

#[test]
fn what_is_dropped_can_be_kept_aside_and_is_no_difference_from_then_on() {
    let project = databases();
    project.open("new.db").execute_batch("ALTER TABLE users DROP COLUMN name").unwrap();
    project
        .open("old.db")
        .execute_batch("CREATE TABLE logs(line TEXT); INSERT INTO logs VALUES ('007')")
        .unwrap();
    let refused = project.run("1", &with(&["--no-renames", "--apply"]));
    assert_eq!(refused.code, Some(4), "{}", refused.stdout);
    let down = project.run("1", &with(&["--no-renames", "--keep-dropped", "--sql", "--down"])).stdout;
    let applied = project.done("1", &with(&["--no-renames", "--keep-dropped", "--apply"]));
    assert!(applied.stdout.contains("logs -> _kept_logs"), "{}", applied.stdout);
    assert!(!applied.stderr.contains("L001") && !applied.stderr.contains("L002"), "{}", applied.stderr);
    project.done("1", &BETWEEN);
    let gone = project.run("1", &with(&["--drop-kept"]));
    assert_eq!(gone.code, Some(3), "{}", gone.stderr);
    assert!(
        gone.stdout.contains("_kept_logs") && gone.stdout.contains("_kept_users_name"),
        "{}",
        gone.stdout
    );
    project.open("old.db").execute_batch(&down).unwrap();
    let read = |sql: &str| -> String { project.open("old.db").query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(read("SELECT typeof(line) || line FROM logs"), "text007");
    assert_eq!(read("SELECT count(*) || '' FROM users WHERE name = 'name ' || id"), "300");
}

/// A parent whose rebuild would empty its children, were foreign keys on.
fn family() -> Project {
    let project = Project::new();
    fs::remove_file(project.path("schema.toml")).unwrap();
    let children =
        "CREATE TABLE children(id INTEGER PRIMARY KEY, p INT REFERENCES parents(id) ON DELETE CASCADE);";
    project
        .open("old.db")
        .execute_batch(&format!(
            "CREATE TABLE parents(id INTEGER PRIMARY KEY, name TEXT); {children}
             INSERT INTO parents VALUES (1, 'a'), (2, 'b'); INSERT INTO children VALUES (1, 1), (2, 2), (3, 2);"
        ))
        .unwrap();
    let parents = "CREATE TABLE parents(id INTEGER PRIMARY KEY, name TEXT UNIQUE COLLATE NOCASE);";
    project.open("new.db").execute_batch(&format!("{parents} {children}")).unwrap();
    project
}

#[test]
fn the_printed_steps_leave_every_child_where_foreign_keys_are_on() {
    let project = family();
    let up = project.run("1", &with(&["--sql"])).stdout;
    let down = project.run("1", &with(&["--sql", "--down"])).stdout;
    for script in [&up, &down] {
        assert!(
            script.contains("-- needs:    foreign_keys=off\n") && script.contains("-- engine:   sqlite >= "),
            "{script}"
        );
        assert!(script.contains("sqlite3 -bail"), "{script}");
    }
    assert!(up.contains("-- expects: ") && up.contains("-- finds: "), "{up}");
    for (script, code) in [(&up, Some(0)), (&down, Some(3))] {
        let database = project.open("old.db");
        database.execute_batch("PRAGMA foreign_keys=ON").unwrap();
        database.execute_batch(script).unwrap();
        let children: i64 =
            database.query_row("SELECT count(*) FROM children", [], |row| row.get(0)).unwrap();
        assert_eq!(children, 3);
        assert_eq!(project.run("1", &BETWEEN).code, code);
    }
}

#[test]
fn the_stock_shell_changes_nothing_where_a_printed_step_fails() {
    let project = family();
    let up = project.run("1", &with(&["--sql"])).stdout;
    project.open("old.db").execute_batch("UPDATE parents SET name = 'same'").unwrap();
    fs::write(project.path("up.sql"), format!("PRAGMA foreign_keys=ON;\n{up}")).unwrap();
    let before = project
        .open("old.db")
        .query_row("SELECT group_concat(sql) FROM sqlite_schema", [], |row| row.get::<_, String>(0));
    let shell = |script: &str| {
        let file = fs::File::open(project.path(script)).unwrap();
        std::process::Command::new("sqlite3").arg("-bail").arg(project.path("old.db")).stdin(file).output()
    };
    // Where the program is not installed there is nothing to try.
    let Ok(refused) = shell("up.sql") else { return };
    assert!(!refused.status.success());
    let database = project.open("old.db");
    let after =
        database.query_row("SELECT group_concat(sql) FROM sqlite_schema", [], |row| row.get::<_, String>(0));
    assert_eq!(after, before);
    database.execute_batch("UPDATE parents SET name = 'same ' || id").unwrap();
    let done = shell("up.sql").unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(database.query_row("SELECT count(*) FROM children", [], |row| row.get::<_, i64>(0)), Ok(3));
    assert_eq!(project.run("1", &BETWEEN).code, Some(0));
}
