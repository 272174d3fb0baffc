//! Files that ask for `transaction: off`: each statement alone, with a mark of how far it came.

use schema_migrate::Result;
use schema_migrate::history::{self, Resolution, Standing};
use schema_migrate::run::{Event, Interrupt, MigrateOptions, Observer, Report, Silent, Target, migrate};
use schema_migrate::status::status;

use super::support::{World, assert_told};

const OFF: &str = "-- transaction: off\n-- migrate:up";

/// The library with a pending file of these statements, each to run alone.
fn world(up: &str, down: &str) -> World {
    let world = World::library();
    world.write("alone", up, down);
    world.edit_newest(&|text| text.replace("-- migrate:up", OFF));
    world
}

fn resolve(world: &World, how: &str) -> Result<Report> {
    let resolutions = [Resolution::read(&format!("20990101000001_alone={how}")).unwrap()];
    migrate(
        &world.target,
        &MigrateOptions { resolve: &resolutions, ..MigrateOptions::default() },
        &mut Silent,
    )
}

fn dirty(world: &World) -> Option<String> {
    let found = status(&world.target).unwrap();
    let entry = found.standing(Standing::Dirty).next()?;
    Some(entry.applied.as_ref().unwrap().unfinished().unwrap().told())
}

const HALF: &str = "CREATE INDEX books_pages ON books(pages);
    INSERT INTO authors VALUES (1, 'twice');
    UPDATE books SET pages = 7;";

#[test]
fn vacuum_and_pragmas_run_alone_and_are_recorded_and_taken_back() {
    let world = world("DELETE FROM books WHERE id > 300; PRAGMA page_size = 8192; VACUUM;", "");
    let report = world.migrate().unwrap();
    assert!(report.warnings.iter().any(|text| text.contains("outside of a transaction")), "{report:?}");
    assert_eq!(world.count("PRAGMA page_size"), 8192);
    assert_eq!(world.count("PRAGMA freelist_count"), 0);
    let row = history::read(&world.connection()).unwrap().pop().unwrap();
    assert_eq!((row.state.as_str(), row.unfinished()), ("applied", None));
    assert!(world.migrate().unwrap().revisions.is_empty());
    // It deletes rows, and says nothing of how they come back.
    assert_told(&world.rollback(1).unwrap_err(), 7, "cannot be taken back");
}

#[test]
fn what_only_maintains_needs_no_way_back() {
    let world = world("ANALYZE; VACUUM; PRAGMA auto_vacuum = 1;", "");
    world.migrate().unwrap();
    world.rollback(1).unwrap();
    assert_eq!(world.count("SELECT count(*) FROM _schema_migrations"), 1);
}

#[test]
fn a_statement_that_fails_leaves_a_mark_and_every_later_run_is_refused() {
    let world = world(HALF, "DROP INDEX books_pages;");
    let error = world.migrate().unwrap_err();
    assert_eq!(error.kind().exit_code(), 1);
    assert!(error.what().contains("statement 2 of 3"), "{error}");
    assert!(error.location().unwrap().ends_with("_alone.sql:6"), "{error}");
    assert!(error.data_state().unwrap().contains("what has run of it stays"), "{error}");
    assert_eq!(world.count("SELECT count(*) FROM sqlite_schema WHERE name = 'books_pages'"), 1);
    assert_eq!(dirty(&world).as_deref(), Some("1 of 3 statements ran"));
    assert!(!status(&world.target).unwrap().is_up_to_date());
    for dry_run in [true, false] {
        let options = MigrateOptions { dry_run, ..MigrateOptions::default() };
        let error = migrate(&world.target, &options, &mut Silent).unwrap_err();
        assert_told(&error, 7, "was stopped half-way");
        assert!(error.next_steps()[0].contains("--resolve 20990101000001_alone=continue"), "{error}");
    }
    assert_told(&world.rollback(1).unwrap_err(), 7, "was stopped half-way");
}

#[test]
fn continue_runs_what_has_not_run_once_it_is_corrected() {
    let world = world(HALF, "DROP INDEX books_pages;");
    world.migrate().unwrap_err();
    // The statement that ran may not be edited, the others may.
    world.edit_newest(&|text| text.replace("(1, 'twice')", "(1001, 'once')"));
    world.edit_newest(&|text| text.replace("books(pages)", "books(pages, id)"));
    assert_told(&resolve(&world, "continue").unwrap_err(), 7, "that ran have been edited");
    world.edit_newest(&|text| text.replace("books(pages, id)", "books(pages)"));
    let report = resolve(&world, "continue").unwrap();
    assert_eq!(report.revisions.len(), 1);
    assert_eq!(world.count("SELECT count(*) FROM books WHERE pages = 7"), 300);
    assert_eq!(world.count("SELECT count(*) FROM authors WHERE id = 1001"), 1);
    assert!(status(&world.target).unwrap().is_up_to_date());
    world.rollback(1).unwrap();
    assert_eq!(world.count("SELECT count(*) FROM sqlite_schema WHERE name = 'books_pages'"), 0);
}

#[test]
fn applied_and_pending_say_what_a_person_has_done_by_hand() {
    let by_hand = world(HALF, "DROP INDEX books_pages;");
    by_hand.migrate().unwrap_err();
    by_hand.sql("UPDATE books SET pages = 8");
    assert!(resolve(&by_hand, "applied").unwrap().revisions.is_empty());
    assert!(status(&by_hand.target).unwrap().is_up_to_date());
    assert_eq!(by_hand.count("SELECT count(*) FROM books WHERE pages = 8"), 300);

    let undone = world(HALF, "");
    undone.migrate().unwrap_err();
    undone.sql("DROP INDEX books_pages; DELETE FROM books; DELETE FROM authors WHERE id = 1");
    assert_eq!(resolve(&undone, "pending").unwrap().revisions.len(), 1);
    assert!(status(&undone.target).unwrap().is_up_to_date());

    // Of what is not half-way nothing is said.
    assert_told(&resolve(&undone, "applied").unwrap_err(), 2, "waits for no answer");
    assert!(Resolution::read("20990101000001_alone=done").is_err());
}

#[test]
fn a_way_back_that_fails_is_half_way_too() {
    let world = world(
        "CREATE INDEX books_pages ON books(pages);",
        "DROP INDEX books_pages; INSERT INTO authors VALUES (1, 'twice');",
    );
    world.migrate().unwrap();
    let error = world.rollback(1).unwrap_err();
    assert!(error.data_state().unwrap().contains("what has run of it stays"), "{error}");
    assert_eq!(dirty(&world).as_deref(), Some("1 of 2 statements ran of its way back"));
    assert_told(&world.rollback(1).unwrap_err(), 7, "was stopped half-way");
    assert_told(&resolve(&world, "continue").unwrap_err(), 2, "on its way back");
    // Taken back by hand, and applied again.
    assert_eq!(resolve(&world, "pending").unwrap().revisions.len(), 1);
    assert!(status(&world.target).unwrap().is_up_to_date());
}

#[test]
fn whoever_asks_to_stop_between_two_statements_finds_the_first_one_marked() {
    struct After(Interrupt);
    impl Observer for After {
        fn event(&mut self, event: &Event<'_>) {
            if matches!(event, Event::StatementDone { number: 1, .. }) {
                self.0.raise();
            }
        }
    }
    let world = world("CREATE INDEX books_pages ON books(pages); UPDATE books SET pages = 7;", "");
    let mut after = After(world.target.interrupt.clone());
    let error = migrate(&world.target, &MigrateOptions::default(), &mut after).unwrap_err();
    assert_eq!(error.kind().exit_code(), 130);
    assert!(error.data_state().unwrap().contains("what has run of it stays"), "{error}");
    assert_eq!(dirty(&world).as_deref(), Some("1 of 2 statements ran"));
    let again = Target { interrupt: Interrupt::default(), ..world.target.clone() };
    let resolutions = [Resolution::read("20990101000001_alone=continue").unwrap()];
    let options = MigrateOptions { resolve: &resolutions, ..MigrateOptions::default() };
    migrate(&again, &options, &mut Silent).unwrap();
    assert_eq!(world.count("SELECT count(*) FROM books WHERE pages = 7"), 300);
}

/// What another program sees at each statement.
struct Look<'w>(&'w World, Vec<String>);
impl Observer for Look<'_> {
    fn event(&mut self, event: &Event<'_>) {
        if matches!(event, Event::Statement { .. }) {
            self.1.push(dirty(self.0).unwrap());
        }
    }
}

#[test]
fn a_process_that_dies_in_a_statement_leaves_it_marked_as_begun() {
    // What a killed process leaves: the mark of before its statement.
    let world = world("CREATE INDEX books_pages ON books(pages); UPDATE books SET pages = 7;", "");
    let mut look = Look(&world, Vec::new());
    migrate(&world.target, &MigrateOptions::default(), &mut look).unwrap();
    assert_eq!(
        look.1,
        [
            "0 of 2 statements ran; statement 1 was begun and may have run",
            "1 of 2 statements ran; statement 2 was begun and may have run"
        ]
    );
}

#[test]
fn what_belongs_into_a_transaction_is_refused_when_the_file_is_read() {
    for (up, wanted) in [
        ("DROP TABLE books;", "`DROP` has no place"),
        ("VACUUM INTO 'copy.db';", "`VACUUM` has no place"),
        ("ATTACH 'other.db' AS other;", "`ATTACH` has no place"),
        ("BEGIN; UPDATE books SET pages = 1; COMMIT;", "`BEGIN` has no place"),
    ] {
        let error = world(up, "").migrate().unwrap_err();
        assert_told(&error, 7, wanted);
        assert_eq!(error.next_steps().len(), 1, "{error}");
    }
    let world = world("VACUUM;", "");
    world.edit_newest(&|text| text.replace("-- transaction: off\n", ""));
    let error = world.migrate().unwrap_err();
    assert!(error.to_string().contains("transaction: off"), "{error}");
}
