//! Full-text indexes of models, on filled tables.
#![allow(missing_docs)]

use schema_core::{
    Db, Schema, Table, Writable,
    dialect::sqlite::{create_statements, full_text_statements},
    exists,
    expr::{words, words_beginning},
};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Author {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
}

#[derive(Table, Clone, Debug, PartialEq)]
#[table(fts(title, body, tokenize = "porter unicode61", prefix = "2 3"))]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(name = "the title")]
    pub title: String,
    pub body: Option<String>,
    #[column(references = Author)]
    pub author_id: Option<i64>,
    #[column(soft_delete)]
    pub deleted_at: Option<OffsetDateTime>,
}

/// No integer key: the index finds its rows by rowid. And names that the generated code has too.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(name = "odd \"notes\"", fts(name = "notes search", columns(r#type, matches)))]
pub struct Note {
    #[column(primary_key, default = uuid_v7)]
    pub id: Uuid,
    #[column(name = "it's a type")]
    pub r#type: String,
    pub matches: Option<String>,
    pub rank: Option<i64>,
    pub rowid: Option<i64>,
    pub other: Option<String>,
}

schema_core::schema! {
    pub Library { Author, Book, Note }
}

fn open<S: Schema + Writable>() -> Db<S> {
    let db = Db::<S>::in_memory().unwrap();
    db.sqlite_raw(|connection| {
        for table in S::DEF.tables.iter() {
            for sql in create_statements(table).into_iter().chain(full_text_statements(table)) {
                connection.execute_batch(&sql)?;
            }
        }
        Ok(())
    })
    .unwrap();
    db
}

fn filled() -> Db<Library> {
    let db = open::<Library>();
    let authors = AuthorRepository::new(&db);
    let frank = authors.insert(NewAuthor { name: "Frank Herbert".into() }).unwrap();
    let books = BookRepository::new(&db);
    let new = |title: &str| NewBook { title: title.to_owned() };
    books
        .insert(new("Dune").with(|b| (b.body.set("Deserts and the spice"), b.author_id.set(frank.id))))
        .unwrap();
    books.insert(new("Dune Messiah").with(|b| b.body.set("dune, dune and again dune"))).unwrap();
    books.insert(new("Emma")).unwrap();
    let many: Vec<NewBook> = (0..120).map(|number| new(&format!("Filler number{number}"))).collect();
    books.insert_many(many).unwrap();
    db
}

fn agrees(db: &Db<Library>, index: &str) {
    let quoted = schema_core::dialect::quote_identifier(index);
    // With a rank of 1 the index is compared with its content table as well.
    let sql = format!("INSERT INTO {quoted} ({quoted}, rank) VALUES ('integrity-check', 1)");
    db.sqlite_raw(|connection| connection.execute_batch(&sql)).unwrap();
}

/// Rows with the words of a text: `and` stands in one book.
fn typed_words(typed: &str) -> u64 {
    match typed {
        "dune \"" | "AND" => 2,
        _ => 0,
    }
}

fn titles(db: &Db<Library>, query: &str) -> Vec<String> {
    Book::query().filter(|b| b.matches(query)).order_by(|b| b.id.asc()).select(|b| b.title).all(db).unwrap()
}

#[test]
fn the_index_follows_every_way_that_rows_change() {
    let db = filled();
    agrees(&db, "books_fts");
    assert_eq!(titles(&db, "dune"), ["Dune", "Dune Messiah"]);
    assert_eq!(titles(&db, "desert"), ["Dune"], "porter finds the plural");
    assert_eq!(titles(&db, "number119"), ["Filler number119"]);
    let books = BookRepository::new(&db);
    let emma = Book::query().filter(|b| b.title.eq("Emma")).one(&db).unwrap();
    books.update(emma.id, |b| b.body.set("matchmaking")).unwrap();
    books.update(1, |b| b.body.set(None)).unwrap();
    agrees(&db, "books_fts");
    assert_eq!((titles(&db, "matchmaking"), titles(&db, "spice").len()), (vec!["Emma".to_owned()], 0));
    let mut emma = books.get(emma.id).unwrap();
    emma.title = "Emma, again".to_owned();
    books.save(&emma).unwrap();
    agrees(&db, "books_fts");
    assert_eq!(titles(&db, "again"), ["Dune Messiah", "Emma, again"]);
    books.delete(emma.id).unwrap();
    agrees(&db, "books_fts");
    assert_eq!(titles(&db, "emma").len(), 0, "a soft-deleted row is not found");
    let with_deleted = Book::query().with_deleted().filter(|b| b.matches("emma")).count(&db).unwrap();
    assert_eq!(with_deleted, 1);
    books.restore(emma.id).unwrap();
    assert_eq!(titles(&db, "emma").len(), 1);
    books.delete_forever(emma.id).unwrap();
    agrees(&db, "books_fts");
    assert_eq!(Book::query().with_deleted().filter(|b| b.matches("emma")).count(&db).unwrap(), 0);
    db.sqlite_raw(|connection| connection.execute_batch("UPDATE books SET id = id + 1000")).unwrap();
    agrees(&db, "books_fts");
    assert_eq!(titles(&db, "messiah"), ["Dune Messiah"]);
}

#[test]
fn a_row_is_known_by_its_own_number_and_not_by_one_of_the_index() {
    let db = filled();
    let books = BookRepository::new(&db);
    db.sqlite_raw(|connection| connection.execute_batch("UPDATE books SET id = id + 7000 WHERE id > 2"))
        .unwrap();
    for title in ["Alone", "And another"] {
        let book = books.insert(NewBook { title: title.to_owned() }).unwrap();
        assert_eq!(books.get(book.id).unwrap(), book);
    }
    db.transaction(|tx| {
        let books = BookRepository::new(tx);
        let book = books.insert(NewBook { title: "Inside".to_owned() })?;
        assert_eq!(books.get(book.id)?, book);
        Ok(())
    })
    .unwrap();
    assert_eq!(titles(&db, "inside OR alone OR another").len(), 3);
}

#[test]
fn a_table_without_an_integer_key_is_searched_by_its_rowid() {
    let db = open::<Library>();
    let notes = NoteRepository::new(&db);
    let rows: Vec<_> = (0..60)
        .map(|n| NewNote { r#type: format!("kind{n}") }.with(|note| note.matches.set(format!("text{n}"))))
        .collect();
    notes.insert_many(rows).unwrap();
    agrees(&db, "notes search");
    let found = Note::query().filter(|n| n.matches("kind7 text7")).one(&db).unwrap();
    assert_eq!(found.matches.as_deref(), Some("text7"));
    notes.update(found.id, |n| n.matches.set(None)).unwrap();
    db.sqlite_raw(|connection| {
        connection.execute_batch("DELETE FROM \"odd \"\"notes\"\"\" WHERE matches = 'text3'; VACUUM")
    })
    .unwrap();
    agrees(&db, "notes search");
    assert_eq!(Note::query().filter(|n| n.matches("text59")).one(&db).unwrap().r#type, "kind59");
    let marked = Note::query()
        .filter(|n| n.matches("kind59"))
        .select(|n| (n.highlight(n.r#type, "<", ">"), n.matches))
        .one(&db)
        .unwrap();
    assert_eq!(marked, ("<kind59>".to_owned(), Some("text59".to_owned())));
}

#[test]
fn a_search_says_how_well_a_row_fits_and_where() {
    let db = filled();
    let ranked: Vec<(String, f64)> = Book::query()
        .filter(|b| b.matches("dune"))
        .order_by(|b| b.rank().asc())
        .select(|b| (b.title, b.rank()))
        .all(&db)
        .unwrap();
    assert_eq!(ranked[0].0, "Dune Messiah");
    assert!(ranked[0].1 < ranked[1].1);
    let parts: Vec<(String, Option<String>, Option<String>)> = Book::query()
        .filter(|b| b.matches("dune"))
        .order_by(|b| b.id.asc())
        .select(|b| {
            (b.highlight(b.title, "<b>", "</b>"), b.highlight(b.body, "[", "]"), b.snippet("*", "*", 3))
        })
        .all(&db)
        .unwrap();
    assert_eq!(parts[0].0, "<b>Dune</b>");
    assert_eq!(parts[1].1.as_deref(), Some("[dune], [dune] and again [dune]"));
    assert_eq!(parts[0].2.as_deref(), Some("*Dune*"));
    let bodyless = Book::query().filter(|b| b.matches("emma")).select(|b| b.highlight(b.body, "[", "]"));
    assert_eq!(bodyless.one(&db).unwrap().unwrap_or_default(), "");
}

#[test]
fn a_search_is_a_condition_like_any_other() {
    let db = filled();
    let either = Book::query()
        .filter(|b| b.matches("spice").or(b.title.eq("Emma")))
        .order_by(|b| b.id.asc())
        .select(|b| b.title);
    assert_eq!(either.all(&db).unwrap(), ["Dune", "Emma"]);
    assert_eq!(Book::query().filter(|b| !b.matches("filler")).count(&db).unwrap(), 3);
    let both = Book::query().filter(|b| b.matches("dune")).filter(|b| b.matches("again"));
    assert_eq!(both.clone().one(&db).unwrap().title, "Dune Messiah");
    assert!(both.exists(&db).unwrap());
    let joined = Book::query()
        .left_join::<Author>(|b, a| a.id.eq(b.author_id))
        .filter(|(b, _)| b.matches("dune"))
        .order_by(|(b, _)| (b.rank().desc(), b.id.asc()))
        .select(|(b, a)| (b.title, a.name));
    assert_eq!(
        joined.all(&db).unwrap(),
        [("Dune".to_owned(), Some("Frank Herbert".to_owned())), ("Dune Messiah".to_owned(), None)]
    );
    let far =
        Author::query().left_join::<Book>(|a, b| b.author_id.eq(a.id)).filter(|(_, b)| b.matches("spice"));
    assert_eq!(far.count(&db).unwrap(), 1);
    let inner = Author::query()
        .join::<Book>(|a, b| b.author_id.eq(a.id))
        .filter(|(_, b)| b.matches("spice"))
        .order_by(|(_, b)| b.rank().asc());
    assert_eq!(inner.one(&db).unwrap().0.name, "Frank Herbert");
    let nested = Author::query()
        .filter(|a| exists(Book::query().filter(|b| b.author_id.eq(a.id)).filter(|b| b.matches("spice"))));
    assert_eq!(nested.count(&db).unwrap(), 1);
}

#[test]
fn a_search_is_written_as_a_join_that_the_index_drives() {
    assert_eq!(
        Book::query()
            .with_deleted()
            .filter(|b| b.matches("dune"))
            .order_by(|b| b.rank().asc())
            .select(|b| b.id)
            .to_sql(),
        "SELECT t0.\"id\" FROM \"books\" AS t0 JOIN \"books_fts\" AS st0 ON st0.rowid = t0.\"id\" \
         WHERE st0.\"books_fts\" MATCH ? ORDER BY st0.rank"
    );
    assert_eq!(
        Book::query().with_deleted().filter(|b| !b.matches("dune")).select(|b| b.id).to_sql(),
        "SELECT t0.\"id\" FROM \"books\" AS t0 WHERE (NOT (t0.\"id\" IN (SELECT rowid FROM \"books_fts\" \
         WHERE \"books_fts\" MATCH ?)))"
    );
}

#[test]
fn what_a_person_types_is_data() {
    let db = filled();
    for typed in ["dune \"", "(", "title:", "nothing: dune", "AND", "dune NOT", "a\0b\"", "*", "^", "\u{0}"] {
        match Book::query().filter(|b| b.matches(typed)).count(&db) {
            Ok(found) => assert_eq!(found, 0, "{typed}"),
            Err(error) => {
                assert!(error.is_value(), "{typed}: {error}");
                assert!(error.to_string().contains("schema_core::expr::words"), "{error}");
            }
        }
        assert_eq!(
            Book::query().filter(|b| b.matches(words(typed))).count(&db).map_err(|e| e.to_string()),
            Ok(typed_words(typed)),
            "{typed}"
        );
        Book::query().filter(|b| b.matches(words_beginning(typed))).count(&db).unwrap();
    }
    assert!(Book::query().filter(|b| b.matches("dune \"")).count(&db).unwrap_err().is_value());
    let error = Book::query().filter(|b| !b.matches("nothing: dune")).all(&db).unwrap_err();
    assert!(error.is_value() && error.to_string().contains("no such column: nothing"), "{error}");
    assert_eq!(titles(&db, &words("  MESSIAH   dune ")), ["Dune Messiah"]);
    assert_eq!(titles(&db, &words_beginning("dune mes")), ["Dune Messiah"]);
    assert_eq!(titles(&db, &words("")), Vec::<String>::new());
    assert_eq!(titles(&db, &words_beginning("  ")), Vec::<String>::new());
    assert_eq!(titles(&db, "emma OR messiah"), ["Dune Messiah", "Emma"]);
}

#[test]
fn rows_in_the_order_of_their_rank_have_a_total_and_no_cursors() {
    let db = filled();
    let search = || Book::query().filter(|b| b.matches("dune")).order_by(|b| b.rank().asc()).limit(1);
    let refused = search().page(&db).unwrap_err();
    assert!(refused.is_misuse() && refused.to_string().contains("all_and_total"), "{refused}");
    let (best, total) = search().all_and_total(&db).unwrap();
    assert_eq!((best.len(), total), (1, 2));
}

#[test]
fn rank_and_marks_without_a_search_are_a_mistake_that_says_what_to_write() {
    let db = filled();
    let error = Book::query().order_by(|b| b.rank().asc()).all(&db).unwrap_err();
    assert!(error.is_misuse() && error.to_string().contains(".filter(|b| b.matches("), "{error}");
    let error = Note::query().filter(|n| n.matches("x")).select(|n| n.highlight(n.other, "", ""));
    let error = error.all(&db).unwrap_err();
    assert!(error.to_string().contains("is not in the full-text index"), "{error}");
}
