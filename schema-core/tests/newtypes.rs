//! Newtypes are stored in the ways that their inner type is: a `Uuid` as 16 bytes, an instant as a number.
#![allow(missing_docs)]

use schema_core::{Db, Schema, SqlType, Table, dialect::sqlite};
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

#[derive(SqlType, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AuthorId(Uuid);

/// A newtype of a newtype.
#[derive(SqlType, Clone, Copy, Debug, PartialEq, Eq)]
pub struct EditorId(AuthorId);

#[derive(SqlType, Clone, Copy, Debug, PartialEq)]
pub struct SeenAt(OffsetDateTime);

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Author {
    #[column(primary_key, default = uuid_v7, stored = "blob")]
    pub id: AuthorId,
    pub name: String,
    #[column(stored = "unix_ms")]
    pub seen: SeenAt,
    pub noted: SeenAt,
}

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = Author, stored = "blob")]
    pub author_id: AuthorId,
    #[column(stored = "blob")]
    pub editor_id: Option<EditorId>,
}

schema_core::schema! { pub Library { Author, Book } }

/// Ten authors of three books each.
fn library() -> (Db<Library>, Vec<Author>) {
    let db = Db::<Library>::in_memory().unwrap();
    for table in Library::DEF.tables.iter() {
        db.sqlite_raw(|connection| connection.execute_batch(&sqlite::create_table(table))).unwrap();
    }
    let seen = SeenAt(datetime!(2025-11-27 14:30:55.123456789 UTC));
    let (authors, books) = (AuthorRepository::new(&db), BookRepository::new(&db));
    let authors: Vec<Author> = (0..10)
        .map(|n| authors.insert(NewAuthor { name: format!("author {n}"), seen, noted: seen }).unwrap())
        .collect();
    for author in &authors {
        books.insert_many((0..3).map(|_| NewBook { author_id: author.id })).unwrap();
    }
    (db, authors)
}

#[test]
fn a_newtype_of_a_uuid_is_a_key_of_sixteen_bytes() {
    let (db, authors) = library();
    let kinds: String = db
        .sqlite_raw(|sqlite| {
            let sql = "SELECT group_concat(DISTINCT typeof(id) || length(id)) FROM authors";
            sqlite.query_row(sql, [], |row| row.get(0))
        })
        .unwrap();
    assert_eq!(kinds, "blob16");

    let (third, id) = (&authors[3], authors[3].id);
    let repository = AuthorRepository::new(&db);
    assert_eq!(repository.get(id).unwrap(), *third);
    assert_eq!(repository.find(id).unwrap().as_ref(), Some(third));
    assert_eq!(Book::query().filter(|b| b.author_id.eq(id)).count(&db).unwrap(), 3);
    assert_eq!(Book::query().filter(|b| b.author_id.in_list([id, authors[4].id])).count(&db).unwrap(), 6);
    assert_eq!(Author::query().filter(|a| a.books().exists()).count(&db).unwrap(), 10);
    let joined: Vec<(String, AuthorId)> = Book::query()
        .join::<Author>(|b, a| b.author_id.eq(a.id))
        .filter(|(_, a)| a.name.eq("author 3"))
        .select(|(_, a)| (a.name, a.id))
        .all(&db)
        .unwrap();
    assert_eq!(joined, vec![("author 3".to_owned(), id); 3]);
}

#[test]
fn it_is_set_to_a_value_to_none_and_by_json() {
    let (db, authors) = library();
    let books = BookRepository::new(&db);
    let editor = EditorId(authors[5].id);
    books.update(1, |b| (b.author_id.set(authors[7].id), b.editor_id.set(editor))).unwrap();
    let book = books.get(1).unwrap();
    assert_eq!((book.author_id, book.editor_id), (authors[7].id, Some(editor)));
    books.update(1, |b| b.editor_id.set(None)).unwrap();
    assert_eq!(books.get(1).unwrap().editor_id, None);
    let json = serde_json::json!({"editor_id": authors[2].id.0.to_string()});
    books.patch(1, serde_json::from_value::<BookUpdate>(json).unwrap()).unwrap();
    assert_eq!(books.get(1).unwrap().editor_id, Some(EditorId(authors[2].id)));
    assert!(serde_json::from_value::<BookUpdate>(serde_json::json!({"editor_id": "no uuid"})).is_err());
    let error = books.insert(NewBook { author_id: AuthorId(Uuid::nil()) }).unwrap_err();
    assert!(error.violates::<Book>(|b| b.author_id), "{error}");
}

#[test]
fn a_newtype_of_an_instant_comes_back_from_an_insert_as_it_is_stored() {
    let (db, authors) = library();
    let author = AuthorRepository::new(&db).get(authors[0].id).unwrap();
    assert_eq!(author, authors[0]);
    assert_eq!(author.seen, SeenAt(datetime!(2025-11-27 14:30:55.123 UTC)));
    assert_eq!(author.noted, SeenAt(datetime!(2025-11-27 14:30:55.123456 UTC)));
    let later = SeenAt(datetime!(2026-01-01 0:00 UTC));
    assert_eq!(Author::query().filter(|a| a.seen.lt(later)).count(&db).unwrap(), 10);
    let seen: i64 = db
        .sqlite_raw(|sqlite| sqlite.query_row("SELECT min(seen) FROM authors", [], |row| row.get(0)))
        .unwrap();
    assert_eq!(seen, 1_764_253_855_123);
}
