use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use schema_core::rusqlite::Connection;
use schema_ops::backup::{Reason, find, list};
use schema_ops::restore::{Put, Restored, Source, Staged};
use schema_ops::{ErrorKind, Result};

use super::support::{World, dump, names};

fn restore(world: &World, source: &Source) -> Result<Restored> {
    let database = world.database();
    let staged = Staged::prepare(source, &database, &mut |_| Ok(()))?;
    let how = Put {
        database: &database,
        places: &world.places,
        wait: Duration::from_millis(200),
        keep_before: true,
    };
    staged.put(&how, &mut |_| Ok(()))
}

fn newest(world: &World) -> Source {
    let backups = list(&world.places, &world.database()).backups;
    Source::Backup(find(&backups, "1").unwrap().clone())
}

/// The database has changed since its backup was taken, and its log is full.
fn changed() -> (World, Source, Vec<String>) {
    let world = World::library();
    let before = dump(&world.open());
    world.take();
    let source = newest(&world);
    world
        .open()
        .execute_batch("DELETE FROM books WHERE id % 2; UPDATE authors SET name = 'x'; CREATE TABLE later(a)")
        .unwrap();
    (world, source, before)
}

#[test]
fn a_restore_brings_everything_back_and_keeps_what_was_there() {
    let (world, source, before) = changed();
    let newer = dump(&world.open());
    let done = restore(&world, &source).unwrap();
    assert_eq!(dump(&world.open()), before);
    assert_eq!(done.contents.tables["books"], 3000);
    assert!(done.warnings.is_empty(), "{:?}", done.warnings);
    let kept = done.before.unwrap();
    assert_eq!(kept.manifest.reason, Reason::BeforeRestore);
    assert_eq!(dump(&world.inside(&kept)), newer);
    let mode: String = world.open().query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    // And back again.
    restore(&world, &newest(&world)).unwrap();
    assert_eq!(dump(&world.open()), newer);
    assert!(names(world.home.path()).iter().all(|name| !name.ends_with(".partial")), "a leftover");
}

#[test]
fn connections_that_are_open_see_the_restored_rows_and_go_on_writing() {
    let (world, source, _) = changed();
    let application = world.open();
    application.execute_batch("PRAGMA wal_autocheckpoint = 0; INSERT INTO later VALUES (1)").unwrap();
    let reader = world.open();
    reader.execute_batch("BEGIN").unwrap();
    let rows = |connection: &Connection| -> i64 {
        connection.query_row("SELECT count(*) FROM books", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(rows(&reader), 1500);
    restore(&world, &source).unwrap();
    assert_eq!(rows(&reader), 1500, "a transaction that is open keeps its state");
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!((rows(&reader), rows(&application)), (3000, 3000));
    application.execute_batch("INSERT INTO authors VALUES (77, 'new')").unwrap();
    drop((application, reader));
    assert_eq!(rows(&world.open()), 3000);
    let ok: String = world.open().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(ok, "ok");
}

/// Not a test of its own: an application in a process of its own, which answers questions about its rows.
#[test]
fn application() {
    let Ok(database) = std::env::var("RESTORE_TEST_DATABASE") else { return };
    let connection = Connection::open(database).unwrap();
    let mut line = String::new();
    let mut input = BufReader::new(std::io::stdin());
    loop {
        line.clear();
        if input.read_line(&mut line).unwrap() == 0 {
            return;
        }
        let answer: String = match line.trim() {
            "begin" => {
                connection.execute_batch("BEGIN IMMEDIATE; DELETE FROM books").map(|()| "begun".to_owned())
            }
            sql => connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map(|count| count.to_string()),
        }
        .unwrap();
        let mut out = std::io::stderr().lock();
        writeln!(out, "application: {answer}").unwrap();
    }
}

struct Application {
    child: std::process::Child,
    answers: std::io::Lines<BufReader<std::process::ChildStderr>>,
}

impl Application {
    fn start(database: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "restoring::application", "--nocapture"])
            .env("RESTORE_TEST_DATABASE", database);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let answers = BufReader::new(child.stderr.take().unwrap()).lines();
        Self { child, answers }
    }

    fn ask(&mut self, question: &str) -> String {
        writeln!(self.child.stdin.as_mut().unwrap(), "{question}").unwrap();
        let mut answers = self.answers.by_ref().map(std::result::Result::unwrap);
        answers.find_map(|line| line.strip_prefix("application: ").map(str::to_owned)).unwrap()
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn another_process_sees_the_restored_rows_through_the_handle_that_it_has() {
    let (world, source, before) = changed();
    let mut application = Application::start(&world.database());
    assert_eq!(application.ask("SELECT count(*) FROM books"), "1500");
    restore(&world, &source).unwrap();
    assert_eq!(application.ask("SELECT count(*) FROM books"), "3000");
    assert_eq!(application.ask("SELECT count(*) FROM authors WHERE name LIKE 'author %'"), "40");
    drop(application);
    assert_eq!(dump(&world.open()), before);
}

#[test]
fn a_process_that_writes_and_does_not_end_is_named_and_nothing_is_changed() {
    let (world, source, _) = changed();
    let newer = dump(&world.open());
    let mut application = Application::start(&world.database());
    assert_eq!(application.ask("begin"), "begun");
    let error = restore(&world, &source).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    assert_eq!(error.data_state(), Some("nothing was changed"));
    if cfg!(target_os = "linux") {
        let id = format!("({})", application.child.id());
        assert!(error.reason().is_some_and(|why| why.contains(&id)), "{error}");
    }
    drop(application);
    assert_eq!(dump(&world.open()), newer);
    restore(&world, &source).unwrap();
}

#[test]
fn a_file_that_is_missing_is_made_with_its_folder_and_log() {
    let (world, source, before) = changed();
    for ending in ["", "-wal", "-shm"] {
        drop(fs::remove_file(format!("{}{ending}", world.database().display())));
    }
    let done = restore(&world, &source).unwrap();
    assert!(done.before.is_none() && done.aside.is_none());
    assert_eq!(dump(&world.open()), before);
    let mode: String = world.open().query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");

    let elsewhere = world.home.path().join("a/new/folder/tome.db");
    let staged = Staged::prepare(&source, &elsewhere, &mut |_| Ok(())).unwrap();
    let wait = Duration::ZERO;
    let how = Put { database: &elsewhere, places: &world.places, wait, keep_before: true };
    staged.put(&how, &mut |_| Ok(())).unwrap();
    assert_eq!(dump(&Connection::open(&elsewhere).unwrap()), before);
}

#[test]
fn a_log_that_was_left_without_its_database_does_not_get_into_the_new_one() {
    let (world, source, before) = changed();
    let log = PathBuf::from(format!("{}-wal", world.database().display()));
    let writer = world.open();
    writer.execute_batch("PRAGMA wal_autocheckpoint = 0; UPDATE authors SET name = 'lost'").unwrap();
    let left = fs::read(&log).unwrap();
    drop(writer);
    for ending in ["", "-wal", "-shm"] {
        drop(fs::remove_file(format!("{}{ending}", world.database().display())));
    }
    fs::write(&log, &left).unwrap();
    let done = restore(&world, &source).unwrap();
    assert_eq!(dump(&world.open()), before);
    let aside = format!("{}-wal", done.aside.unwrap().path.display());
    assert_eq!(fs::read(aside).unwrap(), left);
}

#[test]
fn a_database_that_cannot_be_read_is_moved_aside_with_its_log_and_nothing_of_it_is_lost() {
    for damage in ["garbage", "pages"] {
        let (world, source, before) = changed();
        world.open().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        let mut bytes = fs::read(world.database()).unwrap();
        let range = if damage == "garbage" { 0..bytes.len() } else { 4096 * 20..4096 * 40 };
        bytes[range].fill(0xa5);
        fs::write(world.database(), &bytes).unwrap();
        let done = restore(&world, &source).unwrap();
        assert_eq!(dump(&world.open()), before, "{damage}");
        let aside = done.aside.unwrap();
        assert_eq!(fs::read(&aside.path).unwrap(), bytes, "{damage}");
        assert!(done.before.is_none());
        assert!(done.warnings[0].contains("kept as it is"), "{:?}", done.warnings);
    }
}

#[test]
fn a_damaged_database_that_somebody_has_open_is_not_moved() {
    let (world, source, _) = changed();
    let mut application = Application::start(&world.database());
    assert_eq!(application.ask("SELECT count(*) FROM books"), "1500");
    world.open().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let mut bytes = fs::read(world.database()).unwrap();
    bytes[4096 * 20..4096 * 40].fill(0xa5);
    fs::write(world.database(), &bytes).unwrap();
    let error = restore(&world, &source).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked, "{error}");
    assert_eq!(fs::read(world.database()).unwrap(), bytes);
    drop(application);
    restore(&world, &source).unwrap();
}

#[test]
fn a_backup_with_pages_of_another_size_is_restored_into_a_database_with_a_log() {
    let (world, source, before) = changed();
    world
        .open()
        .execute_batch(
            "PRAGMA journal_mode = DELETE; PRAGMA page_size = 8192; VACUUM; PRAGMA journal_mode = WAL",
        )
        .unwrap();
    let reader = world.open();
    let size = |connection: &Connection| -> i64 {
        connection.query_row("PRAGMA page_size", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(size(&reader), 8192);
    // Somebody who has it open keeps it from changing, and is waited for.
    reader.query_row("SELECT count(*) FROM books", [], |_| Ok(())).unwrap();
    let error = restore(&world, &source).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked, "{error}");
    drop(reader);
    restore(&world, &source).unwrap();
    let connection = world.open();
    assert_eq!((dump(&connection), size(&connection)), (before, 4096));
    let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[test]
fn without_a_log_pages_may_change_their_size_under_an_open_handle() {
    let (world, source, before) = changed();
    world.open().execute_batch("PRAGMA journal_mode = DELETE; PRAGMA page_size = 1024; VACUUM").unwrap();
    let handle = world.open();
    assert!(!dump(&handle).is_empty());
    restore(&world, &source).unwrap();
    assert_eq!(dump(&handle), before);
}

#[test]
fn a_file_is_restored_packed_or_plain_with_its_log() {
    let (world, source, before) = changed();
    let Source::Backup(backup) = &source else { unreachable!() };
    let packed = backup.copies[0].packed.clone();
    restore(&world, &Source::File(packed.clone())).unwrap();
    assert_eq!(dump(&world.open()), before);
    // Without a manifest beside it.
    let alone = world.home.path().join("alone.db.gz");
    fs::copy(&packed, &alone).unwrap();
    world.open().execute_batch("DELETE FROM books").unwrap();
    restore(&world, &Source::File(alone)).unwrap();
    assert_eq!(dump(&world.open()), before);
    // A plain file: what stands in its log belongs to it.
    let plain = world.home.path().join("plain.db");
    let writer = Connection::open(&plain).unwrap();
    writer.execute_batch(super::support::LIBRARY).unwrap();
    writer.execute_batch("PRAGMA wal_autocheckpoint = 0; DELETE FROM books WHERE id > 5").unwrap();
    restore(&world, &Source::File(plain)).unwrap();
    let rows: i64 = world.open().query_row("SELECT count(*) FROM books", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 5);
}

#[test]
fn a_bad_backup_is_never_restored_and_the_second_place_takes_over() {
    let mut world = World::library();
    let before = dump(&world.open());
    world.places.secondary = Some(world.home.path().join("second"));
    let taken = world.take();
    let source = newest(&world);
    world.open().execute_batch("DELETE FROM books").unwrap();
    let mut bytes = fs::read(&taken.path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&taken.path, &bytes).unwrap();
    let done = restore(&world, &source).unwrap();
    assert!(
        done.warnings[0].contains("the primary copy is BAD, the secondary one is used"),
        "{:?}",
        done.warnings
    );
    assert_eq!(dump(&world.open()), before);

    fs::write(taken.second.as_ref().unwrap(), &bytes).unwrap();
    let error = restore(&world, &source).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Verification);
    assert_eq!(error.data_state(), Some("nothing was changed"));
    assert_eq!(dump(&world.open()), before);
}

#[test]
fn what_is_no_backup_and_the_database_itself_are_refused() {
    let (world, _, _) = changed();
    let newer = dump(&world.open());
    let no_database = world.home.path().join("letter.db");
    fs::write(&no_database, "dear reader, ".repeat(900)).unwrap();
    let refused = |path: PathBuf| restore(&world, &Source::File(path)).unwrap_err();
    assert!(refused(world.database()).to_string().contains("is the database itself"));
    assert!(refused(world.home.path().join("none.db")).to_string().contains("there is no file"));
    assert!(refused(no_database).to_string().contains("is no SQLite database"));
    assert_eq!(dump(&world.open()), newer);
}

#[test]
fn where_what_is_there_cannot_be_kept_nothing_is_restored_unless_somebody_says_so() {
    let (mut world, source, before) = changed();
    let newer = dump(&world.open());
    fs::write(world.home.path().join("full"), "").unwrap();
    world.places.before_restore = Some(world.home.path().join("full/folder"));
    let error = restore(&world, &source).unwrap_err();
    assert!(error.next_steps().iter().any(|next| next.contains("--no-backup")), "{error}");
    assert_eq!(dump(&world.open()), newer);
    let database = world.database();
    let staged = Staged::prepare(&source, &database, &mut |_| Ok(())).unwrap();
    let how = Put { database: &database, places: &world.places, wait: Duration::ZERO, keep_before: false };
    staged.put(&how, &mut |_| Ok(())).unwrap();
    assert_eq!(dump(&world.open()), before);
}
