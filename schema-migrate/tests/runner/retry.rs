//! A revision that another writer kept from its turn is begun again.

use std::time::Duration;

use schema_core::rusqlite::Connection;
use schema_migrate::Result;
use schema_migrate::run::{
    Event, MigrateOptions, Observer, Report, Retry, RollbackOptions, Target, migrate, rollback,
};

use super::support::{World, assert_told};

/// Another program's connection, which lets go after so many attempts of ours.
struct Writer {
    connection: Connection,
    lets_go_at: u32,
    attempts: Vec<(u32, u32, Duration)>,
}

impl Writer {
    /// It begins to write once the checks have passed.
    fn new(world: &World, lets_go_at: u32) -> Self {
        Self { connection: world.connection(), lets_go_at, attempts: Vec::new() }
    }
}

impl Observer for Writer {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Preflight { .. } => self.connection.execute_batch("BEGIN IMMEDIATE").unwrap(),
            Event::Retry { error, attempt, attempts, pause } => {
                assert_eq!(error.kind().exit_code(), 5, "{error}");
                self.attempts.push((*attempt, *attempts, *pause));
                if *attempt == self.lets_go_at {
                    self.connection.execute_batch("COMMIT").unwrap();
                }
            }
            _ => {}
        }
    }
}

const FIRST: Duration = Duration::from_millis(20);

fn world() -> (World, Target) {
    let world = World::library();
    world.write(
        "pages",
        "UPDATE books SET pages = coalesce(pages, 0) + 1;",
        "UPDATE books SET pages = pages - 1;",
    );
    let target = world.target.clone().wait(Duration::from_millis(5));
    (world, target.retry(Retry { attempts: 3, first: FIRST, factor: 2 }))
}

fn apply(target: &Target, writer: &mut Writer) -> Result<Report> {
    migrate(target, &MigrateOptions::default(), writer)
}

#[test]
fn a_writer_that_goes_away_only_delays_the_migration_and_its_way_back() {
    let (world, target) = world();
    let pages = "SELECT sum(pages) FROM books";
    let before = world.count(pages);
    let mut writer = Writer::new(&world, 2);
    assert_eq!(apply(&target, &mut writer).unwrap().revisions.len(), 1);
    assert_eq!(writer.attempts, [(1, 3, FIRST), (2, 3, FIRST * 2)]);
    assert_eq!(world.count(pages), before + 300, "run once, not once an attempt");

    let mut writer = Writer::new(&world, 1);
    let report = rollback(&target, &RollbackOptions::default(), &mut writer).unwrap();
    assert_eq!((report.revisions.len(), writer.attempts.len()), (1, 1));
    assert_eq!(world.count(pages), before);
}

#[test]
fn a_writer_that_stays_is_exit_5_after_the_last_pause() {
    let (world, target) = world();
    let before = world.dump();
    let mut writer = Writer::new(&world, 0);
    let error = apply(&target, &mut writer).unwrap_err();
    assert_told(&error, 5, "locked");
    assert_eq!(writer.attempts, [(1, 3, FIRST), (2, 3, FIRST * 2), (3, 3, FIRST * 4)]);
    drop(writer);
    assert_eq!(world.dump(), before);
}

#[test]
fn a_statement_that_is_wrong_is_not_tried_again() {
    let (world, target) = world();
    world.write("twice", "INSERT INTO authors VALUES (1, 'twice');", "SELECT 1;");
    let mut writer = Writer::new(&world, 1);
    let error = migrate(&target, &MigrateOptions::default(), &mut Once(&mut writer)).unwrap_err();
    assert_eq!(error.kind().exit_code(), 1, "{error}");
    assert_eq!(writer.attempts, []);
}

/// Passes on what tells of attempts alone: nobody else writes.
struct Once<'w>(&'w mut Writer);

impl Observer for Once<'_> {
    fn event(&mut self, event: &Event<'_>) {
        if let Event::Retry { .. } = event {
            self.0.event(event);
        }
    }
}
