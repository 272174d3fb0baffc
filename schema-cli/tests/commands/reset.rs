use schema_core::rusqlite::Connection;

use crate::{
    backup::packed,
    migrate::{add, filled},
    project::Project,
    seed::migrated,
};

fn seeded() -> Project {
    let project = migrated();
    project.done("1", &["seed"]);
    project
}

fn count(connection: &Connection, sql: &str) -> i64 {
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn a_reset_asks_backs_up_and_builds_anew_while_others_have_the_file_open() {
    let project = seeded();
    project.open("app.db").execute_batch("CREATE TABLE mine(x); INSERT INTO mine VALUES (1)").unwrap();
    for mode in ["WAL", "DELETE"] {
        let open = project.open("app.db");
        open.query_row(&format!("PRAGMA journal_mode = {mode}"), [], |_| Ok(())).unwrap();
        open.execute_batch("DELETE FROM orders; DELETE FROM users; INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)").unwrap();
        #[cfg(unix)]
        let before = project.path("app.db").metadata().unwrap();

        let unanswered = project.run("1", &["reset", "--yes"]);
        assert_eq!(unanswered.code, Some(4), "{}", unanswered.stderr);
        assert!(unanswered.stderr.contains("--allow-data-loss"), "{}", unanswered.stderr);
        let dry = project.done("1", &["reset", "--dry-run"]).stdout;
        assert!(dry.contains("nothing was changed"), "{dry}");
        assert_eq!(count(&open, "SELECT count(*) FROM users"), 3);

        let done = project.done("1", &["reset", "--allow-data-loss", "all", "--json"]).json();
        assert_eq!(done["data"]["revisions"].as_array().unwrap().len(), 1);
        assert!(!done["data"]["backup"].is_null(), "{done}");
        // The connection that was open all the while sees the new database in the same file.
        assert_eq!(count(&open, "SELECT count(*) FROM users"), 0);
        assert_eq!(count(&open, "SELECT count(*) FROM _schema_migrations"), 1);
        assert_eq!(count(&open, "SELECT count(*) FROM sqlite_schema WHERE name = 'mine'"), 0);
        let journal: String = open.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
        assert_eq!(journal, mode.to_lowercase());
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::MetadataExt::ino(&before),
            std::os::unix::fs::MetadataExt::ino(&project.path("app.db").metadata().unwrap())
        );
        let intact: String = open.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(intact, "ok");
    }
    project.done("1", &["check"]);
}

#[test]
fn a_database_without_rows_is_not_backed_up_and_pushes_no_backup_with_rows_out() {
    let project = filled();
    // A full-text table keeps rows of its own, also where it holds none.
    let up = "CREATE VIRTUAL TABLE words USING fts5(text);";
    add(&project, "20990101000000_words", up, "DROP TABLE words;");
    project.done("1", &["migrate"]);
    project.open("app.db").execute("INSERT INTO words VALUES ('one')", []).unwrap();
    project.done("1", &["clear", "orders", "users", "--allow-data-loss", "all"]);
    let word = project.done("1", &["reset", "--allow-data-loss", "all", "--json"]).json();
    assert!(!word["data"]["backup"].is_null(), "a row of a full-text table alone: {word}");
    let before = packed(&project);
    assert_eq!(before.len(), 3);
    for _ in 0..4 {
        let reset = project.done("1", &["reset", "--json"]).json();
        assert!(reset["data"]["backup"].is_null(), "{reset}");
        assert!(project.done("1", &["clear", "--all", "--json"]).json()["data"]["backup"].is_null());
    }
    assert_eq!(packed(&project), before);

    // Those that a person takes of it go before any that holds rows.
    project.open("app.db").execute("INSERT INTO words VALUES ('two')", []).unwrap();
    let kept = project.done("1", &["backup", "--json"]).json()["data"]["id"].as_str().unwrap().to_owned();
    project.open("app.db").execute("DELETE FROM words", []).unwrap();
    for _ in 0..12 {
        project.done("1", &["backup"]);
    }
    assert!(packed(&project).iter().any(|path| path.display().to_string().contains(&kept)));
}

#[test]
fn what_cannot_be_built_again_is_not_taken_down() {
    let project = seeded();
    project.write(
        "migrations/20990101000000_broken.sql",
        "-- revision: 20990101000000_broken\n-- migrate:up\nALTER TABLE nothing ADD COLUMN x;\n-- migrate:down\n",
    );
    let refused = project.run("1", &["reset", "--allow-data-loss", "all"]);
    assert_eq!(refused.code, Some(1), "{}", refused.stderr);
    assert!(refused.stderr.contains("20990101000000_broken"), "{}", refused.stderr);
    assert_eq!(count(&project.open("app.db"), "SELECT count(*) FROM users"), 3);
}

#[test]
fn a_refresh_resets_migrates_and_seeds() {
    let project = migrated();
    project.open("app.db").execute("INSERT INTO users VALUES (9, 'old', NULL)", []).unwrap();
    let done = project.done("1", &["refresh", "--allow-data-loss", "all", "--json"]).json();
    assert_eq!(done["data"]["seeded"][0]["after"], 3);
    let open = project.open("app.db");
    assert_eq!(count(&open, "SELECT count(*) FROM users WHERE id = 9"), 0);
    assert_eq!(count(&open, "SELECT count(*) FROM orders"), 1);
    let new = Project::new();
    new.done("1", &["generate", "first"]);
    new.done("1", &["refresh"]);
    assert_eq!(count(&new.open("app.db"), "SELECT count(*) FROM users"), 3, "nothing to lose, nothing asked");
    let refused = project.run("3", &["refresh", "--allow-data-loss", "all"]);
    assert_eq!(refused.code, Some(2), "without a seed function nothing is taken down");
    assert_eq!(count(&open, "SELECT count(*) FROM users"), 3);
}
