//! What the feature `tracing` tells of statements, on a filled database.
#![cfg(feature = "tracing")]
#![allow(missing_docs)]

mod support;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use schema_core::{Db, Table};
use support::{BOOKS, Library};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    pub author_id: Option<i64>,
}

schema_core::schema! {
    pub Shelf { Book }
}

/// Level and fields of an event.
type Told = (Level, BTreeMap<&'static str, String>);

/// Keeps every event of statements, from a level on.
struct Listener(Level, Arc<Mutex<Vec<Told>>>, Arc<Mutex<Spans>>);

/// The spans, each with its fields and the one around it, and those that are entered.
#[derive(Default)]
struct Spans {
    begun: Vec<(BTreeMap<&'static str, String>, Option<u64>)>,
    entered: Vec<u64>,
}

struct Fields<'f>(&'f mut BTreeMap<&'static str, String>);

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "schema_core::sql" && *metadata.level() <= self.0
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        let mut fields = BTreeMap::new();
        span.record(&mut Fields(&mut fields));
        let mut spans = self.2.lock().unwrap();
        let around = spans.entered.last().copied();
        spans.begun.push((fields, around));
        span::Id::from_u64(spans.begun.len() as u64)
    }

    fn record(&self, span: &span::Id, values: &span::Record<'_>) {
        let at = usize::try_from(span.into_u64()).unwrap() - 1;
        values.record(&mut Fields(&mut self.2.lock().unwrap().begun[at].0));
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = BTreeMap::new();
        event.record(&mut Fields(&mut fields));
        self.1.lock().unwrap().push((*event.metadata().level(), fields));
    }

    fn enter(&self, span: &span::Id) {
        self.2.lock().unwrap().entered.push(span.into_u64());
    }

    fn exit(&self, span: &span::Id) {
        assert_eq!(self.2.lock().unwrap().entered.pop(), Some(span.into_u64()));
    }
}

fn told(level: Level, work: impl FnOnce()) -> Vec<Told> {
    told_with_spans(level, work).0
}

fn told_with_spans(level: Level, work: impl FnOnce()) -> (Vec<Told>, Spans) {
    let (events, spans) = (Arc::default(), Arc::default());
    let listener = Listener(level, Arc::clone(&events), Arc::clone(&spans));
    tracing::subscriber::with_default(listener, work);
    let (mut events, mut spans) = (events.lock().unwrap(), spans.lock().unwrap());
    (std::mem::take(&mut *events), std::mem::take(&mut *spans))
}

fn shelf(slow: Option<Duration>) -> Db<Shelf> {
    let options = Db::<Shelf>::options();
    let db = match slow {
        Some(from) => options.slow_query(from).in_memory(),
        None => options.in_memory(),
    };
    let db = db.unwrap();
    db.sqlite_raw(|connection| connection.execute_batch(BOOKS)).unwrap();
    db
}

#[test]
fn every_statement_is_told_with_its_text_and_counts_and_without_its_values() {
    let db = shelf(None);
    let events = told(Level::DEBUG, || {
        Book::query().filter(|b| b.title.contains("book 49")).all(&db).unwrap();
        Book::update().set(|b| b.title.set("a new title")).filter(|b| b.id.eq(3)).run(&db).unwrap();
    });
    let (level, query) = &events[0];
    assert_eq!(*level, Level::DEBUG);
    assert!(query["sql"].starts_with("SELECT"), "{query:?}");
    assert_eq!((&*query["rows"], &*query["changed"], &*query["failed"]), ("11", "0", "false"), "{query:?}");
    assert!(query["elapsed_us"].parse::<u64>().is_ok(), "{query:?}");
    let (_, update) = &events[1];
    assert_eq!((&*update["rows"], &*update["changed"]), ("0", "1"), "{update:?}");
    assert!(!format!("{events:?}").contains("book 49"), "a value was told: {events:?}");
    assert!(!format!("{events:?}").contains("a new title"), "a value was told: {events:?}");
}

#[test]
fn every_statement_is_a_span_around_what_is_done_with_its_rows() {
    let db = shelf(None);
    let (_, spans) = told_with_spans(Level::DEBUG, || {
        Book::query()
            .filter(|b| b.id.le(2))
            .for_each(&db, |book| Book::query().filter(|b| b.id.eq(book.id + 10)).one(&shelf(None)).map(drop))
            .unwrap();
    });
    let (outer, around) = &spans.begun[0];
    assert!(outer["sql"].starts_with("SELECT") && around.is_none(), "{outer:?}");
    assert_eq!((&*outer["rows"], &*outer["changed"], &*outer["failed"]), ("2", "0", "false"));
    let inner: Vec<_> = spans.begun.iter().filter(|(fields, _)| fields["sql"] == outer["sql"]).collect();
    let within = spans.begun.iter().filter(|(_, around)| *around == Some(1)).count();
    assert!(within >= 2 && inner.len() == 1, "{:?}", spans.begun);
    assert!(spans.entered.is_empty());
    // Who hears warnings alone has no spans made.
    let (_, spans) = told_with_spans(Level::WARN, || drop(Book::query().all(&shelf(Some(Duration::ZERO)))));
    assert_eq!(spans.begun.len(), 0);
}

#[test]
fn a_transaction_is_told_from_its_beginning_to_its_end() {
    let db = shelf(None);
    let events = told(Level::DEBUG, || {
        db.transaction(|tx| {
            Book::query().count(tx)?;
            tx.sqlite_raw(|connection| connection.execute("DELETE FROM books WHERE title = 'book 7'", []))
        })
        .unwrap();
        let refused = db.transaction(|tx| {
            tx.sqlite_raw(|connection| connection.execute("INSERT INTO books VALUES (1, 'secret', NULL)", []))
        });
        assert!(refused.is_err());
    });
    let texts: Vec<_> = events.iter().map(|(_, fields)| &*fields["sql"]).collect();
    let [begin, count, raw, commit, begin_again, raw_again, rollback] = texts[..] else {
        panic!("{texts:?}")
    };
    assert_eq!(
        [begin, commit, begin_again, rollback],
        ["BEGIN IMMEDIATE", "COMMIT", "BEGIN IMMEDIATE", "ROLLBACK"]
    );
    assert!(count.starts_with("SELECT count(*)"), "{count}");
    assert_eq!([raw, raw_again], ["-- sqlite_raw"; 2]);
    assert_eq!((&*events[2].1["changed"], &*events[2].1["failed"]), ("1", "false"));
    assert_eq!((&*events[5].1["changed"], &*events[5].1["failed"]), ("0", "true"));
    assert!(!format!("{events:?}").contains("secret"), "{events:?}");
}

#[test]
fn a_statement_that_takes_as_long_as_the_threshold_is_warned_of() {
    let slow = shelf(Some(Duration::ZERO));
    let events = told(Level::WARN, || drop(Book::query().all(&slow).unwrap()));
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!((events[0].0, &*events[0].1["rows"]), (Level::WARN, "500"));

    let quick = shelf(Some(Duration::from_secs(3600)));
    let events = told(Level::WARN, || drop(Book::query().all(&quick).unwrap()));
    assert!(events.is_empty(), "{events:?}");
}

#[test]
fn a_file_warns_on_its_readers_and_on_its_writer() {
    let folder = support::folder();
    drop(support::filled(&folder));
    let path = folder.path().join("library.db");
    let db = Db::<Shelf>::options().slow_query(Duration::ZERO).open(path).unwrap();
    let events = told(Level::WARN, || {
        Book::query().count(&db).unwrap();
        Book::delete().filter(|b| b.id.gt(490)).run(&db).unwrap();
    });
    let texts: Vec<_> = events.iter().map(|(_, fields)| fields["sql"].split(' ').next().unwrap()).collect();
    assert_eq!(texts, ["SELECT", "DELETE"]);
    assert_eq!(events[1].1["changed"], "10");
}

#[test]
fn nothing_is_told_where_nobody_listens_to_it() {
    let db = Db::<Library>::in_memory().unwrap();
    let events = told(Level::INFO, || db.sqlite_raw(|connection| connection.execute_batch(BOOKS)).unwrap());
    assert!(events.is_empty(), "{events:?}");
}
