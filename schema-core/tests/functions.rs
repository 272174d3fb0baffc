//! Functions, aggregates and collating sequences of the application, on filled databases.
#![allow(missing_docs)]

use std::sync::atomic::{AtomicI64, Ordering};

use schema_core::{
    Db, OpenOptions, Table, View,
    expr::{Bound, Collation, each},
    function::{AggregateFunction, Function},
    rusqlite, sql,
};
use tempfile::TempDir;
use time::{Date, macros::date};

#[derive(Table, Clone, Debug, PartialEq)]
#[table(check(path_is_slug = "path = slug(title)"))]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    pub path: String,
    pub author: Option<String>,
    pub published_on: Option<Date>,
}

#[derive(View, Debug, PartialEq)]
#[view(sql = "SELECT id, title_sort(title) AS sort FROM books")]
pub struct Sorted {
    pub id: i64,
    pub sort: String,
}

schema_core::schema! {
    pub Library { Book; views: [Sorted] }
}
schema_core::schema! {
    /// As another program has left it.
    external pub Calibre { Book; views: [Sorted] }
}

const SLUG: Function<(String,), String> = Function::new("slug");
const TITLE_SORT: Function<(String,), String> = Function::new("title_sort");
const OR_NOBODY: Function<(Option<String>,), String> = Function::new("or_nobody");
const AGE: Function<(Date, Date), i64> = Function::new("age in \"days\"");
const TICK: Function<(), i64> = Function::changing("tick");
const HALF: Function<(i64,), i64> = Function::new("half");
const CONCAT: AggregateFunction<(String,), String> = AggregateFunction::new("concat");
const SPREAD: AggregateFunction<(Date,), Option<i64>> = AggregateFunction::new("spread");
const SORT_CONCAT: AggregateFunction<(i64, String), String> = AggregateFunction::new("sortconcat");

fn title_sort(title: &str) -> String {
    title.strip_prefix("The ").map_or_else(|| title.to_owned(), |rest| format!("{rest}, The"))
}

fn options<S: schema_core::Schema>() -> OpenOptions<S> {
    static TICKS: AtomicI64 = AtomicI64::new(0);
    Db::<S>::options()
        .function(SLUG, |(title,)| title.to_lowercase().replace(' ', "-"))
        .function(TITLE_SORT, |(title,)| title_sort(&title))
        .function(OR_NOBODY, |(name,)| name.unwrap_or_else(|| "nobody".to_owned()))
        .function(AGE, |(from, to)| (to - from).whole_days())
        .function(TICK, |()| TICKS.fetch_add(1, Ordering::Relaxed))
        .try_function(HALF, |(number,)| match number % 2 {
            0 => Ok(number / 2),
            1 => Err(format!("{number} is odd")),
            _ => panic!("{number} is below zero"),
        })
        .aggregate(
            CONCAT,
            Vec::new,
            |texts: &mut Vec<String>, (text,)| {
                assert_ne!(text, "panic", "in the middle of a group");
                texts.push(text);
            },
            |texts| texts.join(" & "),
        )
        .aggregate(
            SORT_CONCAT,
            Vec::new,
            |texts: &mut Vec<(i64, String)>, row| texts.push(row),
            |mut texts| {
                texts.sort();
                texts.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("+")
            },
        )
        .window_aggregate(
            SPREAD,
            Vec::new,
            |years: &mut Vec<i32>, (date,)| years.push(date.year()),
            |years, (date,)| {
                assert_eq!(years.remove(0), date.year(), "the first one leaves first");
            },
            |years| years.iter().max().zip(years.iter().min()).map(|(last, first)| i64::from(last - first)),
        )
        .collation("unicase", |left, right| {
            assert!(left != "panic" && right != "panic", "no such word");
            left.to_lowercase().cmp(&right.to_lowercase())
        })
}

const BOOKS: &str = "
    CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL, path TEXT NOT NULL, author TEXT, published_on TEXT,
      CHECK (path = slug(title)));
    CREATE INDEX books_sort ON books (title_sort(title));
    CREATE VIEW sorted AS SELECT id, title_sort(title) AS sort FROM books;
    CREATE TABLE log (text TEXT);
    CREATE TRIGGER books_log AFTER INSERT ON books BEGIN INSERT INTO log VALUES (title_sort(NEW.title)); END;
    INSERT INTO books VALUES (1, 'The Hobbit', 'the-hobbit', 'Tolkien', '1937-09-21'), (2, 'Emma', 'emma', NULL, NULL),
      (3, 'ärger', 'ärger', 'Ä', '2000-01-01'), (4, 'Ärzte', 'ärzte', 'Ä', NULL);";

/// A file in which the application's functions stand in a CHECK, an index, a view and a trigger.
fn file(folder: &TempDir) -> std::path::PathBuf {
    let path = folder.path().join("library.db");
    let db = options::<Library>().open(&path).unwrap();
    db.sqlite_raw(|connection| connection.execute_batch(BOOKS)).unwrap();
    db.close().unwrap();
    path
}

fn memory() -> Db<Library> {
    let db = options::<Library>().in_memory().unwrap();
    db.sqlite_raw(|connection| connection.execute_batch(BOOKS)).unwrap();
    db
}

#[test]
fn a_schema_that_calls_functions_is_written_and_read_on_every_connection() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let db = options::<Library>().readers(3).open(&path).unwrap();
    let books = BookRepository::new(&db);
    let row = NewBook { title: "The Dune".into(), path: "the-dune".into() };
    books.insert(row).unwrap();
    let wrong = books.insert(NewBook { title: "The Dune".into(), path: "dune".into() }).unwrap_err();
    assert!(wrong.violation().is_some(), "{wrong}");
    assert_eq!(sql("SELECT text FROM log").scalars::<String>(&db).unwrap()[4], "Dune, The");
    // Readers side by side, each on a connection of its own.
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| Sorted::query().order_by(|s| s.id.asc()).all(&db).unwrap()))
            .collect();
        for reader in readers {
            let sorts: Vec<String> = reader.join().unwrap().into_iter().map(|row| row.sort).collect();
            assert_eq!(sorts, ["Hobbit, The", "Emma", "ärger", "Ärzte", "Dune, The"]);
        }
    });
    let query = Book::query().filter(|b| TITLE_SORT.call((b.title,)).eq("Hobbit, The"));
    assert_eq!(query.clone().select(|b| b.id).all(&db).unwrap(), [1]);

    // Without its functions the same file cannot be used, and the error names the missing one.
    let bare = Db::<Library>::open(&path).unwrap();
    let error = Sorted::query().all(&bare).unwrap_err();
    assert!(error.to_string().contains("no such function: title_sort"), "{error}");
}

#[test]
fn a_foreign_database_and_a_copy_in_memory_get_the_functions_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let db = options::<Calibre>().open(&path).unwrap();
    assert_eq!(Sorted::query().filter(|s| s.id.eq(1)).select(|s| s.sort).one(&db).unwrap(), "Hobbit, The");
    assert_eq!(
        Book::query().select(|b| (b.id, OR_NOBODY.call((b.author,)))).all(&db).unwrap()[1].1,
        "nobody"
    );
    let source = rusqlite::Connection::open(&path).unwrap();
    let copy = options::<Library>().in_memory_copy(&source).unwrap();
    assert_eq!(Sorted::query().count(&copy).unwrap(), 4);
}

#[test]
fn a_function_is_called_typed_with_columns_values_and_expressions() {
    let db = memory();
    let rows: Vec<(String, String, i64)> = Book::query()
        .filter(|b| b.published_on.is_not_null())
        .order_by(|b| TITLE_SORT.call((b.title,)).asc())
        .select(|b| {
            let published = b.published_on.unwrap_or(date!(1970 - 01 - 01));
            (
                SLUG.call((b.title.concat(" X"),)),
                OR_NOBODY.call(("x",)),
                AGE.call((published, date!(2000 - 01 - 03))),
            )
        })
        .all(&db)
        .unwrap();
    assert_eq!(rows, [("the-hobbit-x".into(), "x".into(), 22_749), ("ärger-x".into(), "x".into(), 2)]);
    let ticks = Book::query().select(|_| TICK.call(())).all(&db).unwrap();
    assert_eq!(ticks.windows(2).filter(|pair| pair[0] < pair[1]).count(), 3);
    assert_eq!(
        Book::update().filter(|b| b.id.eq(2)).set(|b| b.author.set(SLUG.call((b.title,)))).run(&db).unwrap(),
        1
    );
    assert_eq!(BookRepository::new(&db).get(2).unwrap().author.unwrap(), "emma");
    let text = Book::query()
        .select(|b| AGE.call((b.published_on.unwrap_or(date!(2000 - 01 - 01)), date!(2000 - 01 - 03))))
        .to_sql();
    assert!(text.starts_with("SELECT \"age in \"\"days\"\"\"(coalesce("), "{text}");
}

#[test]
fn null_gives_null_where_the_function_takes_no_option() {
    let db = memory();
    let row = sql("SELECT title_sort(NULL), or_nobody(NULL), slug('A B')")
        .one::<(Option<String>, String, String)>(&db);
    assert_eq!(row.unwrap(), (None, "nobody".into(), "a-b".into()));
}

#[test]
fn an_error_a_panic_and_a_wrong_argument_are_errors_of_the_statement_and_the_connection_goes_on() {
    let db = memory();
    let half = |number: i64| sql("SELECT half(?)").bind(number).scalar::<i64>(&db);
    let failed = |answer: schema_core::Result<i64>, why: &str| {
        let error = answer.unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
        assert!(error.violation().is_none() && !error.is_misuse(), "{error:?}");
    };
    assert_eq!(half(8).unwrap(), 4);
    failed(half(7), "the function `half` has failed: 7 is odd");
    failed(half(-3), "the function `half` has failed: it panicked: -3 is below zero");
    failed(
        sql("SELECT half('x')").scalar::<i64>(&db),
        "the function `half` has failed: argument 1: found TEXT 'x', wanted i64",
    );
    failed(sql("SELECT half()").scalar::<i64>(&db), "wrong number of arguments to function half()");
    assert_eq!(half(8).unwrap(), 4);
    // What was written before is undone.
    let error = sql("UPDATE books SET author = half(id)").run(&db).unwrap_err();
    assert!(error.to_string().contains("1 is odd"), "{error}");
    assert_eq!(BookRepository::new(&db).get(1).unwrap().author.unwrap(), "Tolkien");
}

#[test]
fn aggregates_stand_in_groups_and_over_all_rows() {
    let db = memory();
    let groups: Vec<(Option<String>, String, String)> = Book::query()
        .group_by(|b| b.author)
        .order_by(|author, _| author.asc())
        .select(|author, b| {
            let titles = CONCAT.of((b.title,)).order_by(each(b, |b| b.id.desc()));
            (author, titles, SORT_CONCAT.of((b.id, b.title)))
        })
        .all(&db)
        .unwrap();
    assert_eq!(
        groups,
        [
            (None, "Emma".into(), "Emma".into()),
            (Some("Tolkien".into()), "The Hobbit".into(), "The Hobbit".into()),
            (Some("Ä".into()), "Ärzte & ärger".into(), "ärger+Ärzte".into()),
        ]
    );
    // A NULL is left out, and over nothing it is what a group begins with.
    let all = Book::query()
        .aggregate(|b| CONCAT.of((b.author,)).order_by(each(b, |b| b.id.asc())))
        .one(&db)
        .unwrap();
    assert_eq!(all.as_deref(), Some("Tolkien & Ä & Ä"));
    let none = Book::query().filter(|b| b.id.gt(99)).aggregate(|b| CONCAT.of((b.title,))).one(&db).unwrap();
    assert_eq!(none.as_deref(), Some(""));
    let error =
        sql("SELECT concat(value) FROM json_each('[\"a\", \"panic\"]')").scalar::<String>(&db).unwrap_err();
    assert!(error.to_string().contains("the function `concat` has failed: it panicked: "), "{error}");
    assert!(error.to_string().contains("in the middle of a group"), "{error}");
}

#[test]
fn a_collating_sequence_orders_and_compares() {
    let db = memory();
    let unicase = Collation::Own("unicase");
    let titles =
        Book::query().order_by(|b| b.title.collate(unicase).desc()).select(|b| b.title).all(&db).unwrap();
    assert_eq!(titles, ["Ärzte", "ärger", "The Hobbit", "Emma"]);
    let found =
        Book::query().filter(|b| b.title.collate(unicase).eq("ÄRGER")).select(|b| b.id).all(&db).unwrap();
    assert_eq!(found, [3]);
    // A panic does not end the program, and the connection goes on.
    let text = "SELECT value FROM json_each('[\"b\", \"panic\", \"a\"]') ORDER BY value COLLATE unicase";
    assert!(sql(text).scalars::<String>(&db).is_err());
    assert_eq!(Book::query().count(&db).unwrap(), 4);
}

#[test]
fn a_function_that_is_only_for_queries_is_refused_in_the_schema() {
    const SEND: Function<(i64,), i64> = Function::changing("send").only_direct();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("metadata.db");
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute_batch("CREATE VIEW sent AS SELECT send(1) AS id").unwrap();
    // Somebody else's schema is trusted otherwise.
    let db = Db::<Calibre>::options().function(SEND, |(id,)| id).open(&path).unwrap();
    assert_eq!(sql("SELECT send(7)").scalar::<i64>(&db).unwrap(), 7);
    let error = sql("SELECT id FROM sent").scalar::<i64>(&db).unwrap_err();
    assert!(error.to_string().contains("unsafe use of send()"), "{error}");
}

#[test]
fn an_aggregate_that_can_take_back_rows_stands_over_windows() {
    let db = memory();
    db.sqlite_raw(|connection| {
        connection.execute_batch(
            "DELETE FROM books; INSERT INTO books VALUES (1, 'a', 'a', 'x', '1950-01-01'), (2, 'b', 'b', 'x', '1990-01-01'),
               (3, 'c', 'c', 'x', NULL), (4, 'd', 'd', 'x', '2000-01-01'), (5, 'e', 'e', 'y', '2020-06-01');",
        )
    })
    .unwrap();
    let books = || Book::query().order_by(|b| b.id.asc());
    let running = books().select(|b| SPREAD.of((b.published_on,)).over(|w| w.order_by(b.id.asc()).running()));
    assert_eq!(running.all(&db).unwrap(), [Some(0), Some(40), Some(40), Some(50), Some(70)]);
    let moving =
        books().select(|b| SPREAD.of((b.published_on,)).over(|w| w.order_by(b.id.asc()).rows_around(1, 0)));
    assert_eq!(moving.all(&db).unwrap(), [Some(0), Some(40), Some(0), Some(0), Some(20)]);
    let frame = |b: BookColumns<schema_core::expr::Required>| {
        SPREAD
            .of((b.published_on,))
            .over(|w| w.order_by(b.id.asc()).rows_between(Bound::Before(2), Bound::Before(2)))
    };
    assert_eq!(books().select(frame).all(&db).unwrap(), [None, None, Some(0), Some(0), None]);
    // Over groups it is an aggregate as any other.
    let by_author = Book::query().group_by(|b| b.author).order_by(|author, _| author.asc());
    let by_author = by_author.select(|author, b| (author, SPREAD.of((b.published_on,))));
    assert_eq!(
        by_author.all(&db).unwrap(),
        [(Some("x".to_owned()), Some(50)), (Some("y".to_owned()), Some(0))]
    );
    // One that cannot says what is missing.
    let error =
        books().select(|b| CONCAT.of((b.title,)).over(|w| w.partition_by(b.author))).all(&db).unwrap_err();
    assert!(error.is_misuse(), "{error}");
    assert!(error.to_string().contains("register it by `OpenOptions::window_aggregate`"), "{error}");
}
