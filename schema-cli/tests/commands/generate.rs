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

const SETTINGS: &str = "[app]\nurl = \"sqlite:app.db\"\nmigrations = \"migrations\"\n";

fn newest(project: &Project) -> std::path::PathBuf {
    let files = fs::read_dir(project.path("migrations")).unwrap().map(|file| file.unwrap().path());
    files.max().unwrap()
}

#[test]
fn what_is_found_is_told_in_the_terminal_in_json_and_in_the_file() {
    let project = Project::new();
    let told = project.done("1", &["generate", "initial", "--dry-run"]);
    let finding = "L010 orders.user_id: the foreign key to users has no index";
    assert!(told.stderr.contains(&format!("warning: {finding}")), "{}", told.stderr);
    assert!(!told.stdout.contains("L025"), "a note is not told: {}", told.stdout);
    let json = project.done("1", &["generate", "initial", "--json"]).json();
    assert!(json["warnings"][0].as_str().unwrap().starts_with(finding), "{json}");
    let found = &json["data"]["findings"][0];
    assert_eq!((&found["code"], &found["severity"]), (&"L010".into(), &"warning".into()), "{json}");
    let text = fs::read_to_string(newest(&project)).unwrap();
    let header = text.split("-- migrate:up").next().unwrap();
    assert!(header.contains(&format!("\n-- {finding}")) && !header.contains("L025"), "{text}");
    project.done("1", &["migrate"]);
}

#[test]
fn a_code_that_the_settings_allow_is_told_only_when_asked_for() {
    let project = Project::new();
    project.write("schema.toml", &format!("{SETTINGS}allow = [\"L010\"]\n"));
    let quiet = project.done("1", &["generate", "initial", "--dry-run"]);
    assert!(!quiet.stderr.contains("L010") && !quiet.stdout.contains("L010"), "{}", quiet.stderr);
    let verbose = project.done("1", &["generate", "initial", "--dry-run", "-v"]).stdout;
    assert!(
        verbose.contains("Allowed   L010 orders.user_id: ") && verbose.contains("(allowed in schema.toml)"),
        "{verbose}"
    );
    assert!(verbose.contains("Note      L025 orders: "), "{verbose}");
    assert!(verbose.contains("Up         1  create table users: instant"), "{verbose}");
    assert!(verbose.contains("Down       1  drop table "), "{verbose}");
    project.done("1", &["generate", "initial"]);
    assert!(!fs::read_to_string(newest(&project)).unwrap().contains("L010"));
    project.write("schema.toml", &format!("{SETTINGS}allow = [\"L10\"]\n"));
    let refused = project.run("1", &["generate"]);
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.stderr.contains("did you mean `L010`") && refused.stderr.contains("schema.toml:4"),
        "{}",
        refused.stderr
    );
}

#[test]
fn a_drop_is_told_with_its_rows_and_again_when_it_is_applied_unless_the_file_allows_it() {
    let project = filled();
    let told = project.done("3", &["generate", "drop_age", "--allow-data-loss", "users.age"]);
    let finding = "L002 users.age: the column is dropped with every value (500 rows in the database at hand)";
    assert!(told.stderr.contains(finding), "{}", told.stderr);
    let path = newest(&project);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("-- migrate:down\n-- the values of users.age cannot come back"), "{text}");
    let dry = project.done("3", &["migrate", "--dry-run"]).stderr;
    assert!(dry.contains(finding), "{dry}");
    let check = project.run("3", &["check", "--lint"]);
    assert!(check.stdout.contains("Lint: 1 finding in pending files"), "{}", check.stdout);
    assert!(check.stdout.contains(finding), "{}", check.stdout);
    for (line, wrong) in [("L999 because", "there is no lint `L999`"), ("L002", "gives no reason")] {
        fs::write(&path, text.replacen("\n\n", &format!("\n-- allow: {line}\n\n"), 1)).unwrap();
        let refused = project.run("3", &["migrate", "--dry-run"]);
        assert!(refused.code != Some(0) && refused.stderr.contains(wrong), "{}", refused.stderr);
        assert!(refused.stderr.contains("drop_age.sql:"), "{}", refused.stderr);
    }
    let allowed = text.replacen("\n\n", "\n-- allow: L002 nobody is ever asked for their age\n\n", 1);
    fs::write(&path, allowed).unwrap();
    assert!(!project.done("3", &["migrate", "--dry-run"]).stderr.contains("L002"));
    let told = project.run("3", &["check", "--lint", "-v"]).stdout;
    assert!(told.contains("(allowed in the file: nobody is ever asked for their age)"), "{told}");
    assert!(!project.done("3", &["migrate"]).stderr.contains("L002"));
}

#[test]
fn everything_that_can_be_said_about_the_models_is_listed_on_request_with_its_rows() {
    let project = filled();
    assert_eq!(project.run("1", &["check"]).code, Some(0), "findings are no drift");
    let listed = project.run("1", &["check", "--lint"]);
    assert_eq!(listed.code, Some(3), "{}", listed.stderr);
    assert!(listed.stdout.contains("Lint: 1 finding in the models"), "{}", listed.stdout);
    assert!(
        listed.stdout.contains("L010 orders.user_id  2,000 rows  the foreign key to users"),
        "{}",
        listed.stdout
    );
    let json = project.run("1", &["check", "--lint", "--json"]).json();
    assert_eq!(json["data"]["findings"][0]["code"], "L010", "{json}");
    project.write("schema.toml", &format!("{SETTINGS}allow = [\"L010\"]\n"));
    assert_eq!(project.run("1", &["check", "--lint"]).code, Some(0));
}

#[test]
fn what_is_dropped_is_kept_aside_on_request_and_comes_back_or_goes_for_good_when_asked() {
    let project = filled();
    let ages = "SELECT group_concat(id || ' ' || quote(age)) FROM users";
    let read = |sql: &str| -> String { project.open("app.db").query_row(sql, [], |row| row.get(0)).unwrap() };
    let before = read(ages);
    let said = project.done("3", &["generate", "--keep-dropped"]);
    assert!(
        said.stdout.contains("_kept_users_age") && said.stdout.contains("_drop_age.sql"),
        "{}",
        said.stdout
    );
    assert!(!said.stderr.contains("L002"), "nothing is lost: {}", said.stderr);
    project.done("3", &["migrate"]);
    assert_eq!(read("SELECT count(*) || '' FROM _kept_users_age"), "500");
    // Neither a difference nor anything that the next migration would touch.
    project.done("3", &["check"]);
    assert!(!project.run("3", &["check", "--lint"]).stdout.contains("_kept_"));
    let next = project.done("3", &["generate", "--json"]).json();
    assert_eq!(next["data"]["changes"], serde_json::json!([]), "{next}");
    project.done("3", &["rollback"]);
    assert_eq!(read(ages), before);
    assert_eq!(read("SELECT count(*) || '' FROM sqlite_schema WHERE name LIKE '%kept%'"), "0");

    project.done("3", &["migrate"]);
    let gone = project.done("3", &["generate", "tidy", "--drop-kept"]);
    assert!(
        gone.stderr.contains("L001 _kept_users_age: the table is dropped with every row (500 rows"),
        "{}",
        gone.stderr
    );
    project.done("3", &["migrate"]);
    project.done("3", &["check"]);
    assert_eq!(read("SELECT count(*) || '' FROM sqlite_schema WHERE name LIKE '%kept%'"), "0");
    project.done("3", &["rollback", "2"]);
    assert_eq!(read("SELECT count(*) || ' ' || count(age) FROM users"), "500 0", "as the file said");
    let refused = project.run("3", &["generate", "--drop-kept", "--keep-dropped"]);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
}

#[test]
fn a_column_that_waits_for_a_value_is_answered_by_a_flag_and_not_by_a_terminal() {
    let project = Project::new();
    std::fs::remove_file(project.path("schema.toml")).unwrap();
    project
        .open("a.db")
        .execute_batch("CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2)")
        .unwrap();
    project.open("b.db").execute_batch("CREATE TABLE t(id INTEGER PRIMARY KEY, n TEXT NOT NULL)").unwrap();
    let ended = project.run("1", &["diff", "--from", "a.db", "--to", "b.db", "--apply"]);
    assert_eq!(ended.code, Some(4), "{}", ended.stderr);
    assert!(ended.stderr.contains("1 question needs an answer that a flag gives"), "{}", ended.stderr);
    assert!(ended.stderr.contains("--backfill") && !ended.stderr.contains("no terminal"), "{}", ended.stderr);
}
