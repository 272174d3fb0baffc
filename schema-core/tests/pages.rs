//! Pages by cursors and by numbers, over mixed directions and NULLs, while rows come and go.
#![allow(missing_docs)]

use schema_core::{
    Db, Table,
    expr::{Order, count, row_number, sum},
    query::{Cursor, Page, Query},
};

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Author {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
}

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = Author)]
    pub author_id: Option<i64>,
    pub title: String,
    pub rating: Option<f64>,
    pub year: Option<i64>,
    pub pages: i64,
}

schema_core::schema! {
    pub App { Author, Book }
}

fn filled(options: schema_core::OpenOptions<App>) -> Db<App> {
    let db = options.in_memory().unwrap();
    db.sqlite_raw(|connection| {
        connection.execute_batch(
            "CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
             CREATE TABLE books (id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES authors, title TEXT NOT NULL,
               rating REAL, year INTEGER, pages INTEGER NOT NULL);
             CREATE INDEX books_pages ON books (pages);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 7)
             INSERT INTO authors SELECT i, 'author ' || (i % 5) FROM n;
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 157)
             INSERT INTO books SELECT i, CASE WHEN i % 6 THEN 1 + i % 7 END, 'title ' || ((i * 37) % 20),
               CASE WHEN i % 4 THEN ((i * 7) % 10) / 3.0 END, CASE WHEN i % 3 THEN 1990 + i % 11 END, (i * 13) % 40 FROM n;",
        )
    })
    .unwrap();
    db
}

fn app() -> Db<App> {
    filled(Db::options())
}

type Ordered = fn(Query<Book>) -> Query<Book>;

const ORDERS: [(&str, Ordered); 8] = [
    ("nothing", |query| query),
    ("plain", |query| query.order_by(|b| b.pages.asc())),
    ("backwards", |query| query.order_by(|b| (b.pages.desc(), b.id.desc()))),
    ("mixed", |query| query.order_by(|b| (b.pages.desc(), b.title.asc()))),
    ("nulls", |query| query.order_by(|b| (b.year.asc(), b.rating.desc()))),
    ("nulls aside", |query| query.order_by(|b| (b.rating.asc().nulls_last(), b.year.desc().nulls_first()))),
    ("expressions", |query| {
        query.order_by(|b| (b.title.length().desc(), (b.pages % 7).asc(), b.title.asc()))
    }),
    ("chosen at run time", |query| {
        query.order_by(|b| Vec::<Order>::from([b.year.desc(), b.title.asc(), b.id.desc()]))
    }),
];

/// The keys are added behind what the query says.
fn whole(query: Query<Book>, db: &Db<App>) -> Vec<Book> {
    query.order_by(|b| b.id.asc()).all(db).unwrap()
}

#[test]
fn pages_give_every_row_once_and_in_order_forwards_and_backwards() {
    let db = app();
    for (name, ordered) in ORDERS {
        let query = || ordered(Book::query().filter(|b| b.pages.ne(3)));
        let wanted = whole(query(), &db);
        for size in [1, 7, 50, 500] {
            let (mut read, mut pages) = (Vec::new(), Vec::new());
            let mut page = query().limit(size).page(&db).unwrap();
            assert!(page.previous.is_none());
            loop {
                read.extend(page.rows.clone());
                pages.push(page.rows.clone());
                let Some(next) = page.next else { break };
                // As text, as a client gives it back.
                let next: Cursor = next.to_string().parse().unwrap();
                page = query().after(next).limit(size).page(&db).unwrap();
                assert!(page.previous.is_some());
            }
            assert_eq!(read, wanted, "{name}, {size} a page");

            let mut page = query().before(None).limit(size).page(&db).unwrap();
            assert!(page.next.is_none());
            let mut back = page.rows.clone();
            while let Some(previous) = page.previous {
                page = query().before(previous).limit(size).page(&db).unwrap();
                back.splice(0..0, page.rows.clone());
            }
            assert_eq!(back, wanted, "{name}, backwards, {size} a page");
        }
    }
}

#[test]
fn one_step_back_is_the_page_before() {
    let db = app();
    let query = || Book::query().order_by(|b| (b.year.desc(), b.title.asc()));
    let first = query().limit(10).page(&db).unwrap();
    let second = query().after(first.next).limit(10).page(&db).unwrap();
    let again = query().before(second.previous).limit(10).page(&db).unwrap();
    assert_eq!(again.rows, first.rows);
    assert!(again.previous.is_none());
    let forth = query().after(again.next).limit(10).page(&db).unwrap();
    assert_eq!(forth.rows, second.rows);
}

#[test]
fn rows_that_come_and_go_move_no_other_row_to_another_page() {
    let db = app();
    let query = || Book::query().order_by(|b| b.pages.asc());
    let wanted = whole(query(), &db);
    let first = query().limit(20).page(&db).unwrap();
    // The row at the edge and others before it are gone, and new ones stand in front.
    db.sqlite_raw(|sqlite| {
        sqlite.execute_batch(&format!(
            "DELETE FROM books WHERE id IN ({}, {}); INSERT INTO books VALUES (1000, NULL, 'new', NULL, NULL, 0);",
            wanted[19].id, wanted[5].id
        ))
    })
    .unwrap();
    let second = query().after(first.next).limit(20).page(&db).unwrap();
    assert_eq!(second.rows, wanted[20..40]);
}

/// Every row, page by page.
fn walk<O: Clone, F: Fn(Option<Cursor>) -> Page<O>>(read: F) -> Vec<O> {
    let mut page = read(None);
    let mut rows = page.rows.clone();
    while let Some(next) = page.next {
        page = read(Some(next));
        rows.extend(page.rows.clone());
    }
    rows
}

#[test]
fn joined_and_grouped_and_distinct_and_combined_rows_have_pages() {
    let db = app();
    let joined = || {
        Book::query()
            .left_join::<Author>(|b, a| a.id.eq(b.author_id))
            .order_by(|(b, a)| (a.name.asc(), b.year.desc()))
            .select(|(b, a)| (b.id, a.name))
    };
    let rows = walk(|cursor| joined().after(cursor).limit(9).page(&db).unwrap());
    let same: Vec<(i64, Option<String>)> = db
        .sqlite_raw(|sqlite| {
            sqlite
                .prepare("SELECT b.id, a.name FROM books b LEFT JOIN authors a ON a.id = b.author_id ORDER BY a.name, b.year DESC, b.id, a.id")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
        .unwrap();
    assert_eq!(rows, same);

    let grouped = || {
        Book::query()
            .group_by(|b| b.author_id)
            .having(|_, b| count(b).gt(3))
            .order_by(|_, b| sum(b.pages).desc())
            .select(|author, b| (author, sum(b.pages)))
    };
    assert_eq!(
        walk(|cursor| grouped().after(cursor).limit(2).page(&db).unwrap()).len(),
        grouped().all(&db).unwrap().len()
    );

    let distinct = || Book::query().select(|b| (b.title, b.year)).distinct().order_by_result_desc(1);
    let pages = walk(|cursor| distinct().after(cursor).limit(11).page(&db).unwrap());
    assert_eq!(pages, distinct().order_by_result(0).all(&db).unwrap());

    let old = Book::query().filter(|b| b.year.lt(1995)).select(|b| b.title);
    let short = Book::query().filter(|b| b.pages.lt(10)).select(|b| b.title);
    let both = || old.clone().union(short.clone());
    assert_eq!(
        walk(|cursor| both().after(cursor).limit(3).page(&db).unwrap()),
        both().order_by_result(0).all(&db).unwrap()
    );

    // What a window says of a row is said of all rows, not of those of the page.
    let numbered =
        || Book::query().order_by(|b| b.id.asc()).select(|b| row_number().over(|w| w.order_by(b.id.asc())));
    let numbers = walk(|cursor| numbered().after(cursor).limit(40).page(&db).unwrap());
    assert_eq!(numbers, (1..=157).collect::<Vec<i64>>());
}

#[test]
fn a_page_begins_in_an_index() {
    let db = app();
    let query = || Book::query().order_by(|b| b.pages.asc());
    let cursor = query().limit(20).page(&db).unwrap().next;
    let sql = query().after(cursor).limit(20).to_sql();
    let plan: Vec<String> = db
        .sqlite_raw(|sqlite| {
            sqlite
                .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?
                .query_map(schema_core::rusqlite::params![10, 3, 21], |row| row.get(3))?
                .collect()
        })
        .unwrap();
    assert_eq!(plan, ["SEARCH t0 USING INDEX books_pages (pages>?)"], "{sql}");
}

#[test]
fn a_cursor_fits_its_order_and_no_other() {
    let db = app();
    let cursor = Book::query().order_by(|b| b.pages.asc()).limit(5).page(&db).unwrap().next.unwrap();
    let other = |query: Query<Book>| {
        let refused = query.after(cursor.clone()).limit(5).page(&db).unwrap_err();
        assert!(refused.is_value(), "{refused}");
        refused.to_string()
    };
    assert!(other(Book::query().order_by(|b| b.pages.desc())).contains("another order"));
    assert!(other(Book::query().order_by(|b| b.year.asc())).contains("another order"));
    // Filters are not part of it.
    let filtered = Book::query().filter(|b| b.year.is_null()).order_by(|b| b.pages.asc());
    filtered.after(cursor.clone()).limit(5).page(&db).unwrap();
    let text = cursor.to_string();
    for wrong in ["", "no cursor", "AA", &text[..text.len() - 4], &format!("{text}AAAA")] {
        let refused = wrong.parse::<Cursor>().unwrap_err();
        assert!(refused.is_value() && refused.to_string().contains("first page"), "{refused}");
    }
    assert_eq!(serde_json::from_str::<Cursor>(&serde_json::to_string(&cursor).unwrap()).unwrap(), cursor);
}

#[test]
fn a_handle_with_a_key_takes_its_own_cursors_alone() {
    let secret = [7; 32];
    let db = filled(Db::options().cursor_key(secret));
    let query = || Book::query().order_by(|b| b.title.asc());
    let cursor = query().limit(5).page(&db).unwrap().next.unwrap();
    query().after(cursor.clone()).limit(5).page(&db).unwrap();
    db.transaction(|tx| query().after(cursor.clone()).limit(5).page(tx)).unwrap();

    let unsigned = query().limit(5).page(&app()).unwrap().next.unwrap();
    let other = filled(Db::options().cursor_key([8; 32]));
    let others = query().limit(5).page(&other).unwrap().next.unwrap();
    let mut forged = cursor.to_string().into_bytes();
    let at = forged.len() - 3;
    forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap().parse::<Cursor>();
    for cursor in [Some(unsigned), Some(others), forged.ok()].into_iter().flatten() {
        let refused = query().after(cursor).limit(5).page(&db).unwrap_err();
        assert!(refused.to_string().contains("not signed"), "{refused}");
    }
    assert!(Db::<App>::options().cursor_key("short").in_memory().unwrap_err().is_misuse());
}

#[test]
fn what_has_no_pages_says_why() {
    let db = app();
    let say = |refused: schema_core::Error| {
        assert!(refused.is_misuse());
        refused.to_string()
    };
    assert!(say(Book::query().page(&db).unwrap_err()).contains(".limit(50)"));
    assert!(say(Book::query().limit(5).offset(5).page(&db).unwrap_err()).contains("all_and_total"));
    let all = Book::query().select(|b| b.title).union_all(Book::query().select(|b| b.title));
    assert!(say(all.limit(5).page(&db).unwrap_err()).contains("union_all"));
    let whole = Book::query().aggregate(count);
    assert!(say(whole.limit(5).page(&db).unwrap_err()).contains("one row"));
    let distinct = Book::query().order_by(|b| b.pages.asc()).select(|b| b.title).distinct();
    assert!(say(distinct.limit(5).page(&db).unwrap_err()).contains("order_by_result"));
}

#[test]
fn a_numbered_page_comes_with_the_total_of_the_same_filters() {
    let db = app();
    let query = || Book::query().filter(|b| b.year.is_not_null()).order_by(|b| b.id.asc());
    let (rows, total) = query().limit(10).offset(20).all_and_total(&db).unwrap();
    assert_eq!((rows.len(), total), (10, query().count(&db).unwrap()));
    assert_eq!(rows, query().all(&db).unwrap()[20..30]);
    // Behind the end there are no rows, and the total is still there.
    let (rows, same) = query().limit(10).offset(1000).all_and_total(&db).unwrap();
    assert_eq!((rows.len(), same), (0, total));
    let (groups, total) = Book::query()
        .group_by(|b| b.pages)
        .select(|pages, b| (pages, count(b)))
        .limit(3)
        .all_and_total(&db)
        .unwrap();
    assert_eq!((groups.len(), total), (3, 40));
    db.transaction(|tx| query().limit(1).all_and_total(tx)).unwrap();
    db.read_transaction(|tx| query().limit(1).all_and_total(tx)).unwrap();
}
