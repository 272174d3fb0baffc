//! The hardest queries of Tome, each against the same question in plain SQL, on years of reading.
#![allow(missing_docs)]

#[path = "../../applications/tests/support/plain.rs"]
#[allow(dead_code, reason = "each test file uses a part of it")]
mod plain;

use std::path::Path;

use plain::{Filled, cells, rows};
use schema_core::{Db, rusqlite::Connection, value::Value};
use schema_migrate::{
    files::Folder,
    run::{MigrateOptions, Silent, Target, migrate},
};
use tome::{BookRepository, LibraryBook, LibraryFilter, LibrarySort, ReadingStatus, Tome, sample};

/// Books that the sample has none like: without a session, without anything that may be missing, gone from Calibre,
/// with one session that nothing is logged in, and with several that wait.
const ODD_ONES: &str = "
    INSERT INTO books (id, title, author, path) VALUES
        (9001, '100% Wool_', 'O''Brien, Flann', 'p1'), (9002, 'No pages', 'Nobody', 'p2'), (9003, 'Waiting', 'Zed', 'p3');
    INSERT INTO books (id, title, author, path, is_orphan, subjects)
        VALUES (9004, 'Gone', 'Nobody', 'p4', 1, '[\"Gothic fiction\",\"Gone\"]');
    INSERT INTO reading_sessions (book_id, status, is_archived, created_at, updated_at) VALUES
        (9002, 'read-next', 0, '2024-01-01 00:00:00.000000', '2024-01-01 00:00:00.000000'),
        (9003, 'read', 1, '2024-01-01 00:00:00.000000', '2024-01-01 00:00:00.000000'),
        (9003, 'reading', 1, '2024-01-01 00:00:00.000000', '2024-01-01 00:00:00.000000'),
        (9003, 'to-read', 1, '2024-01-01 00:00:00.000000', '2024-01-01 00:00:00.000000');";

fn tome() -> Filled<Tome> {
    let folder = tempfile::tempdir().unwrap();
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let target = Target::new(folder.path().join("tome.db"), &migrations);
    let first = Folder::read(&migrations).unwrap().migrations()[0].revision.to_string();
    migrate(&target, &MigrateOptions { to: Some(&first), ..MigrateOptions::default() }, &mut Silent).unwrap();
    let mut connection = Connection::open(&target.database).unwrap();
    sample::fill_first_revision(&mut connection).unwrap();
    drop(connection);
    migrate(&target, &MigrateOptions::default(), &mut Silent).unwrap();
    let db = Db::<Tome>::open(target.database.display().to_string()).unwrap();
    db.sqlite_raw(|connection| connection.execute_batch(ODD_ONES)).unwrap();
    Filled { db, path: target.database, folder }
}

/// The library page as the application wrote it, with these conditions and this order.
fn page(conditions: &str, order: &str) -> String {
    format!(
        "SELECT b.id, b.title, b.author, coalesce(s.status, 'to-read'), s.rating, s.started_date,
            (SELECT count(*) FROM reading_sessions WHERE book_id = b.id),
            (SELECT count(*) FROM reading_sessions WHERE book_id = b.id AND status = 'read'),
            (SELECT avg(rating) FROM reading_sessions WHERE book_id = b.id),
            (SELECT min(read_at) FROM progress_logs p JOIN reading_sessions o ON o.id = p.session_id WHERE o.book_id = b.id),
            (SELECT max(read_at) FROM progress_logs p JOIN reading_sessions o ON o.id = p.session_id WHERE o.book_id = b.id)
                AS last_read_at,
            (SELECT current_page FROM progress_logs WHERE session_id = s.id ORDER BY read_at DESC, id DESC LIMIT 1),
            (SELECT percentage FROM progress_logs WHERE session_id = s.id ORDER BY read_at DESC, id DESC LIMIT 1),
            (SELECT sum(pages_read) FROM progress_logs p JOIN reading_sessions o ON o.id = p.session_id WHERE o.book_id = b.id),
            (SELECT count(DISTINCT date(read_at)) FROM progress_logs p JOIN reading_sessions o ON o.id = p.session_id
             WHERE o.book_id = b.id)
         FROM books b LEFT JOIN reading_sessions s ON s.id = (
            SELECT id FROM reading_sessions WHERE book_id = b.id
            ORDER BY is_archived, CASE status WHEN 'reading' THEN 0 WHEN 'read-next' THEN 1 WHEN 'to-read' THEN 2 ELSE 3 END,
                id DESC LIMIT 1)
         WHERE {conditions} ORDER BY {order} b.author_sort IS NULL, b.author_sort, b.title, b.id"
    )
}

fn as_cells(books: &[LibraryBook]) -> Vec<Vec<Value>> {
    cells!(
        books,
        |b| b.id,
        b.title,
        b.author,
        b.status,
        b.rating,
        b.started_date,
        b.sessions,
        b.times_read,
        b.average_rating,
        b.first_read_at,
        b.last_read_at,
        b.current_page,
        b.percentage,
        b.pages_read,
        b.days,
    )
}

#[test]
fn the_library_page_is_filtered_sorted_and_counted_at_once() {
    let app = tome();
    let books = BookRepository::new(&app.db);
    let filter = LibraryFilter::default();
    let pages: [(LibraryFilter, &str, &str); 7] = [
        (filter.clone(), "NOT b.is_orphan", ""),
        (LibraryFilter { with_orphans: true, ..filter.clone() }, "1", ""),
        (
            LibraryFilter { text: Some("o'br".to_owned()), ..filter.clone() },
            "NOT b.is_orphan AND (b.title LIKE '%o''br%' OR b.author LIKE '%o''br%')",
            "",
        ),
        (
            LibraryFilter { text: Some("0% wool_".to_owned()), ..filter.clone() },
            "NOT b.is_orphan AND instr(lower(b.title), '0% wool_')",
            "",
        ),
        (
            LibraryFilter {
                status: Some(ReadingStatus::ToRead),
                sort: LibrarySort::RecentlyRead,
                ..filter.clone()
            },
            "NOT b.is_orphan AND coalesce(s.status, 'to-read') = 'to-read'",
            "last_read_at IS NULL, last_read_at DESC,",
        ),
        (
            LibraryFilter { rating: Some(4), sort: LibrarySort::Rating, ..filter.clone() },
            "NOT b.is_orphan AND s.rating >= 4",
            "s.rating IS NULL, s.rating DESC,",
        ),
        (
            LibraryFilter { language: Some("en".to_owned()), sort: LibrarySort::Pages, ..filter },
            "NOT b.is_orphan AND b.language = 'en'",
            "b.pages IS NULL, b.pages DESC,",
        ),
    ];
    for (filter, conditions, order) in pages {
        let plain = rows(&app.path, &page(conditions, order));
        let (all, total) = books.library(&filter, 0, 10_000).unwrap();
        assert_eq!(usize::try_from(total).unwrap(), plain.len(), "{filter:?}");
        app.agrees(&as_cells(&all), &page(conditions, order));
        // The third page of twenty has the same total.
        let (some, same_total) = books.library(&filter, 2, 20).unwrap();
        assert_eq!(same_total, total);
        assert_eq!(some, all.iter().skip(40).take(20).cloned().collect::<Vec<_>>());
    }
    let (waiting, _) = books
        .library(&LibraryFilter { text: Some("Waiting".to_owned()), ..LibraryFilter::default() }, 0, 9)
        .unwrap();
    assert_eq!((waiting[0].status, waiting[0].sessions, waiting[0].days), (ReadingStatus::Reading, 3, 0));
}

#[test]
fn a_book_has_every_one_of_the_subjects() {
    let app = tome();
    let books = BookRepository::new(&app.db);
    let frequent: Vec<String> =
        books.subjects().unwrap().into_iter().map(|row| row.subject).take(8).collect();
    let mut several = 0;
    for (at, first) in frequent.iter().enumerate() {
        for second in &frequent[at..] {
            let filter = LibraryFilter {
                subjects: vec![first.clone(), second.clone()],
                with_orphans: true,
                ..LibraryFilter::default()
            };
            let (found, total) = books.library(&filter, 0, 1_000).unwrap();
            let quoted = |subject: &str| subject.replace('\'', "''");
            let plain = rows(
                &app.path,
                &page(
                    &format!(
                        "EXISTS (SELECT 1 FROM json_each(b.subjects) WHERE value = '{}')
                         AND EXISTS (SELECT 1 FROM json_each(b.subjects) WHERE value = '{}')",
                        quoted(first),
                        quoted(second)
                    ),
                    "",
                ),
            );
            plain::assert_same(&as_cells(&found), &plain);
            assert_eq!(usize::try_from(total).unwrap(), plain.len());
            several += usize::from(first != second && total > 0);
        }
    }
    assert!(several >= 3, "{several} pairs of subjects come together");
}

#[test]
fn subjects_are_counted_over_their_arrays() {
    let app = tome();
    let subjects = BookRepository::new(&app.db).subjects().unwrap();
    assert!(subjects.len() > 20);
    app.agrees(
        &cells!(subjects, |row| row.subject, row.books, row.pages, row.as_first),
        "SELECT value, count(*), sum(pages), sum(key = 0) FROM books, json_each(books.subjects)
         WHERE NOT is_orphan GROUP BY value ORDER BY 2 DESC, 1",
    );
}

#[test]
fn what_was_finished_is_counted_by_year_and_month() {
    let app = tome();
    let months = BookRepository::new(&app.db).finished_by_month().unwrap();
    assert!(months.len() > 24);
    app.agrees(
        &cells!(
            months,
            |row| row.year,
            row.month,
            row.finished,
            row.books,
            row.pages,
            row.average_rating
        ),
        "SELECT CAST(strftime('%Y', completed_date) AS INTEGER), CAST(strftime('%m', completed_date) AS INTEGER),
            count(*), count(DISTINCT book_id), sum(pages), avg(rating)
         FROM reading_sessions s JOIN books b ON b.id = s.book_id
         WHERE status = 'read' AND completed_date IS NOT NULL GROUP BY 1, 2 ORDER BY 1 DESC, 2 DESC",
    );
}
