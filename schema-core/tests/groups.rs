//! Groups, windows, CASE, functions, subqueries and set operations: every typed query against the same
//! question in SQL, on a filled database.
#![allow(missing_docs, clippy::type_complexity, reason = "each result's type is what a test is about")]

use schema_core::{
    Db, SqlEnum, Table, exists,
    expr::{
        Bound, Collation, avg, case, count, count_distinct, count_values, dense_rank, each, first_value,
        group_concat, group_concat_distinct, lag, lead, max, min, rank, row_number, sum, total, value,
    },
    row,
    rusqlite::types::Value,
    scalar,
};
use time::Date;

#[derive(SqlEnum, Clone, Copy, Debug, PartialEq)]
pub enum Status {
    Draft,
    Out,
}

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
    pub status: Status,
    pub price: f64,
    pub stock: i32,
    pub pages: Option<i64>,
    pub published_on: Option<Date>,
}

schema_core::schema! {
    pub Library { Author, Book }
}

type Figures = (i64, Option<f64>, Option<i64>, f64, i64);

fn library() -> Db<Library> {
    let db = Db::<Library>::in_memory().unwrap();
    db.sqlite_raw(|connection| {
        connection.execute_batch(
            "CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
             CREATE TABLE books (id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES authors, title TEXT NOT NULL,
               status TEXT NOT NULL, price REAL NOT NULL, stock INTEGER NOT NULL, pages INTEGER, published_on TEXT);
             INSERT INTO authors VALUES (1, 'Ann'), (2, 'Ben'), (3, 'Cy');
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
             INSERT INTO books SELECT i, CASE i % 4 WHEN 0 THEN NULL WHEN 3 THEN 1 ELSE i % 4 END,
               ' Title ' || i || CASE i % 2 WHEN 0 THEN ' A' ELSE ' b' END,
               CASE WHEN i % 3 = 0 THEN 'draft' ELSE 'out' END, i * 1.25, i % 7,
               CASE WHEN i % 5 = 0 THEN NULL ELSE i * 10 END,
               CASE WHEN i % 6 = 0 THEN NULL ELSE date('2020-01-01', '+' || i * 9 || ' days') END FROM n;",
        )
    })
    .unwrap();
    db
}

/// What SQL itself says.
fn sql(db: &Db<Library>, text: &str) -> Vec<Vec<Value>> {
    db.sqlite_raw(|connection| {
        let mut statement = connection.prepare(text)?;
        let width = statement.column_count();
        let rows = statement.query_map([], |row| (0..width).map(|at| row.get(at)).collect())?;
        rows.collect()
    })
    .unwrap()
}

/// A result of a query as SQL values.
trait Cells {
    fn cells(&self) -> Vec<Value>;
}

trait Cell {
    fn cell(&self) -> Value;
}
impl Cell for i64 {
    fn cell(&self) -> Value {
        Value::Integer(*self)
    }
}
impl Cell for i32 {
    fn cell(&self) -> Value {
        Value::Integer(i64::from(*self))
    }
}
impl Cell for bool {
    fn cell(&self) -> Value {
        Value::Integer(i64::from(*self))
    }
}
impl Cell for f64 {
    fn cell(&self) -> Value {
        Value::Real(*self)
    }
}
impl Cell for String {
    fn cell(&self) -> Value {
        Value::Text(self.clone())
    }
}
impl Cell for Status {
    fn cell(&self) -> Value {
        Value::Text(match self {
            Self::Draft => "draft".to_owned(),
            Self::Out => "out".to_owned(),
        })
    }
}
impl<C: Cell> Cell for Option<C> {
    fn cell(&self) -> Value {
        self.as_ref().map_or(Value::Null, Cell::cell)
    }
}
macro_rules! cells {
    ($($name:ident $at:tt),*) => {
        impl<$($name: Cell),*> Cells for ($($name,)*) {
            fn cells(&self) -> Vec<Value> {
                vec![$(self.$at.cell()),*]
            }
        }
    };
}
cells!(A 0);
cells!(A 0, B 1);
cells!(A 0, B 1, C 2);
cells!(A 0, B 1, C 2, D 3);
cells!(A 0, B 1, C 2, D 3, E 4);
cells!(A 0, B 1, C 2, D 3, E 4, F 5);

/// The typed query gives what SQL gives.
fn same<R: Cells>(db: &Db<Library>, rows: Vec<R>, text: &str) {
    let expected = sql(db, text);
    let found: Vec<Vec<Value>> = rows.iter().map(Cells::cells).collect();
    assert!(!expected.is_empty(), "a question without an answer proves nothing: {text}");
    assert_eq!(found, expected, "{text}");
}

#[test]
fn groups_by_a_column_have_its_type_and_aggregates_theirs() {
    let db = library();
    let rows: Vec<(Option<i64>, i64, f64, Option<i64>, i64, String)> = Book::query()
        .group_by(|b| b.author_id)
        .having(|_, b| count(b).gt(5))
        .order_by(|author, b| (count(b).desc(), author.asc()))
        .select(|author, b| (author, count(b), avg(b.price), max(b.pages), sum(b.stock), min(b.title)))
        .all(&db)
        .unwrap();
    same(
        &db,
        rows,
        "SELECT author_id, count(*), avg(price), max(pages), sum(stock), min(title) FROM books
         GROUP BY author_id HAVING count(*) > 5 ORDER BY count(*) DESC, author_id",
    );
}

#[test]
fn groups_by_an_expression_and_by_two_columns() {
    let db = library();
    let rows: Vec<(Option<i64>, Status, i64)> = Book::query()
        .group_by(|b| (b.pages.cast::<i64>() / 200, b.status))
        .order_by(|(size, status), _| (size.asc(), status.asc()))
        .select(|(size, status), b| (size, status, count(b)))
        .all(&db)
        .unwrap();
    same(&db, rows, "SELECT pages / 200, status, count(*) FROM books GROUP BY 1, 2 ORDER BY 1, 2");
}

#[test]
fn over_nothing_an_average_is_none_and_a_count_is_zero() {
    let db = library();
    let none: Figures = Book::query()
        .filter(|b| b.id.gt(1_000))
        .aggregate(|b| (count(b), avg(b.price), sum(b.stock), total(b.price), count_values(b.pages)))
        .one(&db)
        .unwrap();
    assert_eq!(none, (0, None, None, 0.0, 0));
    let all: Figures = Book::query()
        .aggregate(|b| (count(b), avg(b.price), sum(b.stock), total(b.price), count_values(b.pages)))
        .one(&db)
        .unwrap();
    same(&db, vec![all], "SELECT count(*), avg(price), sum(stock), total(price), count(pages) FROM books");
}

#[test]
fn what_is_said_of_each_row_is_summed_filtered_and_ordered() {
    let db = library();
    let rows: Vec<(Status, f64, i64, Option<f64>, i64, String)> = Book::query()
        .group_by(|b| b.status)
        .order_by(|status, _| status.asc())
        .select(|status, b| {
            (
                status,
                sum(each(b, |b| b.price * b.stock.cast::<f64>())),
                sum(each(b, |b| case().when(b.pages.gt(300), 1).otherwise(0))),
                avg(b.price).filter(each(b, |b| b.stock.eq(0))),
                count(b).filter(each(b, |b| b.pages.is_null())),
                group_concat(b.title, "; ").order_by(each(b, |b| b.id.desc())),
            )
        })
        .all(&db)
        .unwrap();
    same(
        &db,
        rows,
        "SELECT status, sum(price * CAST(stock AS REAL)), sum(CASE WHEN pages > 300 THEN 1 ELSE 0 END),
                avg(price) FILTER (WHERE stock = 0), count(*) FILTER (WHERE pages IS NULL),
                group_concat(title, '; ' ORDER BY id DESC)
         FROM books GROUP BY status ORDER BY status",
    );
}

#[test]
fn of_a_left_join_the_rows_that_were_found_are_counted() {
    let db = library();
    let rows: Vec<(String, i64, i64, Option<f64>, Option<String>)> = Author::query()
        .left_join::<Book>(|a, b| b.author_id.eq(a.id))
        .group_by(|(a, _)| a.name)
        .order_by(|name, _| name.asc())
        .select(|name, (_, b)| {
            (
                name,
                count(b),
                count_distinct(b.status),
                sum(b.price),
                group_concat_distinct(each(b, |b| b.title.substr(1, 3))),
            )
        })
        .all(&db)
        .unwrap();
    same(
        &db,
        rows,
        "SELECT a.name, count(b.id), count(DISTINCT b.status), sum(b.price), group_concat(DISTINCT substr(b.title, 1, 3))
         FROM authors a LEFT JOIN books b ON b.author_id = a.id GROUP BY a.name ORDER BY a.name",
    );
}

#[test]
fn windows_rank_look_back_and_run() {
    let db = library();
    let rows: Vec<(i64, i64, i64, Option<f64>, f64, Option<f64>)> = Book::query()
        .order_by(|b| b.id.asc())
        .select(|b| {
            (
                b.id,
                row_number().over(|w| w.partition_by(b.author_id).order_by(b.price.desc())),
                dense_rank().over(|w| w.order_by(b.stock.asc())),
                lag(b.price).over(|w| w.partition_by(b.status).order_by(b.id.asc())),
                sum(b.price).over(|w| w.order_by(b.id.asc()).running()),
                avg(b.price)
                    .over(|w| w.order_by(b.id.asc()).rows_between(Bound::Before(3), Bound::Before(1))),
            )
        })
        .all(&db)
        .unwrap();
    same(
        &db,
        rows,
        "SELECT id, row_number() OVER (PARTITION BY author_id ORDER BY price DESC),
                dense_rank() OVER (ORDER BY stock), lag(price) OVER (PARTITION BY status ORDER BY id),
                sum(price) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING),
                avg(price) OVER (ORDER BY id ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING)
         FROM books ORDER BY id",
    );
    let rows: Vec<(i64, String, Option<i64>, Option<f64>)> = Book::query()
        .order_by(|b| b.id.asc())
        .select(|b| {
            (
                b.id,
                first_value(b.title).over(|w| w.partition_by(b.status).order_by(b.price.asc())),
                lead(b.pages).over(|w| w.order_by(b.id.asc())),
                sum(b.price).filter(b.stock.gt(5)).over(|w| w.partition_by(b.author_id)),
            )
        })
        .all(&db)
        .unwrap();
    same(
        &db,
        rows,
        "SELECT id, first_value(title) OVER (PARTITION BY status ORDER BY price), lead(pages) OVER (ORDER BY id),
                sum(price) FILTER (WHERE stock > 5) OVER (PARTITION BY author_id)
         FROM books ORDER BY id",
    );
}

#[test]
fn groups_are_ranked_by_their_aggregates() {
    let db = library();
    let rows: Vec<(Option<i64>, i64)> = Book::query()
        .group_by(|b| b.author_id)
        .order_by(|author, _| author.asc())
        .select(|author, b| (author, rank().over(|w| w.order_by(sum(b.price).desc()))))
        .all(&db)
        .unwrap();
    same(
        &db,
        rows,
        "SELECT author_id, rank() OVER (ORDER BY sum(price) DESC) FROM books GROUP BY author_id ORDER BY author_id",
    );
}

#[test]
fn a_case_is_nullable_where_a_branch_is_or_none_is_left() {
    let db = library();
    let rows: Vec<(i64, String, Option<String>, Option<i64>)> = Book::query()
        .order_by(|b| {
            case().when(b.status.eq(Status::Draft), 0).when(b.pages.is_null(), 1).otherwise(2).asc()
        })
        .order_by(|b| b.id.asc())
        .select(|b| {
            (
                b.id,
                case().when(b.price.gt(50.0), "dear").when(b.price.gt(20.0), "fair").otherwise("cheap"),
                case().when(b.stock.eq(0), "gone").or_null(),
                case().when(b.stock.eq(0), 0_i64).otherwise(b.pages),
            )
        })
        .all(&db)
        .unwrap();
    same(
        &db,
        rows,
        "SELECT id, CASE WHEN price > 50.0 THEN 'dear' WHEN price > 20.0 THEN 'fair' ELSE 'cheap' END,
                CASE WHEN stock = 0 THEN 'gone' END, CASE WHEN stock = 0 THEN 0 ELSE pages END
         FROM books ORDER BY CASE WHEN status = 'draft' THEN 0 WHEN pages IS NULL THEN 1 ELSE 2 END, id",
    );
}

#[test]
fn functions_of_text_and_numbers() {
    let db = library();
    let rows: Vec<(String, String, String, i64, Option<String>, String)> = Book::query()
        .filter(|b| b.title.trim().glob("Title [1-3]?*").or(b.title.like_escape("%!%%", '!')))
        .order_by(|b| b.title.collate(Collation::NoCase).desc())
        .select(|b| {
            (
                b.title.trim().concat("!"),
                b.title.replace("Title", "T").trim_start(),
                b.title.substr(-1, 1).upper(),
                b.title.position_of("1"),
                b.pages.cast::<String>(),
                b.title.trim_end().lower(),
            )
        })
        .all(&db)
        .unwrap();
    same(
        &db,
        rows,
        "SELECT trim(title) || '!', ltrim(replace(title, 'Title', 'T')), upper(substr(title, -1, 1)), instr(title, '1'),
                CAST(pages AS TEXT), lower(rtrim(title))
         FROM books WHERE trim(title) GLOB 'Title [1-3]?*' OR title LIKE '%!%%' ESCAPE '!'
         ORDER BY title COLLATE NOCASE DESC",
    );
    let rows: Vec<(i64, f64, Option<i64>, i64, Option<f64>)> = Book::query()
        .order_by(|b| b.id.asc())
        .select(|b| {
            (
                (-b.id).abs(),
                b.price.round(1),
                b.pages.null_if(100),
                b.pages.unwrap_or(-1),
                (b.price / 3.0).round(2),
            )
        })
        .all(&db)
        .unwrap();
    same(
        &db,
        rows,
        "SELECT abs(-id), round(price, 1), nullif(pages, 100), coalesce(pages, -1), round(price / 3.0, 2)
         FROM books ORDER BY id",
    );
}

#[test]
fn subqueries_give_a_value_a_list_and_a_row() {
    let db = library();
    let rows: Vec<(String, Option<f64>, Option<i64>)> = Author::query()
        .filter(|a| a.id.in_query(Book::query().filter(|b| b.status.eq(Status::Out)).select(|b| b.author_id)))
        .order_by(|a| a.id.asc())
        .select(|a| {
            (
                a.name,
                scalar(
                    Book::query()
                        .filter(|b| b.author_id.eq(a.id))
                        .order_by(|b| b.price.desc())
                        .select(|b| b.price)
                        .limit(1),
                ),
                scalar(Book::query().filter(|b| b.author_id.eq(a.id)).aggregate(count)),
            )
        })
        .all(&db)
        .unwrap();
    same(
        &db,
        rows,
        "SELECT name, (SELECT price FROM books WHERE author_id = a.id ORDER BY price DESC LIMIT 1),
                (SELECT count(*) FROM books WHERE author_id = a.id)
         FROM authors a WHERE id IN (SELECT author_id FROM books WHERE status = 'out') ORDER BY id",
    );
    // The newest book of each author.
    let rows: Vec<(Option<i64>, i64)> = Book::query()
        .filter(|b| {
            row((b.author_id, b.id))
                .in_query(Book::query().group_by(|b| b.author_id).select(|author, b| (author, max(b.id))))
        })
        .order_by(|b| b.id.asc())
        .select(|b| (b.author_id, b.id))
        .all(&db)
        .unwrap();
    same(
        &db,
        rows,
        "SELECT author_id, id FROM books
         WHERE (author_id, id) IN (SELECT author_id, max(id) FROM books GROUP BY author_id) ORDER BY id",
    );
    let without: Vec<(String,)> = Author::query()
        .filter(|a| !exists(Book::query().filter(|b| b.author_id.eq(a.id))))
        .select(|a| (a.name,))
        .all(&db)
        .unwrap();
    assert_eq!(without, [("Cy".to_owned(),)]);
}

#[test]
fn rows_of_several_queries_are_added_kept_and_taken_away() {
    let db = library();
    let cheap = || Book::query().filter(|b| b.price.lt(20.0)).select(|b| (b.title, b.stock));
    let gone = || Book::query().filter(|b| b.stock.eq(0)).select(|b| (b.title, b.stock));
    let (low, none) = (
        "SELECT title, stock FROM books WHERE price < 20.0",
        "SELECT title, stock FROM books WHERE stock = 0",
    );
    let cases = [
        (cheap().union(gone()), "UNION"),
        (cheap().union_all(gone()), "UNION ALL"),
        (cheap().intersect(gone()), "INTERSECT"),
        (cheap().except(gone()), "EXCEPT"),
    ];
    for (query, operation) in cases {
        let count = query.count(&db).unwrap();
        let rows = query.order_by_result(1).order_by_result_desc(0).all(&db).unwrap();
        assert_eq!(count, rows.len() as u64);
        same(&db, rows, &format!("{low} {operation} {none} ORDER BY 2, 1 DESC"));
    }
    // A part with a limit of its own, and a compound of a compound.
    let rows = Book::query()
        .order_by(|b| b.price.desc())
        .select(|b| (b.title, b.stock))
        .limit(3)
        .union_all(cheap().union(gone()).order_by_result(0).limit(2))
        .order_by_result(0)
        .all(&db)
        .unwrap();
    same(
        &db,
        rows,
        &format!(
            "SELECT * FROM (SELECT title, stock FROM books ORDER BY price DESC LIMIT 3)
             UNION ALL SELECT * FROM ({low} UNION {none} ORDER BY 1 LIMIT 2) ORDER BY 1"
        ),
    );
    // A constant beside the rows, and a column that may be NULL in one of the parts.
    let rows = Book::query()
        .filter(|b| b.id.lt(3))
        .select(|b| (value("book"), b.pages))
        .union_all(Author::query().filter(|a| a.id.eq(1)).select(|a| (value("author"), a.id.nullable())))
        .order_by_result(1)
        .all(&db)
        .unwrap();
    same(
        &db,
        rows,
        "SELECT 'book', pages FROM books WHERE id < 3 UNION ALL SELECT 'author', id FROM authors WHERE id = 1 ORDER BY 2",
    );
}

#[test]
fn groups_are_counted_as_rows_and_a_limit_before_them_is_refused() {
    let db = library();
    let groups = Book::query().group_by(|b| b.author_id).select(|author, b| (author, count(b)));
    assert_eq!(groups.count(&db).unwrap(), 3);
    assert!(groups.exists(&db).unwrap());
    let before = Book::query().limit(10).aggregate(count).one(&db).unwrap_err();
    assert!(before.to_string().contains("`limit` stands before `aggregate`"), "{before}");
    let distinct =
        Book::query().distinct().group_by(|b| b.stock).select(|stock, _| stock).all(&db).unwrap_err();
    assert!(distinct.to_string().contains("`distinct` stands before `group_by`"), "{distinct}");
}

#[test]
fn a_copy_of_a_compound_inside_itself_keeps_its_own_columns() {
    let db = library();
    let pages = Book::query().filter(|b| b.pages.is_not_null()).select(|b| b.id);
    let both = pages.clone().union(pages.clone());
    let rows: Vec<(i64,)> = Book::query()
        .filter(|b| b.id.in_query(both.clone()).and(b.id.in_query(both)))
        .order_by(|b| b.id.asc())
        .select(|b| (b.id,))
        .all(&db)
        .unwrap();
    same(&db, rows, "SELECT id FROM books WHERE pages IS NOT NULL ORDER BY id");
}

#[test]
fn a_list_of_nothing_is_no_position_of_a_column() {
    let db = library();
    let none: [i64; 0] = [];
    let groups: Vec<(bool, i64)> = Book::query()
        .group_by(|b| b.id.not_in_list(none))
        .order_by(|all, _| all.asc())
        .select(|all, b| (all, count(b)))
        .all(&db)
        .unwrap();
    assert_eq!(groups, [(true, 60)]);
    let ordered = Book::query().order_by(|b| (b.id.in_list(none).asc(), b.id.desc())).select(|b| b.id);
    assert_eq!(ordered.first(&db).unwrap(), Some(60));
}

#[test]
fn whether_there_is_a_row_behind_an_offset_counts_different_rows() {
    let db = library();
    let statuses = |offset| Book::query().select(|b| b.status).distinct().offset(offset);
    assert_eq!([0, 1, 2].map(|offset| statuses(offset).exists(&db).unwrap()), [true, true, false]);
    let authors = |offset| {
        let three = Author::query().distinct().offset(offset);
        Book::query().filter(|_| exists(three)).exists(&db).unwrap()
    };
    assert_eq!([2, 3].map(authors), [true, false]);
}
