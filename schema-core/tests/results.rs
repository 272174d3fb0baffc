//! What a query's rows become: whole tables beside columns, streams, maps.
#![allow(missing_docs)]

use schema_core::{Db, Table, expr::count};

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Author {
    #[column(primary_key)]
    pub id: i64,
    pub name: Option<String>,
}

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = Author)]
    pub author_id: Option<i64>,
    pub title: String,
}

schema_core::schema! {
    pub App { Author, Book }
}

fn app() -> Db<App> {
    let db = Db::<App>::in_memory().unwrap();
    db.sqlite_raw(|connection| {
        connection.execute_batch(
            "CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT);
             CREATE TABLE books (id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES authors, title TEXT NOT NULL);
             INSERT INTO authors VALUES (1, 'Frank'), (2, NULL);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
             INSERT INTO books SELECT i, nullif(i % 3, 0), 'title ' || i FROM n;",
        )
    })
    .unwrap();
    db
}

#[test]
fn whole_tables_stand_beside_columns() {
    let db = app();
    let rows = Book::query()
        .left_join::<Author>(|b, a| a.id.eq(b.author_id))
        .filter(|(b, _)| b.id.le(3))
        .order_by(|(b, _)| b.id.asc())
        .select(|(b, a)| (a, b.title, b))
        .all(&db)
        .unwrap();
    // A row whose columns may all be NULL is told from no row.
    assert_eq!(rows[0].0, Some(Author { id: 1, name: Some("Frank".to_owned()) }));
    assert_eq!(rows[1].0, Some(Author { id: 2, name: None }));
    assert_eq!(rows[2].0, None);
    assert_eq!(rows[2].1, rows[2].2.title);
    let one: Book = Book::query().filter(|b| b.id.eq(7)).select(|b| b).one(&db).unwrap();
    assert_eq!(one.title, "title 7");
}

#[test]
fn rows_are_handed_on_as_they_are_read_until_one_fails() {
    let db = app();
    let (mut rows, mut sum) = (0, 0);
    Book::query()
        .for_each(&db, |book| {
            rows += 1;
            sum += book.id;
            Ok(())
        })
        .unwrap();
    assert_eq!((rows, sum), (3000, 3000 * 3001 / 2));
    let mut read = 0;
    let stopped = Book::query().select(|b| b.id).for_each(&db, |id| {
        read += 1;
        if id < 10 { Ok(()) } else { Book::query().filter(|b| b.id.eq(-1)).one(&app()).map(drop) }
    });
    assert!(stopped.unwrap_err().is_not_found());
    assert_eq!(read, 10);
    // A statement that was left in the middle is read from its beginning the next time.
    assert_eq!(Book::query().select(|b| b.id).first(&db).unwrap(), Some(1));
}

#[test]
fn inside_a_transaction_rows_are_read_and_others_written() {
    let db = app();
    db.transaction(|tx| {
        Book::query().filter(|b| b.id.le(20)).select(|b| b.id).for_each(tx, |id| {
            Author::update()
                .filter(|a| a.id.eq(1))
                .set(|a| a.name.set(format!("after {id}")))
                .run(tx)
                .map(drop)
        })
    })
    .unwrap();
    let name = Author::query().filter(|a| a.id.eq(1)).select(|a| a.name).one(&db).unwrap();
    assert_eq!(name.as_deref(), Some("after 20"));
}

#[test]
fn rows_become_a_map_by_key_and_two_of_one_key_are_an_error() {
    let db = app();
    let titles = Book::query().filter(|b| b.id.le(50)).select(|b| (b.id, b)).into_map(&db).unwrap();
    assert_eq!((titles.len(), titles[&50].title.as_str()), (50, "title 50"));
    let twice = Book::query().select(|b| (b.author_id, b.title)).into_map(&db).unwrap_err();
    assert!(twice.is_too_many_rows() && twice.to_string().contains("into_groups"), "{twice}");
    let groups =
        Book::query().order_by(|b| b.id.desc()).select(|b| (b.author_id, b.id)).into_groups(&db).unwrap();
    assert_eq!((groups.len(), groups[&None].len(), groups[&Some(1)][0]), (3, 1000, 2998));
    let counts =
        Book::query().group_by(|b| b.author_id).select(|author, b| (author, count(b))).into_map(&db).unwrap();
    assert_eq!(counts[&Some(2)], 1000);
}

#[test]
fn twelve_tables_stand_flat_beside_each_other() {
    let db = app();
    let row = Book::query()
        .join::<Author>(|b, a| a.id.eq(b.author_id))
        .join::<Book>(|(b, _), c| c.id.eq(b.id + 3))
        .join::<Book>(|(_, _, c), d| d.id.eq(c.id + 3))
        .join::<Book>(|(_, _, _, d), e| e.id.eq(d.id + 3))
        .join::<Book>(|(_, _, _, _, e), f| f.id.eq(e.id + 3))
        .join::<Book>(|(_, _, _, _, _, f), g| g.id.eq(f.id + 3))
        .join::<Book>(|(_, _, _, _, _, _, g), h| h.id.eq(g.id + 3))
        .join::<Book>(|(_, _, _, _, _, _, _, h), i| i.id.eq(h.id + 3))
        .join::<Book>(|(_, _, _, _, _, _, _, _, i), j| j.id.eq(i.id + 3))
        .left_join::<Author>(|(_, _, _, _, _, _, _, _, _, j), k| k.id.eq(j.author_id).and(k.name.is_null()))
        .left_join::<Author>(|(_, _, _, _, _, _, _, _, _, j, _), l| l.id.eq(j.author_id))
        .filter(|(b, ..)| b.id.eq(1))
        .select(|(b, a, c, d, e, f, g, h, i, j, k, l)| {
            (b.id, a.name, c.id, d.id, (e.id, f.id, g.id, h.id), i.id, j.title, k.id, l.name)
        })
        .one(&db)
        .unwrap();
    let frank = || Some("Frank".to_owned());
    assert_eq!(row, (1, frank(), 4, 7, (10, 13, 16, 19), 22, "title 25".to_owned(), None, frank()));
}
