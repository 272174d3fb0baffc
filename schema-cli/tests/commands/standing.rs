//! `db-status` and `db-check`.

use crate::{migrate::filled, project::Project};

#[test]
fn pending_revisions_are_exit_3_and_none_are_exit_0() {
    let project = Project::new();
    project.done("1", &["generate", "initial"]);
    let pending = project.run("1", &["status"]);
    assert_eq!(pending.code, Some(3), "{}", pending.stderr);
    assert!(
        pending.stdout.contains("pending") && pending.stdout.contains("Next       embedded db migrate"),
        "{}",
        pending.stdout
    );
    project.done("1", &["migrate"]);
    let applied = project.done("1", &["status"]);
    assert!(applied.stdout.contains("_initial") && applied.stdout.contains("applied"), "{}", applied.stdout);
    let json = project.done("1", &["status", "--json"]).json();
    assert_eq!(json["data"]["applied"].as_array().unwrap().len(), 1);
    assert_eq!(json["data"]["pending"].as_array().unwrap().len(), 0);
}

#[test]
fn a_database_that_fits_is_exit_0() {
    let project = filled();
    let said = project.done("1", &["check"]).stdout;
    assert!(said.contains("database = migrations = models"), "{said}");
}

#[test]
fn drift_is_exit_3_with_every_place() {
    let project = filled();
    project
        .open("app.db")
        .execute_batch("CREATE TABLE tmp_import(x); CREATE INDEX by_age ON users(age);")
        .unwrap();
    let before = project.bytes();
    let drift = project.run("1", &["check"]);
    assert_eq!(drift.code, Some(3), "{}", drift.stderr);
    assert!(drift.stdout.contains("tmp_import") && drift.stdout.contains("by_age"), "{}", drift.stdout);
    assert!(drift.stdout.contains("Fix: "), "{}", drift.stdout);
    let json = project.run("1", &["check", "--json"]).json();
    assert_eq!((json["exit"].as_i64(), json["ok"].as_bool()), (Some(3), Some(false)));
    assert_eq!(project.bytes(), before);
}

#[test]
fn models_ahead_of_the_migrations_are_drift() {
    let project = filled();
    let drift = project.run("2", &["check"]);
    assert_eq!(drift.code, Some(3), "{}", drift.stderr);
    assert!(drift.stdout.contains("full_name"), "{}", drift.stdout);
    assert!(drift.stdout.contains("Fix: embedded db generate (make a migration)"), "{}", drift.stdout);
}
