//! Views and virtual tables from the models to the database and back.

use schema_migrate::diff::{Answers, compare};
use schema_migrate::files::{Draft, Folder, Migration, Revision};
use schema_migrate::generate::{Drafted, Generated};
use schema_migrate::plan::{self, EngineVersion};
use schema_migrate::proof::prove;

use crate::support::{LIBRARY, World, assert_told, schema_of};

const SHELF: &str = "
    CREATE VIEW shelf AS SELECT b.id, b.title, a.name AS author FROM books AS b JOIN authors AS a ON a.id = b.author_id;
    CREATE TRIGGER shelf_gone INSTEAD OF DELETE ON shelf BEGIN DELETE FROM books WHERE id = old.id; END;
    CREATE VIEW short AS SELECT title FROM shelf WHERE length(title) < 8;";

const SEARCH: &str = "
    CREATE VIRTUAL TABLE books_text USING fts5(title, content='books', content_rowid='id');
    CREATE TRIGGER books_text_insert AFTER INSERT ON books BEGIN
        INSERT INTO books_text(rowid, title) VALUES (new.id, new.title); END;
    CREATE TRIGGER books_text_delete AFTER DELETE ON books BEGIN
        INSERT INTO books_text(books_text, rowid, title) VALUES ('delete', old.id, old.title); END;";

fn next(world: &World, sql: &str, answers: &Answers) -> Drafted {
    match world.try_generate(sql, answers).unwrap() {
        Generated::Drafted(drafted) => *drafted,
        other => panic!("{other:?}"),
    }
}

#[test]
fn views_and_indexes_are_generated_proven_applied_and_taken_back() {
    let world = World::library();
    let before =
        world.dump().into_iter().filter(|line| !line.starts_with("_schema_migrations:")).collect::<Vec<_>>();
    let full = format!("{LIBRARY}{SHELF}{SEARCH}");
    let drafted = next(&world, &full, &Answers::default());
    assert!(drafted.proof.unwrap().rows > 0);
    world.migrate().unwrap();
    assert_eq!(world.count("SELECT count(*) FROM shelf"), 300);
    assert_eq!(world.count("SELECT count(*) FROM short"), 9);
    assert_eq!(world.count("SELECT count(*) FROM books_text WHERE books_text MATCH '17'"), 1);
    assert!(matches!(world.try_generate(&full, &Answers::default()), Ok(Generated::Nothing { .. })));

    let changed = full
        .replace("length(title) < 8", "length(title) < 9")
        .replace("pages INTEGER", "pages INTEGER NOT NULL DEFAULT 0");
    let changed = changed.replace("name TEXT NOT NULL", "name TEXT NOT NULL DEFAULT 'nobody' UNIQUE");
    next(&world, &changed, &Answers::default());
    world.migrate().unwrap();
    assert_eq!(world.count("SELECT count(*) FROM short"), 99);
    world.sql("DELETE FROM shelf WHERE title = 'title 17'; INSERT INTO books_text(books_text, rank) VALUES ('integrity-check', 1)");
    assert_eq!(world.count("SELECT count(*) FROM books_text WHERE books_text MATCH '17'"), 0);
    world.sql("INSERT INTO books SELECT 51, 18, 'title 17', 200");
    world.rollback(2).unwrap();
    // Where `pages` was NULL it is 0 now; everything else is what it was.
    world.sql("UPDATE books SET pages = NULL WHERE pages = 0; DELETE FROM _schema_migrations");
    // A table that was rebuilt has its name in quotes.
    let plain = |dump: Vec<String>| dump.join("\n").replace('"', "");
    assert!(plain(before) == plain(world.dump()));
}

#[test]
fn what_a_view_or_an_index_lacks_is_found_by_the_proof() {
    let world = World::library();
    let (from, to) = (schema_of(LIBRARY), schema_of(&format!("{LIBRARY}{SHELF}{SEARCH}")));
    let answers = Answers::default();
    let comparison = compare(&from, &to, &to, &answers).unwrap();
    let plan = plan::sqlite(&from, &to, &comparison, &answers, EngineVersion::bundled()).unwrap();
    let folder = Folder::read(world.folder()).unwrap();
    let revision = Revision::read("20990101000000_views").unwrap();
    let text = Draft::of_plan(world.folder(), &revision, &[], &plan, &[]).unwrap().text;
    let prove_text = |text: &str| {
        let migration = Migration::parse(text, &world.folder().join("20990101000000_views.sql")).unwrap();
        prove(&folder, &migration, &from, &to, &comparison, &answers)
    };
    prove_text(&text).unwrap();
    for (old, new, wanted) in [
        (
            "INSERT INTO \"books_text\" (\"books_text\") VALUES ('rebuild');",
            "",
            "books_text does not match its rows",
        ),
        ("CREATE TRIGGER shelf_gone INSTEAD", "CREATE TRIGGER shelf_lost INSTEAD", "shelf_gone"),
        ("length(title) < 8", "length(title) < 7", "short"),
        (
            "CREATE VIRTUAL TABLE books_text USING fts5(title,",
            "CREATE VIRTUAL TABLE books_text USING fts5(title, tokenize=porter,",
            "books_text",
        ),
        ("DROP VIEW \"short\";", "", "these changes are left"),
    ] {
        let tampered = text.replacen(old, new, 1);
        assert_ne!(tampered, text, "{old} is not in\n{text}");
        assert_told(&prove_text(&tampered).unwrap_err(), 6, wanted);
    }
}

#[test]
fn rows_of_a_full_text_table_go_only_when_a_person_says_so() {
    let world = World::new();
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY); CREATE VIRTUAL TABLE notes USING fts5(body, tag);";
    next(&world, from, &Answers::default());
    world.migrate().unwrap();
    world.sql("INSERT INTO notes(rowid, body, tag) VALUES (5, 'walked', 'x')");
    let to = from.replace("fts5(body, tag)", "fts5(body, tag, tokenize='porter')");
    let drafted = next(&world, &to, &Answers::default());
    assert!(drafted.plan.losses.is_empty());
    world.migrate().unwrap();
    assert_eq!(world.count("SELECT rowid FROM notes WHERE notes MATCH 'walking'"), 5);
    let none = "CREATE TABLE t(id INTEGER PRIMARY KEY);";
    let refused = world.try_generate(none, &Answers::default()).unwrap().into_result().unwrap_err();
    assert_eq!(refused.kind().exit_code(), 4);
    assert!(refused.to_string().contains("every row of table notes is lost"), "{refused}");
    let mut answers = Answers::default();
    answers.drop("notes").unwrap();
    next(&world, none, &answers);
    world.migrate().unwrap();
    assert_eq!(world.count("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'notes%'"), 0);
}
