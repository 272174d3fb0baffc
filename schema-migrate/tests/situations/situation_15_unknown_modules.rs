//! Situation 15: virtual tables of modules that this SQLite does not have.

use schema_core::rusqlite::Connection;
use schema_migrate::diff::{Answers, compare};
use schema_migrate::inspect::{scratch, sqlite};
use schema_migrate::run::Silent;
use schema_migrate::{diff_apply, plan};

use crate::harness::{TARGETS, schema_of};

/// A vector index as an extension leaves it behind, with the tables that its module keeps, and a view
/// and a trigger that use it.
const FROM: &str = "
    CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE odd_chunks(id INTEGER PRIMARY KEY, data BLOB);
    CREATE TABLE odd_rowids(id INTEGER PRIMARY KEY);
    CREATE TABLE odd_notes(id INTEGER PRIMARY KEY, note TEXT);
    PRAGMA writable_schema = ON;
    INSERT INTO sqlite_schema(type, name, tbl_name, rootpage, sql)
        VALUES ('table', 'odd', 'odd', 0, 'CREATE VIRTUAL TABLE odd USING nobody_knows(embedding float[3])');
    PRAGMA writable_schema = RESET;
    CREATE VIEW near AS SELECT item.name FROM odd JOIN item ON item.id = odd.rowid;
    CREATE TRIGGER item_gone AFTER DELETE ON item BEGIN DELETE FROM odd WHERE rowid = old.id; END;";

fn filled() -> Connection {
    let database = scratch().unwrap();
    database.execute_batch(FROM).unwrap();
    database
        .execute_batch("INSERT INTO item VALUES (4, '07'), (9, 'b'); INSERT INTO odd_chunks VALUES (1, x'00ff'); INSERT INTO odd_notes VALUES (1, 'mine');")
        .unwrap();
    database
}

fn texts(database: &Connection) -> Vec<String> {
    let mut statement =
        database.prepare("SELECT sql FROM sqlite_schema WHERE name LIKE 'odd%' OR name IN ('near', 'item_gone') ORDER BY name").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_table_beside_them_is_rebuilt_and_they_are_left_alone() {
    let to = FROM.replace("name TEXT", "name TEXT NOT NULL DEFAULT '' COLLATE NOCASE");
    let (from, to) = (schema_of(FROM), schema_of(&to));
    let comparison = compare(&from, &to, &to, &Answers::default()).unwrap();
    assert!(comparison.changes.iter().all(|change| change.table() == "item"), "{:?}", comparison.changes);
    for target in TARGETS {
        let plan = plan::sqlite(&from, &to, &comparison, &Answers::default(), target).unwrap();
        assert_eq!(plan.rebuilt, ["item"]);
        let mut database = filled();
        let before = texts(&database);
        assert_eq!(before.len(), 6);
        diff_apply::apply_on(&mut database, &from, &plan, &mut Silent).unwrap();
        let live = sqlite::schema(&database).unwrap();
        assert!(compare(&live, &to, &to, &Answers::default()).unwrap().is_empty());
        assert_eq!(texts(&database), before);
        let name: String =
            database.query_row("SELECT name FROM item WHERE id = 4", [], |row| row.get(0)).unwrap();
        assert_eq!(name, "07");
        let back = compare(&live, &from, &from, &Answers::default()).unwrap();
        let down = plan::sqlite(&live, &from, &back, &Answers::default(), target).unwrap();
        diff_apply::apply_on(&mut database, &live, &down, &mut Silent).unwrap();
        assert!(
            compare(&sqlite::schema(&database).unwrap(), &from, &from, &Answers::default())
                .unwrap()
                .is_empty()
        );
    }
}

#[test]
fn what_a_module_keeps_is_no_table_of_ours_and_what_only_looks_like_it_is() {
    let schema = schema_of(FROM);
    let names: Vec<&str> = schema.tables.iter().map(|table| table.name.as_ref()).collect();
    assert_eq!(names, ["item", "odd_notes"]);
    assert_eq!(schema.virtual_tables[0].shadows.join(" "), "odd_chunks odd_rowids");
}

#[test]
fn neither_their_absence_nor_another_definition_is_a_change() {
    let from = schema_of(FROM);
    let without = schema_of(
        "CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE odd_notes(id INTEGER PRIMARY KEY, note TEXT);",
    );
    let other = schema_of(&FROM.replace("float[3]", "float[4]"));
    assert!(compare(&from, &other, &other, &Answers::default()).unwrap().is_empty());
    let changes = compare(&from, &without, &without, &Answers::default()).unwrap().changes;
    let said: Vec<String> =
        changes.iter().map(|change| format!("{} {}", change.action(), change.subject())).collect();
    assert_eq!(said, ["drop trigger item_gone", "drop view near"]);
    let comparison = compare(&from, &without, &without, &Answers::default()).unwrap();
    for target in TARGETS {
        let plan = plan::sqlite(&from, &without, &comparison, &Answers::default(), target).unwrap();
        assert_eq!(plan.up.len(), 2);
        assert!(
            plan.notes.iter().any(|note| note.contains("odd differs and is left alone")),
            "{:?}",
            plan.notes
        );
    }
}

#[test]
fn what_sqlite_cannot_do_beside_them_is_refused_before_anything_is_changed() {
    let to = FROM.replace("name TEXT", "title TEXT").replace("item.name", "item.title AS name");
    let (from, to) = (schema_of(FROM), schema_of(&to));
    let mut answers = Answers::default();
    answers.rename("item.name:item.title").unwrap();
    let comparison = compare(&from, &to, &to, &answers).unwrap();
    for target in TARGETS {
        let Ok(plan) = plan::sqlite(&from, &to, &comparison, &answers, target) else { continue };
        let mut database = filled();
        let before = sqlite::schema(&database).unwrap();
        let error = diff_apply::apply_on(&mut database, &from, &plan, &mut Silent).unwrap_err();
        assert!(error.to_string().contains("no such module: nobody_knows"), "{error}");
        assert_eq!((error.kind().exit_code(), error.data_state()), (7, Some("nothing was changed")));
        assert_eq!(sqlite::schema(&database).unwrap(), before);
    }
}

/// A full-text index as an application leaves it behind that registers a tokenizer.
const SEARCHED: &str = "
    CREATE TABLE book(id INTEGER PRIMARY KEY, title TEXT, pages INTEGER);
    CREATE VIRTUAL TABLE book_text USING fts5(title, content='book', content_rowid='id', tokenize='unicode61');
    PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET sql = replace(sql, 'unicode61', 'ours') WHERE name = 'book_text';
    PRAGMA writable_schema = RESET;
    CREATE TRIGGER book_added AFTER INSERT ON book BEGIN
        INSERT INTO book_text(rowid, title) VALUES (new.id, new.title); END;
    CREATE VIEW found AS SELECT book.pages FROM book_text JOIN book ON book.id = book_text.rowid;";

#[test]
fn an_index_with_a_tokenizer_of_the_application_is_left_alone() {
    let without = "CREATE TABLE book(id INTEGER PRIMARY KEY, title TEXT, pages INTEGER);";
    let from = schema_of(SEARCHED);
    for (to, is_filled) in [
        (
            SEARCHED.replace("pages INTEGER", "pages INTEGER NOT NULL DEFAULT 0 CHECK (pages >= 0) UNIQUE"),
            true,
        ),
        (SEARCHED.replace("title TEXT, pages", "title BLOB, pages"), false),
        (SEARCHED.replace(", pages INTEGER", "").replace("book.pages", "book.title"), true),
        (SEARCHED.replace("pages INTEGER", "pages INTEGER, year INTEGER"), true),
        (without.to_owned(), true),
    ] {
        let to = schema_of(&to);
        let comparison = compare(&from, &to, &to, &Answers::default()).unwrap();
        for target in TARGETS {
            let answers = Answers { allow_every_loss: true, ..Answers::default() };
            let plan = plan::sqlite(&from, &to, &comparison, &answers, target).unwrap();
            assert_eq!(
                plan.notes.iter().any(|note| note.contains("does not follow")),
                !is_filled,
                "{:?}",
                plan.notes
            );
            let mut database = scratch().unwrap();
            database.execute_batch(SEARCHED).unwrap();
            diff_apply::apply_on(&mut database, &from, &plan, &mut Silent).unwrap();
            let live = sqlite::schema(&database).unwrap();
            assert!(compare(&live, &to, &to, &Answers::default()).unwrap().changes.is_empty());
            let count = "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'book_text%'";
            assert!(database.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap() > 3);
            // The way back of the same plan, made for the database as it is now.
            let back =
                compare(&live, &from, &from, &Answers { no_renames: true, ..Answers::default() }).unwrap();
            let down = plan::sqlite(&live, &from, &back, &answers, target).unwrap();
            diff_apply::apply_on(&mut database, &live, &down, &mut Silent).unwrap();
            let live = sqlite::schema(&database).unwrap();
            assert!(compare(&live, &from, &from, &Answers::default()).unwrap().is_empty());
        }
    }
}
