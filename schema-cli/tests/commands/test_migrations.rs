//! `db-test-migrations`.

use crate::{
    migrate::{add, filled},
    project::Project,
};

#[test]
fn every_migration_goes_up_down_and_up_again_over_rows_and_touches_no_database() {
    let project = filled();
    add(&project, "20990101000000_total", "CREATE INDEX total ON orders(total_cents);", "DROP INDEX total;");
    add(&project, "20990102000000_forget", "DELETE FROM orders;", "-- what was deleted is gone");
    let before = project.bytes();
    let tried = project.done("1", &["test-migrations"]);
    for words in [
        "1/3",
        "up, down, up",
        "20990102000000_forget",
        "No way back",
        "what was deleted is gone",
        "3 migrations tried, 1",
    ] {
        assert!(tried.stdout.contains(words), "{words}\n{}", tried.stdout);
    }
    let json = project.done("1", &["test-migrations", "--json"]).json();
    let second = &json["data"]["migrations"][1];
    assert!(second["rows"].as_u64().unwrap() > 5 && second["irreversible"].is_null(), "{json}");
    assert_eq!(project.bytes(), before);
}

#[test]
fn a_way_down_that_does_not_lead_back_is_named_with_its_file() {
    let project = filled();
    add(
        &project,
        "20990101000000_total",
        "CREATE INDEX total ON orders(total_cents); CREATE TABLE more(x);",
        "DROP INDEX total;",
    );
    let failed = project.run("1", &["test-migrations"]);
    assert_eq!(failed.code, Some(1), "{}", failed.stdout);
    for words in ["down of 20990101000000_total does not give the schema of before", "more", "_total.sql:7"] {
        assert!(failed.stderr.contains(words), "{words}\n{}", failed.stderr);
    }
    // What ran before it is shown.
    assert!(failed.stdout.contains("_initial"), "{}", failed.stdout);
}

#[test]
fn a_statement_that_fails_either_way_is_named_with_its_line() {
    let failing = |up: &str, down: &str| {
        let project = filled();
        add(&project, "20990101000000_total", up, down);
        let failed = project.run("1", &["test-migrations"]);
        assert_eq!(failed.code, Some(1), "{}", failed.stdout);
        failed.stderr
    };
    let up = failing("SELECT 1;\nDROP TABLE absent;", "SELECT 1;");
    assert!(up.contains("no such table: absent") && up.contains("_total.sql:6"), "{up}");
    let down = failing("SELECT 1;", "SELECT 1;\nDROP TABLE absent;");
    assert!(down.contains("no such table: absent") && down.contains("_total.sql:8"), "{down}");
}

#[test]
fn values_that_do_not_come_back_and_rows_that_nothing_fits_are_told() {
    let project = filled();
    add(&project, "20990101000000_older", "UPDATE users SET age = 1;", "SELECT 1;");
    let tried = project.done("1", &["test-migrations"]);
    assert!(tried.stderr.contains("after the way back users.age holds"), "{}", tried.stderr);
    add(
        &project,
        "20990102000000_orphans",
        "DELETE FROM users WHERE id IN (SELECT user_id FROM orders);",
        "SELECT 1;",
    );
    let tried = project.done("1", &["test-migrations"]);
    assert!(tried.stderr.contains("_orphans: tried without rows in"), "{}", tried.stderr);
}

#[test]
fn an_empty_folder_has_nothing_to_try() {
    let project = Project::new();
    let tried = project.done("1", &["test-migrations"]).stdout;
    assert!(tried.contains("0 migrations tried"), "{tried}");
}
