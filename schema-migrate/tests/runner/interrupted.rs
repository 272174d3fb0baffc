//! Somebody asks to stop: whatever is going on ends, and nothing half-made stays.

use std::fs;

use schema_migrate::run::{Event, Interrupt, Lock, MigrateOptions, Observer, Target, migrate, rollback};
use schema_migrate::rust_step::MigrationTx;
use schema_migrate::{ErrorKind, Result, migration};

use super::support::{World, assert_told};

/// Asks to stop at the first event for which this holds.
struct At<'a>(Interrupt, When<'a>);

type When<'a> = &'a dyn Fn(&Event<'_>) -> bool;

impl Observer for At<'_> {
    fn event(&mut self, event: &Event<'_>) {
        if (self.1)(event) {
            self.0.raise();
        }
    }
}

/// Two pending revisions: a short one, and one whose second statement never ends by itself.
fn world() -> World {
    let mut world = World::library();
    world.write("first", "CREATE INDEX books_pages ON books(pages);", "DROP INDEX books_pages;");
    world.write(
        "endless",
        "UPDATE books SET pages = 1;
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000000)
         UPDATE books SET pages = (SELECT count(*) FROM n);",
        "",
    );
    world.target = world.target.backups(world.home.path().join("backups"));
    world
}

/// Files beside the database, and in the folder of backups.
fn files(world: &World) -> Vec<String> {
    let list = |folder: &std::path::Path| -> Vec<String> {
        let entries = fs::read_dir(folder).into_iter().flatten();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let mut names = list(world.home.path());
    names.extend(list(&world.home.path().join("backups")));
    names.retain(|name| name.contains("partial") || name.contains("rehearsal"));
    names
}

/// Says that the second statement begins.
struct Tell(std::sync::mpsc::Sender<()>);
impl Observer for Tell {
    fn event(&mut self, event: &Event<'_>) {
        if matches!(event, Event::Statement { number: 2, total: 2, .. }) {
            self.0.send(()).unwrap();
        }
    }
}

#[test]
fn a_long_statement_is_interrupted_and_its_migration_rolled_back() {
    let world = world();
    let interrupt = world.target.interrupt.clone();
    let (begun, has_begun) = std::sync::mpsc::channel();
    let raiser = std::thread::spawn(move || {
        has_begun.recv().unwrap();
        // Inside the statement, or just before it: both end it.
        interrupt.raise();
    });
    let error = migrate(&world.target, &MigrateOptions::default(), &mut Tell(begun)).unwrap_err();
    raiser.join().unwrap();
    assert_eq!((error.kind(), error.kind().exit_code()), (ErrorKind::Interrupted, 130));
    let state = error.data_state().unwrap();
    assert!(state.starts_with("this migration was rolled back"), "{error}");
    assert!(state.contains("_first stays applied"), "{error}");
    assert_eq!(world.count("SELECT count(*) FROM books WHERE pages = 1"), 0);
    assert_eq!(world.count("SELECT count(*) FROM _schema_migrations"), 2);
    assert!(files(&world).is_empty(), "{:?}", files(&world));
    // The lock is free, and the next run begins where this one ended.
    drop(Lock::take(&world.target.database, std::time::Duration::ZERO).unwrap());
}

#[test]
fn whenever_somebody_asks_nothing_was_changed_and_nothing_is_left() {
    let phases: [(&str, When<'_>); 6] = [
        ("scratch", &|event| matches!(event, Event::Phase { what: "trying on a scratch database" })),
        ("check", &|event| matches!(event, Event::Phase { what: "checking the integrity" })),
        ("backup", &|event| matches!(event, Event::Progress { .. })),
        ("backed up", &|event| matches!(event, Event::Backup { .. })),
        ("rehearsal", &|event| matches!(event, Event::Phase { what: "rehearsing on a copy" })),
        ("first", &|event| matches!(event, Event::Begin { number: 1, .. })),
    ];
    for (name, at) in phases {
        let world = world();
        let before = world.dump();
        let target = Target { interrupt: Interrupt::default(), ..world.target.clone() };
        let options =
            MigrateOptions { rehearse: name == "rehearsal", to: Some("first"), ..MigrateOptions::default() };
        let error = migrate(&target, &options, &mut At(target.interrupt.clone(), at)).unwrap_err();
        assert_told(&error, 130, "interrupted");
        let state = match name {
            "rehearsal" => "nothing was changed: the rehearsal ran on a copy",
            "backed up" | "first" => "this migration was rolled back; nothing was changed",
            _ => "nothing was changed",
        };
        assert_eq!(error.data_state(), Some(state), "{name}");
        assert_eq!(world.dump(), before, "{name}");
        assert!(files(&world).is_empty(), "{name}: {:?}", files(&world));
        let again = Target { interrupt: Interrupt::default(), ..target };
        migrate(&again, &options, &mut schema_migrate::run::Silent).unwrap();
    }
}

#[test]
fn who_waits_for_the_lock_or_for_a_writer_stops_waiting() {
    let world = world();
    let target = world.target.clone().wait(std::time::Duration::from_secs(3600));
    let held = Lock::take(&target.database, std::time::Duration::ZERO).unwrap();
    let at = |event: &Event<'_>| matches!(event, Event::Waiting { .. });
    let error =
        migrate(&target, &MigrateOptions::default(), &mut At(target.interrupt.clone(), &at)).unwrap_err();
    assert_told(&error, 130, "interrupted");
    drop(held);

    let target = Target { interrupt: Interrupt::default(), ..target };
    let writer = world.connection();
    let begin = |event: &Event<'_>| {
        if matches!(event, Event::Backup { .. }) {
            writer.execute_batch("BEGIN IMMEDIATE").unwrap();
            let interrupt = target.interrupt.clone();
            std::thread::spawn(move || {
                std::thread::sleep(std::time::Duration::from_millis(50));
                interrupt.raise();
            });
        }
        false
    };
    let error =
        migrate(&target, &MigrateOptions::default(), &mut At(Interrupt::default(), &begin)).unwrap_err();
    assert_told(&error, 130, "interrupted");
}

#[test]
fn a_rust_step_stops_between_its_batches_and_a_way_back_rolls_back() {
    #[migration("20990101000001_walk")]
    fn walk(tx: &MigrationTx) -> Result<()> {
        let each = tx.batches("books").size(10);
        each.each(
            |row| row.get::<_, i64>(0),
            |ids| ids.iter().try_for_each(|id| tx.execute("DELETE FROM books WHERE id = ?1", [id]).map(drop)),
        )?;
        Ok(())
    }
    let mut world = World::library();
    world.write("walk", "", "");
    world.edit_newest(&|text| text.replace("-- migrate:up", "-- rust: walk\n-- migrate:up"));
    world.target = world.target.steps([walk]);
    let before = world.dump();
    let at = |event: &Event<'_>| matches!(event, Event::Walked { done: 100, .. });
    let mut observer = At(world.target.interrupt.clone(), &at);
    let error = migrate(&world.target, &MigrateOptions::default(), &mut observer).unwrap_err();
    assert_told(&error, 130, "interrupted");
    assert_eq!(world.dump(), before);

    let world = World::library();
    world.write("first", "CREATE INDEX books_pages ON books(pages);", "DROP INDEX books_pages;");
    world.migrate().unwrap();
    let before = world.dump();
    let at = |event: &Event<'_>| matches!(event, Event::StatementDone { .. });
    let mut observer = At(world.target.interrupt.clone(), &at);
    let error =
        rollback(&world.target, &schema_migrate::run::RollbackOptions::default(), &mut observer).unwrap_err();
    assert_told(&error, 130, "interrupted");
    assert_eq!(world.dump(), before);
}
