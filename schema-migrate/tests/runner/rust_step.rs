//! Rust functions that belong to a revision.

use schema_migrate::run::{Event, MigrateOptions, Observer, RollbackOptions, Silent, migrate, rollback};
use schema_migrate::rust_step::{MigrationTx, RustStep, misfit};
use schema_migrate::{Error, Result, history, migration};

use super::support::{World, assert_told};

/// A revision that fills `books.slug` in Rust, and the next one.
fn world(names: &str) -> World {
    let world = World::library();
    world.write("slugs", "ALTER TABLE books ADD COLUMN slug TEXT;", "ALTER TABLE books DROP COLUMN slug;");
    world.edit_newest(&|text| text.replace("-- migrate:up", &format!("{names}\n-- migrate:up")));
    world
}

fn with(mut world: World, steps: &[RustStep]) -> World {
    world.target = world.target.steps(steps.iter().copied());
    world
}

#[migration("20990101000001_slugs")]
fn slugs(tx: &MigrationTx) -> Result<()> {
    let books = tx.batches("books").columns(["id", "title"]).size(70).each(
        |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)),
        |books| {
            for (id, title) in books {
                tx.execute("UPDATE books SET slug = ?2 WHERE id = ?1", (id, title.replace(' ', "-")))?;
            }
            Ok(())
        },
    )?;
    assert_eq!(books, 300);
    Ok(())
}

/// What the down statements drop is still there.
#[migration("20990101000001_slugs", down)]
fn titles(tx: &MigrationTx) -> Result<()> {
    let found = tx.query("SELECT id, slug FROM books", [], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
    })?;
    for (id, slug) in found {
        tx.execute("UPDATE books SET title = 'was ' || ?2 WHERE id = ?1", (id, slug))?;
    }
    Ok(())
}

#[derive(Default)]
struct Seen(Vec<String>);

impl Observer for Seen {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Statement { sql, .. } => self.0.push((*sql).to_owned()),
            Event::RustStep { name, .. } => self.0.push(format!("begin {name}")),
            Event::Walked { what, done, total } => self.0.push(format!("{what} {done}/{total}")),
            Event::RustStepDone { name, rows, .. } => self.0.push(format!("end {name} {rows}")),
            _ => {}
        }
    }
}

#[test]
fn a_rust_step_runs_in_batches_after_the_statements_of_up_and_is_in_the_history() {
    let world = with(world("-- rust: slugs"), &[slugs]);
    let mut seen = Seen::default();
    let report = migrate(&world.target, &MigrateOptions::default(), &mut seen).unwrap();
    assert_eq!(report.revisions[0].rows, 300);
    assert_eq!(
        seen.0,
        [
            "ALTER TABLE books ADD COLUMN slug TEXT",
            "begin slugs",
            "books 0/300",
            "books 70/300",
            "books 140/300",
            "books 210/300",
            "books 280/300",
            "books 300/300",
            "end slugs 300"
        ]
    );
    assert_eq!(world.count("SELECT count(*) FROM books WHERE slug = replace(title, ' ', '-')"), 300);
    let row = history::read(&world.connection()).unwrap().pop().unwrap();
    assert_eq!((row.kind.as_str(), row.rows_touched), ("rust", 300));
}

#[test]
fn the_way_back_runs_its_function_before_its_statements() {
    let world = with(world("-- rust: slugs\n-- rust-down: titles"), &[slugs, titles]);
    world.migrate().unwrap();
    let mut seen = Seen::default();
    rollback(&world.target, &RollbackOptions::default(), &mut seen).unwrap();
    assert_eq!(seen.0, ["begin titles", "end titles 300", "ALTER TABLE books DROP COLUMN slug"]);
    assert_eq!(world.count("SELECT count(*) FROM books WHERE title = 'was title-' || (id / 3)"), 300);
}

#[test]
fn without_its_function_nothing_is_begun_on_the_way_up_or_back() {
    let world = world("-- rust: slugs\n-- rust-down: titles");
    let before = world.dump();
    for dry_run in [true, false] {
        let options = MigrateOptions { dry_run, ..MigrateOptions::default() };
        let error = migrate(&world.target, &options, &mut Silent).unwrap_err();
        assert_told(&error, 7, "needs the Rust step `slugs`, which this program does not have");
        assert!(error.location().unwrap().ends_with("20990101000001_slugs.sql"), "{error}");
        assert!(error.next_steps()[0].contains(".step(slugs)"), "{error}");
    }
    let found = schema_migrate::status::status(&world.target).unwrap();
    let told = misfit(&world.target, &found).unwrap().unwrap();
    assert_eq!(told.kind().exit_code(), 7);
    // The way back is asked for before there is anything to take back.
    let world = with(world, &[slugs]);
    assert_told(&world.migrate().unwrap_err(), 7, "needs the Rust step `titles`");
    assert_eq!(world.dump(), before);

    let world = with(world, &[titles]);
    world.migrate().unwrap();
    let (applied, forgetful) = (world.dump(), world.target.clone());
    let forgetful = schema_migrate::run::Target { steps: vec![slugs], ..forgetful };
    for dry_run in [true, false] {
        let options = RollbackOptions { dry_run, ..RollbackOptions::default() };
        let error = rollback(&forgetful, &options, &mut Silent).unwrap_err();
        assert_told(&error, 7, "needs the Rust step `titles`");
    }
    assert_eq!(world.dump(), applied);
}

#[test]
fn a_function_for_no_file_for_another_name_or_twice_is_refused() {
    #[migration("20991231000000_nowhere")]
    fn nowhere(tx: &MigrationTx) -> Result<()> {
        tx.execute("DELETE FROM books", []).map(drop)
    }
    #[migration("20990101000001_slugs")]
    fn others(tx: &MigrationTx) -> Result<()> {
        nowhere(tx)
    }
    for (names, steps, wanted) in [
        ("-- rust: slugs", vec![slugs, nowhere], "belongs to 20991231000000_nowhere, which has no file"),
        ("-- rust: slugs", vec![others], "names the Rust step `slugs`, and `others` is registered"),
        ("-- rust: slugs", vec![slugs, others], "two Rust steps are registered"),
        ("-- note: none", vec![slugs], "whose file names no such step"),
        ("-- rust: slugs", vec![slugs, titles], "whose file names no such step"),
    ] {
        let world = with(world(names), &steps);
        let before = world.dump();
        assert_told(&world.migrate().unwrap_err(), 7, wanted);
        assert_eq!(world.dump(), before);
    }
}

fn fails(step: RustStep, wanted: &str) -> Error {
    let world = with(world("-- rust: slugs"), &[step]);
    let before = world.dump();
    let error = world.migrate().unwrap_err();
    assert_told(&error, 1, wanted);
    assert!(error.data_state().unwrap().contains("rolled back"), "{error}");
    assert!(error.location().unwrap().ends_with("20990101000001_slugs.sql"), "{error}");
    assert_eq!(world.dump(), before);
    error
}

/// Functions that must leave nothing behind.
mod bad {
    use super::*;

    pub(super) mod panics {
        use super::*;
        #[migration("20990101000001_slugs")]
        pub(in super::super) fn slugs(tx: &MigrationTx) -> Result<()> {
            tx.execute("DELETE FROM books", [])?;
            panic!("book {} has no title", 7)
        }
    }

    pub(super) mod refused {
        use super::*;
        #[migration("20990101000001_slugs")]
        pub(in super::super) fn slugs(tx: &MigrationTx) -> Result<()> {
            tx.execute("DELETE FROM books", [])?;
            tx.execute("INSERT INTO books(id, author_id, title) VALUES (1, 1, '')", []).map(drop)
        }
    }

    pub(super) mod commits {
        use super::*;
        #[migration("20990101000001_slugs")]
        pub(in super::super) fn slugs(tx: &MigrationTx) -> Result<()> {
            tx.execute("DELETE FROM books", [])?;
            drop(tx.connection().execute_batch("COMMIT; DELETE FROM authors"));
            Ok(())
        }
    }

    pub(super) mod asks_to_commit {
        use super::*;
        #[migration("20990101000001_slugs")]
        pub(in super::super) fn slugs(tx: &MigrationTx) -> Result<()> {
            tx.execute("DELETE FROM books", [])?;
            tx.execute("COMMIT", []).map(drop)
        }
    }

    pub(super) mod rolls_back {
        use super::*;
        #[migration("20990101000001_slugs")]
        pub(in super::super) fn slugs(tx: &MigrationTx) -> Result<()> {
            tx.execute("ROLLBACK", [])?;
            tx.execute("DELETE FROM books", []).map(drop)
        }
    }

    pub(super) mod begins_anew {
        use super::*;
        #[migration("20990101000001_slugs")]
        pub(in super::super) fn slugs(tx: &MigrationTx) -> Result<()> {
            tx.batches("books").size(100).each(
                |row| row.get::<_, i64>(0),
                |books| {
                    if books.contains(&201) {
                        tx.execute("ROLLBACK", [])?;
                        tx.execute("BEGIN IMMEDIATE", [])?;
                    }
                    for book in books {
                        tx.execute("UPDATE books SET title = 'new' WHERE id = ?1", [book])?;
                    }
                    Ok(())
                },
            )?;
            Ok(())
        }
    }

    pub(super) mod commits_and_begins {
        use super::*;
        #[migration("20990101000001_slugs")]
        pub(in super::super) fn slugs(tx: &MigrationTx) -> Result<()> {
            tx.execute("UPDATE books SET title = 'new' WHERE id < 100", [])?;
            drop(tx.connection().execute_batch("COMMIT"));
            drop(tx.connection().execute_batch("BEGIN IMMEDIATE"));
            tx.execute("UPDATE books SET title = 'new' WHERE id > 100", []).map(drop)
        }
    }

    pub(super) mod goes_on {
        use super::*;
        #[migration("20990101000001_slugs")]
        pub(in super::super) fn slugs(tx: &MigrationTx) -> Result<()> {
            tx.execute("UPDATE books SET title = 'new' WHERE id < 100", [])?;
            drop(tx.execute("INSERT OR ROLLBACK INTO books(id, author_id, title) VALUES (1, 1, '')", []));
            tx.execute("BEGIN IMMEDIATE", [])?;
            tx.execute("UPDATE books SET title = 'new' WHERE id > 100", []).map(drop)
        }
    }

    pub(super) mod forgets {
        use super::*;
        #[migration("20990101000001_slugs")]
        pub(in super::super) fn slugs(tx: &MigrationTx) -> Result<()> {
            tx.execute("DELETE FROM _schema_migrations", []).map(drop)
        }
    }

    pub(super) mod renames {
        use super::*;
        #[migration("20990101000001_slugs")]
        pub(in super::super) fn slugs(tx: &MigrationTx) -> Result<()> {
            tx.execute("UPDATE _schema_migrations SET up_checksum = 'mine'", []).map(drop)
        }
    }

    pub(super) mod alters {
        use super::*;
        #[migration("20990101000001_slugs")]
        pub(in super::super) fn slugs(tx: &MigrationTx) -> Result<()> {
            tx.connection().execute_batch("CREATE TEMP TABLE mine(a)")?;
            tx.execute("CREATE INDEX books_slug ON books(slug)", []).map(drop)
        }
    }

    pub(super) mod orphans {
        use super::*;
        #[migration("20990101000001_slugs")]
        pub(in super::super) fn slugs(tx: &MigrationTx) -> Result<()> {
            tx.execute("PRAGMA defer_foreign_keys=ON", [])?;
            tx.execute("UPDATE books SET author_id = 99 WHERE id < 100", []).map(drop)
        }
    }
}

#[test]
fn a_panic_an_error_and_an_ended_transaction_roll_everything_back() {
    assert!(fails(bad::panics::slugs, "panicked").reason().unwrap().contains("book 7 has no title"));

    assert!(fails(bad::refused::slugs, "failed").reason().unwrap().contains("books_title_check"));

    for ends in [
        bad::commits::slugs,
        bad::asks_to_commit::slugs,
        bad::rolls_back::slugs,
        bad::begins_anew::slugs,
        bad::commits_and_begins::slugs,
        bad::goes_on::slugs,
    ] {
        let error = fails(ends, "ended the transaction");
        assert!(error.next_steps()[0].contains("take that statement out"), "{error}");
    }
    for writes in [bad::forgets::slugs, bad::renames::slugs] {
        fails(writes, "changed the table of what is applied");
    }

    fails(bad::alters::slugs, "changed the schema");

    let world = with(world("-- rust: slugs"), &[bad::orphans::slugs]);
    let before = world.dump();
    assert_eq!(world.migrate().unwrap_err().kind().exit_code(), 1);
    assert_eq!(world.dump(), before);
}

#[test]
fn batches_walk_composite_keys_and_meet_each_row_once_while_rows_come_and_go() {
    #[migration("20990101000001_walk")]
    fn walk(tx: &MigrationTx) -> Result<()> {
        let mut seen = Vec::new();
        let count = tx.batches("pairs").size(3).filter("b <> 'skipped'").each(
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)),
            |batch| {
                assert!(batch.len() <= 3);
                for (a, b) in &batch {
                    tx.execute("DELETE FROM pairs WHERE a = ?1 AND b = ?2", (a, b))?;
                    // Behind the last one that was there at the beginning.
                    tx.execute("INSERT INTO pairs VALUES (?1, ?2)", (a + 100, b))?;
                }
                seen.extend(batch);
                Ok(())
            },
        )?;
        let wanted: Vec<(i64, String)> =
            (1..=5).flat_map(|a| ["x", "y"].map(|b| (a, b.to_owned()))).collect();
        assert_eq!((seen, count), (wanted, 10));
        assert_eq!(tx.batches("empty").each(|_| Ok(()), |_| Ok(()))?, 0);
        assert!(tx.batches("nothing").each(|_| Ok(()), |_| Ok(())).unwrap_err().what().contains("no table"));
        let names =
            tx.query_row("SELECT count(*) FROM pairs WHERE a > 100", [], |row| row.get::<_, i64>(0))?;
        assert_eq!(names, Some(10));
        Ok(())
    }
    let world = World::new();
    world.write("first", "CREATE TABLE first(a);", "DROP TABLE first;");
    let up = "CREATE TABLE pairs(a INTEGER, b TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID; CREATE TABLE empty(a);
              INSERT INTO pairs SELECT a.value, b.value FROM json_each('[1,2,3,4,5]') a, json_each('[\"x\",\"skipped\",\"y\"]') b;";
    world.write("walk", up, "DROP TABLE pairs; DROP TABLE empty;");
    world.edit_newest(&|text| text.replace("-- migrate:up", "-- rust: walk\n-- migrate:up"));
    with(world, &[walk]).migrate().unwrap();
}

#[test]
fn the_function_is_part_of_what_was_applied() {
    let world = with(world("-- rust: slugs"), &[slugs]);
    world.migrate().unwrap();
    world.edit_newest(&|text| text.replace("-- rust: slugs\n", ""));
    assert_told(&world.migrate().unwrap_err(), 7, "was edited after it was applied");
}

#[test]
fn the_history_is_not_written_by_a_file_either() {
    for (sql, wanted) in [
        ("DELETE FROM _schema_migrations;", "does not run on a scratch database"),
        ("DROP TABLE IF EXISTS _schema_migrations;", "changed the table of what is applied"),
    ] {
        let world = World::library();
        world.write("forgets", &format!("UPDATE books SET title = 'new'; {sql}"), "SELECT 1;");
        let before = world.dump();
        let error = world.migrate().unwrap_err();
        assert!(error.to_string().contains(wanted), "{error}");
        assert!(error.location().unwrap().contains("20990101000001_forgets.sql"), "{error}");
        assert_eq!(world.dump(), before);
    }
}

/// A step with typed queries, on structs that stay as the tables are at its revision.
#[allow(
    clippy::redundant_closure_for_method_calls,
    clippy::redundant_closure,
    reason = "as the documentation writes them"
)]
mod then {
    use super::{MigrationTx, Result, migration};
    use schema_core::{Error, Table, Tx, expr::count, sql};

    #[derive(Table, Clone, Debug)]
    #[table(name = "authors")]
    struct Author {
        #[column(primary_key)]
        id: i64,
        name: String,
    }

    #[derive(Table, Clone, Debug)]
    #[table(name = "books")]
    struct Book {
        #[column(primary_key)]
        id: i64,
        #[column(references = Author)]
        author_id: i64,
        title: String,
        slug: Option<String>,
    }

    schema_core::schema! { Then { Author, Book } }

    #[migration("20990101000001_slugs")]
    pub(super) fn slugs(tx: &MigrationTx) -> Result<()> {
        let authors = tx.typed(|tx: &Tx<'_, Then>| {
            let books = BookRepository::new(tx);
            for (id, title) in Book::query().filter(|b| b.id.le(30)).select(|b| (b.id, b.title)).all(tx)? {
                books.update(id, |b| b.slug.set(title.replace(' ', "-")))?;
            }
            Book::update().filter(|b| b.slug.is_null()).set(|b| b.slug.set("none")).run(tx)?;
            // Undone alone.
            let undone = tx.savepoint(|savepoint| {
                sql("UPDATE books SET slug = 'undone'").run(savepoint)?;
                Err::<(), _>(Error::other("no"))
            });
            assert!(undone.is_err());
            AuthorRepository::new(tx)
                .insert_many((0..3).map(|at| NewAuthor { name: format!("new {at}") }))?;
            let books = Author::query().with(|a| a.books()).all(tx)?;
            assert_eq!(books.iter().map(|(_, books)| books.len()).sum::<usize>(), 300);
            Author::query().aggregate(|a| count(a)).one(tx)
        })?;
        tx.execute("UPDATE books SET pages = ?1", [authors])?;
        Ok(())
    }

    pub(super) mod fails {
        use super::{BookRepository, MigrationTx, Result, Then, Tx, migration, sql};

        #[migration("20990101000001_slugs")]
        pub(in super::super) fn slugs(tx: &MigrationTx) -> Result<()> {
            tx.typed(|tx: &Tx<'_, Then>| {
                BookRepository::new(tx).update(3, |b| b.slug.set("x"))?;
                sql("UPDATE books SET title = ''").run(tx).map(drop)
            })
        }
    }

    pub(super) mod panics {
        use super::{BookRepository, MigrationTx, Result, Then, Tx, migration};

        #[migration("20990101000001_slugs")]
        pub(in super::super) fn slugs(tx: &MigrationTx) -> Result<()> {
            tx.typed(|tx: &Tx<'_, Then>| {
                BookRepository::new(tx).update(3, |b| b.slug.set("x"))?;
                panic!("in the middle")
            })
        }
    }
}

/// The application's models, which have gone on.
mod now {
    use super::{MigrationTx, Result, migration};
    use schema_core::{Table, Tx};

    #[derive(Table, Debug)]
    #[table(name = "books")]
    struct Book {
        #[column(primary_key)]
        id: i64,
        title: String,
        rating: Option<i64>,
    }

    #[derive(Table, Debug)]
    struct Shelf {
        #[column(primary_key)]
        id: i64,
    }

    schema_core::schema! { Library { Book } }
    schema_core::schema! { Furniture { Shelf } }

    #[migration("20990101000001_slugs")]
    pub(super) fn slugs(tx: &MigrationTx) -> Result<()> {
        tx.execute("UPDATE books SET title = 'changed'", [])?;
        tx.typed(|tx: &Tx<'_, Library>| Book::update().all_rows().set(|b| b.title.set("x")).run(tx)).map(drop)
    }

    pub(super) mod shelf {
        use super::{Furniture, MigrationTx, Result, Shelf, Tx, migration};
        #[migration("20990101000001_slugs")]
        pub(in super::super) fn slugs(tx: &MigrationTx) -> Result<()> {
            tx.typed(|tx: &Tx<'_, Furniture>| Shelf::query().all(tx)).map(drop)
        }
    }
}

#[test]
fn a_rust_step_has_typed_queries_on_structs_of_its_own_time() {
    let world = with(world("-- rust: slugs"), &[then::slugs]);
    let authors = world.count("SELECT count(*) FROM authors");
    world.migrate().unwrap();
    assert_eq!(
        world.count("SELECT count(*) FROM books WHERE slug = replace(title, ' ', '-') AND id <= 30"),
        10
    );
    assert_eq!(world.count("SELECT count(*) FROM books WHERE slug = 'none'"), 290);
    assert_eq!(world.count("SELECT count(*) FROM authors WHERE name LIKE 'new %'"), 3);
    assert_eq!(world.count("SELECT max(pages) FROM books"), authors + 3);
}

#[test]
fn what_typed_queries_of_a_failed_step_have_changed_is_rolled_back() {
    let error = fails(then::fails::slugs, "the Rust step `slugs` failed");
    assert!(error.to_string().contains("books_title_check"), "{error}");
    fails(then::panics::slugs, "the Rust step `slugs` panicked");
}

#[test]
fn models_that_have_gone_on_are_refused_before_they_change_anything() {
    let error = fails(now::slugs, "the Rust step `slugs` failed");
    let told = error.to_string();
    assert!(
        told.contains(
            "the models of `Library` are not those of this revision: `books` has no column `rating`"
        ),
        "{told}"
    );
    assert!(told.contains("copy the struct as the table is at this revision"), "{told}");
    let error = fails(now::shelf::slugs, "the Rust step `slugs` failed");
    assert!(error.to_string().contains("there is no table `shelfs`"), "{error}");
}
