use std::{sync::mpsc, thread};

use schema_core::Db;
use schema_migrate::{
    Embedded, ErrorKind, Migrator, current,
    run::{MigrateOptions, Report, Silent, Target, migrate},
};

use crate::app::{Author, Book, BookRepository, NewAuthor};
use crate::app::{AuthorRepository, FIRST, Home, Library, NewBook, SECOND, applied, count};

const BOTH: [&str; 2] = ["20260101000000_first", "20260102000000_pages"];

#[test]
fn a_run_on_an_empty_file_makes_all_tables_and_the_next_does_nothing() {
    let home = Home::new();
    let db = home.open();
    assert_eq!(current(&db).unwrap(), None);
    let migrator = Migrator::<Library>::embedded().backups(home.path("backups"));
    let report = migrator.run(&db);
    assert_eq!(applied(&report), BOTH);
    assert_eq!(report.as_ref().unwrap().drift.as_deref(), Some(&[][..]));
    assert!(report.unwrap().backup.is_none(), "an empty database needs no backup");
    assert_eq!(applied(&migrator.run(&db)), [""; 0]);
    assert_eq!(count(&db, "SELECT count(*) FROM books"), 1);
    assert_eq!(current(&db).unwrap().unwrap().revision, BOTH[1]);
    assert_eq!(migrator.pending(&db).unwrap(), [""; 0]);
}

#[test]
fn the_open_handle_and_its_prepared_statements_see_what_a_run_has_changed() {
    let home = Home::new();
    let db = home.open();
    Migrator::<Library>::new(&[FIRST][..]).run(&db).unwrap();
    let authors = AuthorRepository::new(&db);
    assert_eq!(authors.query().count(&db).unwrap(), 2);
    // Behind its models: the error says what to do.
    let error = BookRepository::new(&db).query().all(&db).unwrap_err();
    assert!(error.is_behind_schema(), "{error}");
    assert!(error.to_string().contains("db-migrate"), "{error}");

    let report = Migrator::<Library>::embedded().backups(home.path("backups")).run(&db).unwrap();
    assert!(report.backup.is_some_and(|copy| copy.path.exists()), "a filled one is backed up");
    assert_eq!(BookRepository::new(&db).query().all(&db).unwrap()[0].pages, Some(204));
    assert_eq!(authors.query().count(&db).unwrap(), 2);
    authors.insert(NewAuthor { name: "Butler".into() }).unwrap();
    BookRepository::new(&db).insert(NewBook { author_id: 3, title: "Kindred".into() }).unwrap();
    assert!(db.sqlite_raw(|c| c.execute("DELETE FROM authors WHERE id = 3", [])).is_ok());
    assert_eq!(count(&db, "SELECT count(*) FROM books"), 1, "foreign keys are on, and cascade");
}

#[test]
fn a_filled_database_is_backed_up_beside_itself_unless_the_program_wants_none() {
    for (migrator, backups, names) in [
        (Migrator::<Library>::embedded(), 1, "backups"),
        (Migrator::embedded().backups("nowhere").no_backup(), 0, "backups"),
    ] {
        let home = Home::new();
        let db = home.open();
        let first = Migrator::<Library>::new(&[FIRST][..]).run(&db).unwrap();
        assert!(first.backup.is_none() && !home.path(names).exists(), "nothing was there to lose");
        let report = migrator.run(&db).unwrap();
        let found = std::fs::read_dir(home.path(names)).map_or(0, |entries| {
            let packed = |name: std::ffi::OsString| name.to_string_lossy().ends_with(".db.gz");
            entries.filter(|entry| packed(entry.as_ref().unwrap().file_name())).count()
        });
        assert_eq!((report.backup.is_some(), found), (backups == 1, backups));
        assert_eq!(applied(&migrator.run(&db)), [""; 0]);
    }
    let home = Home::new();
    let db = home.open();
    Migrator::<Library>::new(&[FIRST][..]).run(&db).unwrap();
    std::fs::write(home.path("backups"), "no folder").unwrap();
    let error = Migrator::<Library>::embedded().run(&db).unwrap_err();
    assert_eq!(error.data_state(), Some("nothing was changed"), "{error}");
    assert!(error.to_string().contains("`.no_backup()`"), "{error}");
    assert_eq!(current(&db).unwrap().unwrap().revision, BOTH[0]);
}

#[test]
fn a_database_in_memory_is_migrated_with_its_rows() {
    let db = Db::<Library>::in_memory().unwrap();
    assert_eq!(applied(&Migrator::<Library>::new(&[FIRST][..]).run(&db)), BOTH[..1]);
    AuthorRepository::new(&db).insert(NewAuthor { name: "Butler".into() }).unwrap();
    assert_eq!(applied(&Migrator::<Library>::embedded().run(&db)), BOTH[1..]);
    assert_eq!(applied(&Migrator::<Library>::embedded().run(&db)), [""; 0]);
    assert_eq!(count(&db, "SELECT count(*) FROM authors"), 3);
    assert_eq!(count(&db, "SELECT count(*) FROM _schema_migrations"), 2);
    let refused = db.sqlite_raw(|c| c.execute("INSERT INTO books VALUES (1, 99, 'orphan', 1)", []));
    assert!(refused.unwrap_err().violation().is_some(), "foreign keys are on again");
    assert!(db.sqlite_raw(|c| c.query_row("SELECT \"text\"", [], |_| Ok(()))).is_err(), "as before");
}

#[test]
fn a_migration_that_fails_in_memory_is_rolled_back_and_told() {
    const BROKEN: schema_migrate::files::EmbeddedFile = schema_migrate::files::EmbeddedFile {
        path: "migrations/20260102000000_broken.sql",
        text: "-- revision: 20260102000000_broken\n-- parents: 20260101000000_first\n-- migrate:up\n\
               INSERT INTO authors VALUES (9, 'nobody');\nINSERT INTO authors VALUES (1, 'twice');\n\
               -- migrate:down\n",
    };
    let db = Db::<Library>::in_memory().unwrap();
    let error = Migrator::<Library>::new(&[FIRST, BROKEN][..]).run(&db).unwrap_err();
    assert!(error.to_string().contains("migrations/20260102000000_broken.sql:5"), "{error}");
    assert_eq!(count(&db, "SELECT count(*) FROM authors"), 2);
    assert_eq!(current(&db).unwrap().unwrap().revision, BOTH[0]);
}

/// A database of this program that is lost, and a backup of it with one author more.
fn lost() -> (Home, Migrator<Library>) {
    let home = Home::new();
    let db = home.open();
    Migrator::<Library>::new(&[FIRST][..]).run(&db).unwrap();
    AuthorRepository::new(&db).insert(NewAuthor { name: "Butler".into() }).unwrap();
    let migrator = Migrator::<Library>::embedded().backups(home.path("backups"));
    assert!(migrator.run(&db).unwrap().backup.is_some());
    drop(db);
    for file in ["app.db", "app.db-wal", "app.db-shm"] {
        let gone = std::fs::remove_file(home.path(file));
        assert!(gone.is_ok() || file != "app.db");
    }
    (home, migrator)
}

#[test]
fn a_program_whose_database_is_lost_makes_none_in_its_place_and_names_the_backup() {
    let (home, migrator) = lost();
    let url = format!("sqlite:{}", home.path("app.db").display());
    // By its url, and with a handle, which has made a file by being opened.
    let before = migrator.run_at(&url, &mut Silent).unwrap_err();
    assert!(!home.path("app.db").exists());
    let db = home.open();
    for error in [before, migrator.run(&db).unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Preflight, "{error}");
        assert!(error.what().contains("there are backups of it"), "{error}");
        assert!(error.next_steps()[0].contains("db-restore app_"), "{error}");
        assert_eq!(error.data_state(), Some("nothing was changed"));
    }
    assert_eq!(count(&db, "SELECT count(*) FROM sqlite_schema"), 0);
    // A program that takes none asks after none.
    Migrator::<Library>::embedded().no_backup().run(&db).unwrap();
}

#[test]
fn a_program_without_commands_restores_its_lost_database_itself() {
    use schema_ops::{
        backup::Places,
        restore::{Put, Source, Staged, newest_good},
    };
    let (home, migrator) = lost();
    let database = home.path("app.db");
    // What the refused start has left.
    migrator.run(&home.open()).unwrap_err();

    let places = Places::new(home.path("backups"));
    let backup = newest_good(&places, &database).unwrap();
    let staged = Staged::prepare(&Source::Backup(backup), &database, &mut |_| Ok(())).unwrap();
    let wait = std::time::Duration::from_secs(5);
    let how = Put { database: &database, places: &places, wait, keep_before: false };
    staged.put(&how, &mut |_| Ok(())).unwrap();

    let db = home.open();
    assert_eq!(applied(&migrator.run(&db)), BOTH[1..], "what was pending at the time of the backup");
    assert_eq!(count(&db, "SELECT count(*) FROM authors"), 3);
}

#[test]
fn a_program_without_commands_begins_with_an_empty_database_where_that_is_meant() {
    let (home, migrator) = lost();
    let database = home.path("app.db");
    migrator.run(&home.open()).unwrap_err();

    let target = Target::new(&database, <Library as Embedded>::FILES).backups(home.path("backups"));
    let options = MigrateOptions { anew: true, ..MigrateOptions::default() };
    let report = migrate(&target, &options, &mut Silent).unwrap();
    assert!(report.warnings[0].contains("there are backups of one"), "{:?}", report.warnings);

    let db = home.open();
    assert_eq!(applied(&migrator.run(&db)), [""; 0]);
    assert_eq!(count(&db, "SELECT count(*) FROM authors"), 2);
}

#[test]
fn a_rust_step_that_ends_its_transaction_leaves_nothing_in_memory_either() {
    const STEP: schema_migrate::files::EmbeddedFile = schema_migrate::files::EmbeddedFile {
        path: "migrations/20260102000000_step.sql",
        text: "-- revision: 20260102000000_step\n-- parents: 20260101000000_first\n-- rust: step\n\
               -- migrate:up\nUPDATE authors SET name = 'new' WHERE id = 1;\n-- migrate:down\n",
    };
    #[schema_migrate::migration("20260102000000_step")]
    fn step(tx: &schema_migrate::MigrationTx<'_>) -> schema_migrate::Result<()> {
        drop(tx.connection().execute_batch("COMMIT"));
        drop(tx.connection().execute_batch("BEGIN IMMEDIATE"));
        tx.execute("UPDATE authors SET name = 'new' WHERE id = 2", []).map(drop)
    }
    let db = Db::<Library>::in_memory().unwrap();
    let error = Migrator::<Library>::new(&[FIRST, STEP][..]).steps([step]).run(&db).unwrap_err();
    assert!(error.to_string().contains("ended the transaction of its migration"), "{error}");
    assert_eq!(count(&db, "SELECT count(*) FROM authors WHERE name = 'new'"), 0);
    assert_eq!(current(&db).unwrap().unwrap().revision, BOTH[0]);
    // The handle commits as before.
    AuthorRepository::new(&db).insert(NewAuthor { name: "Butler".into() }).unwrap();
    assert_eq!(count(&db, "SELECT count(*) FROM authors"), 3);
}

#[test]
fn who_subscribes_to_a_database_in_memory_hears_of_its_migration_and_of_what_follows() {
    let db = Db::<Library>::in_memory().unwrap();
    Migrator::<Library>::new(&[FIRST][..]).run(&db).unwrap();
    let changes = db.subscribe();
    Migrator::<Library>::embedded().run(&db).unwrap();
    assert!(changes.try_recv().unwrap().touches::<Book>());
    let butler = || NewAuthor { name: "Butler".into() };
    let undone: schema_core::Result<()> = db.transaction(|tx| {
        AuthorRepository::new(tx).insert(butler())?;
        Err(schema_core::Error::other("no"))
    });
    assert!(undone.is_err() && changes.try_recv().is_err(), "what is rolled back is not told");
    AuthorRepository::new(&db).insert(butler()).unwrap();
    assert!(changes.try_recv().unwrap().touches::<Author>());
}

#[test]
fn a_program_that_is_older_than_the_database_says_so_and_changes_nothing() {
    let home = Home::new();
    for db in [home.open(), Db::in_memory().unwrap()] {
        Migrator::<Library>::embedded().run(&db).unwrap();
        let error = Migrator::<Library>::new(&[FIRST][..]).run(&db).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Preflight);
        assert!(error.to_string().contains("this database is newer than the program"), "{error}");
        assert_eq!(current(&db).unwrap().unwrap().revision, BOTH[1]);
    }
}

#[test]
fn a_run_inside_a_transaction_of_the_same_thread_is_an_error_at_once() {
    let home = Home::new();
    for db in [home.open(), Db::in_memory().unwrap()] {
        let inside = db.transaction(|_| Ok(Migrator::<Library>::embedded().run(&db).map(|_| ()))).unwrap();
        let error = inside.unwrap_err();
        assert!(error.to_string().contains("inside a transaction"), "{error}");
        assert_eq!(applied(&Migrator::<Library>::embedded().run(&db)), BOTH);
    }
}

#[test]
fn a_run_beside_the_handle_whose_transaction_this_thread_is_in_is_refused_and_waits_for_nobody() {
    let home = Home::new();
    let db = home.open();
    let file = home.path("app.db");
    let url = format!("sqlite:{}", file.display());
    let migrator = Migrator::<Library>::embedded();
    let target = Target::new(&file, <Library as Embedded>::FILES);
    let runs: [&dyn Fn() -> schema_migrate::Result<Report>; 2] =
        [&|| migrator.run_at(&url, &mut Silent), &|| {
            migrate(&target, &MigrateOptions::default(), &mut Silent)
        }];
    for run in runs {
        let refused = db.transaction(|_| Ok(run().map(drop))).unwrap().unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Usage, "{refused}");
        assert!(refused.to_string().contains("this thread is writing"), "{refused}");
        assert!(refused.to_string().contains("nothing was changed"), "{refused}");
    }
    // Another thread's transaction is waited for, and one that is over is in nobody's way.
    thread::scope(|scope| {
        let (begun, waits) = mpsc::channel();
        let other = db.clone();
        let held = scope.spawn(move || other.transaction(|_| Ok(begun.send(()).is_ok())));
        waits.recv().unwrap();
        assert_eq!(applied(&runs[0]()), BOTH);
        held.join().unwrap().unwrap();
    });
}

#[test]
fn a_file_is_migrated_by_its_url_before_it_is_opened() {
    let home = Home::new();
    let url = format!("sqlite:{}", home.path("app.db").display());
    let migrator = Migrator::<Library>::embedded();
    assert_eq!(applied(&migrator.run_at(&url, &mut Silent)), BOTH);
    assert_eq!(applied(&migrator.run_at(&url, &mut Silent)), [""; 0]);
    assert_eq!(count(&home.open(), "SELECT count(*) FROM books"), 1);
    std::fs::write(home.path("empty.db"), "").unwrap();
    let empty = format!("sqlite:{}", home.path("empty.db").display());
    assert_eq!(applied(&migrator.run_at(&empty, &mut Silent)), BOTH);
}

#[test]
fn files_come_in_any_order_and_those_of_another_engine_are_left_alone() {
    const POSTGRES: schema_migrate::files::EmbeddedFile = schema_migrate::files::EmbeddedFile {
        path: "migrations/20260103000000_other.postgres.sql",
        text: "nothing that is read",
    };
    let db = Db::<Library>::in_memory().unwrap();
    assert_eq!(applied(&Migrator::<Library>::new(&[POSTGRES, SECOND, FIRST][..]).run(&db)), BOTH);
}

#[test]
fn an_application_with_its_functions_applies_migrations_that_compute_with_them() {
    use schema_core::function::Function;
    use schema_migrate::files::EmbeddedFile;

    const SLUG: Function<(String,), String> = Function::new("slug");
    const SLUGS: EmbeddedFile = EmbeddedFile {
        path: "migrations/20260103000000_slugs.sql",
        text: "-- revision: 20260103000000_slugs\n-- parents: 20260102000000_pages\n-- migrate:up\n\
               CREATE INDEX books_slug ON books(slug(title));\n\
               UPDATE books SET title = slug(title) WHERE slug(title) <> title;\n\
               -- migrate:down\nDROP INDEX books_slug;\n",
    };
    let home = Home::new();
    let bare = home.open();
    Migrator::<Library>::embedded().run(&bare).unwrap();
    let migrator = Migrator::<Library>::new(&[FIRST, SECOND, SLUGS][..]).no_backup();
    let error = migrator.run(&bare).unwrap_err();
    assert!(error.to_string().contains("no such function: slug"), "{error}");
    assert_eq!(count(&bare, "SELECT count(*) FROM books WHERE title = 'Solaris'"), 1);
    drop(bare);

    let open = Db::<Library>::options().function(SLUG, |(title,)| title.to_lowercase());
    let db = open.open(home.path("app.db")).unwrap();
    assert_eq!(applied(&migrator.run(&db)), ["20260103000000_slugs"]);
    let books = BookRepository::new(&db);
    assert_eq!(
        books.query().filter(|b| SLUG.call((b.title,)).eq("solaris")).one(&db).unwrap().title,
        "solaris"
    );
    db.sqlite_raw(|connection| connection.execute_batch("PRAGMA integrity_check")).unwrap();
}
