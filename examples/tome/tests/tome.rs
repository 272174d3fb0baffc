//! Tome from its first revision to today, on a database full of books.
#![allow(missing_docs)]

use std::path::{Path, PathBuf};

use schema_core::{
    Db, Schema,
    rusqlite::{Connection, types::Value as Sql},
};
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
    Book, BookRepository, NewBook, NewProgressLog, NewReadingSession, ProgressLog, ProgressLogRepository,
    ReadingSession, ReadingSessionRepository, ReadingStatus, StreakRepository, Synced, Tome,
    calibre::Calibre, sample,
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

/// A Calibre library as Calibre leaves it, with more in it than Tome reads.
const CALIBRE: &str = "
    CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE, sort TEXT COLLATE NOCASE,
        link TEXT NOT NULL DEFAULT '', UNIQUE(name));
    CREATE TABLE books (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL DEFAULT 'Unknown' COLLATE NOCASE,
        sort TEXT COLLATE NOCASE, timestamp TIMESTAMP DEFAULT CURRENT_TIMESTAMP, author_sort TEXT COLLATE NOCASE,
        path TEXT NOT NULL DEFAULT '', has_cover BOOL DEFAULT 0, last_modified TIMESTAMP NOT NULL DEFAULT '2000-01-01');
    CREATE TABLE books_authors_link (id INTEGER PRIMARY KEY, book INTEGER NOT NULL, author INTEGER NOT NULL, UNIQUE(book, author));
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
    INSERT INTO authors (id, name, sort) SELECT i, 'Author ' || i, i || ', Author' FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
    INSERT INTO books (title, author_sort, path, has_cover)
    SELECT 'Title ' || i, CASE WHEN i % 9 THEN (1 + i % 40) || ', Author' END, 'path/' || i, CASE WHEN i % 7 THEN i % 2 END FROM n;
    INSERT INTO books_authors_link (book, author) SELECT id, 1 + id % 40 FROM books WHERE id % 11;
    INSERT INTO books_authors_link (book, author) SELECT id, 1 + (id * 7 + 3) % 40 FROM books WHERE id % 5 = 0;";

#[test]
fn t14_books_are_synced_from_a_calibre_file_and_those_that_are_gone_are_marked() {
    let (folder, db) = tome();
    let path = folder.path().join("metadata.db");
    let library = Connection::open(&path).unwrap();
    library.execute_batch(CALIBRE).unwrap();
    let calibre = Db::<Calibre>::open(path.display().to_string()).unwrap();

    let before = BookRepository::new(&db).get(3).unwrap();
    let synced = BookRepository::sync_from(&db, &calibre).unwrap();
    assert_eq!(synced, Synced { added: 297, updated: 3, orphaned: 0 });
    let known = BookRepository::new(&db).get(3).unwrap();
    assert!(known.title == "Title 3" && known.last_synced > before.last_synced);
    let authors = "SELECT b.id, b.title, coalesce((SELECT group_concat(name, ' & ') FROM (SELECT a.name FROM books_authors_link l
            JOIN authors a ON a.id = l.author WHERE l.book = b.id ORDER BY l.id)), 'Unknown'), b.path, coalesce(has_cover, 0)
        FROM books b ORDER BY b.id";
    let ours = "SELECT id, title, author, path, has_cover FROM books WHERE NOT is_orphan ORDER BY id";
    let lines = |connection: &Connection, sql: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        let line = |row: &schema_core::rusqlite::Row<'_>| {
            let cells: Result<Vec<Sql>, _> = (0..5).map(|at| row.get(at)).collect();
            Ok(format!("{:?}", cells?))
        };
        statement.query_map([], line).unwrap().map(Result::unwrap).collect()
    };
    let tome = Connection::open(folder.path().join("tome.db")).unwrap();
    assert_eq!(lines(&tome, ours), lines(&library, authors));
    assert!(lines(&tome, ours).iter().any(|line| line.contains(" & ")));

    // Thirty books go, one comes back later; what the reader wrote of them stays.
    let session = ReadingSessionRepository::start(&db, 10, date!(2025 - 01 - 01)).unwrap();
    library
        .execute_batch("DELETE FROM books WHERE id % 10 = 0; UPDATE books SET title = 'Renamed' WHERE id = 7")
        .unwrap();
    let synced = BookRepository::sync_from(&db, &calibre).unwrap();
    assert_eq!(synced, Synced { added: 0, updated: 270, orphaned: 30 });
    let books = BookRepository::new(&db);
    assert!(books.get(10).unwrap().is_orphan && books.get(7).unwrap().title == "Renamed");
    assert_eq!(ReadingSessionRepository::new(&db).active(10).unwrap(), Some(session));
    library.execute_batch("INSERT INTO books (id, title, path) VALUES (10, 'Back', 'path/10')").unwrap();
    let synced = BookRepository::sync_from(&db, &calibre).unwrap();
    assert_eq!(synced, Synced { added: 0, updated: 271, orphaned: 0 });
    assert!(!books.get(10).unwrap().is_orphan);
    assert_eq!(Book::query().filter(|b| b.is_orphan).count(&db).unwrap(), 29);
    assert_eq!(lines(&tome, ours), lines(&library, authors));
}

#[test]
fn t15_a_status_is_one_of_four_words_and_the_database_knows_them() {
    let (_folder, db) = tome();
    let sessions = ReadingSessionRepository::new(&db);
    let session = sessions.insert(NewReadingSession { book_id: 2 }).unwrap();
    assert_eq!(session.status, ReadingStatus::ToRead);
    let words = [
        (ReadingStatus::ToRead, "to-read"),
        (ReadingStatus::ReadNext, "read-next"),
        (ReadingStatus::Reading, "reading"),
        (ReadingStatus::Read, "read"),
    ];
    for (status, word) in words {
        sessions.update(session.id, |s| s.status.set(status)).unwrap();
        let stored: String = db
            .sqlite_raw(|c| c.query_row("SELECT status FROM reading_sessions", [], |row| row.get(0)))
            .unwrap();
        assert_eq!(stored, word);
        assert_eq!(sessions.get(session.id).unwrap().status, status);
    }
    for word in ["finished", "Read", "to_read", ""] {
        let refused = db.sqlite_raw(|c| c.execute("UPDATE reading_sessions SET status = ?1", [word]));
        assert!(refused.unwrap_err().to_string().contains("CHECK constraint failed"), "{word}");
    }
}

#[test]
fn t16_a_rating_is_0_to_5() {
    let (_folder, db) = tome();
    let sessions = ReadingSessionRepository::new(&db);
    let session = sessions.insert(NewReadingSession { book_id: 2 }).unwrap();
    for rating in [None, Some(0), Some(5)] {
        sessions.finish(session.id, date!(2025 - 01 - 01), rating).unwrap();
        assert_eq!(sessions.get(session.id).unwrap().rating, rating);
    }
    for rating in [-1, 6] {
        let error = sessions.finish(session.id, date!(2025 - 01 - 01), Some(rating)).unwrap_err();
        assert!(error.violates::<ReadingSession>(|s| s.rating), "{error}");
    }
    assert_eq!(sessions.get(session.id).unwrap().rating, Some(5));
    let error = sessions.insert(NewReadingSession { book_id: 99 }).unwrap_err();
    assert!(error.violates::<ReadingSession>(|s| s.book_id), "{error}");
    let backwards = sessions.update(session.id, |s| {
        (s.started_date.set(date!(2025 - 01 - 02)), s.completed_date.set(date!(2025 - 01 - 01)))
    });
    assert!(backwards.unwrap_err().violates_constraint("completed_after_start"));
}

#[test]
fn t17_a_book_has_several_sessions_and_one_that_is_active() {
    let (_folder, db) = tome();
    let sessions = ReadingSessionRepository::new(&db);
    let session = |archived: bool| {
        sessions.insert(NewReadingSession { book_id: 1 }.with(|s| s.is_archived.set(archived)))
    };
    session(true).unwrap();
    let active = session(false).unwrap();
    session(true).unwrap();
    let error = session(false).unwrap_err();
    assert!(error.violates::<ReadingSession>(|s| s.book_id), "{error}");
    assert!(error.violates_constraint("reading_sessions_one_active"), "{error}");
    assert!(error.to_string().contains("index reading_sessions_one_active"), "{error}");
    assert_eq!(sessions.active(1).unwrap(), Some(active));
    assert_eq!(sessions.of_book(1).unwrap().len(), 3);
}

#[test]
fn t18_earlier_sessions_are_archived_with_the_start_of_a_new_one() {
    let (_folder, db) = tome();
    let first = ReadingSessionRepository::start(&db, 1, date!(2024 - 01 - 01)).unwrap();
    let second = ReadingSessionRepository::start(&db, 1, date!(2025 - 01 - 01)).unwrap();
    let sessions = ReadingSessionRepository::new(&db);
    assert!(sessions.get(first.id).unwrap().is_archived);
    assert_eq!(sessions.active(1).unwrap().as_ref(), Some(&second));
    assert_eq!(sessions.of_book(1).unwrap().len(), 2);
    // A start that fails archives nothing: it is one transaction.
    db.sqlite_raw(|connection| {
        connection.execute_batch(
            "CREATE TRIGGER full BEFORE INSERT ON reading_sessions BEGIN SELECT raise(ABORT, 'full'); END",
        )
    })
    .unwrap();
    ReadingSessionRepository::start(&db, 1, date!(2026 - 01 - 01)).unwrap_err();
    assert_eq!(sessions.active(1).unwrap(), Some(second));
}

#[test]
fn t19_progress_is_never_updated_may_be_backdated_and_comes_several_times_a_day() {
    let (_folder, db) = tome();
    let session = ReadingSessionRepository::start(&db, 1, date!(2025 - 01 - 01)).unwrap();
    let logs = ProgressLogRepository::new(&db);
    let log = logs.log_page(session.id, 30, 200).unwrap();
    assert_eq!((log.percentage, log.pages_read), (15.0, 30));
    let backdated = |hour| {
        let at = datetime!(2025-01-01 00:00 UTC) + time::Duration::hours(hour);
        logs.insert(NewProgressLog { session_id: session.id, percentage: 1.5 }.with(|p| p.read_at.set(at)))
            .unwrap()
    };
    let (late, early) = (backdated(21), backdated(6));
    assert_eq!(logs.of_day(date!(2025 - 01 - 01)).unwrap(), [early, late]);
    assert_eq!(logs.latest(session.id).unwrap().unwrap().id, log.id);
    // There is no method for it, and SQL is refused by the database.
    for statement in ["UPDATE progress_logs SET percentage = 2", "DELETE FROM progress_logs"] {
        let refused = db.sqlite_raw(|connection| connection.execute(statement, []));
        assert!(refused.unwrap_err().to_string().contains("progress_logs is append-only"));
    }
    assert_eq!(logs.count().unwrap(), 3);
}

#[test]
fn t20_a_percentage_is_0_to_100_and_may_have_a_fraction() {
    let (_folder, db) = tome();
    let session = ReadingSessionRepository::start(&db, 1, date!(2025 - 01 - 01)).unwrap();
    let logs = ProgressLogRepository::new(&db);
    for percentage in [0.0, 33.3, 100.0] {
        let log = logs.insert(NewProgressLog { session_id: session.id, percentage }).unwrap();
        assert_eq!(logs.get(log.id).unwrap().percentage.to_bits(), percentage.to_bits());
    }
    for percentage in [-0.1, 100.5, f64::INFINITY] {
        let refused = logs.insert(NewProgressLog { session_id: session.id, percentage }).unwrap_err();
        assert!(refused.violates::<ProgressLog>(|p| p.percentage), "{refused}");
    }
    assert!(
        logs.insert(NewProgressLog { session_id: session.id, percentage: f64::NAN }).unwrap_err().is_value()
    );
    assert_eq!(logs.count().unwrap(), 3);
}

#[test]
fn t21_a_streak_goes_on_day_by_day_and_breaks_on_a_missed_one() {
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
fn t21_days_count_by_the_pages_of_the_daily_goal_for_each_reader() {
    let (_folder, db) = tome();
    let sessions = ReadingSessionRepository::new(&db);
    let logs = ProgressLogRepository::new(&db);
    // Pages of each day of a December that goes over into the next year.
    let ann = [(28, 10), (29, 30), (30, 30), (31, 12), (32, 30), (34, 9), (35, 30), (36, 40)];
    let log = |user: Option<i64>, book_id: i64, days: &[(i64, i64)]| {
        let session = sessions.insert(NewReadingSession { book_id }.with(|s| s.user_id.set(user))).unwrap();
        for (day, pages) in days {
            // In two parts, the later one first.
            for (part, hour) in [(pages - pages / 3, 23), (pages / 3, 0)] {
                let at = datetime!(2024-12-01 00:30 UTC)
                    + time::Duration::days(day - 1)
                    + time::Duration::hours(hour);
                let new = NewProgressLog { session_id: session.id, percentage: 1.0 };
                logs.insert(new.with(|p| (p.read_at.set(at), p.pages_read.set(part)))).unwrap();
            }
        }
    };
    log(Some(1), 1, &ann);
    log(None, 2, &[(1, 1), (2, 1), (4, 1)]);
    let streaks = StreakRepository::new(&db);
    let count = |goal: i64| {
        let streak = streaks.recount(Some(1)).unwrap();
        streaks.update(streak.id, |s| s.daily_goal_pages.set(goal)).unwrap();
        let streak = streaks.recount(Some(1)).unwrap();
        (streak.current_streak, streak.longest_streak, streak.total_days_active, streak.last_activity_date)
    };
    let last = Some(date!(2025 - 01 - 05));
    assert_eq!(count(1), (3, 5, 8, last));
    assert_eq!(count(10), (2, 5, 7, last));
    assert_eq!(count(13), (2, 2, 5, last));
    assert_eq!(count(35), (1, 1, 1, last));
    assert_eq!(count(41), (0, 0, 0, None));
    let alone = streaks.recount(None).unwrap();
    assert_eq!((alone.current_streak, alone.longest_streak, alone.total_days_active), (1, 2, 3));
    assert_eq!(streaks.recount(Some(2)).unwrap().total_days_active, 0);
}

#[test]
fn books_are_found_by_author_and_text() {
    let (_folder, db) = tome();
    let books = BookRepository::new(&db);
    assert_eq!(books.search("book 2").unwrap().len(), 1);
    assert_eq!(books.by_author("Somebody").unwrap().len(), 3);
    assert_eq!(books.search("%").unwrap(), []);
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
