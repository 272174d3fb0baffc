use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
};

use crate::{
    migrate::{add, filled},
    project::Project,
};

const REVISION: &str = "20990101000000_alone";

/// A file whose second statement does not end by itself, each to run alone.
fn world(second: &str) -> Project {
    let project = filled();
    add(&project, REVISION, &format!("CREATE INDEX orders_total ON orders(total_cents);\n{second}"), "");
    let path = format!("migrations/{REVISION}.sql");
    let text = std::fs::read_to_string(project.path(&path)).unwrap();
    project.write(&path, &text.replace("-- migrate:up", "-- transaction: off\n-- migrate:up"));
    project
}

#[test]
fn a_process_that_is_killed_outside_of_a_transaction_leaves_a_mark_and_a_way_on() {
    let project = world(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000000)
         UPDATE users SET age = (SELECT count(*) FROM n);",
    );
    let mut command = project.command("1", &["migrate", "-v"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let said = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    assert!(said.map_while(Result::ok).any(|line| line.contains("WITH RECURSIVE")));
    child.kill().unwrap();
    child.wait().unwrap();

    let status = project.run("1", &["status"]);
    assert_eq!(status.code, Some(3));
    assert!(status.stdout.contains("dirty"), "{}", status.stdout);
    let how_far = "1 of 2 statements ran; statement 2 was begun and may have run";
    assert!(status.stderr.contains(how_far), "{}", status.stderr);
    let json = project.run("1", &["status", "--json"]).json();
    assert_eq!(json["data"]["dirty"][0]["revision"], REVISION);
    let refused = project.run("1", &["migrate"]);
    assert_eq!(refused.code, Some(7));
    assert!(refused.stderr.contains("--resolve 20990101000000_alone=continue"), "{}", refused.stderr);
    assert_eq!(project.run("1", &["rollback"]).code, Some(7));

    // The rest is corrected and runs; the index is not made twice.
    let path = format!("migrations/{REVISION}.sql");
    let text = std::fs::read_to_string(project.path(&path)).unwrap();
    let (first, _) = text.split_once("WITH").unwrap();
    project.write(&path, &format!("{first}VACUUM;\n-- migrate:down\nDROP INDEX orders_total;\n"));
    let dry = project.done("1", &["migrate", "--resolve", "20990101000000=continue", "--dry-run"]);
    let line = dry.stdout.lines().find(|line| line.contains(REVISION)).unwrap();
    assert!(line.ends_with(" 1 statement"), "what has run is not run again: {}", dry.stdout);
    let unknown = project.run("1", &["migrate", "--resolve", "20880101=continue"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.stderr.contains("there is no revision 20880101"), "{}", unknown.stderr);
    project.done("1", &["migrate", "--resolve", "20990101000000_a=continue"]);
    let status = project.done("1", &["status"]);
    assert!(status.stdout.contains("nothing is pending"), "{}", status.stdout);
}

#[test]
fn an_answer_that_fits_nothing_is_refused() {
    let project = world("VACUUM;");
    project.done("1", &["migrate"]);
    for answer in ["20990101000000_alone=applied", "20990101000000_alone=perhaps", "nothing"] {
        let ended = project.run("1", &["migrate", "--resolve", answer]);
        assert_eq!(ended.code, Some(2), "{answer}: {}", ended.stderr);
        assert!(ended.stderr.contains("nothing was changed"), "{}", ended.stderr);
    }
}

#[test]
fn printed_sql_runs_each_statement_alone_and_a_stop_in_it_leaves_the_same_mark() {
    let project = world("VACUUM;\nCREATE INDEX users_age ON users(age);");
    let path = format!("migrations/{REVISION}.sql");
    let text = std::fs::read_to_string(project.path(&path)).unwrap();
    let text = text
        .replace("-- migrate:down\n", "-- migrate:down\nDROP INDEX users_age;\nDROP INDEX orders_total;\n");
    project.write(&path, &text);
    let sql = project.done("1", &["migrate", "--sql"]).stdout;
    assert!(!sql.contains("BEGIN"), "{sql}");
    // Stopped behind its first statement.
    let (first, _) = sql.split_once("VACUUM;").unwrap();
    std::fs::copy(project.path("app.db"), project.path("whole.db")).unwrap();
    project.open("app.db").execute_batch(first).unwrap();
    let dirty = project.run("1", &["status"]);
    let how_far = "1 of 3 statements ran; statement 2 was begun and may have run";
    assert!(dirty.code == Some(3) && dirty.stderr.contains(how_far), "{}", dirty.stderr);
    project.done("1", &["migrate", "--resolve", "20990101000000_alone=continue"]);
    project.done("1", &["status"]);
    // Run to its end, and back.
    project.open("whole.db").execute_batch(&sql).unwrap();
    let whole = ["--url", "whole.db"];
    project.done("1", &[&["status"], &whole as &[&str]].concat());
    project.done("1", &["diff", "--from", "whole.db", "--to", "app.db"]);
    let back = project.done("1", &[&["rollback", "--sql"], &whole as &[&str]].concat()).stdout;
    let (first, _) = back.split_once("DROP INDEX orders_total;").unwrap();
    std::fs::copy(project.path("whole.db"), project.path("half.db")).unwrap();
    project.open("half.db").execute_batch(first).unwrap();
    let dirty = project.run("1", &["status", "--url", "half.db"]);
    assert!(
        dirty.stderr.contains("1 of 2 statements ran") && dirty.stderr.contains("way back"),
        "{}",
        dirty.stderr
    );
    project.open("whole.db").execute_batch(&back).unwrap();
    let pending = project.run("1", &[&["status"], &whole as &[&str]].concat());
    assert!(pending.stdout.contains("Found      1 pending"), "{}", pending.stdout);
}

#[test]
fn a_file_that_asks_for_no_transaction_is_tried_by_the_scratch_runs_without_one() {
    let project = world("VACUUM;\nPRAGMA incremental_vacuum;");
    let path = format!("migrations/{REVISION}.sql");
    let text = std::fs::read_to_string(project.path(&path)).unwrap();
    project.write(&path, &format!("{text}DROP INDEX orders_total;\nVACUUM;\n"));
    let tried = project.done("1", &["test-migrations"]).stdout;
    assert!(tried.contains("2/2") && tried.contains("0 without a way back"), "{tried}");
    // And so they are beside another branch.
    let first = crate::heads::revision(&project, "_initial");
    crate::heads::branch(&project, "20990102000000_ages", &first, "UPDATE users SET age = 1;", "SELECT 1;");
    project.done("1", &["merge", "--dry-run"]);
}

#[test]
fn a_file_that_asks_for_no_transaction_is_a_finding_until_it_is_allowed() {
    let project = world("VACUUM;");
    let listed = project.run("1", &["check", "--lint"]);
    assert_eq!(listed.code, Some(3), "{}", listed.stdout);
    assert!(listed.stdout.contains("L009 its statements run outside of a transaction"), "{}", listed.stdout);
    let path = format!("migrations/{REVISION}.sql");
    let text = std::fs::read_to_string(project.path(&path)).unwrap();
    let allowed =
        text.replace("-- transaction: off", "-- transaction: off\n-- allow: L009 it only makes room");
    project.write(&path, &allowed);
    let listed = project.run("1", &["check", "--lint"]);
    assert!(!listed.stdout.contains("L009"), "{}", listed.stdout);
}
