//! An old, filled Tome database: real public-domain books, and years of reading that a fixed rule makes
//! up, the same at every run.

use schema_core::rusqlite::{self, Connection, params};
use time::{Date, Duration, macros::date};

/// Real books, first published before 1929: `title,author,author_sort,year,language,pages,subjects`.
pub const BOOKS_CSV: &str = include_str!("../data-source/books.csv");

/// Entries of the progress log that [`fill_first_revision`] makes at least.
pub const PROGRESS_LOGS: usize = 50_000;

/// Rows that were made, a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// Books of the CSV.
    pub books: usize,
    /// Read-throughs.
    pub sessions: usize,
    /// Entries of the progress log.
    pub progress_logs: usize,
    /// Readers with a streak.
    pub streaks: usize,
}

/// A book of the CSV.
pub(crate) struct Line {
    pub(crate) title: String,
    pub(crate) author: String,
    pub(crate) author_sort: String,
    pub(crate) year: i64,
    language: String,
    pub(crate) pages: i64,
    pub(crate) subjects: Vec<String>,
}

pub(crate) fn lines() -> Result<Vec<Line>, String> {
    let mut reader = csv::Reader::from_reader(BOOKS_CSV.as_bytes());
    let mut lines = Vec::new();
    for (number, record) in reader.records().enumerate() {
        let wrong = |what: &str| format!("books.csv, book {}: {what}", number + 1);
        let record = record.map_err(|error| wrong(&error.to_string()))?;
        let [title, author, author_sort, year, language, pages, subjects] =
            record.iter().collect::<Vec<_>>()[..]
        else {
            return Err(wrong("seven fields are wanted"));
        };
        lines.push(Line {
            title: title.to_owned(),
            author: author.to_owned(),
            author_sort: author_sort.to_owned(),
            year: year.parse().map_err(|_| wrong("the year is no number"))?,
            language: language.to_owned(),
            pages: pages.parse().map_err(|_| wrong("the pages are no number"))?,
            subjects: subjects.split("; ").map(str::to_owned).collect(),
        });
    }
    Ok(lines)
}

/// A small generator of numbers that look random and are the same at every run. (Knuth's MMIX constants.)
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap_or(0) % limit.max(1)
    }
}

const FIRST_DAY: Date = date!(2021 - 01 - 03);

/// Fills a database that stands at Tome's first revision.
///
/// # Errors
/// A CSV that cannot be read, or SQLite's message. Nothing is kept then.
pub fn fill_first_revision(connection: &mut Connection) -> Result<Filled, String> {
    let lines = lines()?;
    fill(connection, &lines).map_err(|error| format!("filling the old database: {error}"))
}

fn fill(connection: &mut Connection, lines: &[Line]) -> rusqlite::Result<Filled> {
    let transaction = connection.transaction()?;
    let mut filled = Filled::default();
    let mut numbers = Numbers(1813);
    {
        let mut book = transaction.prepare(
            "INSERT INTO books (id, title, author, author_sort, language, year, pages, subjects, path, has_cover, \
             last_synced, orphan) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?;
        for (id, line) in (1_i64..).zip(lines) {
            let subjects = (numbers.below(20) > 0).then(|| json_list(&line.subjects));
            book.execute(params![
                id,
                line.title,
                line.author,
                line.author_sort,
                line.language,
                line.year,
                line.pages,
                subjects,
                format!("{}/{} ({id})", line.author, line.title),
                numbers.below(3) > 0,
                "2024-11-30 18:05:11.000000",
                numbers.below(50) == 0,
            ])?;
            filled.books += 1;
        }
        let mut session = transaction.prepare(
            "INSERT INTO reading_sessions (book_id, user_id, status, rating, review, started_date, completed_date, \
             is_archived, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?;
        let mut log = transaction.prepare(
            "INSERT INTO progress_logs (session_id, current_page, percentage, read_at, notes) VALUES (?, ?, ?, ?, ?)",
        )?;
        while filled.progress_logs < PROGRESS_LOGS {
            transaction.execute("UPDATE reading_sessions SET is_archived = 1", [])?;
            for (book_id, line) in (1_i64..).zip(lines) {
                let start = FIRST_DAY + Duration::days(numbers.below(1_300));
                let status = ["finished", "finished", "finished", "reading", "to-read"]
                    [usize::try_from(numbers.below(5)).unwrap_or(0)];
                let entries = match status {
                    "finished" => 5 + numbers.below(40),
                    "reading" => 1 + numbers.below(20),
                    _ => 0,
                };
                let end = (status == "finished").then(|| start + Duration::days(entries));
                let rating = end.and_then(|_| (numbers.below(4) > 0).then(|| numbers.below(6)));
                let review = (numbers.below(30) == 0).then_some("Worth reading twice; it's \"that\" good.");
                let made = format!("{start} 08:00:00.000000");
                session.execute(params![
                    book_id,
                    Option::<i64>::None,
                    status,
                    rating,
                    review,
                    (status != "to-read").then(|| start.to_string()),
                    end.map(|end| end.to_string()),
                    false,
                    made,
                    made,
                ])?;
                filled.sessions += 1;
                let session_id = transaction.last_insert_rowid();
                for entry in 1..=entries {
                    let of = if status == "finished" { entries } else { entries * 2 };
                    let percentage = entry * 100 / of;
                    let day = start + Duration::days(entry);
                    log.execute(params![
                        session_id,
                        line.pages * percentage / 100,
                        percentage,
                        format!("{day} {:02}:{:02}:00.000000", 6 + numbers.below(17), numbers.below(60)),
                        (numbers.below(40) == 0).then_some("Read on the train."),
                    ])?;
                    filled.progress_logs += 1;
                }
            }
        }
        let mut streak = transaction.prepare(
            "INSERT INTO streaks (user_id, current_streak, longest_streak, last_activity_date, total_days_active, \
             updated_at) VALUES (?, ?, ?, ?, ?, ?)",
        )?;
        for user in [None, Some(1), Some(2)] {
            let longest = 20 + numbers.below(60);
            let current = numbers.below(20);
            streak.execute(params![
                user,
                current,
                longest,
                "2024-11-30",
                longest * 3,
                "2024-11-30 18:05:11.000000"
            ])?;
            filled.streaks += 1;
        }
    }
    transaction.commit()?;
    Ok(filled)
}

/// A JSON array of texts.
fn json_list(texts: &[String]) -> String {
    let quoted: Vec<String> =
        texts.iter().map(|text| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))).collect();
    format!("[{}]", quoted.join(","))
}
