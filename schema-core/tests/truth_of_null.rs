//! Conditions that are selected: where a side may be NULL they are `Option<bool>`, and say what SQL says.
#![allow(missing_docs)]

use schema_core::{
    Db, Table,
    expr::{all_of, any_of, case, count, each, max},
    query::Selection,
    row, scalar,
};

#[derive(Table, Clone, Debug, PartialEq)]
#[table(fts(title))]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    pub pages: i64,
    pub subtitle: Option<String>,
    pub stars: Option<i64>,
    pub lent: Option<bool>,
    pub shelf_id: Option<i64>,
}

#[derive(Table, Clone, Debug, PartialEq)]
#[table(name = "shelves", fts(name))]
pub struct Shelf {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    pub room: Option<i64>,
}

schema_core::schema! {
    pub Library { Book, Shelf }
}

fn library() -> Db<Library> {
    let db = Db::<Library>::in_memory().unwrap();
    db.sqlite_raw(|connection| {
        connection.execute_batch(
            "CREATE TABLE shelves (id INTEGER PRIMARY KEY, name TEXT NOT NULL, room INTEGER);
             CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL, pages INTEGER NOT NULL, subtitle TEXT,
               stars INTEGER, lent INTEGER, shelf_id INTEGER);
             CREATE VIRTUAL TABLE books_fts USING fts5(title, content='books', content_rowid='id');
             CREATE VIRTUAL TABLE shelves_fts USING fts5(name, content='shelves', content_rowid='id');
             INSERT INTO shelves VALUES (1, 'attic', 3), (2, 'cellar', NULL);
             INSERT INTO books VALUES (1, 'Dune', 600, 'sand', 5, 1, 1), (2, 'Emma', 400, NULL, NULL, NULL, NULL),
               (3, 'Ulysses', 900, 'day', 2, 0, 2);
             INSERT INTO books_fts(books_fts) VALUES ('rebuild');
             INSERT INTO shelves_fts(shelves_fts) VALUES ('rebuild');",
        )
    })
    .unwrap();
    db
}

type Of = schema_core::expr::Required;

/// The values of one expression for the three books.
fn of<X: Selection>(select: impl FnOnce(BookColumns<Of>) -> X) -> Vec<X::Row> {
    Book::query().order_by(|b| b.id.asc()).select(select).all(&library()).unwrap()
}

const SOME: [Option<bool>; 3] = [Some(true), None, Some(false)];
const OTHERS: [Option<bool>; 3] = [Some(false), None, Some(true)];

#[test]
fn a_comparison_with_a_column_that_may_be_null_is_an_option() {
    assert_eq!(of(|b| b.stars.eq(5)), SOME);
    assert_eq!(of(|b| b.stars.ne(5)), OTHERS);
    assert_eq!(of(|b| b.stars.gt(2)), SOME);
    assert_eq!(of(|b| b.stars.ge(3)), SOME);
    assert_eq!(of(|b| b.stars.lt(5)), OTHERS);
    assert_eq!(of(|b| b.stars.le(4)), OTHERS);
    assert_eq!(of(|b| b.stars.between(4, 6)), SOME);
    assert_eq!(of(|b| b.stars.in_list([5, 6])), SOME);
    assert_eq!(of(|b| b.stars.not_in_list([5, 6])), OTHERS);
    assert_eq!(of(|b| b.subtitle.like("s%")), SOME);
    assert_eq!(of(|b| b.subtitle.like_escape("s%", '!')), SOME);
    assert_eq!(of(|b| b.subtitle.glob("s*")), SOME);
    assert_eq!(of(|b| b.subtitle.contains("an")), SOME);
    assert_eq!(of(|b| b.subtitle.starts_with("s")), SOME);
    assert_eq!(of(|b| b.subtitle.ends_with("nd")), SOME);
}

#[test]
fn the_other_side_may_be_the_null_one() {
    assert_eq!(of(|b| b.pages.eq(b.stars)), [Some(false), None, Some(false)]);
    assert_eq!(of(|b| b.pages.gt(b.stars)), [Some(true), None, Some(true)]);
    assert_eq!(of(|b| b.pages.between(b.stars, 700)), [Some(true), None, Some(false)]);
    assert_eq!(of(|b| b.pages.between(500, b.stars)), [Some(false), Some(false), Some(false)]);
    assert_eq!(of(|b| b.pages.in_list([b.stars, b.stars])), [Some(false), None, Some(false)]);
    assert_eq!(of(|b| b.title.like(b.subtitle)), [Some(false), None, Some(false)]);
    assert_eq!(of(|b| b.title.glob(b.subtitle)), [Some(false), None, Some(false)]);
}

#[test]
fn what_is_never_null_stays_a_bool() {
    let bools: Vec<bool> = of(|b| b.pages.gt(500));
    assert_eq!(bools, [true, false, true]);
    let bools: Vec<bool> = of(|b| b.title.contains("u").and(b.pages.gt(700)).or(!b.id.eq(1)));
    assert_eq!(bools, [false, true, true]);
    let bools: Vec<bool> = of(|b| b.stars.is_null());
    assert_eq!(bools, [false, true, false]);
    let bools: Vec<bool> = of(|b| b.stars.is_not_null());
    assert_eq!(bools, [true, false, true]);
    let bools: Vec<bool> = of(|b| b.stars.is_distinct_from(5));
    assert_eq!(bools, [false, true, true]);
    let bools: Vec<bool> = of(|b| b.stars.is_not_distinct_from(b.stars));
    assert_eq!(bools, [true, true, true]);
    let bools: Vec<bool> = of(|b| b.stars.gt(2).unwrap_or(false));
    assert_eq!(bools, [true, false, false]);
}

#[test]
fn logic_keeps_what_nobody_knows() {
    assert_eq!(of(|b| !b.stars.eq(5)), OTHERS);
    assert_eq!(of(|b| b.stars.eq(5).and(b.pages.gt(1))), SOME);
    assert_eq!(of(|b| b.pages.gt(1).and(b.stars.eq(5))), SOME);
    assert_eq!(of(|b| b.stars.eq(5).and(b.pages.gt(500))), [Some(true), Some(false), Some(false)]);
    assert_eq!(of(|b| b.stars.eq(5).or(b.pages.gt(5000))), SOME);
    assert_eq!(of(|b| b.pages.gt(5000).or(b.stars.eq(5))), SOME);
    assert_eq!(of(|b| b.stars.eq(5).or(b.pages.lt(500))), [Some(true), Some(true), Some(false)]);
    assert_eq!(of(|b| b.lent.and(b.pages.gt(1))), SOME);
    assert_eq!(of(|b| !b.lent), OTHERS);
    let missing: Option<i64> = None;
    assert_eq!(of(|b| b.stars.eq(5).and_some(missing.map(|pages| b.pages.gt(pages)))), SOME);
    assert_eq!(of(|b| b.pages.gt(1).and_some(Some(b.stars.eq(5)))), SOME);
    assert_eq!(of(|b| b.pages.gt(5000).or_some(Some(b.stars.eq(5)))), SOME);
    assert_eq!(of(|b| any_of((Some(b.pages.gt(5000)), Some(b.stars.eq(5)))).unwrap()), SOME);
    assert_eq!(of(|b| all_of([b.stars.eq(5), b.stars.gt(1)]).unwrap()), SOME);
    let bools: Vec<bool> = of(|b| any_of((b.pages.gt(500), b.id.eq(2))).unwrap());
    assert_eq!(bools, [true, true, true]);
}

#[test]
fn a_condition_that_may_be_null_stands_wherever_one_does_and_counts_as_false() {
    let db = library();
    let ids = |books: Vec<Book>| books.iter().map(|book| book.id).collect::<Vec<_>>();
    assert_eq!(ids(Book::query().filter(|b| b.stars.eq(5)).all(&db).unwrap()), [1]);
    assert_eq!(ids(Book::query().filter(|b| !b.stars.eq(5)).all(&db).unwrap()), [3]);
    assert_eq!(of(|b| case().when(b.stars.gt(2), "good").otherwise("other")), ["good", "other", "other"]);
    // A match whose arms differ says so once.
    let shelf = Some(2);
    let found = Book::query().filter(|b| match shelf {
        Some(shelf) => b.shelf_id.eq(shelf),
        None => b.shelf_id.is_null().nullable(),
    });
    assert_eq!(ids(found.all(&db).unwrap()), [3]);
    let counted = Book::query().aggregate(|b| count(b).filter(each(b, |b| b.stars.gt(2)))).one(&db).unwrap();
    assert_eq!(counted, 1);
    let shelves = Shelf::query().left_join::<Book>(|s, b| b.shelf_id.eq(s.id)).order_by(|(s, _)| s.id.asc());
    assert_eq!(shelves.select(|(_, b)| b.id.gt(1)).all(&db).unwrap(), [Some(false), Some(true)]);
}

#[test]
fn a_missing_row_is_an_option_in_every_comparison_of_it() {
    let db = library();
    let books = Book::query().left_join::<Shelf>(|b, s| s.id.eq(b.shelf_id)).order_by(|(b, _)| b.id.asc());
    assert_eq!(books.clone().select(|(_, s)| s.name.eq("attic")).all(&db).unwrap(), SOME);
    assert_eq!(books.clone().select(|(_, s)| s.matches("attic")).all(&db).unwrap(), SOME);
    assert_eq!(
        books.clone().select(|(b, s)| b.title.lt(s.name)).all(&db).unwrap(),
        [Some(true), None, Some(true)]
    );
    let bools: Vec<bool> = books.select(|(b, _)| b.matches("dune")).all(&db).unwrap();
    assert_eq!(bools, [true, false, false]);
}

#[test]
fn what_a_query_gives_may_hold_a_null() {
    let rooms = || Shelf::query().select(|s| s.room);
    let ids = || Shelf::query().select(|s| s.id);
    assert_eq!(of(|b| b.id.in_query(rooms())), [None, None, Some(true)]);
    assert_eq!(of(|b| b.shelf_id.in_query(ids())), [Some(true), None, Some(true)]);
    let bools: Vec<bool> = of(|b| b.id.in_query(ids()));
    assert_eq!(bools, [true, true, false]);
    let both = || Shelf::query().select(|s| (s.id, s.room));
    assert_eq!(of(|b| row((b.id, b.id)).in_query(both())), [Some(false), None, Some(false)]);
    assert_eq!(
        of(|b| row((b.id, b.stars)).in_query(Shelf::query().select(|s| (s.id, s.id)))),
        [Some(false), None, Some(false)]
    );
    assert_eq!(
        of(|_| scalar(Shelf::query().filter(|s| s.id.eq(9)).select(|s| s.id)).eq(9)),
        [None, None, None]
    );
}

#[test]
fn the_nulls_of_a_query_are_left_out_of_what_is_not_in_it() {
    let rooms = || Shelf::query().select(|s| s.room);
    let bools: Vec<bool> = of(|b| b.id.not_in_query(rooms()));
    assert_eq!(bools, [true, true, false]);
    assert_eq!(of(|b| b.shelf_id.not_in_query(rooms())), [Some(true), None, Some(true)]);
    let bools: Vec<bool> = of(|b| row((b.id, b.id)).not_in_query(Shelf::query().select(|s| (s.id, s.room))));
    assert_eq!(bools, [true, true, true]);
    // It still sees the row around it, and keeps its order and limit.
    let others = of(|b| {
        let longer = Book::query().filter(|o| o.pages.gt(b.pages)).order_by(|o| o.pages.asc()).limit(1);
        b.id.not_in_query(longer.select(|o| o.stars))
    });
    assert_eq!(others, [true, true, true]);
    let db = library();
    let without = Book::query().filter(|b| b.stars.not_in_query(Shelf::query().select(|s| s.room)));
    assert_eq!(without.count(&db).unwrap(), 2);
}

#[test]
fn groups_and_conditions_chosen_at_run_time_say_so_too() {
    let db = library();
    let groups = Book::query().group_by(|b| b.lent).order_by(|lent, _| lent.asc());
    let rows = groups.select(|lent, b| (lent, max(b.stars).gt(3))).all(&db).unwrap();
    assert_eq!(rows, [(None, None), (Some(false), Some(false)), (Some(true), Some(true))]);
    let all = Book::query().filter(|b| b.id.gt(9)).aggregate(|b| max(b.pages).gt(3)).one(&db).unwrap();
    assert_eq!(all, None);
    let wanted = BookColumns::allow(|b| [b.stars]).by_name("stars").unwrap().eq_text("5").unwrap();
    assert_eq!(of(|b| wanted.of(b)), SOME);
}
