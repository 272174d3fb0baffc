//! `db-migrate --accept-edited`.

use crate::{
    heads::{branch, revision},
    migrate::{add, filled},
    project::Project,
};

const EDITED: &str = "20990101000000_ages";

/// A filled database whose second migration was edited after it was applied.
fn edited() -> Project {
    let project = filled();
    add(&project, EDITED, "UPDATE users SET age = 1;", "SELECT 1;");
    project.done("1", &["migrate"]);
    branch(&project, EDITED, &revision(&project, "_initial"), "UPDATE users SET age = 2;", "SELECT 1;");
    project
}

#[test]
fn what_is_accepted_is_told_in_words_in_json_and_by_a_dry_run() {
    let project = edited();
    let before = project.bytes();
    let dry = project.done("1", &["migrate", "--accept-edited", EDITED, "--dry-run"]).stdout;
    assert!(dry.contains(&format!("Accepted   {EDITED}: its edited file would be taken")), "{dry}");
    let json = project.done("1", &["migrate", "--accept-edited", EDITED, "--dry-run", "--json"]).json();
    assert_eq!(json["data"]["accepted"][0], EDITED);
    assert_eq!(project.bytes(), before);
    // By its name, as every other revision can be named.
    let said = project.done("1", &["migrate", "--accept-edited", "ages"]).stdout;
    assert!(said.contains(&format!("Accepted   {EDITED}: its edited file is taken")), "{said}");
    assert!(project.done("1", &["history"]).stdout.contains("accepted"));
    let json = project.done("1", &["migrate", "--json"]).json();
    assert_eq!(json["data"]["accepted"].as_array().map(Vec::len), Some(0), "{json}");
}

#[test]
fn a_revision_that_is_not_there_is_a_usage_error_with_the_one_that_was_meant() {
    let project = edited();
    let before = project.bytes();
    for arguments in [
        &["migrate", "--accept-edited", "20990101000000_agse"] as &[&str],
        &["migrate", "--accept-edited", "agse", "--dry-run"],
        &["migrate", "--accept-edited", "agse", "--url", "new.db"],
    ] {
        let refused = project.run("1", arguments);
        assert_eq!(refused.code, Some(2), "{}", refused.stdout);
        for words in ["there is no revision", "did you mean 20990101000000_ages?", "nothing was changed"] {
            assert!(refused.stderr.contains(words), "{words}\n{}", refused.stderr);
        }
    }
    assert_eq!(project.bytes(), before);
}

#[test]
fn a_file_that_was_not_edited_is_said_to_need_no_accepting() {
    let project = filled();
    add(&project, EDITED, "UPDATE users SET age = 1;", "SELECT 1;");
    let said = project.done("1", &["migrate", "--accept-edited", "ages"]);
    assert!(said.stderr.contains(&format!("{EDITED} is not applied yet")), "{}", said.stderr);
    let said = project.done("1", &["migrate", "--accept-edited", "ages"]);
    assert!(said.stderr.contains(&format!("{EDITED} was not edited")), "{}", said.stderr);
    assert!(!said.stdout.contains("Accepted"), "{}", said.stdout);
    let json = project.done("1", &["migrate", "--accept-edited", "ages", "--json"]).json();
    assert!(json["warnings"][0].as_str().unwrap().contains("was not edited"), "{json}");
}
