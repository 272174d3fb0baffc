use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Stdio},
    time::Duration,
};

use schema_core::rusqlite::Connection;

use crate::{
    migrate::{add, filled},
    project::{Project, ended},
};

/// A migration that holds the lock, since it waits for the transaction of this writer.
fn held(project: &Project) -> (Connection, Child) {
    project.write(
        "schema.toml",
        "[app]\nurl = \"app.db\"\nretry = { attempts = 600, first = \"100ms\", factor = 1 }\n",
    );
    add(
        project,
        "20990101000000_first",
        "CREATE INDEX orders_total ON orders(total_cents);",
        "DROP INDEX orders_total;",
    );
    let writer = project.open("app.db");
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut holder =
        project.command("1", &["migrate"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    while !project.path("app.db.lock.holder").exists() {
        assert!(holder.try_wait().unwrap().is_none(), "it ended without the lock");
        std::thread::sleep(Duration::from_millis(5));
    }
    project.write("schema.toml", "[app]\nurl = \"app.db\"\nretry = { attempts = 1, first = \"50ms\" }\n");
    (writer, holder)
}

#[test]
fn a_living_holder_is_named_and_left_alone() {
    let project = filled();
    let (writer, mut holder) = held(&project);
    for arguments in [&["unlock"][..], &["unlock", "--dry-run"], &["migrate"]] {
        let ended = project.run("1", arguments);
        assert_eq!(ended.code, Some(5), "{arguments:?} {}", ended.stderr);
        for part in [&format!("process {}", holder.id()), "embedded db migrate", "nothing was changed"] {
            assert!(ended.stderr.contains(part), "{part}\n{}", ended.stderr);
        }
    }
    assert_eq!(project.run("1", &["unlock", "--json"]).json()["exit"], 5);
    writer.execute_batch("ROLLBACK").unwrap();
    assert!(holder.wait().unwrap().success());
    let done = project.done("1", &["unlock"]);
    assert!(done.stdout.contains("the lock is free"), "{}", done.stdout);
}

#[test]
fn what_a_killed_holder_left_keeps_nobody_out_and_is_cleared() {
    let project = filled();
    let (writer, mut holder) = held(&project);
    let id = holder.id();
    holder.kill().unwrap();
    holder.wait().unwrap();
    writer.execute_batch("ROLLBACK").unwrap();
    let dry = project.done("1", &["unlock", "--dry-run", "--json"]).json();
    assert_eq!(
        (&dry["data"]["dry_run"], &dry["data"]["cleared"]["holder"]["process"]),
        (&true.into(), &id.into())
    );
    let done = project.done("1", &["unlock"]);
    for part in [&format!("process {id}"), "which is gone", "app.db.lock.holder was taken away"] {
        assert!(done.stdout.contains(part), "{part}\n{}", done.stdout);
    }
    assert!(!project.path("app.db.lock.holder").exists() && project.path("app.db.lock").exists());
    assert!(project.done("1", &["unlock", "--json"]).json()["data"]["cleared"].is_null());
    project.done("1", &["migrate"]);
}

#[test]
fn where_nobody_ever_locked_there_is_nothing_to_unlock() {
    let project = Project::new();
    let before = project.bytes();
    project.done("1", &["unlock"]);
    project.done("1", &["unlock", "--dry-run"]);
    assert_eq!(project.bytes(), before);
}

#[test]
fn whoever_waits_reads_for_whom_on_stderr() {
    let project = filled();
    let (writer, mut holder) = held(&project);
    project.write(
        "schema.toml",
        "[app]\nurl = \"app.db\"\nretry = { attempts = 600, first = \"100ms\", factor = 1 }\n",
    );
    let mut second =
        project.command("1", &["migrate"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let line = BufReader::new(second.stderr.as_mut().unwrap()).lines().next().unwrap().unwrap();
    assert!(line.starts_with("Waiting    up to"), "{line}");
    assert!(line.contains(&format!("process {}", holder.id())) && line.contains("since 20"), "{line}");
    writer.execute_batch("ROLLBACK").unwrap();
    assert!(holder.wait().unwrap().success());
    let ended = ended(&second.wait_with_output().unwrap());
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.contains("nothing is pending"), "{}", ended.stdout);
    let left = fs::read_dir(project.path(".")).unwrap();
    let left = left.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains(".holder"));
    assert_eq!(left.count(), 0);
}
