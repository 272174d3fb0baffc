//! Columns, filters and orders that are chosen at run time, on a filled database.
#![allow(missing_docs)]

use schema_core::{
    Db, SqlEnum, SqlType, Table, View,
    expr::{count, max},
    query::{Comparison, Cursor, NamedRow},
    value::Value,
};
use serde_json::json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(SqlType, Clone, Copy, Debug, PartialEq)]
pub struct Shelf(i64);

#[derive(SqlEnum, Clone, Copy, Debug, PartialEq)]
pub enum Status {
    Draft,
    OnSale,
}

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Author {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    pub password: String,
}

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    /// Named otherwise in the database.
    #[column(name = "Titel \"x\"")]
    pub title: String,
    #[column(references = Author)]
    pub author_id: Option<i64>,
    #[column(default = Status::Draft)]
    pub status: Status,
    pub price: f64,
    pub shelf: Shelf,
    pub lent: bool,
    #[column(json)]
    pub tags: Vec<String>,
    pub published_on: Option<Date>,
    #[column(stored = "unix")]
    pub seen_at: OffsetDateTime,
    #[column(stored = "blob")]
    pub uuid: Uuid,
    pub cover: Option<Vec<u8>>,
}

#[derive(View, Debug)]
#[view(sql = "SELECT author_id, count(*) AS books FROM books GROUP BY author_id")]
pub struct Count {
    pub author_id: Option<i64>,
    pub books: i64,
}

schema_core::schema! {
    pub Library { Author, Book; views: [Count] }
}

/// Four authors, of which the last has written nothing; twenty books, of which every fifth has no author.
fn library() -> Db<Library> {
    let db = Db::<Library>::in_memory().unwrap();
    db.sqlite_raw(|connection| {
        connection.execute_batch(
            "CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL, password TEXT NOT NULL);
             CREATE TABLE books (id INTEGER PRIMARY KEY, \"Titel \"\"x\"\"\" TEXT NOT NULL,
               author_id INTEGER REFERENCES authors, status TEXT NOT NULL, price REAL NOT NULL, shelf INTEGER NOT NULL,
               lent INTEGER NOT NULL, tags TEXT NOT NULL, published_on TEXT, seen_at INTEGER NOT NULL,
               uuid BLOB NOT NULL, cover BLOB);
             CREATE VIEW counts AS SELECT author_id, count(*) AS books FROM books GROUP BY author_id;
             INSERT INTO authors VALUES (1, 'Austen', 'a'), (2, 'Herbert', 'b'), (3, 'Le Guin', 'c'), (4, 'Lem', 'd');
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
             INSERT INTO books SELECT i, 'book ' || i, CASE WHEN i % 5 THEN 1 + i % 3 END,
               CASE i % 2 WHEN 0 THEN 'on_sale' ELSE 'draft' END, i / 4.0, i % 4, i % 7 = 0, '[\"a\",\"b' || i || '\"]',
               CASE WHEN i % 4 THEN '2024-01-' || printf('%02d', i) END, 1700000000 + i,
               unhex(printf('000000000000000000000000000000%02x', i)), CASE i WHEN 3 THEN X'0102' END FROM n;",
        )
    })
    .unwrap();
    db
}

fn ids(db: &Db<Library>, column: &str, comparison: &str, text: &str) -> Vec<i64> {
    let criterion = BookColumns::by_name(column).unwrap().compare(comparison.parse().unwrap(), text).unwrap();
    Book::query().filter(|b| criterion.of(b)).order_by(|b| b.id.asc()).select(|b| b.id).all(db).unwrap()
}

#[test]
fn a_text_is_compared_as_the_type_of_the_column_reads_it() {
    let db = library();
    assert_eq!(ids(&db, "title", "eq", "book 7"), [7]);
    assert_eq!(ids(&db, "title", "contains", "K 1"), [1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    assert_eq!(ids(&db, "title", "starts_with", "book 2"), [2, 20]);
    assert_eq!(ids(&db, "title", "ends_with", "9"), [9, 19]);
    assert_eq!(ids(&db, "title", "contains", "%"), [0_i64; 0]);
    assert_eq!(ids(&db, "id", "le", "3"), [1, 2, 3]);
    assert_eq!(ids(&db, "id", "ge", "19"), [19, 20]);
    assert_eq!(ids(&db, "price", "lt", "0.75"), [1, 2]);
    assert_eq!(ids(&db, "price", "gt", "4"), [17, 18, 19, 20]);
    assert_eq!(ids(&db, "status", "ne", "on_sale"), [1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
    assert_eq!(ids(&db, "shelf", "eq", "3"), [3, 7, 11, 15, 19]);
    assert_eq!(ids(&db, "lent", "eq", "true"), [7, 14]);
    assert_eq!(ids(&db, "lent", "eq", "1"), [7, 14]);
    assert_eq!(ids(&db, "published_on", "le", "2024-01-02"), [1, 2]);
    assert_eq!(ids(&db, "seen_at", "eq", "2023-11-14T22:13:22Z"), [2]);
    assert_eq!(ids(&db, "seen_at", "eq", "1700000002"), [2]);
    assert_eq!(ids(&db, "uuid", "eq", "00000000-0000-0000-0000-00000000000a"), [10]);
    assert_eq!(ids(&db, "author_id", "eq", "3"), [2, 8, 11, 14, 17]);
}

#[test]
fn every_comparison_is_read_by_its_name() {
    for comparison in Comparison::ALL {
        assert_eq!(comparison.to_string().parse::<Comparison>().unwrap(), comparison);
    }
    let error = "like".parse::<Comparison>().unwrap_err();
    assert!(error.is_value());
    assert_eq!(
        error.to_string(),
        "there is no comparison `like`, only `eq`, `ne`, `lt`, `le`, `gt`, `ge`, `contains`, `starts_with`, \
         `ends_with`; nothing was run"
    );
}

#[track_caller]
fn refused(column: &str, comparison: Comparison, text: &str, message: &str) {
    let error = BookColumns::by_name(column).unwrap().compare(comparison, text).unwrap_err();
    assert!(error.is_value(), "{error}");
    assert_eq!(error.to_string(), message);
}

#[test]
fn a_text_that_does_not_fit_is_refused_with_what_the_column_takes() {
    use Comparison::{Contains, Eq};
    refused(
        "id",
        Eq,
        "1 OR 1=1",
        "`books.id` takes a whole number: found TEXT '1 OR 1=1', wanted i64; nothing was run",
    );
    refused(
        "price",
        Eq,
        "NaN",
        "`books.price` takes a number: found TEXT 'NaN', wanted f64; nothing was run",
    );
    refused(
        "lent",
        Eq,
        "yes",
        "`books.lent` takes `true` or `false`: found TEXT 'yes', wanted bool (0 or 1); nothing was run",
    );
    let error = BookColumns::by_name("status").unwrap().eq_text("sold").unwrap_err().to_string();
    assert!(
        error.starts_with("`books.status` takes one of `draft`, `on_sale`: found TEXT 'sold'"),
        "{error}"
    );
    let error = BookColumns::by_name("published_on").unwrap().eq_text("yesterday").unwrap_err().to_string();
    assert!(error.starts_with("`books.published_on` takes a date such as `2025-11-27`: "), "{error}");
    let error = BookColumns::by_name("seen_at").unwrap().eq_text("yesterday").unwrap_err().to_string();
    assert!(
        error.starts_with("`books.seen_at` takes an instant such as `2025-11-27T14:30:55Z`: "),
        "{error}"
    );
    let error = BookColumns::by_name("uuid").unwrap().eq_text("7").unwrap_err().to_string();
    assert!(error.starts_with("`books.uuid` takes a UUID: "), "{error}");
    refused("shelf", Eq, "x", "`books.shelf` takes a `Shelf`: found TEXT 'x', wanted i64; nothing was run");
    refused("tags", Eq, "[]", "`books.tags` holds JSON, which no text is compared with; nothing was run");
    refused(
        "price",
        Contains,
        "1",
        "`books.price` holds no text that `contains` could look into; nothing was run",
    );
    refused(
        "tags",
        Contains,
        "a",
        "`books.tags` holds no text that `contains` could look into; nothing was run",
    );
}

#[test]
fn a_list_of_texts_and_null_are_conditions_too() {
    let db = library();
    let find = |criterion: schema_core::query::Criterion<Book>| {
        Book::query().filter(|b| criterion.of(b)).order_by(|b| b.id.asc()).select(|b| b.id).all(&db).unwrap()
    };
    let id = BookColumns::by_name("id").unwrap();
    assert_eq!(find(id.in_texts(["3", "5", "99"]).unwrap()), [3, 5]);
    assert_eq!(find(id.in_texts([]).unwrap()), [0_i64; 0]);
    assert!(id.in_texts(["3", "x"]).unwrap_err().is_value());
    let author = BookColumns::by_name("author_id").unwrap();
    assert_eq!(find(author.is_null()), [5, 10, 15, 20]);
    assert_eq!(find(author.is_not_null()).len(), 16);
}

#[test]
fn only_columns_that_are_allowed_are_found() {
    let allowed = BookColumns::allow(|b| [b.title, b.price]).also("shelf_number", |b| b.shelf);
    assert_eq!(allowed.by_name("title").unwrap().name(), "title");
    assert_eq!(allowed.by_name("shelf_number").unwrap().name(), "shelf");
    for unknown in ["id", "shelf", "Title", "Titel \"x\"", "title\" --", ""] {
        let error = allowed.by_name(unknown).unwrap_err();
        assert!(error.is_value());
        assert_eq!(
            error.to_string(),
            format!(
                "`{unknown}` is no column that may be chosen here: `title`, `price`, `shelf_number`; nothing was run"
            )
        );
    }
    let error = AuthorColumns::by_name("titel").unwrap_err();
    assert_eq!(
        error.to_string(),
        "`titel` is no column that may be chosen here: `id`, `name`, `password`; nothing was run"
    );
}

#[test]
fn a_column_says_what_it_is() {
    let of = |name: &str| {
        let column = BookColumns::by_name(name).unwrap();
        (column.is_nullable(), column.storage().sqlite(), column.expects())
    };
    assert_eq!(of("id"), (false, "INTEGER", "a whole number".to_owned()));
    assert_eq!(of("author_id"), (true, "INTEGER", "a whole number".to_owned()));
    assert_eq!(of("published_on"), (true, "TEXT", "a date such as `2025-11-27`".to_owned()));
    assert_eq!(of("price"), (false, "REAL", "a number".to_owned()));
    assert_eq!(of("title"), (false, "TEXT", "text".to_owned()));
    assert_eq!(CountColumns::by_name("books").unwrap().storage().sqlite(), "INTEGER");
}

/// What a person orders by.
enum Sort {
    Book(schema_core::query::Named<Book>),
    Author(schema_core::query::Named<Author>),
}

#[test]
fn rows_are_ordered_by_a_column_of_each_table_beside_other_keys() {
    let db = library();
    let order = |sort: &Sort, is_descending: bool| {
        Book::query()
            .left_join::<Author>(|b, a| a.id.eq(b.author_id))
            .filter(|(b, _)| b.id.le(6))
            .order_by(|(b, a)| {
                let column = match sort {
                    Sort::Book(column) => column.of(b),
                    Sort::Author(column) => column.of(a),
                };
                let first = if is_descending { column.desc() } else { column.asc() };
                (first.nulls_last(), b.id.desc())
            })
            .select(|(b, _)| b.id)
            .all(&db)
            .unwrap()
    };
    let by_author = Sort::Author(AuthorColumns::by_name("name").unwrap());
    assert_eq!(order(&by_author, false), [6, 3, 4, 1, 2, 5]);
    assert_eq!(order(&by_author, true), [2, 4, 1, 6, 3, 5]);
    let by_shelf = Sort::Book(BookColumns::by_name("shelf").unwrap());
    assert_eq!(order(&by_shelf, false), [4, 5, 1, 6, 2, 3]);
}

#[test]
fn pages_keep_an_order_that_was_chosen_with_nulls() {
    let db = library();
    let column = BookColumns::by_name("published_on").unwrap();
    let read = |cursor: Option<Cursor>| {
        Book::query()
            .order_by(|b| column.of(b).desc().nulls_first())
            .select_named(|b| vec![BookColumns::by_name("id").unwrap().of(b), column.of(b)])
            .after(cursor)
            .limit(6)
            .page(&db)
            .unwrap()
    };
    let number = |row: &NamedRow| match row.get("id") {
        Some(Value::Integer(id)) => *id,
        other => panic!("{other:?}"),
    };
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let page = read(cursor);
        all.extend(page.rows.iter().map(number));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(all, [4, 8, 12, 16, 20, 19, 18, 17, 15, 14, 13, 11, 10, 9, 7, 6, 5, 3, 2, 1]);

    // The nullable side of a LEFT JOIN has NULLs in columns that have none.
    let name = AuthorColumns::by_name("name").unwrap();
    let query = || {
        Book::query()
            .left_join::<Author>(|b, a| a.id.eq(b.author_id))
            .order_by(|(_, a)| name.of(a).asc())
            .select(|(b, _)| b.id)
    };
    let mut paged = Vec::new();
    let mut cursor = None;
    loop {
        let page = query().after(cursor).limit(3).page(&db).unwrap();
        paged.extend(page.rows);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    paged.sort_unstable();
    assert_eq!(paged, (1..=20).collect::<Vec<_>>());
}

#[test]
fn rows_of_chosen_columns_are_json_objects_that_a_patch_reads_again() {
    let db = library();
    let fields =
        ["title", "lent", "tags", "published_on", "seen_at", "price", "uuid", "cover", "status", "shelf"];
    let columns: Vec<_> = fields.iter().map(|field| BookColumns::by_name(field).unwrap()).collect();
    let select = |id: i64| {
        Book::query()
            .filter(|b| b.id.eq(id))
            .select_named(|b| columns.iter().map(|column| column.of(b)).collect())
            .one(&db)
            .unwrap()
    };
    let seven = select(7);
    assert_eq!(
        serde_json::to_value(&seven).unwrap(),
        json!({
            "title": "book 7", "lent": true, "tags": ["a", "b7"], "published_on": "2024-01-07",
            "seen_at": 1_700_000_007, "price": 1.75, "uuid": "00000000-0000-0000-0000-000000000007", "cover": null,
            "status": "draft", "shelf": 3
        })
    );
    assert_eq!(serde_json::to_value(select(3)).unwrap()["cover"], json!([1, 2]));
    let names: Vec<&str> = seven.iter().map(|(name, _)| name).collect();
    assert_eq!(names, fields);
    assert_eq!(seven.get("title"), Some(&Value::Text("book 7".into())));
    assert_eq!(seven.get("id"), None);

    let books = BookRepository::new(&db);
    let before = books.get(7).unwrap();
    let patch: BookUpdate = serde_json::from_value(seven.to_json().unwrap().into()).unwrap();
    books.patch(8, patch).unwrap();
    let after = books.get(8).unwrap();
    assert_eq!(after, Book { id: 8, author_id: after.author_id, ..before });
}

#[test]
fn a_cell_that_does_not_fit_its_column_is_an_error_that_names_it() {
    let db = library();
    db.sqlite_raw(|connection| connection.execute("UPDATE books SET status = 'sold' WHERE id = 2", []))
        .unwrap();
    let rows = Book::query()
        .filter(|b| b.id.eq(2))
        .select_named(|b| vec![BookColumns::by_name("status").unwrap().of(b)])
        .all(&db)
        .unwrap();
    let error = rows[0].to_json().unwrap_err();
    assert!(error.is_value());
    assert!(error.to_string().starts_with("`status`: found TEXT 'sold', wanted "), "{error}");
    assert!(serde_json::to_string(&rows).unwrap_err().to_string().contains("`status`"));
}

#[test]
fn columns_of_two_tables_and_expressions_stand_in_one_row() {
    let db = library();
    let (id, name) = (BookColumns::by_name("id").unwrap(), AuthorColumns::by_name("name").unwrap());
    let author_id = AuthorColumns::by_name("id").unwrap();
    let query = Author::query()
        .left_join::<Book>(|a, b| b.author_id.eq(a.id))
        .order_by(|(a, b)| (a.id.desc(), b.id.asc()));
    let rows = query
        .clone()
        .select_named(|(a, b)| {
            vec![
                id.of(b),
                author_id.of(a).named("author"),
                name.of(a),
                b.price.unwrap_or(0).gt(2.0).named("dear"),
                a.books().count().named("books"),
            ]
        })
        .limit(2)
        .all(&db)
        .unwrap();
    assert_eq!(
        serde_json::to_value(rows).unwrap(),
        json!([
            {"id": null, "author": 4, "name": "Lem", "dear": false, "books": 0},
            {"id": 2, "author": 3, "name": "Le Guin", "dear": false, "books": 5},
        ])
    );
    let twice = query.clone().select_named(|(a, b)| vec![id.of(b), author_id.of(a)]).all(&db).unwrap_err();
    assert!(twice.is_misuse());
    assert!(twice.to_string().contains("two columns of one row are named `id`"), "{twice}");
    assert!(query.select_named(|_| vec![]).all(&db).unwrap_err().is_misuse());
}

#[test]
fn a_criterion_goes_wherever_the_columns_of_its_table_are() {
    let db = library();
    let cheap = BookColumns::by_name("price").unwrap().compare(Comparison::Le, "1").unwrap();
    assert_eq!(
        Author::query()
            .filter(|a| a.books().filter(|b| cheap.of(b)).exists())
            .order_by(|a| a.id.asc())
            .select(|a| a.id)
            .all(&db)
            .unwrap(),
        [1, 2, 3]
    );
    let by_author = BookColumns::by_name("author_id").unwrap();
    let groups =
        Book::query().filter(|b| cheap.of(b)).group_by(|b| b.author_id).select(|key, b| (key, count(b)));
    assert_eq!(groups.all(&db).unwrap().len(), 3);
    assert_eq!(Book::update().filter(|b| cheap.of(b)).set(|b| b.price.set(9.0)).run(&db).unwrap(), 4);
    assert_eq!(Book::delete().filter(|b| by_author.is_null().of(b)).run(&db).unwrap(), 4);
    let (rows, total) = Book::query()
        .order_by(|b| b.id.asc())
        .select_named(|b| vec![by_author.of(b)])
        .limit(2)
        .all_and_total(&db)
        .unwrap();
    assert_eq!((rows.len(), total), (2, 16));
    let chosen: Vec<Value> =
        Book::query().filter(|b| b.id.eq(1)).select(|b| by_author.of(b)).all(&db).unwrap();
    assert_eq!(chosen, [Value::Integer(2)]);
}

#[test]
fn names_and_values_are_never_written_into_the_text() {
    let column = BookColumns::by_name("title").unwrap();
    let nasty = column.eq_text("x' OR '1'='1").unwrap();
    let sql = Book::query()
        .filter(|b| nasty.of(b))
        .order_by(|b| column.of(b).asc())
        .select_named(|b| vec![column.of(b).named("a\"b")]);
    assert_eq!(
        sql.to_sql(),
        "SELECT 1, t0.\"Titel \"\"x\"\"\" FROM \"books\" AS t0 WHERE (t0.\"Titel \"\"x\"\"\" = ?) ORDER BY t0.\"Titel \"\"x\"\"\""
    );
}

#[test]
fn rows_are_grouped_and_ordered_by_columns_that_are_chosen_at_run_time() {
    let db = library();
    let allowed = BookColumns::allow(|b| [b.status, b.lent, b.author_id]);
    let grouped = |names: &[&str]| {
        let fields: Vec<_> = names.iter().map(|name| allowed.by_name(name).unwrap()).collect();
        let rows = Book::query()
            .group_by_named(|b| fields.iter().map(|field| field.of(b)).collect())
            .having(|_, b| count(b).gt(1))
            .order_by(|keys, b| {
                (
                    count(b).desc(),
                    keys.into_iter().map(schema_core::query::DynamicColumn::asc).collect::<Vec<_>>(),
                )
            })
            .select_named(|keys, b| {
                keys.into_iter().chain([count(b).named("books"), max(b.price).named("dearest")]).collect()
            });
        rows.all(&db).map(|rows| serde_json::to_value(rows).unwrap())
    };
    assert_eq!(
        grouped(&["status"]).unwrap(),
        json!([{"status": "draft", "books": 10, "dearest": 4.75}, {"status": "on_sale", "books": 10, "dearest": 5.0}])
    );
    assert_eq!(
        grouped(&["lent", "status"]).unwrap(),
        json!([
            {"lent": false, "status": "draft", "books": 9, "dearest": 4.75},
            {"lent": false, "status": "on_sale", "books": 9, "dearest": 5.0},
        ])
    );
    let authors = grouped(&["author_id"]).unwrap();
    assert_eq!(authors[0]["author_id"], 2);
    assert_eq!(
        authors.as_array().unwrap().iter().find(|row| row["author_id"].is_null()).unwrap()["books"],
        4
    );
    let error = grouped(&[]).unwrap_err();
    assert!(error.is_misuse() && error.to_string().contains("no column was chosen to group by"), "{error}");
    assert!(allowed.by_name("price").unwrap_err().is_value());
}
