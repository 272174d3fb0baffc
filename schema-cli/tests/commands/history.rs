//! `db-history`.

use std::fs;

use crate::{
    heads::{branch, revision},
    migrate::{add, filled},
    project::Project,
};

#[test]
fn every_revision_is_listed_newest_first_with_what_it_did() {
    let project = filled();
    add(&project, "20990101000000_older", "UPDATE users SET age = 1;", "SELECT 1;");
    project.done("1", &["migrate"]);
    let said = project.done("1", &["history"]).stdout;
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].contains("20990101000000_older") && lines[0].contains("500 rows"), "{said}");
    assert!(lines[1].contains("_initial") && lines[1].contains(" ms"), "{said}");
    let verbose = project.done("1", &["history", "--verbose"]).stdout;
    assert!(
        verbose.contains("follows") && verbose.contains("checksum") && verbose.contains(".sql"),
        "{verbose}"
    );
    let json = project.done("1", &["history", "--json"]).json();
    let rows = json["data"]["history"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["rows"], &rows[0]["kind"]), (2, &500.into(), &"normal".into()));
}

#[test]
fn what_was_edited_accepted_or_is_gone_is_marked() {
    let project = filled();
    let first = revision(&project, "_initial");
    branch(&project, "20990101000000_edited", &first, "UPDATE users SET age = 1;", "SELECT 1;");
    branch(
        &project,
        "20990102000000_gone",
        "20990101000000_edited",
        "UPDATE users SET age = 2;",
        "SELECT 1;",
    );
    project.done("1", &["migrate"]);
    branch(&project, "20990101000000_edited", &first, "UPDATE users SET age = 3;", "SELECT 1;");
    fs::remove_file(project.path("migrations/20990102000000_gone.sql")).unwrap();
    let said = project.done("1", &["history"]).stdout;
    assert!(said.contains("edited\n") && said.contains("file not here"), "{said}");
    project.done("1", &["rollback", "--allow-data-loss", "all"]);
    project.done("1", &["migrate", "--accept-edited", "20990101000000_edited"]);
    let said = project.done("1", &["history"]).stdout;
    assert!(said.contains("accepted"), "{said}");
    assert_eq!(project.run("1", &["status"]).code, Some(0));
}

#[test]
fn a_file_of_another_branch_is_told_apart_from_one_that_is_gone() {
    let project = filled();
    let first = revision(&project, "_initial");
    branch(&project, "20990101000000_theirs", &first, "UPDATE users SET age = 1;", "SELECT 1;");
    project.done("1", &["migrate"]);
    fs::remove_file(project.path("migrations/20990101000000_theirs.sql")).unwrap();
    branch(&project, "20990102000000_mine", &first, "UPDATE users SET age = 2;", "SELECT 1;");
    let not_here = project.run("1", &["migrate"]);
    assert_eq!(not_here.code, Some(7));
    assert!(
        not_here.stderr.contains("applied from a file that is not here")
            && not_here.stderr.contains("fetch the branch"),
        "{}",
        not_here.stderr
    );
    // A file follows it: it was here.
    branch(
        &project,
        "20990103000000_later",
        "20990101000000_theirs",
        "UPDATE users SET age = 3;",
        "SELECT 1;",
    );
    let gone = project.run("1", &["migrate"]);
    assert!(gone.stderr.contains("its file is gone"), "{}", gone.stderr);
}

/// A filled database with two revisions applied, whose second file is cut off, and a third one that is
/// half-written.
fn broken() -> Project {
    let project = filled();
    add(&project, "20990101000000_total", "CREATE INDEX total ON orders(total_cents);", "DROP INDEX total;");
    project.done("1", &["migrate"]);
    let path = "migrations/20990101000000_total.sql";
    let text = fs::read_to_string(project.path(path)).unwrap();
    project.write(path, text.split_once("-- migrate:down").unwrap().0);
    project.write("migrations/20990102000000_open.sql", "-- revision: 20990102000000_open\n-- migrate:up\n");
    project
}

#[test]
fn a_file_that_is_not_whole_is_named_and_leaves_the_history_to_be_read() {
    let project = broken();
    assert_eq!(project.run("1", &["status"]).code, Some(1));
    let said = project.done("1", &["history"]);
    let lines: Vec<&str> = said.stdout.lines().collect();
    assert!(lines[0].contains("_total") && lines[0].contains("file broken"), "{}", said.stdout);
    assert!(lines[1].contains("_initial") && !lines[1].contains("file"), "{}", said.stdout);
    for file in ["20990101000000_total.sql", "20990102000000_open.sql"] {
        assert!(said.stderr.contains(&format!("{file} is left out")), "{file}\n{}", said.stderr);
    }
    let json = project.done("1", &["history", "--json"]).json();
    assert_eq!(json["data"]["history"][0]["standing"], "broken");
    assert_eq!(json["warnings"].as_array().map(Vec::len), Some(2), "{json}");
}

#[test]
fn a_file_that_is_not_whole_is_named_and_keeps_no_revision_from_being_taken_back() {
    let project = broken();
    let before = project.bytes();
    let dry = project.done("1", &["rollback", "--dry-run"]);
    assert!(dry.stdout.contains("20990101000000_total"), "{}", dry.stdout);
    assert!(project.done("1", &["rollback", "--sql"]).stdout.contains("DROP INDEX total"));
    // Nor is it kept quiet where something else is refused, or only printed.
    let warning = "20990102000000_open.sql is left out";
    let asked = project.run("1", &["rollback", "2"]);
    assert_eq!(asked.code, Some(4), "{}", asked.stderr);
    assert!(asked.stderr.contains(warning) && asked.stderr.contains("--allow-data-loss"), "{}", asked.stderr);
    assert_eq!(asked.stderr.matches(warning).count(), 1, "{}", asked.stderr);
    let json = project.run("1", &["rollback", "2", "--json"]).json();
    assert_eq!(
        (json["exit"].as_u64(), json["warnings"].as_array().map(Vec::len)),
        (Some(4), Some(2)),
        "{json}"
    );
    assert!(json["error"]["what"].is_string(), "{json}");
    assert!(project.done("1", &["rollback", "--sql"]).stderr.contains(warning));
    assert_eq!(project.bytes(), before);
    let said = project.done("1", &["rollback"]);
    assert!(said.stdout.contains("1 taken back"), "{}", said.stdout);
    assert!(said.stderr.contains("20990102000000_open.sql is left out"), "{}", said.stderr);
    let left: i64 = project
        .open("app.db")
        .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'total'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0);
    assert_eq!(project.done("1", &["history"]).stdout.lines().count(), 1);
    // What applies files still wants all of them whole.
    assert_ne!(project.run("1", &["migrate"]).code, Some(0));
}
