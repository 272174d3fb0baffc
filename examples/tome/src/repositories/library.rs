use schema_core::{
    Result, Row, exists,
    expr::{avg, case, count, count_distinct, each, max, min, sum},
    query::{Left, Query, json_each},
    scalar,
};
use time::{Date, OffsetDateTime};

use crate::models::{
    Book, BookHasReadingSessions, BookRepository, ProgressLog, ReadingSession, ReadingStatus, Tome,
};

/// What the library page is narrowed down to; what is `None` or empty is not asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LibraryFilter {
    /// A text in the title or the author.
    pub text: Option<String>,
    /// Where the reader stands; `ToRead` also finds books that no session is about.
    pub status: Option<ReadingStatus>,
    /// At least so many stars.
    pub rating: Option<i64>,
    /// Subjects, all of which a book has to have.
    pub subjects: Vec<String>,
    /// Language of the book.
    pub language: Option<String>,
    /// Whether books that have gone from Calibre are shown.
    pub with_orphans: bool,
    /// The order.
    pub sort: LibrarySort,
}

/// The order of the library page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LibrarySort {
    /// By author and title.
    #[default]
    Author,
    /// The best first, unrated ones last.
    Rating,
    /// What was read last comes first, what was never read last.
    RecentlyRead,
    /// The longest first.
    Pages,
}

/// A book as the library page shows it.
#[derive(Row, Clone, Debug, PartialEq)]
pub struct LibraryBook {
    /// The book's id.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// Its author.
    pub author: String,
    /// Where the reader stands; `ToRead` where no session is about it.
    pub status: ReadingStatus,
    /// Stars of the session that is shown.
    pub rating: Option<i64>,
    /// First day of that session.
    pub started_date: Option<Date>,
    /// Number of sessions.
    pub sessions: i64,
    /// How often it was read to its end.
    pub times_read: i64,
    /// Stars on average over all sessions.
    pub average_rating: Option<f64>,
    /// When it was first read in.
    pub first_read_at: Option<OffsetDateTime>,
    /// When it was last read in.
    pub last_read_at: Option<OffsetDateTime>,
    /// The page that was reached in the session that is shown.
    pub current_page: Option<i64>,
    /// The part that was reached in it, in percent.
    pub percentage: Option<f64>,
    /// Pages that were read in all sessions.
    pub pages_read: Option<i64>,
    /// Days on which it was read in.
    pub days: i64,
}

/// How often a subject comes.
#[derive(Row, Clone, Debug, PartialEq)]
pub struct SubjectCount {
    /// The subject.
    pub subject: String,
    /// Books that have it.
    pub books: i64,
    /// Their pages.
    pub pages: Option<i64>,
    /// Books that have it as their first, the most specific one.
    pub as_first: i64,
}

/// Books that were finished in a month.
#[derive(Row, Clone, Debug, PartialEq)]
pub struct MonthOfReading {
    /// The year.
    pub year: Option<i64>,
    /// The month, 1 to 12.
    pub month: Option<i64>,
    /// Sessions that ended in it.
    pub finished: i64,
    /// Different books among them.
    pub books: i64,
    /// Their pages, as far as they are known.
    pub pages: Option<i64>,
    /// Stars on average.
    pub average_rating: Option<f64>,
}

/// A book and the one session of it that the library page shows.
type Shown = Query<(Book, Left<ReadingSession>)>;

impl BookRepository<'_, Tome> {
    /// A page of the library and the number of all books that the filter finds, of one state of the database.
    ///
    /// A book is shown with one of its sessions: that which is read, else the next one, and so on; one that is not
    /// archived before the others.
    pub fn library(&self, filter: &LibraryFilter, page: u64, of: u64) -> Result<(Vec<LibraryBook>, u64)> {
        let found = sorted(filtered(shown(), filter), filter.sort);
        found
            .select(|(b, s)| {
                let logs = || {
                    ProgressLog::query()
                        .join::<ReadingSession>(|p, s| s.id.eq(p.session_id))
                        .filter(move |(_, of)| of.book_id.eq(b.id))
                };
                let reached = || {
                    ProgressLog::query()
                        .filter(move |p| p.session_id.eq(s.id))
                        .order_by(|p| (p.read_at.desc(), p.id.desc()))
                        .limit(1)
                };
                let sessions = || b.reading_sessions();
                LibraryBookSelect {
                    id: b.id,
                    title: b.title,
                    author: b.author,
                    status: s.status.unwrap_or(ReadingStatus::ToRead),
                    rating: s.rating,
                    started_date: s.started_date,
                    sessions: sessions().count(),
                    times_read: sessions().filter(|s| s.status.eq(ReadingStatus::Read)).count(),
                    average_rating: scalar(sessions().aggregate(|s| avg(s.rating))),
                    first_read_at: scalar(logs().aggregate(|(p, _)| min(p.read_at))),
                    last_read_at: scalar(logs().aggregate(|(p, _)| max(p.read_at))),
                    current_page: scalar(reached().select(|p| p.current_page)),
                    percentage: scalar(reached().select(|p| p.percentage)),
                    pages_read: scalar(logs().aggregate(|(p, _)| sum(p.pages_read))),
                    days: scalar(logs().aggregate(|(p, _)| count_distinct(each(p, |p| p.read_at.date()))))
                        .unwrap_or(0),
                }
            })
            .limit(of)
            .offset(page * of)
            .all_and_total(self)
    }

    /// How often each subject comes, the most frequent first.
    pub fn subjects(&self) -> Result<Vec<SubjectCount>> {
        Book::query()
            .filter(|b| b.is_orphan.eq(false))
            .join_json_each(|b| b.subjects)
            .group_by(|(_, subject)| subject.value)
            .order_by(|subject, (b, _)| (count(b).desc(), subject.asc()))
            .select(|subject, (b, s)| SubjectCountSelect {
                subject,
                books: count(b),
                pages: sum(b.pages),
                as_first: count(b).filter(each(s, |s| s.key.eq(0))),
            })
            .all(self)
    }

    /// What was finished, month by month, the latest first.
    pub fn finished_by_month(&self) -> Result<Vec<MonthOfReading>> {
        ReadingSession::query()
            .join::<Book>(|s, b| b.id.eq(s.book_id))
            .filter(|(s, _)| s.status.eq(ReadingStatus::Read).and(s.completed_date.is_not_null()))
            .group_by(|(s, _)| (s.completed_date.year(), s.completed_date.month()))
            .order_by(|(year, month), _| (year.desc(), month.desc()))
            .select(|(year, month), (s, b)| MonthOfReadingSelect {
                year,
                month,
                finished: count(s),
                books: count_distinct(b.id),
                pages: sum(b.pages),
                average_rating: avg(s.rating),
            })
            .all(self)
    }
}

/// Every book, with the session that is shown.
fn shown() -> Shown {
    Book::query().left_join::<ReadingSession>(|b, s| {
        let first = ReadingSession::query()
            .filter(|other| other.book_id.eq(b.id))
            .order_by(|other| {
                let rank = case()
                    .when(other.status.eq(ReadingStatus::Reading), 0)
                    .when(other.status.eq(ReadingStatus::ReadNext), 1)
                    .when(other.status.eq(ReadingStatus::ToRead), 2)
                    .otherwise(3);
                (other.is_archived.asc(), rank.asc(), other.id.desc())
            })
            .limit(1);
        s.id.eq(scalar(first.select(|other| other.id)))
    })
}

fn filtered(mut found: Shown, filter: &LibraryFilter) -> Shown {
    let LibraryFilter { text, status, rating, subjects, language, with_orphans, sort: _ } = filter;
    if let Some(text) = text {
        found = found.filter(|(b, _)| b.title.contains(text).or(b.author.contains(text)));
    }
    if let Some(status) = *status {
        found = found.filter(|(_, s)| s.status.unwrap_or(ReadingStatus::ToRead).eq(status));
    }
    if let Some(rating) = *rating {
        found = found.filter(|(_, s)| s.rating.ge(rating));
    }
    if let Some(language) = language {
        found = found.filter(|(b, _)| b.language.eq(language));
    }
    for subject in subjects {
        found = found.filter(|(b, _)| exists(json_each(b.subjects).filter(|s| s.value.eq(subject))));
    }
    if !with_orphans {
        found = found.filter(|(b, _)| b.is_orphan.eq(false));
    }
    found
}

fn sorted(found: Shown, sort: LibrarySort) -> Shown {
    let found = match sort {
        LibrarySort::Author => found,
        LibrarySort::Rating => found.order_by(|(_, s)| s.rating.desc().nulls_last()),
        LibrarySort::RecentlyRead => found.order_by(|(b, _)| {
            let last = ProgressLog::query()
                .join::<ReadingSession>(|p, s| s.id.eq(p.session_id))
                .filter(|(_, of)| of.book_id.eq(b.id));
            scalar(last.aggregate(|(p, _)| max(p.read_at))).desc().nulls_last()
        }),
        LibrarySort::Pages => found.order_by(|(b, _)| b.pages.desc().nulls_last()),
    };
    found.order_by(|(b, _)| (b.author_sort.asc().nulls_last(), b.title.asc(), b.id.asc()))
}
