use std::path::Path;

use schema_core::{Db, Result};
use time::macros::{date, datetime};
use tome::{
    Book, BookRepository, NewReadingSession, ProgressLog, ProgressLogRepository, ReadingSession,
    ReadingSessionRepository, ReadingStatus, StreakRepository, Tome,
};

/// Runs repository calls and queries and prints what they return.
pub(super) fn run(database: &Path) -> Result<(), String> {
    calls(database).map_err(|error| error.to_string())
}

fn show(code: &str) {
    code.lines().for_each(|line| println!("> {line}"));
}

fn calls(database: &Path) -> Result<()> {
    let db = Db::<Tome>::open(database.display().to_string())?;
    let books = BookRepository::new(&db);

    show("books.by_author(\"Jane Austen\")?");
    for book in books.by_author("Jane Austen")? {
        println!(
            "  {:>6}  {:<28} {}",
            book.published_year.unwrap_or_default(),
            book.title,
            book.subjects.join(", ")
        );
    }

    show(
        "Book::query().filter(|b| b.language.eq(\"fr\").and(b.pages.gt(600)))\n    \
         .order_by(|b| b.pages.desc()).select(|b| (b.title, b.author, b.pages)).limit(3).all(&db)?",
    );
    let long = Book::query()
        .filter(|b| b.language.eq("fr").and(b.pages.gt(600)))
        .order_by(|b| b.pages.desc())
        .select(|b| (b.title, b.author, b.pages))
        .limit(3)
        .all(&db)?;
    for (title, author, pages) in long {
        println!("  {:>6}  {title} ({author})", pages.unwrap_or_default());
    }

    show(
        "ReadingSession::query().join::<Book>(|s, b| b.id.eq(s.book_id))\n    \
         .filter(|(s, _)| s.rating.eq(5)).select(|(s, b)| (s.completed_date, b.title)).first(&db)?",
    );
    let best = ReadingSession::query()
        .join::<Book>(|s, b| b.id.eq(s.book_id))
        .filter(|(s, _)| s.rating.eq(5))
        .order_by(|(s, _)| (s.completed_date.desc().nulls_last(), s.id.asc()))
        .select(|(s, b)| (s.completed_date, b.title))
        .first(&db)?;
    println!("  {best:?}");

    show("ProgressLogRepository::new(&db).count()?");
    let logs = ProgressLogRepository::new(&db);
    println!("  {}", logs.count()?);
    show("ProgressLog::query().filter(|p| p.read_at.between(january, february)).count(&db)?");
    let (from, to) = (datetime!(2023-01-01 0:00 UTC), datetime!(2023-02-01 0:00 UTC));
    println!("  {}", ProgressLog::query().filter(|p| p.read_at.between(from, to)).count(&db)?);

    show(
        "ReadingSessionRepository::start(&db, 1, day)?     // archives the session before, in one transaction",
    );
    let session = ReadingSessionRepository::start(&db, 1, date!(2025 - 01 - 01))?;
    println!("  session {} of book {}: {}", session.id, session.book_id, session.status.as_str());

    show("sessions.insert(NewReadingSession { book_id: 1 })     // only one may be active");
    let sessions = ReadingSessionRepository::new(&db);
    match sessions.insert(NewReadingSession { book_id: 1 }) {
        Err(error) if error.violates::<ReadingSession>(|s| s.book_id) => println!("  refused: {error}"),
        other => println!("  unexpected: {other:?}"),
    }

    show("logs.log_page(session.id, 120, 374)?; streaks.record(None, day)?     // in one transaction");
    let (log, streak) = db.transaction(|tx| {
        let log = ProgressLogRepository::new(tx).log_page(session.id, 120, 374)?;
        Ok((log, StreakRepository::new(tx).record(None, date!(2025 - 01 - 01))?))
    })?;
    println!(
        "  {:.1} % after {} pages; {} day(s) in a row",
        log.percentage, log.pages_read, streak.current_streak
    );

    show("sessions.update(id, |s| (s.status.set(ReadingStatus::Read), s.rating.set(6)))     // 0 to 5 stars");
    let refused = sessions.update(session.id, |s| (s.status.set(ReadingStatus::Read), s.rating.set(6)));
    match refused {
        Err(error) if error.violates::<ReadingSession>(|s| s.rating) => println!("  refused: {error}"),
        other => println!("  unexpected: {other:?}"),
    }
    show("sessions.finish(session.id, day, Some(5))?");
    sessions.finish(session.id, date!(2025 - 01 - 20), Some(5))?;
    let session = sessions.get(session.id)?;
    println!("  {} with {} stars", session.status.as_str(), session.rating.unwrap_or_default());
    Ok(())
}
