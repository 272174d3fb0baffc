//! Who subscribes hears of the tables that were changed, on filled databases in a file and in memory.
#![allow(missing_docs)]

mod support;

use std::{sync::mpsc::Receiver, thread, time::Duration};

use schema_core::{Changes, Db, Error, Handle, Table, rusqlite};

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
    #[column(unique)]
    pub title: String,
    #[column(references = Author, on_delete = cascade)]
    pub author_id: Option<i64>,
}

#[derive(Table, Clone, Debug, PartialEq)]
#[table(without_rowid)]
pub struct Word {
    #[column(primary_key)]
    pub word: String,
    pub count: i64,
}

schema_core::schema! {
    pub Shelf { Author, Book, Word }
}

/// Five authors, the last without books; a hundred books; words; a table that a trigger writes.
const ROWS: &str = "
    CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE,
        author_id INTEGER REFERENCES authors (id) ON DELETE CASCADE);
    CREATE TABLE words (word TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE audit (id INTEGER PRIMARY KEY, what TEXT);
    CREATE TRIGGER books_audit AFTER UPDATE OF title ON books WHEN new.title LIKE 'watched%'
        BEGIN INSERT INTO audit (what) VALUES (new.title); END;
    CREATE VIRTUAL TABLE texts USING fts5(body);
    WITH RECURSIVE up(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM up WHERE i < 5)
        INSERT INTO authors SELECT i, 'author ' || i FROM up;
    WITH RECURSIVE up(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM up WHERE i < 100)
        INSERT INTO books SELECT i, 'book ' || i, 1 + i % 4 FROM up;
    INSERT INTO words SELECT title, id FROM books;
";

fn both(test: impl Fn(&Db<Shelf>)) {
    let folder = support::folder();
    for db in [Db::open(folder.path().join("shelf.db")).unwrap(), Db::in_memory().unwrap()] {
        db.sqlite_raw(|connection| connection.execute_batch(ROWS)).unwrap();
        // Statements that were prepared before anybody subscribed.
        rename(&db, 1, "book 1");
        Word::update().set(|w| w.count.set(1)).filter(|w| w.word.eq("book 1")).run(&db).unwrap();
        Word::delete().filter(|w| w.word.eq("none")).run(&db).unwrap();
        test(&db);
        db.close().unwrap();
    }
}

fn rename<H: Handle<Schema = Shelf>>(handle: &H, id: i64, title: &str) -> u64 {
    Book::update().set(|b| b.title.set(title)).filter(|b| b.id.eq(id)).run(handle).unwrap()
}

/// What was told so far, each time as names with commas between.
fn told(changes: &Receiver<Changes>) -> Vec<String> {
    changes.try_iter().map(|change| change.tables().collect::<Vec<_>>().join(",")).collect()
}

fn raw(sql: &str) -> impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<()> {
    move |connection| connection.execute_batch(sql)
}

#[test]
fn a_write_and_a_transaction_are_told_with_their_tables() {
    both(|db| {
        let changes = db.subscribe();
        rename(db, 1, "Dune");
        assert_eq!(told(&changes), ["books"]);
        db.transaction(|tx| {
            rename(tx, 2, "Emma");
            Author::update().set(|a| a.name.set("Frank")).filter(|a| a.id.lt(3)).run(tx)?;
            rename(tx, 3, "Ulysses");
            assert!(told(&changes).is_empty(), "told before the COMMIT");
            Ok(())
        })
        .unwrap();
        let change = changes.try_recv().unwrap();
        assert!(change.touches::<Book>() && change.touches::<Author>() && !change.touches::<Word>());
        assert_eq!(change.tables().collect::<Vec<_>>(), ["authors", "books"]);
        AuthorRepository::new(db).insert(NewAuthor { name: "Jane".into() }).unwrap();
        assert_eq!(told(&changes), ["authors"]);
        assert!(told(&changes).is_empty());
    });
}

#[test]
fn what_changes_no_row_is_not_told() {
    both(|db| {
        let changes = db.subscribe();
        assert_eq!(rename(db, 10_000, "nothing"), 0);
        Word::delete().filter(|w| w.word.eq("none")).run(db).unwrap();
        assert_eq!(Book::query().count(db).unwrap(), 100);
        db.transaction(|tx| Book::query().all(tx)).unwrap();
        db.sqlite_raw(raw("SELECT 1; BEGIN; COMMIT; CREATE TABLE more (id); DROP TABLE more")).unwrap();
        assert_eq!(told(&changes), [""; 0]);
    });
}

#[test]
fn what_is_rolled_back_is_never_told() {
    both(|db| {
        let changes = db.subscribe();
        db.transaction(|tx| {
            rename(tx, 1, "Dune");
            Word::delete().all_rows().run(tx)?;
            Err::<(), _>(Error::other("no"))
        })
        .unwrap_err();
        BookRepository::new(db).insert(NewBook { title: "book 7".into() }).unwrap_err();
        let twice = |i: i64| NewBook { title: format!("new {}", i % 5) };
        BookRepository::new(db).insert_many((0..10).map(twice)).unwrap_err();
        db.sqlite_raw(raw("BEGIN; UPDATE books SET title = 'x' WHERE id = 4; ROLLBACK")).unwrap();
        db.sqlite_raw(raw("BEGIN; UPDATE books SET title = 'x' WHERE id = 4")).unwrap_err();
        assert!(
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                db.transaction(|tx| {
                    assert_eq!(rename(tx, 1, "Dune"), 2, "a panic in the middle");
                    Ok(())
                })
            }))
            .is_err()
        );
        assert_eq!(told(&changes), [""; 0]);
        rename(db, 2, "Emma");
        assert_eq!(told(&changes), ["books"]);
    });
}

#[test]
fn a_savepoint_that_is_undone_is_not_told_of() {
    both(|db| {
        let changes = db.subscribe();
        db.transaction(|tx| {
            rename(tx, 1, "Dune");
            tx.savepoint(|savepoint| {
                Author::delete().filter(|a| a.id.eq(5)).run(savepoint)?;
                Word::delete().all_rows().run(savepoint)?;
                Err::<(), _>(Error::other("no"))
            })
            .unwrap_err();
            Ok(())
        })
        .unwrap();
        assert_eq!(told(&changes), ["books"]);
        db.transaction(|tx| {
            BookRepository::new(tx).insert(NewBook { title: "book 7".into() }).unwrap_err();
            tx.savepoint(|savepoint| Author::delete().filter(|a| a.id.eq(5)).run(savepoint))
        })
        .unwrap();
        assert_eq!(told(&changes), ["authors"]);
    });
}

#[test]
fn triggers_and_foreign_keys_count_when_they_change_a_row() {
    both(|db| {
        let changes = db.subscribe();
        rename(db, 1, "unwatched");
        rename(db, 1, "watched 1");
        assert_eq!(told(&changes), ["books", "audit,books"]);
        Author::delete().filter(|a| a.id.eq(5)).run(db).unwrap();
        Author::delete().filter(|a| a.id.eq(4)).run(db).unwrap();
        assert_eq!(told(&changes), ["authors", "authors,books"]);
    });
}

#[test]
fn a_table_without_rowid_is_told_too() {
    both(|db| {
        let changes = db.subscribe();
        for _ in 0..2 {
            Word::update().set(|w| w.count.set(w.count + 1)).filter(|w| w.word.eq("book 1")).run(db).unwrap();
        }
        WordRepository::new(db).insert(NewWord { word: "new".into(), count: 1 }).unwrap();
        db.sqlite_raw(raw("DELETE FROM words WHERE word = 'new'")).unwrap();
        db.transaction(|tx| tx.sqlite_raw(raw("DELETE FROM words WHERE word = 'book 2'"))).unwrap();
        assert_eq!(told(&changes), ["words"; 5]);
    });
}

#[test]
fn a_delete_of_every_row_is_told_too() {
    both(|db| {
        let changes = db.subscribe();
        assert_eq!(Word::delete().all_rows().run(db).unwrap(), 100);
        assert_eq!(Book::delete().all_rows().run(db).unwrap(), 100);
        assert_eq!(Book::delete().all_rows().run(db).unwrap(), 0);
        db.sqlite_raw(raw("INSERT INTO audit (what) VALUES ('a'), ('b')")).unwrap();
        db.sqlite_raw(raw("DELETE FROM audit")).unwrap();
        assert_eq!(told(&changes), ["words", "books", "audit", "audit"]);
    });
}

#[test]
fn a_full_text_table_is_told_without_the_tables_that_it_keeps_its_rows_in() {
    both(|db| {
        let changes = db.subscribe();
        db.sqlite_raw(raw("INSERT INTO texts VALUES ('fear is the mind-killer')")).unwrap();
        assert_eq!(told(&changes), ["texts"]);
    });
}

#[test]
fn several_commits_of_one_closure_are_told_together_and_what_it_rolls_back_is_not() {
    both(|db| {
        let changes = db.subscribe();
        db.sqlite_raw(raw("UPDATE books SET title = 'x' WHERE id = 4;
             BEGIN; DELETE FROM authors WHERE id = 5; ROLLBACK;
             INSERT INTO audit (what) VALUES ('a');
             BEGIN; ROLLBACK;"))
            .unwrap();
        assert_eq!(told(&changes), ["audit,books"]);
    });
}

#[test]
fn everybody_who_listens_is_told_and_nobody_who_has_gone() {
    both(|db| {
        let first = db.subscribe();
        let second = db.clone().subscribe();
        rename(db, 1, "Dune");
        drop(first);
        rename(db, 1, "Dune II");
        assert_eq!(told(&second), ["books", "books"]);
        drop(second);
        rename(db, 1, "Dune III");
        rename(db, 1, "Dune IV");
        let third = db.subscribe();
        rename(db, 1, "Dune V");
        Word::delete().all_rows().run(db).unwrap();
        assert_eq!(told(&third), ["books", "words"]);
    });
}

#[test]
fn a_table_that_is_made_later_is_known() {
    both(|db| {
        let changes = db.subscribe();
        Word::update().set(|w| w.count.set(1)).filter(|w| w.word.eq("book 1")).run(db).unwrap();
        db.sqlite_raw(raw(
            "CREATE TABLE later (word TEXT PRIMARY KEY) WITHOUT ROWID;
             CREATE TRIGGER words_later AFTER UPDATE ON words BEGIN INSERT OR REPLACE INTO later VALUES (new.word); END",
        ))
        .unwrap();
        Word::update().set(|w| w.count.set(2)).filter(|w| w.word.eq("book 1")).run(db).unwrap();
        assert_eq!(told(&changes), ["words", "later,words"]);
    });
}

#[test]
fn who_is_told_can_read_the_change() {
    both(|db| {
        let changes = db.subscribe();
        thread::scope(|scope| {
            let reader = scope.spawn(move || {
                (0..20)
                    .map(|_| {
                        assert!(changes.recv_timeout(Duration::from_secs(60)).unwrap().touches::<Author>());
                        Author::query().count(db).unwrap()
                    })
                    .collect::<Vec<_>>()
            });
            for at in 0..20 {
                AuthorRepository::new(db).insert(NewAuthor { name: format!("new {at}") }).unwrap();
            }
            let counts = reader.join().unwrap();
            assert!((6..).zip(&counts).all(|(least, count)| *count >= least), "{counts:?}");
        });
    });
}

#[test]
fn the_receiver_ends_with_the_database() {
    let db = Db::<Shelf>::in_memory().unwrap();
    let changes = db.subscribe();
    drop(db);
    assert!(changes.recv().is_err());
}
