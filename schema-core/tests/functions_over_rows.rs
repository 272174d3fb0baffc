//! Window functions and aggregates where SQL admits none: said in our words, with what to write instead.
#![allow(missing_docs)]

use schema_core::{
    Db, Error, Row, Table, exists,
    expr::{avg, count, each, max, row_number, sum},
    query::json_each,
    scalar,
};

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub shelf: String,
    pub pages: i64,
    #[column(json)]
    pub tags: Vec<String>,
}

schema_core::schema! {
    pub Library { Book }
}

#[derive(Row, Clone, Debug, PartialEq)]
pub struct Ranked {
    pub id: i64,
    pub place: i64,
}

#[derive(Row, Clone, Debug, PartialEq)]
pub struct Total {
    pub shelf: String,
    pub pages: i64,
}

fn library() -> Db<Library> {
    let db = Db::<Library>::in_memory().unwrap();
    db.sqlite_raw(|connection| {
        connection.execute_batch(
            "CREATE TABLE books (id INTEGER PRIMARY KEY, shelf TEXT NOT NULL, pages INTEGER NOT NULL, tags TEXT NOT NULL);
             INSERT INTO books VALUES (1, 'a', 100, '[]'), (2, 'a', 300, '[\"x\"]'), (3, 'b', 200, '[]'), (4, 'b', 50, '[]');",
        )
    })
    .unwrap();
    db
}

fn place(b: BookColumns<schema_core::expr::Required>) -> schema_core::expr::Expr<i64> {
    row_number().over(|w| w.partition_by(b.shelf).order_by(b.pages.desc()))
}

fn refused<T: std::fmt::Debug>(answer: Result<T, Error>, place: &str) {
    let error = answer.unwrap_err();
    assert!(error.is_misuse(), "{error}");
    let text = error.to_string();
    assert!(text.contains(place), "{text}");
    assert!(text.contains("nothing was run: select it in a query of its own"), "{text}");
    assert!(!text.contains("misuse of"), "{text}");
}

#[test]
fn a_window_function_is_refused_wherever_single_rows_are_picked_or_changed() {
    let db = library();
    refused(Book::query().filter(|b| place(b).le(1)).all(&db), "a window function stands in a `filter`");
    refused(Book::query().filter(|b| place(b).le(1)).count(&db), "in a `filter`");
    refused(Book::query().filter(|b| place(b).le(1)).exists(&db), "in a `filter`");
    refused(Book::query().join::<Book>(|a, b| place(a).eq(b.id)).all(&db), "in the condition of a join");
    refused(Book::query().group_by(place).select(|place, b| (place, count(b))).all(&db), "in `group_by`");
    let having = Book::query()
        .group_by(|b| b.shelf)
        .having(|shelf, b| row_number().over(|w| w.order_by(shelf.asc())).gt(count(b)));
    refused(having.select(|shelf, _| shelf).all(&db), "in `having`");
    refused(Book::update().all_rows().set(|b| b.pages.set(place(b))).run(&db), "in a change of single rows");
    refused(
        Book::update().filter(|b| place(b).gt(1)).set(|b| b.pages.set(1)).run(&db),
        "in a change of single rows",
    );
    refused(Book::delete().filter(|b| place(b).gt(1)).run(&db), "in a change of single rows");
    refused(Book::delete().all_rows().returning(place).all(&db), "in a change of single rows");
    refused(BookRepository::new(&db).update(1, |b| b.pages.set(place(b))), "in a change of single rows");
    let nested = Book::query().select(|b| row_number().over(|w| w.order_by(place(b).asc())));
    refused(nested.all(&db), "inside of another window function");
    let summed = Book::query().group_by(|b| b.shelf).select(|_, b| sum(each(b, place)));
    refused(summed.all(&db), "inside of an aggregate");
    assert_eq!(Book::query().all(&db).unwrap().len(), 4, "nothing was changed");
}

#[test]
fn an_aggregate_of_the_rows_around_is_refused_in_the_filter_of_a_subquery() {
    let db = library();
    let longest = Book::query().group_by(|b| b.shelf).select(|shelf, b| {
        (shelf, scalar(Book::query().filter(|o| o.pages.eq(max(b.pages))).select(|o| o.id)))
    });
    refused(longest.all(&db), "an aggregate of the rows of a query around stands in a `filter`");
    let having = Book::query()
        .group_by(|b| b.shelf)
        .having(|_, b| exists(Book::query().filter(|o| o.pages.gt(avg(b.pages).cast::<i64>()))));
    refused(having.select(|shelf, _| shelf).all(&db), "in a `filter`");
    let joined = Book::query()
        .group_by(|b| b.shelf)
        .having(|_, b| exists(Book::query().join::<Book>(|o, _| o.pages.eq(max(b.pages)))));
    refused(joined.select(|shelf, _| shelf).all(&db), "in the condition of a join");
    let twice = Book::query().group_by(|b| b.shelf).select(|_, b| sum(each(b, |_| max(b.pages))));
    refused(twice.all(&db), "inside of an aggregate");
}

#[test]
fn what_the_message_says_to_write_gives_what_was_meant() {
    let db = library();
    let ranked = Book::query().select(|b| RankedSelect { id: b.id, place: place(b) });
    let first = ranked.clone().as_table().filter(|r| r.place.le(1)).order_by(|r| r.id.asc());
    assert_eq!(first.all(&db).unwrap(), [Ranked { id: 2, place: 1 }, Ranked { id: 3, place: 1 }]);
    let ranked = ranked.cte("ranked");
    let deleted =
        Book::delete().filter(|b| b.id.in_query(ranked.query().filter(|r| r.place.gt(1)).select(|r| r.id)));
    assert_eq!(deleted.run(&db).unwrap(), 2);
    let totals =
        Book::query().group_by(|b| b.shelf).select(|shelf, b| TotalSelect { shelf, pages: max(b.pages) });
    let totals = totals.cte("totals");
    let longest = totals.query().join::<Book>(|t, b| b.pages.eq(t.pages)).order_by(|(_, b)| b.id.asc());
    assert_eq!(
        longest.select(|(t, b)| (t.shelf, b.id)).all(&db).unwrap(),
        [("a".into(), 2), ("b".into(), 3)]
    );
}

#[test]
fn where_sql_admits_them_they_stand() {
    let db = library();
    // In an order, in the value of a subquery, and in a window over groups.
    let by_place =
        Book::query().order_by(|b| (place(b).asc(), b.id.asc())).select(|b| b.id).all(&db).unwrap();
    assert_eq!(by_place, [2, 3, 1, 4]);
    let over_groups = Book::query().group_by(|b| b.shelf).order_by(|shelf, _| shelf.asc());
    let over_groups =
        over_groups.select(|shelf, b| (shelf, row_number().over(|w| w.order_by(sum(b.pages).desc()))));
    assert_eq!(over_groups.all(&db).unwrap(), [("a".to_owned(), 1), ("b".to_owned(), 2)]);
    let above = Book::query()
        .filter(|b| b.pages.gt(scalar(Book::query().aggregate(|o| max(o.pages))).unwrap_or(0) - 150));
    assert_eq!(above.order_by(|b| b.id.asc()).select(|b| b.id).all(&db).unwrap(), [2, 3]);
    let tagged = Book::query().filter(|b| exists(json_each(b.tags)));
    assert_eq!(tagged.select(|b| b.id).all(&db).unwrap(), [2]);
    // An inner query may give an aggregate of the rows around it.
    let of_the_outer = Book::query()
        .group_by(|b| b.shelf)
        .order_by(|shelf, _| shelf.asc())
        .select(|_, b| scalar(Book::query().filter(|o| o.id.eq(1)).select(|_| max(b.pages))));
    assert_eq!(of_the_outer.all(&db).unwrap(), [Some(300), Some(200)]);
}
