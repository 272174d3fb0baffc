//! `db-heads`, and what every command says of branches that are not merged.

use crate::{migrate::filled, project::Project};

/// A filled database, and two branches that follow its only revision.
pub(crate) fn branched() -> Project {
    let project = filled();
    let first = revision(&project, "_initial");
    branch(
        &project,
        "20990101000000_total",
        &first,
        "CREATE INDEX total ON orders(total_cents);",
        "DROP INDEX total;",
    );
    branch(
        &project,
        "20990102000000_city",
        &first,
        "ALTER TABLE users ADD COLUMN city TEXT;\nUPDATE users SET city = 'city of ' || name;",
        "ALTER TABLE users DROP COLUMN city;",
    );
    project
}

/// Writes a migration with these parents.
pub(crate) fn branch(project: &Project, revision: &str, parents: &str, up: &str, down: &str) {
    project.write(
        &format!("migrations/{revision}.sql"),
        &format!("-- revision: {revision}\n-- parents:  {parents}\n\n-- migrate:up\n{up}\n-- migrate:down\n{down}\n"),
    );
}

/// The revision of the folder whose file ends so.
pub(crate) fn revision(project: &Project, end: &str) -> String {
    std::fs::read_dir(project.path("migrations"))
        .unwrap()
        .filter_map(|file| Some(file.unwrap().file_name().to_str()?.strip_suffix(".sql")?.to_owned()))
        .find(|name| name.ends_with(end))
        .unwrap()
}

#[test]
fn one_head_is_listed_and_two_are_a_finding() {
    let project = filled();
    let one = project.done("1", &["heads"]).stdout;
    assert!(one.contains("_initial") && one.contains("applied") && one.contains("the first"), "{one}");
    let project = branched();
    let two = project.run("1", &["heads"]);
    assert_eq!(two.code, Some(3), "{}", two.stderr);
    for words in ["20990101000000_total", "20990102000000_city", "pending", "follows", "embedded db merge"] {
        assert!(two.stdout.contains(words), "{words}\n{}", two.stdout);
    }
    let json = project.run("1", &["heads", "--json"]).json();
    assert_eq!(json["data"]["heads"][1]["revision"], "20990102000000_city");
    assert!(json["data"]["heads"][1]["applied_at"].is_null());
}

#[test]
fn status_and_check_name_the_heads_and_the_command_that_merges_them() {
    let project = branched();
    for command in ["status", "check"] {
        let found = project.run("1", &[command]);
        assert_eq!(found.code, Some(3), "{}", found.stderr);
        for words in ["20990101000000_total", "20990102000000_city", "embedded db merge"] {
            assert!(found.stdout.contains(words), "{command}: {words}\n{}", found.stdout);
        }
    }
}

#[test]
fn branches_that_are_not_merged_are_not_applied_together() {
    let project = branched();
    let before = project.bytes();
    for arguments in [&["migrate"] as &[&str], &["migrate", "--dry-run"], &["migrate", "--sql"]] {
        let refused = project.run("1", arguments);
        assert_eq!(refused.code, Some(7), "{}", refused.stdout);
        assert!(refused.stderr.contains("2 branches are not merged"), "{}", refused.stderr);
        assert!(refused.stderr.contains("embedded db merge checks"), "{}", refused.stderr);
    }
    let generated = project.run("1", &["generate", "more", "--empty"]);
    assert!(
        generated.code == Some(1) && generated.stderr.contains("embedded db merge"),
        "{}",
        generated.stderr
    );
    assert_eq!(project.bytes(), before);
    // One of them is, and the other one then waits for the merge.
    project.done("1", &["migrate", "--to", "city"]);
    assert_eq!(project.run("1", &["migrate", "--to", "total"]).code, Some(7));
    assert_eq!(project.run("1", &["migrate"]).code, Some(7));
    project.done("1", &["migrate", "--to", "city"]);
}

#[test]
fn status_of_two_heads_speaks_of_a_rust_step_only_where_a_file_names_one() {
    let project = branched();
    let found = project.run("1", &["status"]);
    assert_eq!(found.code, Some(3));
    assert!(found.stdout.contains("Found      2 pending, 2 heads"), "{}", found.stdout);
    assert!(!found.stdout.contains("Rust") && !found.stderr.contains("Rust"), "{}", found.stderr);
    let file = "migrations/20990102000000_city.sql";
    let text = std::fs::read_to_string(project.path(file)).unwrap();
    project.write(file, &text.replace("\n\n-- migrate:up", "\n-- rust: cities\n\n-- migrate:up"));
    let found = project.run("1", &["status"]);
    assert!(found.stdout.contains("2 heads") && found.stdout.contains("a Rust step"), "{}", found.stdout);
    assert!(found.stderr.contains("needs the Rust step `cities`"), "{}", found.stderr);
}
