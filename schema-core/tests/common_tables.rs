//! Common table expressions, derived tables, rows as structs, and JSON arrays as tables: every typed query
//! against the same question in SQL, on a filled database.
#![allow(missing_docs, clippy::type_complexity, reason = "each result's type is what a test is about")]

use schema_core::{
    Db, Row, Table, exists,
    expr::{case, count, each, group_concat, min, sum, value},
    query::json_each,
    rusqlite::types::Value,
    scalar,
};

#[derive(Table, Clone, Debug, PartialEq)]
#[table(name = "shelves")]
pub struct Shelf {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = Shelf)]
    pub parent_id: Option<i64>,
    pub name: String,
}

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = Shelf)]
    pub shelf_id: i64,
    pub title: String,
    pub price: f64,
    #[column(json)]
    pub tags: Option<Vec<String>>,
    #[column(json)]
    pub scores: Vec<i64>,
    #[column(soft_delete)]
    pub deleted_at: Option<time::OffsetDateTime>,
}

schema_core::schema! {
    pub Library { Shelf, Book }
}

#[derive(Row, Clone, Debug, PartialEq)]
pub struct Total {
    pub shelf_id: i64,
    pub books: i64,
    pub price: f64,
    pub cheapest: Option<f64>,
}

#[derive(Row, Clone, Debug, PartialEq)]
struct Path {
    id: i64,
    trail: String,
    depth: i64,
}

#[derive(Row, Clone, Debug, PartialEq)]
struct Tagged {
    title: String,
    #[column(json)]
    tags: Option<Vec<String>>,
    #[column(skip)]
    selected: bool,
}

#[derive(Row, Clone, Debug, PartialEq)]
struct Number {
    value: i64,
}

fn library() -> Db<Library> {
    let db = Db::<Library>::in_memory().unwrap();
    db.sqlite_raw(|connection| {
        connection.execute_batch(
            "CREATE TABLE shelves (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES shelves, name TEXT NOT NULL);
             CREATE TABLE books (id INTEGER PRIMARY KEY, shelf_id INTEGER NOT NULL REFERENCES shelves,
               title TEXT NOT NULL, price REAL NOT NULL, tags TEXT, scores TEXT NOT NULL, deleted_at TEXT);
             INSERT INTO shelves VALUES (1, NULL, 'house'), (2, 1, 'room'), (3, 2, 'corner'), (4, 1, 'attic'), (5, NULL, 'car');
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
             INSERT INTO books SELECT i, 1 + i % 3, 'Book ' || i, i * 1.5,
               CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN '[]' WHEN 2 THEN '[\"sf\",\"old\"]' ELSE '[\"sf\",\"it''s\"]' END,
               json_array(i, i % 5), CASE WHEN i % 10 = 0 THEN '2024-01-01 00:00:00.000000' END FROM n;",
        )
    })
    .unwrap();
    db
}

fn sql(db: &Db<Library>, text: &str) -> Vec<Vec<Value>> {
    db.sqlite_raw(|connection| {
        let mut statement = connection.prepare(text)?;
        let width = statement.column_count();
        let rows = statement.query_map([], |row| (0..width).map(|at| row.get(at)).collect())?;
        rows.collect()
    })
    .unwrap()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn totals() -> schema_core::query::Cte<Total> {
    Book::query()
        .group_by(|b| b.shelf_id)
        .select(|shelf, b| TotalSelect {
            shelf_id: shelf,
            books: count(b),
            price: sum(b.price),
            cheapest: min(b.price).filter(each(b, |b| b.price.gt(10.0))),
        })
        .cte("totals")
}

#[test]
fn a_struct_is_the_row_of_a_query() {
    let db = library();
    let rows: Vec<Tagged> = Book::query()
        .filter(|b| b.id.lt(4))
        .order_by(|b| b.id.asc())
        .select(|b| TaggedSelect { title: b.title, tags: b.tags })
        .all(&db)
        .unwrap();
    let tags = |tags: &[&str]| Some(tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<String>>());
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0], Tagged { title: "Book 1".to_owned(), tags: tags(&[]), selected: false });
    assert_eq!(rows[1].tags, tags(&["sf", "old"]));
    assert_eq!(rows[2].tags, tags(&["sf", "it's"]));
}

#[test]
fn a_common_table_is_joined_queried_and_used_twice() {
    let db = library();
    let totals = totals();
    let rows: Vec<(String, i64, f64, Option<f64>)> = Shelf::query()
        .join_cte(&totals, |s, t| t.shelf_id.eq(s.id))
        .filter(|(_, t)| t.price.gt(scalar(totals.query().aggregate(|t| schema_core::expr::avg(t.price)))))
        .order_by(|(s, _)| s.id.asc())
        .select(|(s, t)| (s.name, t.books, t.price, t.cheapest))
        .all(&db)
        .unwrap();
    let found: Vec<Vec<Value>> = rows
        .iter()
        .map(|(name, books, price, cheapest)| {
            vec![text(name), (*books).into(), (*price).into(), cheapest.map_or(Value::Null, Value::Real)]
        })
        .collect();
    let expected = sql(
        &db,
        "WITH totals(shelf_id, books, price, cheapest) AS (SELECT shelf_id, count(*), sum(price),
             min(price) FILTER (WHERE price > 10.0) FROM books WHERE deleted_at IS NULL GROUP BY shelf_id)
         SELECT name, books, price, cheapest FROM shelves JOIN totals ON shelf_id = id
         WHERE price > (SELECT avg(price) FROM totals) ORDER BY id",
    );
    assert!(!expected.is_empty());
    assert_eq!(found, expected);
    // One definition, whatever the number of its uses.
    let text = Shelf::query()
        .join_cte(&totals, |s, t| t.shelf_id.eq(s.id))
        .join_cte(&totals, |(s, _), t| t.shelf_id.eq(s.id))
        .to_sql();
    assert_eq!(text.matches(" AS (SELECT").count(), 1, "{text}");
}

#[test]
fn the_far_side_of_a_left_join_may_be_a_query() {
    let db = library();
    let rows: Vec<(Shelf, Option<Total>)> = Shelf::query()
        .left_join_cte(&totals(), |s, t| t.shelf_id.eq(s.id))
        .order_by(|(s, _)| s.id.asc())
        .all(&db)
        .unwrap();
    let there: Vec<bool> = rows.iter().map(|(_, total)| total.is_some()).collect();
    assert_eq!(there, [true, true, true, false, false]);
    // A row whose every column may be NULL is told from no row.
    let rows: Vec<(i64, Option<i64>)> = Shelf::query()
        .left_join_query(
            Book::query().filter(|b| b.shelf_id.eq(2)).limit(1).select(|b| TotalSelect {
                shelf_id: b.shelf_id,
                books: value(1_i64),
                price: b.price,
                cheapest: b.price.null_if(1.5),
            }),
            |s, t| t.shelf_id.eq(s.id),
        )
        .order_by(|(s, _)| s.id.asc())
        .select(|(s, t)| (s.id, t.books))
        .all(&db)
        .unwrap();
    assert_eq!(rows, [(1, None), (2, Some(1)), (3, None), (4, None), (5, None)]);
}

#[test]
fn a_query_that_repeats_itself_walks_a_tree() {
    let db = library();
    let paths = Shelf::query()
        .filter(|s| s.parent_id.is_null())
        .select(|s| PathSelect { id: s.id, trail: s.name, depth: value(0_i64) })
        .recursive("paths", |paths| {
            Shelf::query().join_cte(paths, |s, p| s.parent_id.eq(p.id)).select(|(s, p)| PathSelect {
                id: s.id,
                trail: p.trail.concat("/").concat(s.name),
                depth: p.depth + 1,
            })
        });
    let rows: Vec<Path> = paths.query().order_by(|p| p.trail.asc()).all(&db).unwrap();
    let found: Vec<(i64, &str, i64)> =
        rows.iter().map(|row| (row.id, row.trail.as_str(), row.depth)).collect();
    assert_eq!(
        found,
        [
            (5, "car", 0),
            (1, "house", 0),
            (4, "house/attic", 1),
            (2, "house/room", 1),
            (3, "house/room/corner", 2)
        ]
    );
    // Beside another common table, and inside a subquery.
    let deep: Vec<(String, i64)> = Book::query()
        .join_cte(&totals(), |b, t| t.shelf_id.eq(b.shelf_id))
        .filter(|(b, _)| b.shelf_id.in_query(paths.query().filter(|p| p.depth.gt(1)).select(|p| p.id)))
        .order_by(|(b, _)| b.id.asc())
        .select(|(b, t)| (b.title, t.books))
        .limit(2)
        .all(&db)
        .unwrap();
    assert_eq!(deep, [("Book 2".to_owned(), 12), ("Book 5".to_owned(), 12)]);
}

#[test]
fn a_walk_through_a_circle_ends_where_equal_rows_come_once() {
    let db = library();
    db.sqlite_raw(|connection| connection.execute_batch("UPDATE shelves SET parent_id = 3 WHERE id = 1"))
        .unwrap();
    let reached = Shelf::query()
        .filter(|s| s.id.eq(1))
        .select(|s| NumberSelect { value: s.id })
        .recursive_distinct("reached", |reached| {
            Shelf::query()
                .join_cte(reached, |s, r| s.parent_id.eq(r.value))
                .select(|(s, _)| NumberSelect { value: s.id })
        });
    let rows: Vec<i64> = reached.query().order_by(|r| r.value.asc()).select(|r| r.value).all(&db).unwrap();
    assert_eq!(rows, [1, 2, 3, 4]);
}

#[test]
fn two_common_tables_of_one_name_are_told_apart() {
    let db = library();
    let numbers = |least: i64| {
        Book::query().filter(|b| b.id.ge(least)).select(|b| NumberSelect { value: b.id }).cte("numbers")
    };
    let rows: Vec<(i64, i64)> = numbers(38)
        .query()
        .join_cte(&numbers(39), |a, b| a.value.lt(b.value))
        .order_by(|(a, b)| (a.value.asc(), b.value.asc()))
        .select(|(a, b)| (a.value, b.value))
        .all(&db)
        .unwrap();
    assert_eq!(rows, [(38, 39)]);
}

#[test]
fn a_table_of_a_query_gives_models_and_keeps_what_was_deleted_if_it_was_asked_for() {
    let db = library();
    let with = Book::query().with_deleted().filter(|b| b.id.gt(28)).select_all().as_table();
    assert_eq!(with.clone().count(&db).unwrap(), 12);
    let rows: Vec<Book> = with.order_by(|b| b.id.asc()).limit(2).all(&db).unwrap();
    assert_eq!(rows.iter().map(|book| book.id).collect::<Vec<_>>(), [29, 30]);
    assert!(rows[1].deleted_at.is_some());
}

#[test]
fn json_arrays_are_searched_counted_and_summed() {
    let db = library();
    let tagged = |tag: &'static str| {
        Book::query().filter(move |b| exists(json_each(b.tags).filter(|t| t.value.eq(tag))))
    };
    let found =
        tagged("sf").filter(|b| exists(json_each(b.tags).filter(|t| t.value.eq("it's")))).count(&db).unwrap();
    let expected = sql(
        &db,
        "SELECT count(*) FROM books b WHERE deleted_at IS NULL
         AND EXISTS (SELECT 1 FROM json_each(b.tags) WHERE value = 'sf')
         AND EXISTS (SELECT 1 FROM json_each(b.tags) WHERE value = 'it''s')",
    );
    assert_eq!(expected, [[Value::Integer(i64::try_from(found).unwrap())]]);
    assert!(found > 5);
    // Statistics of tags.
    let rows: Vec<(String, i64, f64)> = Book::query()
        .join_json_each(|b| b.tags)
        .group_by(|(_, t)| t.value)
        .order_by(|tag, (b, _)| (count(b).desc(), tag.asc()))
        .select(|tag, (b, _)| (tag, count(b), sum(b.price)))
        .all(&db)
        .unwrap();
    let rows: Vec<Vec<Value>> =
        rows.iter().map(|(tag, books, price)| vec![text(tag), (*books).into(), (*price).into()]).collect();
    assert_eq!(
        rows,
        sql(
            &db,
            "SELECT value, count(*), sum(price) FROM books, json_each(books.tags) WHERE deleted_at IS NULL
             GROUP BY value ORDER BY 2 DESC, 1"
        )
    );
    let sums: Vec<(i64, Option<i64>)> = Book::query()
        .filter(|b| b.id.le(3))
        .select(|b| (b.id, scalar(json_each(b.scores).aggregate(|s| sum(s.value)))))
        .all(&db)
        .unwrap();
    assert_eq!(sums, [(1, Some(2)), (2, Some(4)), (3, Some(6))]);
}

#[test]
fn every_row_with_every_row() {
    let db = library();
    let pairs = Shelf::query()
        .cross_join::<Shelf>()
        .filter(|(a, b)| a.id.lt(b.id))
        .select(|(a, b)| (a.name, case().when(b.parent_id.eq(a.id), "holds").or_null(), b.name));
    assert_eq!(pairs.count(&db).unwrap(), 10);
    assert_eq!(pairs.all(&db).unwrap().iter().filter(|(_, holds, _)| holds.is_some()).count(), 3);
}

#[test]
fn what_cannot_be_written_is_refused_before_it_is_run() {
    let db = library();
    let refused = Shelf::query().join::<Number>(|s, n| n.value.eq(s.id)).all(&db).unwrap_err();
    assert!(refused.to_string().contains("join_query"), "{refused}");
    let outer = Shelf::query()
        .select(|s| {
            let held = Book::query()
                .filter(|b| b.shelf_id.eq(s.id))
                .select(|b| NumberSelect { value: b.id })
                .cte("held");
            scalar(held.query().aggregate(count))
        })
        .all(&db)
        .unwrap_err();
    assert!(outer.to_string().contains("column of another query"), "{outer}");
    // A derived table sees the queries around it, and none of the tables that it stands beside.
    let mut beside = None;
    let shelves = Shelf::query().filter(|s| s.id.eq(*beside.insert(s.id)));
    let beside = beside.unwrap();
    let held = Book::query().filter(|b| b.shelf_id.eq(beside)).select(|b| NumberSelect { value: b.id });
    let refused = shelves.join_query(held, |_, held| held.value.gt(0)).all(&db).unwrap_err();
    assert!(refused.to_string().contains("column of another query"), "{refused}");
}

#[test]
fn a_derived_table_uses_the_columns_of_the_queries_around_it() {
    let db = library();
    let rows: Vec<(i64, Option<String>, i64)> = Shelf::query()
        .order_by(|s| s.id.asc())
        .select(|s| {
            let newest = || {
                Book::query()
                    .filter(|b| b.shelf_id.eq(s.id))
                    .order_by(|b| b.id.desc())
                    .limit(3)
                    .select(|b| LineSelect { id: b.id, text: b.title })
            };
            let titles = newest().as_table().aggregate(|n| group_concat(n.text, ", "));
            let on_it = Book::query()
                .left_join_query(newest(), |b, n| n.id.eq(b.id))
                .filter(|(b, _)| b.shelf_id.eq(s.id))
                .aggregate(|(_, n)| count(n));
            (s.id, scalar(titles), scalar(on_it).unwrap_or(0))
        })
        .all(&db)
        .unwrap();
    assert!(rows.iter().any(|(_, titles, _)| titles.is_none()), "{rows:?}");
    let rows: Vec<Vec<Value>> = rows
        .into_iter()
        .map(|(id, titles, held)| vec![id.into(), titles.map_or(Value::Null, Value::Text), held.into()])
        .collect();
    let newest =
        "SELECT id, title FROM books WHERE shelf_id = s.id AND deleted_at IS NULL ORDER BY id DESC LIMIT 3";
    assert_eq!(
        rows,
        sql(
            &db,
            &format!(
                "SELECT id, (SELECT group_concat(title, ', ') FROM ({newest})), (SELECT count(*) FROM ({newest}))
                 FROM shelves s ORDER BY id"
            )
        )
    );
}

/// A numbered line.
#[derive(Row, Clone, Debug)]
struct Line {
    id: i64,
    text: String,
}
