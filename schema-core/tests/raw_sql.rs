//! SQL that a person has written, on a filled database.
#![allow(missing_docs)]

use schema_core::{
    Db, Error, Row, SqlType, Table, sql, sql_at_run_time, sql_expr,
    value::{Json, Unix, Value},
};
use time::{
    Date, OffsetDateTime,
    macros::{date, datetime},
};

#[derive(SqlType, Clone, Copy, Debug, PartialEq)]
pub struct BookId(i64);

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Book {
    #[column(primary_key)]
    pub id: BookId,
    #[column(unique, name = "book title")]
    pub title: String,
    pub pages: i64,
    pub rating: Option<f64>,
    pub published_on: Option<Date>,
    #[column(stored = "unix")]
    pub seen_at: OffsetDateTime,
    #[column(json)]
    pub tags: Vec<String>,
}

schema_core::schema! {
    pub Library { Book }
}

#[derive(Row, Debug, PartialEq)]
pub struct Figures {
    pub pages: i64,
    pub title: String,
    pub rating: Option<f64>,
}

fn library() -> Db<Library> {
    let db = Db::<Library>::in_memory().unwrap();
    db.sqlite_raw(|connection| {
        connection.execute_batch(
            "CREATE TABLE books (id INTEGER PRIMARY KEY, \"book title\" TEXT NOT NULL UNIQUE, pages INTEGER NOT NULL,
               rating REAL, published_on TEXT, seen_at INTEGER NOT NULL, tags TEXT NOT NULL, CHECK (pages > 0));
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
             INSERT INTO books SELECT i, 'book ' || i, i * 10, CASE WHEN i % 4 THEN i / 2.0 END,
               '2024-01-' || printf('%02d', i), 1700000000 + i, '[\"a\"]' FROM n;",
        )
    })
    .unwrap();
    db
}

#[track_caller]
fn misuse<T: std::fmt::Debug>(answer: Result<T, Error>, message: &str) {
    let error = answer.unwrap_err();
    assert!(error.is_misuse(), "{error:?}");
    assert_eq!(error.to_string(), message);
}

#[test]
fn rows_are_structs_models_tuples_and_scalars() {
    let db = library();
    let text = "SELECT \"book title\" AS title, rating, pages FROM books WHERE id > ? ORDER BY id";
    let figures: Vec<Figures> = sql(text).bind(18).all(&db).unwrap();
    assert_eq!(
        figures,
        [
            Figures { pages: 190, title: "book 19".into(), rating: Some(9.5) },
            Figures { pages: 200, title: "book 20".into(), rating: None },
        ]
    );
    // In the order of the struct, and behind another column.
    let text = "SELECT 1, pages, \"book title\" AS TITLE, rating FROM books WHERE id = 3";
    assert_eq!(
        sql(text).one::<Figures>(&db).unwrap(),
        Figures { pages: 30, title: "book 3".into(), rating: Some(1.5) }
    );

    let book = sql("SELECT * FROM books WHERE id = ?").bind(BookId(7)).one::<Book>(&db).unwrap();
    assert_eq!(book, BookRepository::new(&db).get(BookId(7)).unwrap());
    let text =
        "SELECT tags, seen_at, published_on, rating, pages, \"book title\", id FROM books WHERE id = 7";
    assert_eq!(sql(text).one::<Book>(&db).unwrap(), book);

    let pairs =
        sql("SELECT id, \"book title\" FROM books ORDER BY id LIMIT 2").all::<(BookId, String)>(&db).unwrap();
    assert_eq!(pairs, [(BookId(1), "book 1".into()), (BookId(2), "book 2".into())]);
    assert_eq!(sql("SELECT count(*) FROM books").scalar::<i64>(&db).unwrap(), 20);
    assert_eq!(sql("SELECT max(rating) FROM books WHERE id = 4").scalar::<Option<f64>>(&db).unwrap(), None);
    assert_eq!(
        sql("SELECT id FROM books WHERE id < 4 ORDER BY 1").scalars::<BookId>(&db).unwrap(),
        [BookId(1), BookId(2), BookId(3)]
    );
    assert_eq!(sql("SELECT x'01'").scalar::<Value>(&db).unwrap(), Value::Blob(vec![1]));
    assert_eq!(sql("SELECT date('2024-02-03')").scalar::<Date>(&db).unwrap(), date!(2024 - 02 - 03));
}

#[test]
fn one_optional_first_and_a_stream_read_no_more_than_they_need() {
    let db = library();
    let all = sql("SELECT id FROM books ORDER BY id");
    assert!(all.one::<(i64,)>(&db).unwrap_err().is_too_many_rows());
    assert!(all.optional::<(i64,)>(&db).unwrap_err().is_too_many_rows());
    assert_eq!(all.first::<(i64,)>(&db).unwrap(), Some((1,)));
    let none = sql("SELECT id FROM books WHERE id = 99");
    assert!(none.one::<(i64,)>(&db).unwrap_err().is_not_found());
    assert_eq!(none.optional::<(i64,)>(&db).unwrap(), None);
    assert_eq!(none.first::<(i64,)>(&db).unwrap(), None);
    let mut seen = Vec::new();
    let stopped = all.for_each::<(i64,)>(&db, |(id,)| {
        seen.push(id);
        if id == 3 { Err(Error::other("enough")) } else { Ok(()) }
    });
    assert_eq!(stopped.unwrap_err().to_string(), "enough");
    assert_eq!(seen, [1, 2, 3]);
}

#[test]
fn values_are_bound_by_position_and_by_name() {
    let db = library();
    let ids = |sql: schema_core::query::RawSql| sql.scalars::<i64>(&db).unwrap();
    assert_eq!(ids(sql("SELECT id FROM books WHERE id > ? AND pages < ?").bind(5).bind(80_i64)), [6, 7]);
    assert_eq!(ids(sql("SELECT id FROM books WHERE id > ?2 AND pages < ?1").bind(80).bind(5)), [6, 7]);
    assert_eq!(ids(sql("SELECT id FROM books WHERE \"book title\" = ?").bind("book 8")), [8]);
    assert_eq!(ids(sql("SELECT id FROM books WHERE \"book title\" = ?").bind("x' OR 1 --")), [0_i64; 0]);
    let named = sql("SELECT id FROM books WHERE id BETWEEN :low AND @high AND id <> $not AND pages <> :low");
    assert_eq!(ids(named.bind_named("high", 4).bind_named(":low", 2).bind_named("not", 3)), [2, 4]);
    let mixed = sql("SELECT id FROM books WHERE id IN (?, :b, ?)");
    assert_eq!(ids(mixed.bind(1).bind_named("b", 2).bind(3)), [1, 2, 3]);
    assert!(sql("SELECT ? IS NULL").bind(None::<String>).scalar::<bool>(&db).unwrap());
    assert_eq!(ids(sql("SELECT id FROM books WHERE published_on = ?").bind(date!(2024 - 01 - 09))), [9]);
    let seen = datetime!(2023-11-14 22:13:25 UTC);
    assert_eq!(ids(sql("SELECT id FROM books WHERE seen_at = ?").bind_as::<Unix>(&seen)), [5]);
    let list = vec![2, 4, 77];
    let text = "SELECT id FROM books WHERE id IN (SELECT value FROM json_each(:ids))";
    assert_eq!(ids(sql(text).bind_named_as::<Json<Vec<i64>>>("ids", &list)), [2, 4]);
}

#[test]
fn values_that_do_not_fit_the_parameters_are_refused_before_anything_runs() {
    let db = library();
    let delete = sql("DELETE FROM books WHERE id = ? OR pages = ?");
    misuse(
        delete.clone().bind(1).run(&db),
        "the statement has 2 parameters without a name, and 1 value is bound to them; nothing was run: `.bind(..)` once \
         for each `?`",
    );
    misuse(
        sql("SELECT id FROM books").bind(1).all::<(i64,)>(&db),
        "the statement has no parameters without a name, and 1 value is bound to them; nothing was run: `.bind(..)` once \
         for each `?`",
    );
    misuse(
        sql("DELETE FROM books WHERE id = :id").bind(1).run(&db),
        "the statement has no parameters without a name, and 1 value is bound to them; nothing was run: `.bind(..)` once \
         for each `?`, `.bind_named(\"id\", ..)` for `:id`",
    );
    misuse(
        sql("DELETE FROM books WHERE id = :id").run(&db),
        "no value is bound to `:id`; nothing was run: `.bind_named(\"id\", ..)`",
    );
    misuse(
        sql("DELETE FROM books WHERE id = :id").bind_named("id", 1).bind_named("page", 2).run(&db),
        "the statement has no parameter `page`; nothing was run: it has `:id`",
    );
    misuse(
        sql("DELETE FROM books WHERE id = :id").bind_named("id", 1).bind_named("id", 2).run(&db),
        "two values are bound to `id`; nothing was run",
    );
    let nan = sql("DELETE FROM books WHERE rating > ?").bind(f64::NAN).run(&db).unwrap_err();
    assert!(nan.is_value() && nan.to_string().ends_with("; nothing was run"), "{nan}");
    assert_eq!(sql("SELECT count(*) FROM books").scalar::<i64>(&db).unwrap(), 20);
    assert_eq!(delete.bind(1).bind(200).run(&db).unwrap(), 2);
}

#[test]
fn columns_are_checked_before_the_first_row_is_read() {
    let db = library();
    misuse(
        sql("SELECT \"book title\" AS title, pages FROM books").all::<Figures>(&db),
        "the statement gives no column `rating`, which `Figures` needs; nothing was run: it gives `title`, `pages`; name \
         one by AS",
    );
    misuse(
        sql("SELECT pages, \"book title\" AS title, rating, id AS pages FROM books WHERE 0")
            .all::<Figures>(&db),
        "the statement gives several columns `pages`, of which `Figures` needs one; nothing was run: name them apart by AS",
    );
    misuse(
        sql("SELECT \"book title\" AS pages, \"book title\" AS title, rating FROM books WHERE 0")
            .all::<Figures>(&db),
        "the column `pages` is declared TEXT, where `Figures` needs a whole number; nothing was run",
    );
    misuse(
        sql("SELECT id, pages FROM books WHERE 0").all::<(i64, String)>(&db),
        "the column `pages` is declared INTEGER, where `row` needs text; nothing was run",
    );
    misuse(
        sql("SELECT id, pages FROM books WHERE 0").all::<(i64,)>(&db),
        "a row has 2 columns (`id`, `pages`), where 1 is wanted; nothing was run",
    );
    // A number is read from a column of whole ones.
    assert_eq!(sql("SELECT pages FROM books WHERE id = 1").all::<(f64,)>(&db).unwrap(), [(10.0,)]);
}

#[test]
fn a_cell_that_does_not_fit_is_an_error_that_names_its_column() {
    let db = library();
    let null = sql("SELECT id, rating FROM books WHERE id = 4").all::<(i64, f64)>(&db).unwrap_err();
    assert!(null.is_value());
    assert_eq!(null.to_string(), "column `result.rating`: found NULL, wanted f64");
    let text = "SELECT rating AS title, 1 AS rating, 'x' AS pages FROM books WHERE id = 3";
    let picked =
        sql("SELECT 'x' AS title, 1 AS rating, upper('x') AS pages").all::<Figures>(&db).unwrap_err();
    assert_eq!(picked.to_string(), "column `result.pages`: found TEXT 'X', wanted i64");
    assert!(sql(text).all::<Figures>(&db).unwrap_err().is_misuse());
}

#[test]
fn a_statement_that_writes_runs_where_writes_run() {
    let db = library();
    misuse(
        sql("DELETE FROM books RETURNING id").all::<(i64,)>(&db),
        "the statement writes, and only reads are run here; nothing was changed: `.run(&db)`, or \
         `.run_returning::<Row>(&db)` for the rows of its RETURNING",
    );
    misuse(
        sql("DELETE FROM books RETURNING id").run(&db),
        "the statement gives rows, which `run` does not read; nothing was run: `.all::<Row>(&db)` reads, \
         `.run_returning::<Row>(&db)` writes and reads",
    );
    misuse(
        sql("CREATE TABLE x (a)").all::<(i64,)>(&db),
        "the statement writes, and only reads are run here; nothing was changed: `.run(&db)`, or \
         `.run_returning::<Row>(&db)` for the rows of its RETURNING",
    );
    let text = "UPDATE books SET pages = pages + ? WHERE id <= ? RETURNING id, pages";
    assert_eq!(sql(text).bind(1).bind(2).run_returning::<(i64, i64)>(&db).unwrap(), [(1, 11), (2, 21)]);
    assert_eq!(sql("UPDATE books SET pages = 1 WHERE id > ?").bind(15).run(&db).unwrap(), 5);
    assert_eq!(sql("WITH old AS (SELECT 20 AS id) DELETE FROM books WHERE id IN old").run(&db).unwrap(), 1);
    // No row is changed by it, whatever was before.
    assert_eq!(sql("CREATE INDEX books_pages ON books (pages)").run(&db).unwrap(), 0);

    let failed = db.transaction(|tx| {
        sql("DELETE FROM books").run(tx)?;
        assert_eq!(sql("SELECT count(*) FROM books").scalar::<i64>(tx)?, 0);
        sql("INSERT INTO books SELECT * FROM books").run(tx)?;
        Err::<(), _>(Error::other("no"))
    });
    assert!(failed.is_err());
    assert_eq!(sql("SELECT count(*) FROM books").scalar::<i64>(&db).unwrap(), 19);
    let read = db.read_transaction(|tx| sql("DELETE FROM books").run(tx)).unwrap_err();
    assert!(read.is_misuse(), "{read}");

    let violated = sql("UPDATE books SET \"book title\" = 'book 1' WHERE id = 2").run(&db).unwrap_err();
    assert!(violated.violates::<Book>(|b| b.title), "{violated}");
}

#[test]
fn transactions_and_other_databases_stay_in_the_handles_hands() {
    let db = library();
    for text in ["COMMIT", "-- x\n rollback", "/* */ SAVEPOINT a", "Begin", "END", "RELEASE a"] {
        let error = db.transaction(|tx| sql_at_run_time(text).run(tx)).unwrap_err();
        assert!(error.is_misuse() && error.to_string().contains("`db.transaction(|tx| ..)`"), "{error}");
    }
    assert!(sql("ATTACH 'x.db' AS x").run(&db).unwrap_err().is_misuse());
    assert!(sql("DETACH x").run(&db).unwrap_err().is_misuse());
    for text in ["PRAGMA foreign_keys = OFF", "/* */ pragma ignore_check_constraints = 1"] {
        let error = sql_at_run_time(text).run(&db).unwrap_err();
        assert!(error.is_misuse() && error.to_string().contains("sqlite_raw"), "{error}");
    }
    let keys =
        db.transaction(|tx| sql("SELECT foreign_keys FROM pragma_foreign_keys").scalar::<i64>(tx)).unwrap();
    assert_eq!(keys, 1);
    let several = sql("DELETE FROM books; DELETE FROM books").run(&db).unwrap_err();
    assert!(several.to_string().contains("more than one SQL statement"), "{several}");
    let missing = sql("SELECT * FROM shelves").all::<(i64,)>(&db).unwrap_err();
    assert!(
        missing.is_behind_schema() && missing.to_string().contains("no such table: shelves"),
        "{missing}"
    );
    assert_eq!(sql("SELECT count(*) FROM books").scalar::<i64>(&db).unwrap(), 20);
}

#[test]
fn a_text_of_run_time_quotes_its_names() {
    let db = library();
    let column = schema_core::dialect::quote_identifier("book title");
    let found: i64 = sql_at_run_time(format!("SELECT id FROM books WHERE {column} = ?"))
        .bind("book 3")
        .scalar(&db)
        .unwrap();
    assert_eq!(found, 3);
}

#[test]
fn an_expression_that_a_person_has_written_stands_in_a_typed_query() {
    let db = library();
    let rows: Vec<(String, i64)> = Book::query()
        .filter(|b| sql_expr::<bool>("? GLOB ? -- '?'", (b.title, "*1?")))
        .order_by(|b| sql_expr::<i64>("? % 3", (b.pages,)).desc())
        .order_by(|b| b.id.asc())
        .select(|b| (b.title, sql_expr::<i64>("max(?, ?, ?)", (b.pages, 150, b.pages - 20)) + 1))
        .limit(3)
        .all(&db)
        .unwrap();
    assert_eq!(rows, [("book 11".into(), 151), ("book 14".into(), 151), ("book 17".into(), 171)]);
    assert_eq!(
        Book::update()
            .filter(|b| b.id.eq(BookId(1)))
            .set(|b| b.pages.set(sql_expr::<i64>("? << 2", (b.pages,))))
            .run(&db)
            .unwrap(),
        1
    );
    assert_eq!(sql("SELECT pages FROM books WHERE id = 1").scalar::<i64>(&db).unwrap(), 40);
    let text = Book::query().select(|_| sql_expr::<i64>("?", ("x'; --",))).to_sql();
    assert_eq!(text, "SELECT (?\n) FROM \"books\" AS t0");
}

#[test]
fn an_expression_with_more_or_fewer_arguments_than_places_is_refused() {
    let db = library();
    let run =
        |expression: schema_core::expr::Expr<i64>| Book::query().select(|_| expression).all(&db).unwrap_err();
    let error = run(sql_expr("max(?, ?)", (1,)));
    assert_eq!(error.to_string(), "`max(?, ?)` has 2 `?` and is given 1; nothing was run");
    let error = run(sql_expr("1", (1,)));
    assert_eq!(error.to_string(), "`1` has 0 `?` and is given 1; nothing was run");
    let error = run(sql_expr("abs(:a)", (1,)));
    assert_eq!(error.to_string(), "the parameter `:a` of `abs(:a)` has to be a plain `?`; nothing was run");
}
