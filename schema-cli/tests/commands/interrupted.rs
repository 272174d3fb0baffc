//! Ctrl-C, sent to the real program.
#![cfg(unix)]

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use crate::{
    migrate::{add, filled},
    project::{Ended, Project, ended},
};

/// A statement that does not end by itself.
const ENDLESS: &str = "UPDATE users SET age = 1;
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000000)
     UPDATE users SET age = (SELECT count(*) FROM n);";

/// Starts a command and reads what it prints until a line with this text is there.
fn until(
    project: &Project,
    release: &str,
    arguments: &[&str],
    text: &str,
) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut command = project.command(release, arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains(text) {
        line.clear();
        assert!(stdout.read_line(&mut line).unwrap() > 0, "{text} was never said");
    }
    (child, stdout)
}

fn send(child: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

fn left(project: &Project) -> Vec<String> {
    let names = |folder: &str| -> Vec<String> {
        let entries = fs::read_dir(project.path(folder)).into_iter().flatten();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let all = [names("."), names("backups")].concat();
    all.into_iter().filter(|name| name.contains("rehearsal") || name.contains("partial")).collect()
}

fn ages(project: &Project) -> i64 {
    project
        .open("app.db")
        .query_row("SELECT count(*) FROM users WHERE age = 1", [], |row| row.get(0))
        .unwrap()
}

fn world() -> Project {
    let project = filled();
    add(&project, "20990101000000_first", "CREATE INDEX orders_total ON orders(total_cents);", "");
    add(&project, "20990102000000_endless", ENDLESS, "");
    project
}

#[test]
fn ctrl_c_in_a_long_statement_rolls_back_and_says_what_stays() {
    for signal in ["-INT", "-TERM"] {
        let project = world();
        let before = ages(&project);
        let (child, _stdout) = until(&project, "1", &["migrate", "-v"], "WITH RECURSIVE");
        send(&child, signal);
        let ended = ended(&child.wait_with_output().unwrap());
        assert_eq!(ended.code, Some(130), "{}", ended.stderr);
        assert!(ended.stderr.contains("stopping"), "{}", ended.stderr);
        let state = "this migration was rolled back; 20990101000000_first stays applied";
        assert!(ended.stderr.contains(state), "{}", ended.stderr);
        assert_eq!(ages(&project), before);
        assert!(left(&project).is_empty());
        // The database is free: the next command goes on where this one ended.
        assert_eq!(project.run("1", &["status"]).code, Some(3));
    }
}

#[test]
fn ctrl_c_in_a_rehearsal_leaves_no_copy_and_a_second_one_ends_at_once() {
    let project = world();
    let (child, _stdout) = until(&project, "1", &["migrate", "--rehearse", "-v"], "Preflight");
    // The copy is there while its statement runs.
    while left(&project).is_empty() {
        std::thread::yield_now();
    }
    send(&child, "-INT");
    let ended = ended(&child.wait_with_output().unwrap());
    assert_eq!(ended.code, Some(130), "{}", ended.stderr);
    assert!(ended.stderr.contains("nothing was changed: the rehearsal ran on a copy"), "{}", ended.stderr);
    assert!(left(&project).is_empty(), "{:?}", left(&project));

    let (child, _stdout) = until(&project, "1", &["migrate", "-v"], "WITH RECURSIVE");
    send(&child, "-INT");
    send(&child, "-INT");
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
    assert_eq!(project.run("1", &["status"]).code, Some(3));
}

/// A statement that does not end by itself on an empty database either.
const ENDLESS_ANYWHERE: &str = "CREATE TABLE numbers (n INTEGER);
     INSERT INTO numbers WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n;";

#[test]
fn ctrl_c_while_the_files_are_tried_on_a_scratch_database_ends_the_command() {
    for (arguments, signal) in [
        (&["migrate", "-v"][..], "-INT"),
        (&["migrate", "--dry-run", "-v"], "-TERM"),
        (&["migrate", "--preflight", "-v"], "-HUP"),
    ] {
        let project = filled();
        add(&project, "20990101000000_numbers", ENDLESS_ANYWHERE, "DROP TABLE numbers;");
        let (mut child, _stdout) = until(&project, "1", arguments, "trying on a scratch database");
        send(&child, signal);
        // Who does not obey would run for ever.
        for _ in 0..600 {
            if child.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        child.kill().unwrap();
        let ended = ended(&child.wait_with_output().unwrap());
        assert_eq!(ended.code, Some(130), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains("state: nothing was changed"), "{}", ended.stderr);
        assert_eq!(project.run("1", &["status"]).code, Some(3));
    }
}

#[test]
fn an_interrupted_command_prints_its_object() {
    let project = world();
    let mut command = project.command("1", &["migrate", "--json"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The first revision is committed before the endless one begins.
    let is_applied = || {
        let found = project.open("app.db").query_row(
            "SELECT count(*) FROM sqlite_schema WHERE name = 'orders_total'",
            [],
            |row| row.get::<_, i64>(0),
        );
        found.unwrap_or(0) == 1
    };
    while !is_applied() {
        std::thread::yield_now();
    }
    send(&child, "-INT");
    let json = ended(&child.wait_with_output().unwrap()).json();
    assert_eq!(json["exit"], 130);
    assert_eq!(json["error"]["what"], "interrupted");
}

/// Enough that does not pack that a backup of it takes a while.
fn large() -> Project {
    let project = filled();
    project
        .open("app.db")
        .execute_batch(
            "CREATE TABLE noise (bytes BLOB);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
             INSERT INTO noise SELECT randomblob(100000) FROM n;",
        )
        .unwrap();
    project
}

/// Starts a command, sends it a signal as soon as something is half made, and waits for its end.
fn stopped(project: &Project, arguments: &[&str], signal: &str, is_begun: impl Fn() -> bool) -> Ended {
    let mut command = project.command("1", arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while !is_begun() {
        assert!(child.try_wait().unwrap().is_none(), "it has ended before anything was seen");
        std::thread::yield_now();
    }
    send(&child, signal);
    ended(&child.wait_with_output().unwrap())
}

fn names(project: &Project, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(project.path(folder)).into_iter().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_backup_that_is_stopped_leaves_no_half_file() {
    for signal in ["-INT", "-TERM"] {
        let project = large();
        let is_begun = || !names(&project, "backups").is_empty();
        let ended = stopped(&project, &["backup"], signal, is_begun);
        assert_eq!(ended.code, Some(130), "{}", ended.stderr);
        assert_eq!(names(&project, "backups"), Vec::<String>::new());
        assert!(project.done("1", &["list-backups"]).stdout.contains("no backups"));
    }
}

#[test]
fn a_restore_that_is_stopped_at_the_backup_before_it_leads_nobody_into_loss() {
    let project = large();
    project.done("1", &["backup"]);
    let taken = names(&project, "backups");
    project.open("app.db").execute_batch("DELETE FROM orders WHERE id > 7").unwrap();
    let is_begun = || names(&project, "backups").len() > taken.len();
    let ended = stopped(&project, &["restore", "1", "--yes"], "-TERM", is_begun);
    assert_eq!(ended.code, Some(130), "{}", ended.stderr);
    assert!(!ended.stderr.contains("--no-backup"), "{}", ended.stderr);
    assert_eq!(names(&project, "backups"), taken);
    let orders: i64 =
        project.open("app.db").query_row("SELECT count(*) FROM orders", [], |row| row.get(0)).unwrap();
    assert_eq!(orders, 7);
}

/// What takes a while for each row, and what is put in its place the next time.
const SLOW: &str =
    "users.country=(WITH RECURSIVE n(i) AS (SELECT id UNION ALL SELECT i + 1 FROM n WHERE i < 8000)
     SELECT 'DE' || count(*) FROM n)";
const QUICK: &str = "users.country='DE'";

#[test]
fn a_push_or_an_applied_difference_that_is_stopped_is_rolled_back_and_says_so() {
    let diff = ["diff", "--from", "app.db", "--to", "models", "--apply"];
    for (arguments, signal) in [(&["push"][..], "-TERM"), (&diff, "-INT")] {
        let project = filled();
        let before = project.open("app.db").prepare("SELECT * FROM users").unwrap().column_count();
        let slow = [arguments, &["-v", "--backfill", SLOW]].concat();
        // The second step copies the rows.
        let (child, _stdout) = until(&project, "4", &slow, " line 2: ");
        send(&child, signal);
        let ended = ended(&child.wait_with_output().unwrap());
        assert_eq!(ended.code, Some(130), "{}", ended.stderr);
        let state = "state: everything was rolled back; nothing was changed";
        assert!(ended.stderr.contains("stopping") && ended.stderr.contains(state), "{}", ended.stderr);
        let has_status = ended.stderr.contains("db status");
        assert_eq!(has_status, arguments[0] == "push", "two databases have no status: {}", ended.stderr);
        let open = project.open("app.db");
        assert_eq!(open.prepare("SELECT * FROM users").unwrap().column_count(), before);
        let left: i64 = open
            .query_row(
                "SELECT count(*) FROM sqlite_schema WHERE type = 'table'
                 AND name NOT IN ('users', 'orders', '_schema_migrations') AND name NOT LIKE 'sqlite%'",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(left, 0);
        drop(open);
        // The database is free, and nothing of the first try is in the way of the next.
        project.done("4", &[arguments, &["--backfill", QUICK]].concat());
        let rows = "SELECT count(*) FROM users WHERE country = 'DE'";
        assert_eq!(project.open("app.db").query_row(rows, [], |row| row.get::<_, i64>(0)).unwrap(), 500);
    }
}

#[test]
fn a_push_or_an_applied_difference_that_waits_for_a_writer_stops_waiting() {
    let diff = ["diff", "--from", "app.db", "--to", "models", "--apply", "--no-backup"];
    for arguments in [&["push", "--no-backup"][..], &diff] {
        let project = filled();
        let writer = project.open("app.db");
        writer.execute_batch("BEGIN IMMEDIATE").unwrap();
        let arguments = [arguments, &["--backfill", QUICK]].concat();
        let (child, _stdout) = until(&project, "4", &arguments, "Preflight");
        send(&child, "-INT");
        let ended = ended(&child.wait_with_output().unwrap());
        assert_eq!(ended.code, Some(130), "{}", ended.stderr);
        assert!(ended.stderr.contains("nothing was changed"), "{}", ended.stderr);
    }
}

#[test]
fn a_cleaning_that_is_stopped_leaves_what_it_has_not_reached() {
    let project = Project::new();
    project.done("care", &["generate", "initial"]);
    project.done("care", &["migrate"]);
    // Every row that goes takes its time.
    project
        .open("app.db")
        .execute_batch(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
             INSERT INTO backups (id, name, created_at) SELECT i, 'b', '2020-01-01 00:00:00' FROM n;
             CREATE TRIGGER slowly BEFORE DELETE ON backups BEGIN
                 SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n);
             END;",
        )
        .unwrap();
    let (child, _stdout) =
        until(&project, "care", &["clean", "backups", "--older-than", "90d", "--yes"], "Backup ");
    let count = || -> i64 {
        let open = project.open("app.db");
        open.query_row("SELECT count(*) FROM backups", [], |row| row.get(0)).unwrap()
    };
    while count() == 20_000 {
        std::thread::yield_now();
    }
    send(&child, "-INT");
    let said = ended(&child.wait_with_output().unwrap());
    assert_eq!(said.code, Some(130), "{}", said.stderr);
    let left = count();
    assert!((1..20_000).contains(&left), "{left}");
    // Whole batches go, one after the other: what is left has no gaps.
    let first: i64 =
        project.open("app.db").query_row("SELECT min(id) FROM backups", [], |row| row.get(0)).unwrap();
    assert_eq!(first, 20_001 - left);
    assert!(said.stderr.contains(&format!("{} rows are deleted", 20_000 - left)), "{}", said.stderr);
    project.open("app.db").execute_batch("DROP TRIGGER slowly").unwrap();
    project.done("care", &["clean", "backups", "--older-than", "90d", "--yes", "--no-backup"]);
    assert_eq!(count(), 0, "the next call goes on");
}
