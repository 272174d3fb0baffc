//! What models do around the writing of their rows.
#![allow(missing_docs)]

use schema_core::{
    Change, Db, Error, Filled, Hooks, Result, Schema, Table, Tx, Writable,
    dialect::sqlite::create_statements, set,
};
use time::OffsetDateTime;

fn not_blank(text: &str) -> Result<(), &'static str> {
    if text.is_empty() { Err("must not be blank") } else { Ok(()) }
}

#[derive(Table, Clone, Debug, PartialEq)]
#[table(hooks)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique, check_fn = not_blank)]
    pub title: String,
    #[column(default_sql = "''")]
    pub slug: String,
    #[column(default = 0)]
    pub stock: i64,
    pub shelf: Option<String>,
    #[column(soft_delete)]
    pub deleted_at: Option<OffsetDateTime>,
    #[column(version)]
    pub version: i64,
}

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Entry {
    #[column(primary_key)]
    pub id: i64,
    pub text: String,
}

#[derive(Table, Clone, Debug, PartialEq)]
#[table(hooks, unique(book_id, name))]
#[table(index(name, unique, where = "weight > 5", name = "heavy"))]
pub struct Tag {
    #[column(primary_key, autoincrement)]
    pub id: i64,
    #[column(references = Book)]
    pub book_id: i64,
    pub name: String,
    #[column(default = 1)]
    pub weight: i64,
}

schema_core::schema! {
    pub Library { Book, Entry, Tag }
}
schema_core::schema! {
    pub Branch { Book }
}

fn note<S: Schema + Writable + schema_core::Has<Entry>>(tx: &Tx<'_, S>, text: String) -> Result<()> {
    EntryRepository::new(tx).insert(NewEntry { text }).map(drop)
}

fn forbidden(title: &str, word: &str) -> Result<()> {
    if title.contains(word) { Err(Error::other(format!("{word} is forbidden"))) } else { Ok(()) }
}

impl Hooks for Book {
    type Schema = Library;

    fn before_insert(tx: &Tx<'_, Library>, new: &mut Filled<NewBook>) -> Result<()> {
        new.title = new.title.trim().to_owned();
        if new.given(|b| b.slug).is_none() {
            let slug = new.title.to_lowercase().replace(' ', "-");
            new.set(|b| b.slug.set(slug));
        }
        note(tx, format!("inserting {}", new.title))
    }

    fn after_insert(tx: &Tx<'_, Library>, row: &Book) -> Result<()> {
        note(tx, format!("inserted {}: {}", row.id, row.slug))?;
        forbidden(&row.title, "after insert")
    }

    fn before_update(tx: &Tx<'_, Library>, old: &Book, change: &mut Change<Book>) -> Result<()> {
        if let Some(title) = change.value(|b| b.title) {
            change.set(|b| b.slug.set(title.to_lowercase()));
        }
        let stock = if change.sets(|b| b.stock) { " stock" } else { "" };
        note(tx, format!("updating {}{stock}", old.id))
    }

    fn after_update(tx: &Tx<'_, Library>, old: &Book, new: &Book) -> Result<()> {
        note(tx, format!("updated {}: {} {} to {} {}", old.id, old.title, old.stock, new.title, new.stock))?;
        forbidden(&new.title, "after update")
    }

    fn before_delete(tx: &Tx<'_, Library>, row: &Book) -> Result<()> {
        note(tx, format!("deleting {}", row.id))?;
        forbidden(&row.title, "kept")
    }

    fn after_delete(tx: &Tx<'_, Library>, row: &Book) -> Result<()> {
        note(tx, format!("deleted {}", row.id))
    }
}

impl Hooks for Tag {
    type Schema = Library;

    fn before_insert(tx: &Tx<'_, Library>, new: &mut Filled<NewTag>) -> Result<()> {
        note(tx, format!("+{}", new.name))
    }

    fn after_update(tx: &Tx<'_, Library>, old: &Tag, new: &Tag) -> Result<()> {
        note(tx, format!("{} {} to {}", new.name, old.weight, new.weight))?;
        // Tags that got too heavy: itself again, through its own hooks.
        if new.weight > 100 {
            TagRepository::new(tx).update(new.id, |t| t.weight.set(t.weight + 1))?;
        }
        Ok(())
    }
}

fn library() -> Db<Library> {
    let db = Db::<Library>::in_memory().unwrap();
    let tables = [Book::DEF, Entry::DEF, Tag::DEF].into_iter().flat_map(create_statements);
    let sql = tables.collect::<Vec<_>>().join(";\n");
    db.sqlite_raw(|connection| connection.execute_batch(&sql)).unwrap();
    BookRepository::new(&db).insert_many((1..=9).map(|at| new(&format!("Book {at}")))).unwrap();
    log(&db);
    db
}

fn new(title: &str) -> NewBook {
    NewBook { title: title.into() }
}

/// What hooks have noted, once.
fn log(db: &Db<Library>) -> Vec<String> {
    let noted = Entry::query().order_by(|e| e.id.asc()).select(|e| e.text).all(db).unwrap();
    Entry::delete().all_rows().run(db).unwrap();
    noted
}

#[test]
fn a_new_row_goes_through_its_hooks_on_every_way_in() {
    let db = library();
    let books = BookRepository::new(&db);
    let dune = books.insert(new("  The Dune ")).unwrap();
    assert_eq!((dune.title.as_str(), dune.slug.as_str()), ("The Dune", "the-dune"));
    assert_eq!(books.get(dune.id).unwrap(), dune);
    assert_eq!(log(&db), ["inserting The Dune", "inserted 10: the-dune"]);
    books.insert(new("X").with(|b| b.slug.set("own"))).unwrap();
    assert_eq!(log(&db), ["inserting X", "inserted 11: own"]);
    assert_eq!(books.insert_many([new("A"), new("B")]).unwrap(), 2);
    assert_eq!(log(&db), ["inserting A", "inserted 12: a", "inserting B", "inserted 13: b"]);
    assert_eq!(books.get_or_insert(|b| b.title, new("A")).unwrap().id, 12);
    assert!(log(&db).is_empty());
    assert_eq!(books.get_or_insert(|b| b.title, new("C")).unwrap().id, 14);
    assert_eq!(log(&db), ["inserting C", "inserted 14: c"]);
    let error =
        books.insert_from(|b| (b.title, b.slug), Book::query().select(|b| (b.title, b.slug))).unwrap_err();
    assert!(error.is_misuse() && error.to_string().contains("the hooks of `Book` could not run"), "{error}");
}

#[test]
fn an_upsert_calls_the_hooks_of_what_it_does() {
    let db = library();
    let books = BookRepository::new(&db);
    let upsert = |title: &str| books.upsert(new(title).with(|b| b.stock.set(5))).on_conflict(|b| b.title);
    let rows = upsert("Book 2").update(|b, new| b.stock.set(b.stock + new.stock)).returning().unwrap();
    assert_eq!((rows[0].id, rows[0].stock, rows[0].version), (2, 5, 2));
    assert_eq!(log(&db), ["updating 2 stock", "updated 2: Book 2 0 to Book 2 5"]);
    assert_eq!(upsert("New").update(|b, new| b.stock.set(new.stock)).run().unwrap(), 1);
    assert_eq!(log(&db), ["inserting New", "inserted 10: new"]);
    assert_eq!(upsert("New").update_all().run().unwrap(), 1);
    assert_eq!(log(&db), ["updating 10 stock", "updated 10: New 5 to New 5"]);
    // A hook sees the values of the new row, however they are set.
    let again = books.upsert(new("New")).on_conflict(|b| b.title).update(|b, new| b.title.set(new.title));
    assert_eq!(again.returning().unwrap()[0].slug, "new");
    books.update(10, |b| b.slug.set("stale")).unwrap();
    assert_eq!(again.returning().unwrap()[0].slug, "new");
    log(&db);
    let left = upsert("Book 3").update(|b, _| b.stock.set(9)).filter(|b, new| new.stock.lt(b.stock)).run();
    assert_eq!((left.unwrap(), log(&db).len()), (0, 0));
    // A row that is left alone leaves nothing of its hooks behind.
    assert_eq!(upsert("Book 3").do_nothing().run().unwrap(), 0);
    assert_eq!(books.upsert(new("Book 4")).do_nothing().run().unwrap(), 0);
    assert!(log(&db).is_empty());
    let many = books.upsert_many([new("Book 5"), new("Other"), new("Book 6")]).do_nothing();
    assert_eq!(many.run().unwrap(), 1);
    assert_eq!(log(&db), ["inserting Other", "inserted 11: other"]);
    assert_eq!(books.count().unwrap(), 11);

    let tags = TagRepository::new(&db);
    let tag = |name: &str| NewTag { book_id: 1, name: name.into() };
    for times in 1..=3 {
        tags.upsert(tag("sf"))
            .on_conflict(|t| t.book_id_name)
            .update(|t, new| t.weight.set(t.weight + new.weight))
            .run()
            .unwrap();
        assert_eq!(tags.get(1).unwrap().weight, times);
    }
    assert_eq!(log(&db), ["+sf", "sf 1 to 2", "sf 2 to 3"]);
    assert_eq!(tags.upsert(tag("x")).on_index("heavy").do_nothing().run().unwrap(), 1);
    let error = tags.upsert(tag("x")).on_index("heavy").update(|t, _| t.weight.set(2)).run().unwrap_err();
    assert!(error.is_misuse() && error.to_string().contains("`on_conflict`"), "{error}");
}

#[test]
fn a_change_goes_through_its_hooks_on_every_way() {
    let db = library();
    let books = BookRepository::new(&db);
    books.update(1, |b| (b.title.set("One"), b.stock.set(b.stock + 3))).unwrap();
    let one = books.get(1).unwrap();
    assert_eq!((one.title.as_str(), one.slug.as_str(), one.stock, one.version), ("One", "one", 3, 2));
    assert_eq!(log(&db), ["updating 1 stock", "updated 1: Book 1 0 to One 3"]);
    assert_eq!(books.update_returning(1, |b| b.title.set("Uno")).unwrap().slug, "uno");
    assert_eq!(log(&db), ["updating 1", "updated 1: One 3 to Uno 3"]);
    books.patch(1, BookUpdate { title: set("Eins"), ..BookUpdate::default() }).unwrap();
    assert_eq!(log(&db), ["updating 1", "updated 1: Uno 3 to Eins 3"]);
    books.patch(1, BookUpdate::default()).unwrap();
    assert!(log(&db).is_empty());
    let saved = books.save(&Book { title: "Ichi".into(), ..books.get(1).unwrap() }).unwrap();
    assert_eq!((saved.slug.as_str(), saved.version), ("ichi", 5));
    assert_eq!(saved, books.get(1).unwrap());
    assert_eq!(log(&db), ["updating 1 stock", "updated 1: Eins 3 to Ichi 3"]);
    // A row that somebody else has changed, and one that is gone: no hook hears of it.
    assert!(books.save(&one).unwrap_err().is_stale());
    assert!(books.save(&Book { id: 99, ..one }).unwrap_err().is_not_found());
    assert!(books.update(99, |b| b.stock.set(1)).unwrap_err().is_not_found());
    assert!(log(&db).is_empty());
    let update = Book::update().filter(|b| b.id.in_list([3, 4])).set(|b| b.stock.set(b.stock + b.id));
    assert_eq!(update.run(&db).unwrap(), 2);
    let two = [
        "updating 3 stock",
        "updated 3: Book 3 0 to Book 3 3",
        "updating 4 stock",
        "updated 4: Book 4 0 to Book 4 4",
    ];
    assert_eq!(log(&db), two);
    let rows =
        update.set(|b| b.title.set(b.title.concat("!"))).returning(|b| (b.id, b.stock)).all(&db).unwrap();
    assert_eq!(rows, [(3, 6), (4, 8)]);
    assert_eq!(log(&db)[3], "updated 4: Book 4 4 to Book 4! 8");
    assert!(Book::update().set(|b| b.stock.set(1)).run(&db).unwrap_err().is_misuse());
}

#[test]
fn a_deletion_goes_through_its_hooks_on_every_way() {
    let db = library();
    let books = BookRepository::new(&db);
    books.delete(1).unwrap();
    assert_eq!(log(&db), ["deleting 1", "deleted 1"]);
    assert!(books.delete(1).unwrap_err().is_not_found());
    books.restore(1).unwrap();
    assert_eq!(log(&db), ["updating 1", "updated 1: Book 1 0 to Book 1 0"]);
    books.delete_forever(1).unwrap();
    assert_eq!(log(&db), ["deleting 1", "deleted 1"]);
    assert_eq!(Book::delete().filter(|b| b.id.lt(4)).run(&db).unwrap(), 2);
    assert_eq!(log(&db), ["deleting 2", "deleted 2", "deleting 3", "deleted 3"]);
    assert_eq!((books.count().unwrap(), Book::query().with_deleted().count(&db).unwrap()), (6, 8));
    let gone = Book::delete().filter(|b| b.id.lt(5)).forever().returning(|b| b.title).all(&db).unwrap();
    assert_eq!(gone, ["Book 2", "Book 3", "Book 4"]);
    assert_eq!(log(&db).len(), 6);
    assert_eq!(Book::query().with_deleted().count(&db).unwrap(), 5);
}

#[test]
fn an_error_in_a_hook_undoes_the_whole_call_and_nothing_else() {
    let db = library();
    let books = BookRepository::new(&db);
    books.insert(new("kept")).unwrap();
    log(&db);
    let is_forbidden = |error: Error| assert!(error.to_string().contains("is forbidden"), "{error}");
    is_forbidden(books.insert(new("after insert")).unwrap_err());
    is_forbidden(books.insert_many([new("fine"), new("after insert")]).unwrap_err());
    is_forbidden(books.get_or_insert(|b| b.title, new("after insert")).unwrap_err());
    is_forbidden(books.upsert(new("after insert")).do_nothing().run().unwrap_err());
    is_forbidden(books.update(1, |b| b.title.set("after update")).unwrap_err());
    let update = Book::update().filter(|b| b.id.le(2)).set(|b| b.title.set(b.title.concat(" after update")));
    is_forbidden(update.run(&db).unwrap_err());
    is_forbidden(books.delete(10).unwrap_err());
    is_forbidden(Book::delete().all_rows().run(&db).unwrap_err());
    is_forbidden(Book::delete().all_rows().forever().run(&db).unwrap_err());
    assert!(log(&db).is_empty(), "what hooks wrote is undone, too");
    assert_eq!(books.count().unwrap(), 10);
    assert_eq!(books.get(1).unwrap().title, "Book 1");
    // In a transaction only the call is undone.
    db.transaction(|tx| {
        let books = BookRepository::new(tx);
        books.insert(new("first"))?;
        is_forbidden(books.insert(new("after insert")).unwrap_err());
        books.insert(new("last")).map(drop)
    })
    .unwrap();
    assert_eq!(books.count().unwrap(), 12);
    assert_eq!(log(&db).len(), 4);
}

#[test]
fn values_are_checked_after_a_hook_has_mended_them() {
    let db = library();
    let books = BookRepository::new(&db);
    let error = books.insert(new("   ")).unwrap_err();
    assert_eq!(error.invalid()[0].field, "title", "{error}");
    let error = books.insert_many([new("a"), new("b"), new(" ")]).unwrap_err();
    assert_eq!(error.invalid()[0].row, Some(2), "{error}");
    assert!(books.update(1, |b| b.title.set("")).unwrap_err().is_invalid());
    assert!(Book::update().all_rows().set(|b| b.title.set("")).run(&db).unwrap_err().is_invalid());
    assert!(log(&db).is_empty() && books.count().unwrap() == 9);
}

#[test]
fn a_hook_that_calls_itself_for_ever_is_ended_by_an_error() {
    let db = library();
    let tags = TagRepository::new(&db);
    let tag = tags.insert(NewTag { book_id: 1, name: "sf".into() }).unwrap();
    let error = tags.update(tag.id, |t| t.weight.set(101)).unwrap_err();
    assert!(error.is_misuse() && error.to_string().contains("at last those of `Tag`"), "{error}");
    assert_eq!(tags.get(tag.id).unwrap().weight, 1);
    tags.update(tag.id, |t| t.weight.set(7)).unwrap();
}

#[test]
fn hooks_of_one_schema_do_not_run_in_another() {
    let db = Db::<Branch>::in_memory().unwrap();
    let sql = create_statements(Book::DEF).join(";\n");
    db.sqlite_raw(|connection| connection.execute_batch(&sql)).unwrap();
    let books = BookRepository::new(&db);
    for error in [
        books.insert(new("x")).unwrap_err(),
        books.update(1, |b| b.stock.set(1)).unwrap_err(),
        books.delete(1).unwrap_err(),
        Book::update().all_rows().set(|b| b.stock.set(1)).run(&db).unwrap_err(),
    ] {
        assert!(error.to_string().contains("written for the schema `Library`"), "{error}");
    }
    assert_eq!(books.count().unwrap(), 0);
}
