//! Who may migrate: one at a time, whoever lives, and nobody is kept out by the dead.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use schema_migrate::run::{Event, Lock, MigrateOptions, Observer, Silent, migrate, unlock};

use super::support::{REBUILT, World, assert_told, target};

const HOME: &str = "RUNNER_TEST_LOCK_HOME";

/// Not a test of its own: the process that holds the lock until its input ends, or it is killed.
#[test]
fn child() {
    let Ok(home) = std::env::var(HOME) else { return };
    let _lock = Lock::take(&target(Path::new(&home)).database, Duration::from_secs(5)).unwrap();
    let mut out = std::io::stderr().lock();
    writeln!(out, "held").unwrap();
    out.flush().unwrap();
    drop(std::io::stdin().read(&mut [0]));
}

fn hold(world: &World) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "lock::child", "--nocapture"])
        .env(HOME, world.home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.as_mut().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "held"));
    child
}

fn holder_file(world: &World) -> PathBuf {
    world.home.path().join("app.db.lock.holder")
}

/// A holder's file, last written so long ago, by its own clock and that of the file system.
fn write_holder(world: &World, host: &str, boot: &str, heartbeat: &str, written: Duration) {
    let text = format!(
        "process: 4711\nhost: {host}\ncommand: tome db migrate\nsince: 2026-01-01 00:00:00\n\
         heartbeat: {heartbeat}\nboot: {boot}\n"
    );
    fs::write(holder_file(world), text).unwrap();
    age(world, written);
}

fn age(world: &World, written: Duration) {
    let file = File::options().write(true).open(holder_file(world)).unwrap();
    file.set_modified(SystemTime::now() - written).unwrap();
}

const LONG: Duration = Duration::from_secs(3_600);
const OLD: &str = "2026-01-01 00:00:00";

/// A world with something to migrate.
fn world() -> World {
    let world = World::library();
    world.write("pages", "CREATE INDEX books_pages ON books(pages);", "DROP INDEX books_pages;");
    world
}

#[test]
fn a_lock_whose_holder_is_killed_is_free_at_once() {
    let world = world();
    let mut child = hold(&world);
    let error = world.migrate().unwrap_err();
    assert_told(&error, 5, "another program is migrating");
    let why = error.reason().unwrap();
    assert!(why.contains(&format!("process {}", child.id())) && why.contains("lock::child"), "{error}");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(holder_file(&world).exists(), "the killed one has left what it wrote");
    let report = world.migrate().unwrap();
    assert_eq!((report.revisions.len(), report.warnings), (1, Vec::new()));
    assert!(!holder_file(&world).exists() && world.target.lock_file().exists());
}

#[test]
fn a_living_holder_is_never_robbed_whatever_its_file_says() {
    let world = world();
    let mut child = hold(&world);
    for (host, boot) in [("elsewhere", "another kernel"), ("", "")] {
        write_holder(&world, host, boot, OLD, LONG);
        assert_told(&world.migrate().unwrap_err(), 5, "another program is migrating");
        let error = unlock(&world.target.database, false, &mut Silent).unwrap_err();
        assert_told(&error, 5, "another program is migrating");
    }
    fs::write(holder_file(&world), "\0garbage").unwrap();
    age(&world, LONG);
    assert_told(&world.migrate().unwrap_err(), 5, "another process holds");
    drop(child.stdin.take());
    child.wait().unwrap();
    world.migrate().unwrap();
}

#[test]
fn a_holder_on_another_machine_counts_while_its_heart_beats_and_five_minutes_longer() {
    let world = world();
    write_holder(&world, "elsewhere", "another kernel", OLD, Duration::from_secs(200));
    let error = world.migrate().unwrap_err();
    assert_told(&error, 5, "another program is migrating");
    assert!(error.reason().unwrap().contains("process 4711 on elsewhere (tome db migrate)"), "{error}");
    assert_told(&unlock(&world.target.database, false, &mut Silent).unwrap_err(), 5, "process 4711");

    write_holder(&world, "elsewhere", "another kernel", OLD, Duration::from_secs(400));
    let report = world.migrate().unwrap();
    assert_eq!(report.revisions.len(), 1);
    let [warning] = report.warnings.as_slice() else { panic!("{:?}", report.warnings) };
    assert!(warning.contains("taken over from process 4711 on elsewhere"), "{warning}");
}

#[test]
fn a_holder_whose_clock_is_an_hour_behind_is_not_robbed_while_it_writes() {
    let world = world();
    write_holder(&world, "elsewhere", "another kernel", OLD, LONG);
    let path = holder_file(&world);
    let beats = std::thread::spawn(move || {
        for beat in 0..40 {
            let text = fs::read_to_string(&path).unwrap();
            let (before, _) = text.split_once("heartbeat: ").unwrap();
            let now = format!("{before}heartbeat: 2026-01-01 00:00:{beat:02}\nboot: another kernel\n");
            fs::write(path.with_extension("beat"), now).unwrap();
            fs::rename(path.with_extension("beat"), &path).unwrap();
            let file = File::options().write(true).open(&path).unwrap();
            file.set_modified(SystemTime::now() - LONG).unwrap();
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    assert_told(&world.migrate().unwrap_err(), 5, "process 4711");
    beats.join().unwrap();
}

#[test]
fn another_container_of_this_machine_that_has_ended_keeps_nobody_waiting() {
    let world = world();
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    if boot.is_empty() {
        return;
    }
    write_holder(&world, "container-7", boot.trim(), OLD, Duration::ZERO);
    let report = world.migrate().unwrap();
    assert_eq!((report.revisions.len(), report.warnings), (1, Vec::new()));
}

#[test]
fn a_holder_file_that_says_nothing_is_replaced_with_a_warning() {
    for garbage in [&b""[..], b"process: 47", b"\xff\xfe\0"] {
        let world = world();
        fs::write(holder_file(&world), garbage).unwrap();
        let report = world.migrate().unwrap();
        assert_eq!(report.revisions.len(), 1);
        assert!(report.warnings[0].contains("said nothing about who held the lock"), "{:?}", report.warnings);
    }
}

/// Lets the holder go as soon as it is told whom it waits for.
struct Release<'c> {
    child: &'c mut Child,
    waited_for: Vec<Option<u32>>,
}

impl Observer for Release<'_> {
    fn event(&mut self, event: &Event<'_>) {
        if let Event::Waiting { holder, .. } = event {
            self.waited_for.push(holder.map(|holder| holder.process));
            drop(self.child.stdin.take());
        }
    }
}

#[test]
fn whoever_waits_is_told_for_whom_once_and_goes_on_when_it_ends() {
    let world = world();
    let mut child = hold(&world);
    let id = child.id();
    let target = world.target.clone().wait(Duration::from_secs(60));
    let mut release = Release { child: &mut child, waited_for: Vec::new() };
    let report = migrate(&target, &MigrateOptions::default(), &mut release).unwrap();
    assert_eq!((report.revisions.len(), release.waited_for), (1, vec![Some(id)]));
    child.wait().unwrap();
}

#[test]
fn a_holder_says_again_and_again_that_it_lives() {
    let world = world();
    let mut child = hold(&world);
    let first = fs::read_to_string(holder_file(&world)).unwrap();
    while fs::read_to_string(holder_file(&world)).unwrap() == first {
        assert!(child.try_wait().unwrap().is_none(), "it ended without another heartbeat");
        std::thread::sleep(Duration::from_millis(50));
    }
    drop(child.stdin.take());
    child.wait().unwrap();
    assert!(!holder_file(&world).exists(), "what the holder wrote goes with it");
}

#[test]
fn unlocking_clears_what_the_dead_left_and_nothing_in_a_dry_run() {
    let world = world();
    fs::remove_file(world.target.lock_file()).unwrap();
    assert_eq!(unlock(&world.target.database, false, &mut Silent).unwrap(), None);
    assert!(!world.target.lock_file().exists(), "nothing is made where nothing is to be done");

    let mut child = hold(&world);
    let id = child.id();
    child.kill().unwrap();
    child.wait().unwrap();
    let would = unlock(&world.target.database, true, &mut Silent).unwrap().unwrap();
    assert_eq!(would.holder.as_ref().map(|holder| holder.process), Some(id));
    assert!(holder_file(&world).exists());
    assert_eq!(unlock(&world.target.database, false, &mut Silent).unwrap(), Some(would));
    assert!(!holder_file(&world).exists() && world.target.lock_file().exists());
    assert_eq!(unlock(&world.target.database, false, &mut Silent).unwrap(), None);
}

#[test]
fn a_database_and_a_link_to_it_have_one_lock() {
    let world = world();
    let link = world.home.path().join("link.db");
    std::os::unix::fs::symlink(&world.target.database, &link).unwrap();
    let lock = Lock::take(&link, Duration::ZERO).unwrap();
    assert_told(&world.migrate().unwrap_err(), 5, "another program is migrating");
    drop(lock);
    assert!(!world.home.path().join("link.db.lock").exists());
}

#[test]
fn a_dry_run_leaves_no_lock_behind() {
    let world = World::new();
    world.generate(REBUILT);
    let options = MigrateOptions { dry_run: true, ..MigrateOptions::default() };
    assert_eq!(migrate(&world.target, &options, &mut Silent).unwrap().revisions.len(), 1);
    let left: Vec<_> =
        fs::read_dir(world.home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["migrations"]);
}
