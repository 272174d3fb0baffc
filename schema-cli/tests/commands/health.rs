//! `db-health`: whether a database is whole, and what it is.

use std::{fs, os::unix::fs::FileExt as _};

use crate::{migrate::filled, project::Project};

#[test]
fn a_good_database_is_healthy_and_nothing_is_written() {
    let project = filled();
    let before = fs::read(project.path("app.db")).unwrap();
    let told = project.done("1", &["health"]);
    assert!(told.stdout.contains("Done       healthy"), "{}", told.stdout);
    let verbose = project.done("1", &["health", "--verbose"]);
    let verbose = format!("{}{}", verbose.stdout, verbose.stderr);
    for word in [
        "Integrity  ok",
        "every row has its parent",
        "Attached   main",
        "SQLite     3.",
        "Compiled   ENABLE_FTS5",
    ] {
        assert!(verbose.contains(word), "{word}: {verbose}");
    }
    let data = project.done("1", &["health", "--json"]).json();
    assert_eq!(data["data"]["healthy"], true);
    assert_eq!(data["data"]["bytes"], before.len());
    assert_eq!(data["data"]["attached"][0]["name"], "main");
    assert!(data["data"]["compile_options"].as_array().unwrap().len() > 10);
    assert_eq!(fs::read(project.path("app.db")).unwrap(), before, "health has written");
}

#[test]
fn rows_without_their_parent_are_a_finding() {
    let project = filled();
    project
        .open("app.db")
        .execute_batch(
            "PRAGMA foreign_keys = OFF; DELETE FROM users WHERE id = (SELECT min(user_id) FROM orders)",
        )
        .unwrap();
    let told = project.run("1", &["health"]);
    assert_eq!(told.code, Some(3), "{}", told.stderr);
    assert!(told.stdout.contains("of orders without their users"), "{}", told.stdout);
}

#[test]
fn a_damaged_page_is_named_and_so_is_the_newest_good_backup() {
    let project = filled();
    project.done("1", &["backup"]);
    damage(&project);
    let told = project.run("1", &["health"]);
    assert_eq!(told.code, Some(6), "{}", told.stderr);
    assert!(told.stderr.contains("is damaged"), "{}", told.stderr);
    assert!(told.stderr.contains("db restore "), "{}", told.stderr);
    let data = project.run("1", &["health", "--json"]).json();
    assert_eq!(data["data"]["healthy"], false, "{data:#}");
    assert!(!data["data"]["faults"].as_array().unwrap().is_empty());
}

#[test]
fn a_database_that_is_not_there_is_told() {
    let project = Project::new();
    let told = project.run("1", &["health"]);
    assert_ne!(told.code, Some(0));
    assert!(!project.path("app.db").exists(), "health has made a database");
}

/// The head of an index's page is overwritten: every row is still there, and SQLite finds the fault.
fn damage(project: &Project) {
    let path = project.path("app.db");
    let file = fs::File::options().write(true).open(&path).unwrap();
    let page: i64 = schema_core::rusqlite::Connection::open(&path)
        .unwrap()
        .query_row(
            "SELECT rootpage FROM sqlite_schema WHERE type = 'index' ORDER BY rootpage LIMIT 1",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let at = (u64::try_from(page).unwrap() - 1) * 4096;
    file.write_all_at(&[0xff; 64], at).unwrap();
}
