use std::fs;

use crate::{migrate::filled, project::Project};

fn files(project: &Project) -> usize {
    fs::read_dir(project.path("migrations")).map_or(0, Iterator::count)
}

#[test]
fn a_first_migration_is_written_proved_and_followed_by_what_to_do_next() {
    let project = Project::new();
    let said = project.done("1", &["generate", "initial"]).stdout;
    for line in [
        "Compared  2 models of `app` with 0 migrations",
        "Proved    ",
        "Wrote     ",
        "Next      embedded db migrate",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    assert_eq!(files(&project), 1);
}

#[test]
fn a_rename_is_never_guessed_and_without_a_terminal_it_is_exit_4_with_the_flags() {
    let project = filled();
    let before = project.bytes();
    let ended = project.run("2", &["generate"]);
    assert_eq!(ended.code, Some(4));
    for line in [
        "error: 1 question needs an answer and there is no terminal",
        "users.name -> users.full_name or users.email: renamed, or dropped and added?",
        "answer with   --rename users.name:users.full_name   or   --rename users.name:users.email   or   --drop users.name",
        "state: nothing was written",
    ] {
        assert!(ended.stderr.contains(line), "{line}\n{}", ended.stderr);
    }
    let json = project.run("2", &["generate", "--json", "--yes"]);
    assert_eq!(json.code, Some(2), "db-generate has no --yes");
    assert_eq!(project.run("2", &["generate", "--json"]).json()["exit"], 4);
    assert_eq!(project.bytes(), before);
}

#[test]
fn an_answered_rename_keeps_the_values() {
    let project = filled();
    let said = project.done("2", &["generate", "names", "--rename", "users.name:users.full_name"]).stdout;
    assert!(said.contains("users.name -> full_name"), "{said}");
    assert!(said.contains("users.email"), "{said}");
    assert_eq!(files(&project), 2);
}

#[test]
fn costs_are_told_in_rows_of_the_database_where_it_stands_where_the_files_do() {
    let project = filled();
    let generate = ["generate", "names", "--dry-run", "--rename", "users.name:users.full_name"];
    let said = project.done("2", &generate).stdout;
    for line in ["  ~ users.name -> full_name  rename        instant", "create index  reads 500 rows"] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    let json = project.done("2", &[&generate[..], &["--json"]].concat()).json();
    assert_eq!(json["data"]["changes"][2]["rows"], 500, "{json}");
    // A database that has not seen every file tells nothing about the tables that they build.
    project.done("2", &["generate", "names", "--rename", "users.name:users.full_name"]);
    let behind = project
        .done(
            "1",
            &[
                "generate",
                "back",
                "--dry-run",
                "--no-renames",
                "--drop",
                "users.full_name",
                "--drop",
                "users.email",
                "--backfill",
                "users.name='x'",
            ],
        )
        .stdout;
    assert!(behind.contains("rewrites the table"), "{behind}");
}

#[test]
fn a_loss_that_nobody_permits_is_exit_4_with_the_flags() {
    let project = filled();
    let before = project.bytes();
    let ended = project.run("3", &["generate"]);
    assert_eq!(ended.code, Some(4), "{}", ended.stdout);
    assert!(ended.stderr.contains("--allow-data-loss users.age"), "{}", ended.stderr);
    assert_eq!(project.bytes(), before);
    project.done("3", &["generate", "drop_age", "--allow-data-loss", "users.age"]);
}

#[test]
fn a_column_that_needs_a_value_names_the_backfill_to_write() {
    let project = filled();
    let ended = project.run("4", &["generate"]);
    assert_eq!(ended.code, Some(4), "{}", ended.stdout);
    assert!(ended.stderr.contains("--backfill users.country="), "{}", ended.stderr);
    project.done("4", &["generate", "country", "--backfill", "users.country='DE'"]);
    project.done("4", &["migrate"]);
    let count: i64 = project
        .open("app.db")
        .query_row("SELECT count(*) FROM users WHERE country = 'DE'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(count, 500);
}

#[test]
fn nothing_to_write_is_said_and_exit_0() {
    let project = filled();
    let before = project.bytes();
    let json = project.done("1", &["generate", "--json"]).json();
    assert_eq!(json["data"]["changes"].as_array().unwrap().len(), 0);
    assert_eq!(project.bytes(), before);
}

#[test]
fn dry_runs_and_printed_sql_write_nothing() {
    let project = filled();
    let before = project.bytes();
    let rename = ["--rename", "users.name:users.full_name"];
    let dry = project.done("2", &["generate", "names", "--dry-run", rename[0], rename[1]]).stdout;
    assert!(dry.contains("nothing was written"), "{dry}");
    let sql = project.done("2", &["generate", "names", "--sql", rename[0], rename[1]]).stdout;
    assert!(sql.contains("-- migrate:up") && sql.contains("-- migrate:down"), "{sql}");
    assert_eq!(project.bytes(), before);
}

#[test]
fn an_empty_migration_is_there_to_be_filled_by_hand() {
    let project = filled();
    project.done("1", &["generate", "by_hand", "--empty"]);
    assert_eq!(files(&project), 2);
}

#[test]
fn answers_that_cannot_be_read_or_fit_nothing_are_usage_errors() {
    let project = filled();
    for answer in
        [["--rename", "users.name"], ["--rename", "users.nam:users.full_name"], ["--backfill", "users.age"]]
    {
        let ended = project.run("2", &["generate", answer[0], answer[1]]);
        assert_eq!(ended.code, Some(2), "{answer:?} {}", ended.stderr);
    }
}

#[test]
fn a_live_database_has_to_agree_with_the_migrations_first() {
    let project = filled();
    let rename = "users.name:users.full_name";
    project.done("2", &["generate", "names", "--from", "live", "--rename", rename, "--dry-run"]);
    project.open("app.db").execute_batch("CREATE TABLE by_hand(x)").unwrap();
    let before = project.bytes();
    let ended = project.run("2", &["generate", "names", "--from", "live", "--rename", rename]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("by_hand") && ended.stderr.contains("nothing was written"),
        "{}",
        ended.stderr
    );
    assert_eq!(project.bytes(), before);
}
