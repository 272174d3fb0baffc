//! What is done once everything is applied.

use std::fs;

use schema_migrate::run::{Event, MigrateOptions, Observer, migrate};

use super::support::World;

#[derive(Default)]
struct Seen(Vec<bool>);

impl Observer for Seen {
    fn event(&mut self, event: &Event<'_>) {
        if let Event::Settled { checkpointed } = event {
            self.0.push(*checkpointed);
        }
    }
}

fn run(world: &World) -> Vec<bool> {
    let mut seen = Seen::default();
    migrate(&world.target, &MigrateOptions::default(), &mut seen).unwrap();
    seen.0
}

#[test]
fn the_log_is_written_into_the_database_unless_somebody_reads() {
    let world = World::library();
    world.sql("PRAGMA journal_mode=WAL");
    let open = world.connection();
    open.query_row("SELECT count(*) FROM books", [], |_| Ok(())).unwrap();
    world.write("first", "UPDATE books SET pages = 7;", "");
    assert_eq!(run(&world), [true]);
    assert_eq!(fs::metadata(world.home.path().join("app.db-wal")).unwrap().len(), 0);

    // A reader that stays keeps the log, and nothing else from being done.
    open.execute_batch("BEGIN; SELECT count(*) FROM books").unwrap();
    world.write("second", "UPDATE books SET pages = 8;", "");
    assert_eq!(run(&world), [false]);
    assert_eq!(world.count("SELECT count(*) FROM books WHERE pages = 8"), 300);
    open.execute_batch("COMMIT").unwrap();
    // Nothing was applied: nothing is done.
    assert!(run(&world).is_empty());
}

#[test]
fn statistics_that_are_out_of_date_are_made_anew() {
    let world = World::library();
    world.sql(
        "CREATE INDEX books_pages ON books (pages); ANALYZE;
         UPDATE sqlite_stat1 SET stat = '2 1'",
    );
    world.write("first", "UPDATE books SET title = title || '!' WHERE pages = 100;", "");
    run(&world);
    assert_eq!(
        world.count("SELECT count(*) FROM sqlite_stat1 WHERE idx = 'books_pages' AND stat LIKE '300 %'"),
        1
    );
}
