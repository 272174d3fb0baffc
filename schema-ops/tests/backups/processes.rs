//! Backups in processes of their own, which are killed or starved.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use schema_core::rusqlite::Connection;
use schema_ops::backup::{BackupName, Manifest, Places, Reason, Request, take, verify};

use super::support::{World, names};

const HOME: &str = "BACKUP_TEST_HOME";
const STOP_AT: &str = "BACKUP_TEST_STOP_AT";

/// Not a test of its own: the process that the tests below start and kill.
#[test]
fn child() {
    let Ok(home) = std::env::var(HOME).map(PathBuf::from) else { return };
    let stop_at: Option<usize> = std::env::var(STOP_AT).ok().and_then(|number| number.parse().ok());
    let (database, places) = (home.join("tome.db"), Places::new(home.join("backups")));
    let mut seen = 0;
    let request = Request::new(&database, &places, Reason::Manual);
    let taken = take(&Connection::open(&database).unwrap(), &request, &mut |_| {
        seen += 1;
        if stop_at == Some(seen) {
            say("waiting");
            drop(std::io::stdin().read(&mut [0]));
        }
        Ok(())
    });
    match taken {
        Ok(taken) => say(&format!("took {}", taken.name)),
        Err(error) => say(&format!("failed {}", error.to_string().replace('\n', " "))),
    }
}

fn say(line: &str) {
    let mut out = std::io::stderr().lock();
    writeln!(out, "backup: {line}").unwrap();
    out.flush().unwrap();
}

fn start(world: &World, stop_at: usize) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "processes::child", "--nocapture"]).env(HOME, world.home.path());
    command.env(STOP_AT, stop_at.to_string());
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

fn wait_for(child: &mut Child, line: &str) -> bool {
    let said = BufReader::new(child.stderr.as_mut().unwrap()).lines();
    said.map_while(Result::ok).any(|found| found == format!("backup: {line}"))
}

/// Every manifest that is there belongs to a file that is whole.
fn count_good(world: &World) -> usize {
    let names = names(&world.places.primary);
    let manifests = names.iter().filter(|name| Path::new(name).extension().is_some_and(|end| end == "json"));
    manifests
        .map(|name| {
            let name = BackupName::read(name).unwrap();
            let manifest = Manifest::read(&name.manifest(&world.places.primary)).unwrap();
            verify(&name.packed(&world.places.primary), &manifest, &mut |_| Ok(())).unwrap();
        })
        .count()
}

#[test]
fn a_backup_killed_at_any_moment_does_not_count_and_the_next_one_clears_up() {
    let world = World::library();
    let mut killed = 0;
    for moment in 1.. {
        let mut child = start(&world, moment);
        if !wait_for(&mut child, "waiting") {
            assert!(child.wait().unwrap().success());
            break;
        }
        assert_eq!(names(&world.places.primary).iter().filter(|name| name.ends_with(".partial")).count(), 1);
        // While it lives nobody takes its work away.
        world.take();
        assert_eq!(names(&world.places.primary).iter().filter(|name| name.ends_with(".partial")).count(), 1);
        child.kill().unwrap();
        child.wait().unwrap();
        killed += 1;
        let before = count_good(&world);
        world.take();
        assert_eq!(count_good(&world), before + 1);
        assert!(names(&world.places.primary).iter().all(|name| !name.starts_with('.')), "moment {moment}");
        fs::remove_dir_all(&world.places.primary).unwrap();
    }
    assert!(killed >= 8, "only {killed} moments");
}

/// A limit on the size of files stands in for a full disk: the write fails in the same place.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_nothing_and_says_so() {
    let world = World::library();
    world.open().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let blocks = fs::metadata(world.database()).unwrap().len() / 512;
    let (mut failed, mut finished) = (0, 0);
    for step in 0..=8 {
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"", "sh"]);
        command.arg((blocks * step / 6).to_string());
        command.arg(std::env::current_exe().unwrap()).args(["--exact", "processes::child", "--nocapture"]);
        let output = command.env(HOME, world.home.path()).stdin(Stdio::null()).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        if told.contains("backup: took") {
            finished += 1;
            assert_eq!(count_good(&world), finished);
        } else {
            failed += 1;
            assert!(told.contains("backup: failed no backup could be taken into"), "{told}");
            assert!(told.contains("nothing was changed"), "{told}");
        }
        assert!(names(&world.places.primary).iter().all(|name| !name.starts_with('.')));
    }
    assert!(failed >= 3 && finished >= 1, "{failed} failed, {finished} finished");
}
