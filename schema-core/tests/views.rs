//! Views of models, on filled tables.
#![allow(missing_docs)]

use schema_core::{
    Db, Schema, Table, View,
    dialect::sqlite::{create_statements, create_view},
    exists,
    model::{Engine, SqlText},
    value::Value,
};
use time::OffsetDateTime;

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
    pub title: String,
    #[column(references = Author)]
    pub author_id: Option<i64>,
    #[column(json)]
    pub tags: Vec<String>,
    #[column(stored = "unix")]
    pub added_at: OffsetDateTime,
}

/// The authors of several books.
#[derive(View, Clone, Debug, PartialEq)]
#[view(
    name = "top authors",
    sql = "SELECT a.id, a.name, count(*) AS \"how many\", max(b.added_at) AS added_at, b.tags
           FROM authors a JOIN books b ON b.author_id = a.id GROUP BY a.id HAVING count(*) > 1",
    trigger(
        name = "rename_top_author",
        sql = "CREATE TRIGGER rename_top_author INSTEAD OF UPDATE OF name ON \"top authors\"
               BEGIN UPDATE authors SET name = new.name WHERE id = old.id; END"
    )
)]
pub struct TopAuthors {
    pub id: i64,
    /// Doc comments become documentation.
    pub name: String,
    #[column(name = "how many")]
    pub books: i64,
    #[column(stored = "unix")]
    pub added_at: OffsetDateTime,
    #[column(json)]
    pub tags: Vec<String>,
    #[column(skip)]
    pub note: Option<String>,
}

/// Every column may be NULL.
#[derive(View, Clone, Debug, PartialEq)]
#[view(
    definition = "CREATE VIEW IF NOT EXISTS nothing_sure (is_there, anything) AS SELECT author_id, CASE id WHEN 1 THEN title WHEN 2 THEN 2.5 END FROM books"
)]
pub struct Unsure {
    pub is_there: Option<i64>,
    pub anything: Option<Value>,
}

#[derive(View, Clone, Debug, PartialEq)]
#[view(sql(sqlite = "SELECT 1 AS one", postgres = "SELECT 2 AS one"))]
pub struct OneRow {
    pub one: Value,
}

schema_core::schema! {
    pub Library {
        Author, Book;
        views: [TopAuthors, Unsure, OneRow];
        sql: [
            "CREATE VIEW plain AS SELECT 1 AS one",
            r#"CREATE TRIGGER on_plain INSTEAD OF INSERT ON "Plain" BEGIN SELECT 1; END"#,
            "CREATE VIRTUAL TABLE places USING fts5(name)",
        ]
    }
}

impl TopAuthorsRepository<'_, Library> {
    fn with_more_than(&self, books: i64) -> schema_core::Result<Vec<TopAuthors>> {
        self.query().filter(|t| t.books.gt(books)).all(self)
    }
}

fn filled() -> Db<Library> {
    let db = Db::<Library>::in_memory().unwrap();
    db.sqlite_raw(|connection| {
        let schema = Library::DEF;
        for sql in schema.tables.iter().flat_map(|table| create_statements(table)) {
            connection.execute_batch(&sql)?;
        }
        for sql in schema.views.iter().flat_map(|view| create_view(view)) {
            connection.execute_batch(&sql)?;
        }
        for table in schema.virtual_tables.iter() {
            connection.execute_batch(&table.sql)?;
        }
        connection.execute_batch(
            "INSERT INTO authors VALUES (1, 'Frank'), (2, 'Jane'), (3, 'Nobody');
             INSERT INTO books VALUES (1, 'Dune', 1, '[\"a\"]', 1000), (2, 'Messiah', 1, '[\"a\"]', 2000),
               (3, 'Emma', 2, '[]', 3000), (4, 'Anon', NULL, '[]', 3000);",
        )
    })
    .unwrap();
    db
}

#[test]
fn a_view_is_declared_with_all_that_its_struct_says() {
    let [top, unsure, one, plain] = &Library::DEF.views[..] else { panic!("four views") };
    assert_eq!((&*top.name, &*top.model), ("top authors", "TopAuthors"));
    assert_eq!(top.doc, "The authors of several books.");
    assert!(top.source.starts_with("schema-core/tests/views.rs:"), "{}", top.source);
    let columns: Vec<_> =
        top.columns.iter().map(|c| (&*c.name, &*c.field, &*c.sql_type, c.nullable)).collect();
    assert_eq!(
        columns,
        [
            ("id", "id", "INTEGER", false),
            ("name", "name", "TEXT", false),
            ("how many", "books", "INTEGER", false),
            ("added_at", "added_at", "INTEGER", false),
            ("tags", "tags", "TEXT", false),
        ]
    );
    assert_eq!(&*top.triggers[0].name, "rename_top_author");
    assert_eq!((&*unsure.name, unsure.columns[1].nullable), ("nothing_sure", true));
    assert_eq!((&*one.name, one.sql.on(Engine::Postgres)), ("one_row", Some("SELECT 2 AS one")));
    assert_eq!((&*plain.name, &*plain.model, plain.columns.len()), ("plain", "", 0));
    assert_eq!(&*plain.triggers[0].name, "on_plain");
    assert!(matches!(&plain.sql, SqlText::Any(text) if text == "CREATE VIEW plain AS SELECT 1 AS one"));
    let [places] = &Library::DEF.virtual_tables[..] else { panic!("one virtual table") };
    assert_eq!((&*places.name, places.shadows.len()), ("places", 0));
}

#[test]
fn a_view_is_queried_like_a_table() {
    let db = filled();
    let frank = TopAuthors::query().filter(|t| t.books.ge(2)).one(&db).unwrap();
    assert_eq!((frank.id, &*frank.name, frank.books), (1, "Frank", 2));
    assert_eq!(
        (frank.added_at.unix_timestamp(), &frank.tags[..], frank.note),
        (2000, &["a".to_owned()][..], None)
    );
    assert_eq!(
        TopAuthors::query().select(|t| (t.name, t.books)).all(&db).unwrap(),
        [("Frank".to_owned(), 2)]
    );
    let joined = Book::query().join::<TopAuthors>(|b, t| t.id.eq(b.author_id)).order_by(|(b, _)| b.id.desc());
    let joined: Vec<String> = joined.all(&db).unwrap().into_iter().map(|(b, t)| b.title + &t.name).collect();
    assert_eq!(joined, ["MessiahFrank", "DuneFrank"]);
    let inside = Author::query().filter(|a| exists(TopAuthors::query().filter(|t| t.id.eq(a.id))));
    assert_eq!(inside.count(&db).unwrap(), 1);
    let top = TopAuthorsRepository::new(&db);
    assert_eq!((top.list().unwrap().len(), top.count().unwrap()), (1, 1));
    assert_eq!(top.with_more_than(2).unwrap(), []);
    let in_a_transaction = db.transaction(|tx| TopAuthorsRepository::new(tx).count()).unwrap();
    assert_eq!(in_a_transaction, 1);
    assert_eq!(OneRow::query().one(&db).unwrap().one, Value::Integer(1));
    db.sqlite_raw(|connection| connection.execute_batch("UPDATE \"top authors\" SET name = 'F. H.'"))
        .unwrap();
    assert_eq!(AuthorRepository::new(&db).get(1).unwrap().name, "F. H.");
}

#[test]
fn a_view_on_the_far_side_of_a_left_join_is_there_or_is_not() {
    let db = filled();
    let rows = Book::query()
        .left_join::<Unsure>(|b, u| u.is_there.is_not_distinct_from(b.author_id).and(b.id.ne(3)))
        .order_by(|(b, u)| (b.id.asc(), u.anything.asc()))
        .all(&db)
        .unwrap();
    let found: Vec<(i64, Option<Unsure>)> =
        rows.into_iter().map(|(book, unsure)| (book.id, unsure)).collect();
    let view = |is_there, anything| Some(Unsure { is_there, anything });
    assert_eq!(
        found,
        [
            (1, view(Some(1), Some(Value::Real(2.5)))),
            (1, view(Some(1), Some(Value::Text("Dune".to_owned())))),
            (2, view(Some(1), Some(Value::Real(2.5)))),
            (2, view(Some(1), Some(Value::Text("Dune".to_owned())))),
            (3, None),
            (4, view(None, None)),
        ]
    );
    let none = Author::query().left_join::<TopAuthors>(|a, t| t.id.eq(a.id)).order_by(|(a, _)| a.id.asc());
    let none: Vec<bool> = none.all(&db).unwrap().into_iter().map(|(_, top)| top.is_some()).collect();
    assert_eq!(none, [true, false, false]);
}

#[test]
fn a_cell_of_a_view_that_does_not_fit_is_named() {
    let db = filled();
    db.sqlite_raw(|connection| {
        connection.execute_batch("UPDATE books SET tags = 'no json' WHERE author_id = 1")
    })
    .unwrap();
    let error = TopAuthors::query().all(&db).unwrap_err();
    assert!(error.to_string().contains("`top authors.tags`"), "{error}");
}
