//! Tome from its first revision to today, on a database full of books.
#![allow(missing_docs)]

use std::path::{Path, PathBuf};

use schema_core::{Db, Schema, rusqlite::Connection};
use schema_migrate::{
    Migrator,
    check::check,
    files::Folder,
    run::{MigrateOptions, RollbackOptions, Silent, Target, migrate, rollback},
    test_db,
};
use tempfile::TempDir;
use time::macros::{date, datetime};
use tome::{
    Book, BookRepository, CalibreBook, NewBook, NewProgressLog, NewReadingSession, ProgressLog,
    ProgressLogRepository, ReadingSession, ReadingSessionRepository, ReadingStatus, StreakRepository, Synced,
    Tome, sample,
};

fn migrations() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations")
}

fn migrated(to: Option<&str>) -> (TempDir, Target) {
    let folder = tempfile::tempdir().unwrap();
    let target = Target::new(folder.path().join("tome.db"), migrations());
    migrate(&target, &MigrateOptions { to, ..MigrateOptions::default() }, &mut Silent).unwrap();
    (folder, target)
}

fn tome() -> (TempDir, Db<Tome>) {
    let (folder, target) = migrated(None);
    let db = Db::<Tome>::open(target.database.display().to_string()).unwrap();
    let books = (1..4).map(|id| NewBook {
        title: format!("Book {id}"),
        author: "Somebody".to_owned(),
        path: format!("Somebody/Book {id}"),
    });
    BookRepository::new(&db).insert_many(books).unwrap();
    (folder, db)
}

fn first_revision() -> String {
    let folder = Folder::read(migrations()).unwrap();
    folder.migrations()[0].revision.to_string()
}

fn counts(database: &Path) -> Vec<i64> {
    let connection = Connection::open(database).unwrap();
    ["books", "reading_sessions", "progress_logs", "streaks"]
        .iter()
        .map(|table| {
            connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
        })
        .collect()
}

#[test]
fn the_migrations_build_what_the_models_say() {
    let (_folder, target) = migrated(None);
    let connection = Connection::open(&target.database).unwrap();
    let folder = Folder::read(migrations()).unwrap();
    let found = check(Tome::DEF, &folder, &connection).unwrap();
    assert!(found.is_clean(), "{found:?}");
}

#[test]
fn a_filled_first_revision_keeps_every_row_up_down_and_up_again() {
    let (_folder, target) = migrated(Some(&first_revision()));
    let mut connection = Connection::open(&target.database).unwrap();
    let filled = sample::fill_first_revision(&mut connection).unwrap();
    let old_logs = sum(&connection);
    drop(connection);
    assert!(filled.books >= 500 && filled.progress_logs >= sample::PROGRESS_LOGS);
    let before = counts(&target.database);

    let report = migrate(&target, &MigrateOptions::default(), &mut Silent).unwrap();
    assert_eq!(report.revisions.len(), 1);
    assert_eq!(counts(&target.database), before);
    assert_eq!(sum(&Connection::open(&target.database).unwrap()), old_logs);
    let db = Db::<Tome>::open(target.database.display().to_string()).unwrap();
    assert_eq!(Book::query().all(&db).unwrap().len(), filled.books);
    assert_eq!(ReadingSession::query().all(&db).unwrap().len(), filled.sessions);
    assert_eq!(ProgressLog::query().all(&db).unwrap().len(), filled.progress_logs);
    assert!(ReadingSession::query().filter(|s| s.status.eq(ReadingStatus::Read)).exists(&db).unwrap());
    db.close().unwrap();

    rollback(&target, &RollbackOptions::default(), &mut Silent).unwrap();
    assert_eq!(counts(&target.database), before);
    migrate(&target, &MigrateOptions::default(), &mut Silent).unwrap();
    assert_eq!(counts(&target.database), before);
}

fn sum(connection: &Connection) -> (f64, i64) {
    connection
        .query_row("SELECT sum(percentage), sum(id * current_page) FROM progress_logs", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap()
}

#[test]
fn a_book_has_one_active_session_and_earlier_ones_are_archived() {
    let (_folder, db) = tome();
    let first = ReadingSessionRepository::start(&db, 1, date!(2024 - 01 - 01)).unwrap();
    let second = ReadingSessionRepository::start(&db, 1, date!(2025 - 01 - 01)).unwrap();
    let sessions = ReadingSessionRepository::new(&db);
    assert!(sessions.get(first.id).unwrap().is_archived);
    assert_eq!(sessions.active(1).unwrap(), Some(second));
    assert_eq!(sessions.of_book(1).unwrap().len(), 2);
    let error = sessions.insert(NewReadingSession { book_id: 1 }).unwrap_err();
    assert!(error.violates::<ReadingSession>(|s| s.book_id), "{error}");
}

#[test]
fn a_rating_is_0_to_5_and_a_book_must_exist() {
    let (_folder, db) = tome();
    let sessions = ReadingSessionRepository::new(&db);
    let session = sessions.insert(NewReadingSession { book_id: 2 }).unwrap();
    assert_eq!(session.status, ReadingStatus::ToRead);
    let error = sessions.finish(session.id, date!(2025 - 01 - 01), Some(6)).unwrap_err();
    assert!(error.violates::<ReadingSession>(|s| s.rating), "{error}");
    let error = sessions.insert(NewReadingSession { book_id: 99 }).unwrap_err();
    assert!(error.violates::<ReadingSession>(|s| s.book_id), "{error}");
    let backwards = sessions.update(session.id, |s| {
        (s.started_date.set(date!(2025 - 01 - 02)), s.completed_date.set(date!(2025 - 01 - 01)))
    });
    assert!(backwards.unwrap_err().violates_constraint("completed_after_start"));
}

#[test]
fn progress_is_written_once_and_may_be_backdated() {
    let (_folder, db) = tome();
    let session = ReadingSessionRepository::start(&db, 1, date!(2025 - 01 - 01)).unwrap();
    let logs = ProgressLogRepository::new(&db);
    let log = logs.log_page(session.id, 30, 200).unwrap();
    assert_eq!((log.percentage, log.pages_read), (15.0, 30));
    let old = logs
        .insert(
            NewProgressLog { session_id: session.id, percentage: 1.5 }
                .with(|p| p.read_at.set(datetime!(2025-01-01 21:00 UTC))),
        )
        .unwrap();
    assert_eq!(logs.of_day(date!(2025 - 01 - 01)).unwrap(), [old]);
    assert_eq!(logs.latest(session.id).unwrap().unwrap().id, log.id);
    let refused =
        db.sqlite_raw(|connection| connection.execute("UPDATE progress_logs SET percentage = 2", []));
    assert!(refused.unwrap_err().to_string().contains("progress_logs is append-only"));
    let refused = db.sqlite_raw(|connection| connection.execute("DELETE FROM progress_logs", []));
    assert!(refused.unwrap_err().to_string().contains("progress_logs is append-only"));
    let over = logs.insert(NewProgressLog { session_id: session.id, percentage: 100.5 }).unwrap_err();
    assert!(over.violates::<ProgressLog>(|p| p.percentage), "{over}");
}

#[test]
fn a_streak_goes_on_day_by_day_and_breaks_on_a_missed_one() {
    let (_folder, db) = tome();
    let streaks = StreakRepository::new(&db);
    for day in [date!(2025 - 01 - 01), date!(2025 - 01 - 02), date!(2025 - 01 - 02), date!(2025 - 01 - 03)] {
        streaks.record(None, day).unwrap();
    }
    assert_eq!(streaks.current(None, date!(2025 - 01 - 04)).unwrap(), 3);
    assert_eq!(streaks.current(None, date!(2025 - 01 - 05)).unwrap(), 0);
    let streak = streaks.record(None, date!(2025 - 01 - 06)).unwrap();
    assert_eq!((streak.current_streak, streak.longest_streak, streak.total_days_active), (1, 3, 4));
    assert_eq!(streaks.record(Some(7), date!(2025 - 01 - 06)).unwrap().current_streak, 1);
    assert_eq!(streaks.count().unwrap(), 2);
    let second = streaks.insert(tome::NewStreak {}).unwrap_err();
    assert!(second.violates_constraint("streaks_one_a_user"), "{second}");
}

#[test]
fn a_sync_adds_updates_and_marks_what_is_gone() {
    let (_folder, db) = tome();
    let book = |id: i64, title: &str| CalibreBook {
        id,
        title: title.to_owned(),
        author: "Somebody".to_owned(),
        author_sort: "Body, Some".to_owned(),
        path: format!("Somebody/{title}"),
        has_cover: true,
    };
    let synced = db
        .transaction(|tx| {
            BookRepository::new(tx).sync(&[book(1, "Book One"), book(2, "Book 2"), book(9, "New")])
        })
        .unwrap();
    assert_eq!(synced, Synced { added: 1, updated: 2, orphaned: 1 });
    let books = BookRepository::new(&db);
    assert_eq!(books.get(1).unwrap().title, "Book One");
    assert!(books.get(3).unwrap().is_orphan && !books.get(9).unwrap().is_orphan);
    assert_eq!(books.search("book o").unwrap().len(), 1);
    assert_eq!(books.by_author("Somebody").unwrap().len(), 4);
}

#[test]
fn tome_migrates_when_it_starts_and_its_seed_may_run_twice() {
    let folder = tempfile::tempdir().unwrap();
    let on_disk = Db::<Tome>::open(folder.path().join("tome.db")).unwrap();
    let report = Migrator::<Tome>::embedded().run(&on_disk).unwrap();
    assert_eq!(report.revisions.len(), Folder::read(migrations()).unwrap().migrations().len());
    assert_eq!(report.drift.as_deref(), Some(&[][..]));
    for db in [on_disk, test_db::<Tome>().unwrap()] {
        let mut heard = 0;
        for _ in 0..2 {
            db.transaction(|tx| tome::seed(tx, |done, _| heard = done)).unwrap();
            assert_eq!(BookRepository::new(&db).query().count(&db).unwrap(), heard);
        }
        assert!(heard >= 500);
    }
    let again = test_db::<Tome>().unwrap();
    assert_eq!(BookRepository::new(&again).query().count(&again).unwrap(), 0);
}
