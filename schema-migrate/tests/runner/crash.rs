use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use schema_migrate::run::{Event, MigrateOptions, Observer, migrate};

use super::support::{REBUILT, World, target};

const HOME: &str = "RUNNER_TEST_HOME";
const STOP_AT: &str = "RUNNER_TEST_STOP_AT";

/// Not a test of its own: the process that the tests below start and kill.
#[test]
fn child() {
    let Ok(home) = std::env::var(HOME) else { return };
    let stop_at = std::env::var(STOP_AT).ok().and_then(|number| number.parse().ok());
    let mut stopper = Stopper { stop_at, seen: 0 };
    let target = target(Path::new(&home)).wait(Duration::from_secs(20));
    let report = migrate(&target, &MigrateOptions::default(), &mut stopper).unwrap();
    say(&format!("applied {}", report.revisions.len()));
}

/// Says what happens; at one of the events it waits to be killed.
struct Stopper {
    stop_at: Option<usize>,
    seen: usize,
}

impl Observer for Stopper {
    fn event(&mut self, event: &Event<'_>) {
        self.seen += 1;
        if let Event::Statement { sql, .. } = event
            && sql.starts_with("INSERT OR ABORT")
        {
            say("copying");
        }
        if self.stop_at == Some(self.seen) {
            say("waiting");
            // Ends when the test does, should it forget to kill.
            drop(std::io::stdin().read(&mut [0]));
        }
    }
}

fn say(line: &str) {
    let mut out = std::io::stderr().lock();
    writeln!(out, "runner: {line}").unwrap();
    out.flush().unwrap();
}

fn start(world: &World, stop_at: Option<usize>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "crash::child", "--nocapture"]).env(HOME, world.home.path());
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    if let Some(number) = stop_at {
        command.env(STOP_AT, number.to_string());
    }
    command.spawn().unwrap()
}

/// Waits until the child says this; false where it ends without.
fn wait_for(child: &mut Child, line: &str) -> bool {
    let said = BufReader::new(child.stderr.as_mut().unwrap()).lines();
    said.map_while(Result::ok).any(|found| found == format!("runner: {line}"))
}

fn world() -> World {
    let world = World::library();
    world.sql("PRAGMA journal_mode=WAL");
    world.sql(
        "WITH RECURSIVE n(value) AS (SELECT 1001 UNION ALL SELECT value + 1 FROM n WHERE value < 16000)
         INSERT INTO books SELECT value * 3, value % 40 + 1, 'title ' || value, value FROM n",
    );
    world.generate(REBUILT);
    world
}

/// Wholly old or wholly new, every row there; then the next run finishes.
fn assert_whole_and_finish(world: &World, moment: &str, contents: &str) {
    let is_new = world.count("SELECT count(*) FROM _schema_migrations") == 2;
    let nulls = world.count("SELECT count(*) FROM books WHERE pages IS NULL");
    assert_eq!(nulls, if is_new { 0 } else { 60 }, "{moment}");
    let has_default = world.count("SELECT sql LIKE '%nobody%' FROM sqlite_schema WHERE name = 'authors'");
    assert_eq!(has_default == 1, is_new, "{moment}");
    assert_eq!(world.text(CONTENTS), contents, "{moment}");
    assert_eq!(
        world.count("SELECT count(*) FROM sqlite_schema WHERE name LIKE '\\_new%' ESCAPE '\\'"),
        0,
        "{moment}"
    );
    assert_eq!(world.text("PRAGMA integrity_check"), "ok", "{moment}");
    assert_eq!(world.migrate().unwrap().revisions.len(), usize::from(!is_new), "{moment}");
    assert_eq!(world.text(CONTENTS), contents, "{moment}");
    assert_eq!(world.count("SELECT count(*) FROM books WHERE pages IS NULL"), 0, "{moment}");
}

const CONTENTS: &str =
    "SELECT count(*) || '/' || sum(id) || '/' || sum(author_id) || '/' || sum(length(title)) || '/'
    || sum(coalesce(pages, 0)) || '/' || (SELECT group_concat(id || name) FROM authors) FROM books";

#[test]
fn a_runner_killed_at_any_event_leaves_all_or_nothing() {
    let world = world();
    let contents = world.text(CONTENTS);
    let copy = std::fs::read(&world.target.database).unwrap();
    let mut killed = 0;
    for event in 1.. {
        restore(&world, &copy);
        let mut child = start(&world, Some(event));
        if !wait_for(&mut child, "waiting") {
            assert!(child.wait().unwrap().success());
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        killed += 1;
        assert_whole_and_finish(&world, &format!("event {event}"), &contents);
    }
    assert!(killed >= 20, "only {killed} moments");
}

#[test]
fn a_runner_killed_in_the_middle_of_the_copy_leaves_all_or_nothing() {
    let world = world();
    let contents = world.text(CONTENTS);
    let copy = std::fs::read(&world.target.database).unwrap();
    for milliseconds in 0..10 {
        restore(&world, &copy);
        let mut child = start(&world, None);
        assert!(wait_for(&mut child, "copying"));
        thread::sleep(Duration::from_millis(milliseconds * 2));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_whole_and_finish(&world, &format!("{milliseconds} x 2 ms into the copy"), &contents);
    }
}

/// A limit on the size of files stands in for a full disk: the write fails in the same place.
#[test]
fn a_runner_that_runs_out_of_room_leaves_all_or_nothing() {
    let world = world();
    let contents = world.text(CONTENTS);
    let copy = std::fs::read(&world.target.database).unwrap();
    let (mut failed, mut finished) = (0, 0);
    for step in 0..24_usize {
        restore(&world, &copy);
        // The write-ahead log begins with nothing and grows beyond the database.
        let blocks = copy.len() / 512 * step / 8;
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"", "sh", &blocks.to_string()]);
        command.arg(std::env::current_exe().unwrap()).args(["--exact", "crash::child", "--nocapture"]);
        command.env(HOME, world.home.path()).stdin(Stdio::null());
        let output = command.output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() {
            finished += 1;
        } else {
            failed += 1;
            assert!(!told.contains("applied"), "{told}");
        }
        assert_whole_and_finish(&world, &format!("room for {blocks} blocks\n{told}"), &contents);
    }
    assert!(failed >= 3 && finished >= 1, "{failed} failed, {finished} finished");
}

/// Puts the database file back. No process has it open.
fn restore(world: &World, copy: &[u8]) {
    for suffix in ["-wal", "-shm"] {
        drop(std::fs::remove_file(format!("{}{suffix}", world.target.database.display())));
    }
    std::fs::write(&world.target.database, copy).unwrap();
}

#[test]
fn two_runners_at_once_apply_once() {
    let world = world();
    let children: Vec<Child> = (0..3).map(|_| start(&world, None)).collect();
    let mut applied = Vec::new();
    for mut child in children {
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(child.wait().unwrap().success(), "{said}");
        applied.push(said.contains("runner: applied 1"));
    }
    assert_eq!(applied.iter().filter(|applied| **applied).count(), 1, "{applied:?}");
    assert_eq!(world.count("SELECT count(*) FROM _schema_migrations"), 2);
}
