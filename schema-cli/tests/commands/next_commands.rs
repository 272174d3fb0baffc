//! What a command prints to be typed next, typed as it is printed, into a shell.

use std::{
    fs,
    process::{Command, Stdio},
};

use crate::{
    migrate::{add, filled},
    project::{Ended, Project, ended},
};

/// What stands behind `mark` up to the end of the line or a remark, run by a shell.
fn typed(project: &Project, said: &str, mark: &str) -> Ended {
    let line = said.split(mark).nth(1).unwrap_or_else(|| panic!("no `{mark}` in\n{said}"));
    let line = line.lines().next().unwrap_or_default();
    let line = line.split([',', '(']).next().unwrap_or_default().trim();
    let words = line.strip_prefix("embedded db ").unwrap_or_else(|| panic!("`{line}` is no command"));
    let plain = project.command("1", &[]);
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("\"$0\" db {words}"), plain.get_program().to_str().unwrap()]);
    shell.current_dir(plain.get_current_dir().unwrap());
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    ended(&shell.stdin(Stdio::null()).output().unwrap())
}

/// The project with a second database beside the configured one, in a folder with a space.
fn two() -> Project {
    let project = filled();
    fs::create_dir(project.path("my files")).unwrap();
    fs::copy(project.path("app.db"), project.path("my files/other.db")).unwrap();
    project
}

const OTHER: [&str; 2] = ["--url", "sqlite:my files/other.db"];

fn with_other(arguments: &[&str]) -> Vec<String> {
    [arguments, &OTHER].concat().iter().map(|word| (*word).to_owned()).collect()
}

fn run(project: &Project, arguments: &[&str]) -> Ended {
    let words = with_other(arguments);
    project.run("1", &words.iter().map(String::as_str).collect::<Vec<_>>())
}

fn has_index(project: &Project, name: &str) -> bool {
    project
        .open(name)
        .query_row("SELECT count(*) > 0 FROM sqlite_schema WHERE name = 'orders_total'", [], |row| row.get(0))
        .unwrap()
}

#[cfg(unix)]
#[test]
fn what_is_printed_works_on_the_database_that_was_named() {
    let project = two();
    add(
        &project,
        "20990101000000_first",
        "CREATE INDEX orders_total ON orders(total_cents);",
        "DROP INDEX orders_total;",
    );
    project.done("1", &["migrate"]);
    // What is pending there is applied there, and taken back there.
    let dry = run(&project, &["migrate", "--dry-run"]);
    let migrated = typed(&project, &dry.stdout, "Next       ");
    assert_eq!(migrated.code, Some(0), "{}", migrated.stderr);
    assert!(has_index(&project, "my files/other.db"));
    let undone = typed(&project, &migrated.stdout, "Undo: ");
    assert_eq!(undone.code, Some(0), "{}", undone.stderr);
    assert!(has_index(&project, "app.db") && !has_index(&project, "my files/other.db"));

    // A restore that is not confirmed yet, and its way back.
    let taken = run(&project, &["backup"]);
    project.open("my files/other.db").execute_batch("DELETE FROM orders WHERE id > 5").unwrap();
    let orders = |name: &str| -> i64 {
        project.open(name).query_row("SELECT count(*) FROM orders", [], |row| row.get(0)).unwrap()
    };
    let asked = typed(&project, &taken.stdout, "Next       ");
    assert_eq!(asked.code, Some(4), "{}", asked.stderr);
    let restored = typed(&project, &asked.stderr, "next:  ");
    assert_eq!((restored.code, orders("my files/other.db")), (Some(0), 2000), "{}", restored.stderr);
    let back = typed(&project, &restored.stdout, "Undo: ");
    assert_eq!(typed(&project, &back.stderr, "next:  ").code, Some(0));
    assert_eq!((orders("app.db"), orders("my files/other.db")), (2000, 5));
}

#[test]
fn an_error_tells_its_command_with_the_flags_also_as_json() {
    let project = two();
    let flags = "--url 'sqlite:my files/other.db'";
    let unknown = run(&project, &["restore", "nobody"]);
    assert!(
        unknown.stderr.contains(&format!("next:  embedded db list-backups {flags}")),
        "{}",
        unknown.stderr
    );
    let json = run(&project, &["restore", "nobody", "--json"]).json();
    assert_eq!(json["error"]["next"][0], format!("embedded db list-backups {flags}"));
    // Without flags nothing is added.
    let plain = project.run("1", &["restore", "nobody"]);
    assert!(plain.stderr.ends_with("next:  embedded db list-backups\n"), "{}", plain.stderr);
}

#[test]
fn each_of_many_databases_is_named_in_its_own_next_command() {
    let project = two();
    fs::write(project.path("my files/broken.db"), "no database at all, ".repeat(400)).unwrap();
    add(&project, "20990101000000_first", "UPDATE nothing SET a = 1;", "");
    let ended = project.run("1", &["migrate", "--each", "my files/*.db"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stdout);
    let again = "embedded db migrate --each 'my files/*.db' (what is done is left alone)";
    assert!(ended.stderr.contains(again), "{}", ended.stderr);
}

#[test]
fn what_a_person_has_written_is_told_as_it_stands() {
    let project = filled();
    let sql = "INSERT INTO users VALUES (1, 'see db-migrate and db-restore', 1);";
    add(&project, "20990101000000_clash", sql, "");
    let ended = project.run("1", &["migrate"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains("'see db-migrate and db-restore'"), "{}", ended.stderr);
    let json = project.run("1", &["migrate", "--json"]).json();
    assert!(json["error"]["why"].as_str().unwrap().contains("'see db-migrate and db-restore'"), "{json}");
    let unknown = project.run("1", &["restore", "nope db-migrate"]);
    assert!(unknown.stderr.contains("there is no backup `nope db-migrate`"), "{}", unknown.stderr);
}

#[test]
fn a_path_in_a_next_command_is_one_word_of_a_shell() {
    let project = filled();
    let url = "sqlite:no folder/db-check me.db";
    let missing = project.run("1", &["migrate", "--url", url]);
    assert!(missing.stderr.contains("next:  mkdir -p 'no folder'"), "{}", missing.stderr);
    assert!(missing.stderr.contains("db-check me.db"), "{}", missing.stderr);
}

#[test]
fn what_a_dry_run_says_next_has_every_answer_that_it_was_given() {
    let project = filled();
    add(&project, "20990101000000_a", "CREATE INDEX by_age ON users(age);", "DROP INDEX by_age;");
    project.done("1", &["migrate"]);
    let path = "migrations/20990101000000_a.sql";
    let text = fs::read_to_string(project.path(path)).unwrap();
    project.write(path, &text.replace("users(age)", "users(name)"));
    add(&project, "20990102000000_b", "CREATE INDEX by_user ON orders(user_id);", "DROP INDEX by_user;");
    let flags = ["--no-backup", "--skip-preflight", "space", "--accept-edited", "20990101000000_a", "--yes"];
    let dry = project.done("1", &[&["migrate", "--dry-run"][..], &flags].concat()).stdout;
    let next = dry.lines().find_map(|line| line.strip_prefix("Next       embedded db ")).unwrap();
    for flag in ["--no-backup", "--skip-preflight space", "--accept-edited 20990101000000_a", "--yes"] {
        assert!(next.contains(flag), "{flag}: {next}");
    }
    let done = project.done("1", &next.split(' ').collect::<Vec<_>>()).stdout;
    assert!(done.contains("1 applied") && !done.contains("Backup"), "{done}");

    // A database that is lost is begun anew by what its dry run says.
    project.done("1", &["backup"]);
    fs::remove_file(project.path("app.db")).unwrap();
    let dry = project.done("1", &["migrate", "--new", "--dry-run"]).stdout;
    assert!(dry.contains("Next       embedded db migrate --new\n"), "{dry}");
}

#[test]
fn a_file_that_is_gone_is_to_be_restored_and_its_neighbours_are_no_branches() {
    let project = filled();
    add(&project, "20990101000000_a", "CREATE INDEX by_age ON users(age);", "DROP INDEX by_age;");
    add(&project, "20990102000000_b", "CREATE INDEX by_user ON orders(user_id);", "DROP INDEX by_user;");
    project.done("1", &["migrate"]);
    fs::remove_file(project.path("migrations/20990101000000_a.sql")).unwrap();
    for command in ["status", "heads"] {
        let said = project.run("1", &[command]);
        assert_eq!(said.code, Some(3), "{}", said.stderr);
        let next = "Next       restore 20990101000000_a.sql from version control";
        assert!(said.stdout.contains(next), "{command}: {}", said.stdout);
        assert!(!said.stdout.contains("merge"), "{command}: {}", said.stdout);
    }
    assert!(!project.run("1", &["status"]).stdout.contains("2 heads"));
}

#[test]
fn every_command_names_the_newest_good_backup_of_a_database_that_is_lost() {
    let project = filled();
    let id = project.done("1", &["backup", "--json"]).json()["data"]["id"].as_str().unwrap().to_owned();
    for left in [None, Some("")] {
        fs::remove_file(project.path("app.db")).unwrap();
        left.inspect(|text| project.write("app.db", text));
        for command in ["status", "check", "rollback", "backup"] {
            let said = project.run("1", &[command]);
            let all = format!("{}{}", said.stdout, said.stderr);
            assert!(
                all.contains(&format!("embedded db restore {id} (the newest good backup")),
                "{command}: {all}"
            );
            assert!(all.contains("embedded db migrate --new"), "{command}: {all}");
        }
        project.done("1", &["restore", &id, "--yes"]);
    }
}
