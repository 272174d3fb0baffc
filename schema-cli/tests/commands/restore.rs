use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::Stdio,
    thread,
    time::Duration,
};

use schema_migrate::run::Lock;

use super::backup::packed;
use crate::{
    migrate::filled,
    project::{Project, ended},
};

fn count(project: &Project, table: &str) -> i64 {
    project.open("app.db").query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

/// A backup, and then half of the orders are gone.
fn halved() -> Project {
    let project = filled();
    project.open("app.db").execute_batch("PRAGMA journal_mode = WAL").unwrap();
    project.done("1", &["backup"]);
    project.open("app.db").execute_batch("DELETE FROM orders WHERE id % 2").unwrap();
    project
}

#[test]
fn it_waits_for_a_migration_as_long_as_all_attempts_of_retry_take() {
    let project = halved();
    project.write(
        "schema.toml",
        "[app]\nurl = \"sqlite:app.db\"\nmigrations = \"migrations\"\nbackups = { primary = \"backups\" }\n\
         retry = { attempts = 3, first = \"10ms\", factor = 9000 }\n",
    );
    let held = Lock::take(&project.path("app.db"), Duration::ZERO).unwrap();
    let mut command = project.command("1", &["restore", "1", "--yes"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = String::new();
    // Much longer than a first attempt.
    BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut told).unwrap();
    thread::sleep(Duration::from_secs(1));
    drop(held);
    let ended = ended(&child.wait_with_output().unwrap());
    assert!(told.contains("Waiting"), "{told}");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(count(&project, "orders"), 2000);
}

#[test]
fn a_migration_is_undone_by_the_restore_that_it_prints() {
    let project = filled();
    project.done("2", &["generate", "rename_name", "--rename", "users.name:users.full_name"]);
    let said = project.done("2", &["migrate"]).stdout;
    let id = said.split("db restore ").nth(1).unwrap().trim();
    let done = project.done("1", &["restore", id, "--yes"]).stdout;
    for text in [
        "Before     backups/app_2",
        "Verified   rows as in the backup, integrity ok, foreign keys ok",
        "Done       app.db is at 2",
        "Undo: embedded db restore app_2",
    ] {
        assert!(done.contains(text), "{text}\n{done}");
    }
    assert_eq!(project.run("1", &["diff", "--from", "app.db", "--to", "models"]).code, Some(0));
    assert_eq!((count(&project, "users"), count(&project, "orders")), (500, 2000));
    assert_eq!(project.run("2", &["status"]).code, Some(3), "the migration is pending again");
    project.done("2", &["migrate"]);
}

#[test]
fn an_application_that_has_the_database_open_sees_what_was_restored() {
    let project = halved();
    let application = project.open("app.db");
    let orders =
        || -> i64 { application.query_row("SELECT count(*) FROM orders", [], |row| row.get(0)).unwrap() };
    assert_eq!(orders(), 1000);
    let json = project.done("1", &["restore", "1", "--yes", "--json"]).json();
    assert_eq!(json["data"]["rows"]["orders"], 2000);
    assert!(json["data"]["before"]["id"].as_str().unwrap().starts_with("app_2"));
    assert_eq!(orders(), 2000);
    application.execute_batch("INSERT INTO orders VALUES (9999, 1, 5)").unwrap();
    assert_eq!(count(&project, "orders"), 2001);
}

#[test]
fn a_dry_run_checks_the_backup_and_changes_nothing() {
    let project = halved();
    let before = project.bytes();
    let said = project.done("1", &["restore", "1", "--dry-run"]).stdout;
    assert!(said.contains("2,501 rows in 3 tables   verified"), "{said}");
    assert!(said.contains("nothing was changed"), "{said}");
    assert_eq!(project.bytes(), before);
}

#[test]
fn without_a_terminal_the_flags_that_answer_are_told() {
    let project = halved();
    let before = project.bytes();
    let open = project.run("1", &["restore"]);
    assert_eq!(open.code, Some(4));
    assert!(open.stderr.contains("which backup shall be restored?"), "{}", open.stderr);
    assert!(open.stderr.contains("embedded db restore app_2"), "{}", open.stderr);
    let unconfirmed = project.run("1", &["restore", "1"]);
    assert_eq!(unconfirmed.code, Some(4));
    let id = packed(&project)[0].file_name().unwrap().to_str().unwrap().replace(".db.gz", "");
    assert!(
        unconfirmed.stderr.contains(&format!("embedded db restore {id} --yes")),
        "{}",
        unconfirmed.stderr
    );
    assert_eq!(project.bytes(), before);
}

#[test]
fn a_bad_backup_is_refused_and_nothing_is_changed() {
    let project = halved();
    let file = &packed(&project)[0];
    let bytes = fs::read(file).unwrap();
    fs::write(file, &bytes[..bytes.len() - 100]).unwrap();
    let before = project.bytes();
    let ended = project.run("1", &["restore", "1", "--yes"]);
    assert_eq!(ended.code, Some(6), "{}", ended.stderr);
    assert!(ended.stderr.contains("state: nothing was changed"), "{}", ended.stderr);
    assert_eq!(project.bytes(), before);
}

#[test]
fn a_writer_that_does_not_end_is_an_exit_with_5_and_says_who() {
    let project = halved();
    project.write(
        "schema.toml",
        "[app]\nurl = \"sqlite:app.db\"\nmigrations = \"migrations\"\nretry = { attempts = 1, first = \"50ms\" }\n",
    );
    let writer = project.open("app.db");
    writer.execute_batch("BEGIN IMMEDIATE; DELETE FROM orders").unwrap();
    let ended = project.run("1", &["restore", "1", "--yes"]);
    assert_eq!(ended.code, Some(5), "{}", ended.stderr);
    if cfg!(target_os = "linux") {
        assert!(ended.stderr.contains(&format!("({})", std::process::id())), "{}", ended.stderr);
    }
    writer.execute_batch("ROLLBACK").unwrap();
    assert_eq!(count(&project, "orders"), 1000);
    project.done("1", &["restore", "1", "--yes"]);
    assert_eq!(count(&project, "orders"), 2000);
}

#[test]
fn a_file_from_elsewhere_is_restored_and_a_missing_database_is_made() {
    let project = halved();
    let elsewhere = project.path("elsewhere.db.gz");
    fs::copy(&packed(&project)[0], &elsewhere).unwrap();
    for ending in ["", "-wal", "-shm"] {
        drop(fs::remove_file(project.path(&format!("app.db{ending}"))));
    }
    project.done("1", &["restore", "elsewhere.db.gz", "--yes"]);
    assert_eq!(count(&project, "orders"), 2000);
    let wrong = project.run("1", &["restore", "nowhere.db.gz", "--yes"]);
    assert_eq!(wrong.code, Some(2), "{}", wrong.stderr);
}

#[test]
fn a_database_that_cannot_be_read_is_moved_aside_and_said_where() {
    let project = halved();
    fs::write(project.path("app.db"), "not a database at all, ".repeat(400)).unwrap();
    let done = project.done("1", &["restore", "1", "--yes"]);
    assert!(done.stdout.contains("Moved      what could not be read to app.db.damaged-2"), "{}", done.stdout);
    assert!(done.stderr.contains("is kept as it is"), "{}", done.stderr);
    assert_eq!(count(&project, "orders"), 2000);
}

#[test]
fn a_share_that_is_not_mounted_keeps_nobody_from_restoring() {
    let project = halved();
    project.write("unmounted", "");
    project.write(
        "schema.toml",
        "[app]\nurl = \"sqlite:app.db\"\nmigrations = \"migrations\"\nbackups = { primary = \"backups\", secondary = \"unmounted/second\" }\n",
    );
    let listed = project.done("1", &["list-backups"]);
    assert!(listed.stderr.contains("the secondary backups in"), "{}", listed.stderr);
    project.done("1", &["restore", "1", "--yes"]);
    assert_eq!(count(&project, "orders"), 2000);
}

#[cfg(unix)]
fn mode(project: &Project) -> u32 {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(project.path("app.db")).unwrap().mode() & 0o777
}

#[cfg(unix)]
#[test]
fn a_database_that_takes_a_damaged_ones_place_is_for_the_same_people() {
    use std::os::unix::fs::PermissionsExt as _;
    for wanted in [0o600, 0o640] {
        let project = halved();
        let garbage = "not a database at all, ".repeat(400);
        fs::write(project.path("app.db"), garbage).unwrap();
        fs::set_permissions(project.path("app.db"), fs::Permissions::from_mode(wanted)).unwrap();
        project.done("1", &["restore", "1", "--yes"]);
        assert_eq!(mode(&project), wanted);
        // Into one that can be written to it is written: nothing about the file changes.
        project.done("1", &["restore", "1", "--yes"]);
        assert_eq!(mode(&project), wanted);
    }
    // Where there was none it is as private as its backups.
    let project = halved();
    for ending in ["", "-wal", "-shm"] {
        drop(fs::remove_file(project.path(&format!("app.db{ending}"))));
    }
    project.done("1", &["restore", "1", "--yes"]);
    assert_eq!(mode(&project), 0o600);
}

#[test]
fn a_restore_that_fails_leaves_no_backup_of_what_is_still_there() {
    let project = filled();
    project.write(
        "schema.toml",
        "[app]\nurl = \"sqlite:app.db\"\nmigrations = \"migrations\"\nbackups = { primary = \"backups\" }\nretry = { attempts = 1, first = \"50ms\" }\n",
    );
    project.done("1", &["backup"]);
    // Without a log a reader keeps the writer from its end.
    let reader = project.open("app.db");
    reader.execute_batch("BEGIN; SELECT count(*) FROM orders").unwrap();
    for _ in 0..2 {
        let ended = project.run("1", &["restore", "1", "--yes"]);
        assert_eq!(ended.code, Some(5), "{}", ended.stderr);
        let state = "nothing was changed; the backup that was taken first is removed again";
        assert!(ended.stderr.contains(state), "{}", ended.stderr);
        assert_eq!(packed(&project).len(), 1);
    }
    reader.execute_batch("ROLLBACK").unwrap();
    project.done("1", &["restore", "1", "--yes"]);
    assert_eq!(packed(&project).len(), 2);
}

#[test]
fn backups_before_restores_push_no_other_backup_out() {
    let project = filled();
    project.write(
        "schema.toml",
        "[app]\nurl = \"sqlite:app.db\"\nmigrations = \"migrations\"\nbackups = { primary = \"backups\" }\nkeep = { last = 2, before_restore = 1 }\n",
    );
    let wanted = project.done("1", &["backup", "--json"]).json()["data"]["id"].as_str().unwrap().to_owned();
    for _ in 0..3 {
        project.done("1", &["restore", &wanted, "--yes"]);
    }
    project.done("1", &["backup"]);
    let json = project.done("1", &["list-backups", "--json"]).json();
    let listed = json["data"]["backups"].as_array().unwrap();
    let of = |reason: &str| listed.iter().filter(|backup| backup["manifest"]["reason"] == reason).count();
    assert_eq!((of("manual"), of("before_restore")), (2, 1), "{json}");
    assert!(listed.iter().any(|backup| backup["id"] == wanted.as_str()));
}

#[test]
fn a_copy_that_a_restore_has_found_bad_is_bad_in_the_list() {
    let project = filled();
    project.write(
        "schema.toml",
        "[app]\nurl = \"sqlite:app.db\"\nmigrations = \"migrations\"\nbackups = { primary = \"backups\", secondary = \"second\" }\n",
    );
    project.done("1", &["backup"]);
    let file = &packed(&project)[0];
    let mut bytes = fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(file, bytes).unwrap();
    let done = project.done("1", &["restore", "1", "--yes"]);
    assert!(done.stderr.contains("the primary copy is BAD, the secondary one is used"), "{}", done.stderr);
    let list = project.run("1", &["list-backups"]);
    assert_eq!(list.code, Some(3), "{}", list.stdout);
    assert!(list.stdout.contains("BAD ") && list.stdout.contains("<- use secondary"), "{}", list.stdout);
}
