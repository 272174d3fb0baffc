use schema_migrate::check::check;
use schema_migrate::diff::{Answers, compare};
use schema_migrate::files::Folder;
use schema_migrate::inspect::sqlite;
use schema_migrate::plan::{self, EngineVersion};
use schema_migrate::run::{Event, MigrateOptions, Observer, Silent, migrate};

use super::support::{LIBRARY, REBUILT, World, assert_told, schema_of};

#[test]
fn a_column_that_no_migration_records_stops_the_rebuild_that_would_lose_it() {
    let world = World::library();
    world.generate(REBUILT);
    world.sql("ALTER TABLE books ADD COLUMN shelf TEXT; UPDATE books SET shelf = 'A' || id;");
    let before = world.dump();
    let error = world.migrate().unwrap_err();
    assert_told(&error, 7, "`books` is not what the migrations recorded");
    assert!(error.to_string().contains("books.shelf"), "{error}");
    assert_eq!(world.dump(), before);
}

#[test]
fn an_index_and_a_trigger_that_no_migration_records_go_through_a_rebuild() {
    let world = World::library();
    world.generate(REBUILT);
    world.sql(
        "CREATE INDEX by_hand ON books(pages DESC) WHERE pages > 100;
         CREATE TABLE log(id);
         CREATE TRIGGER watched AFTER DELETE ON books BEGIN INSERT INTO log VALUES (OLD.id); END;",
    );
    let report = world.migrate().unwrap();
    assert_eq!(report.warnings.len(), 3, "{:?}", report.warnings);
    assert_eq!(report.warnings[0], "books.pages gets 0 where it is NULL: 60 rows");
    assert!(world.text("SELECT sql FROM sqlite_schema WHERE name = 'by_hand'").contains("WHERE pages > 100"));
    assert_eq!(world.count("SELECT count(*) FROM log"), 0, "the copy fired the trigger");
    world.sql("DELETE FROM books WHERE id = 3");
    assert_eq!(world.count("SELECT count(*) FROM log"), 1);
}

#[test]
fn only_new_foreign_key_violations_fail() {
    let world = World::library();
    world.sql("PRAGMA foreign_keys=OFF; UPDATE books SET author_id = 777 WHERE id = 3;");
    world.generate(REBUILT);
    let report = world.migrate().unwrap();
    assert!(report.warnings[0].contains("1 row has no parent row already"), "{:?}", report.warnings);
    let path = world.write("orphans", "DELETE FROM authors WHERE id = 2;", "");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("-- migrate:up", "-- needs: foreign_keys=off\n-- migrate:up"))
        .unwrap();
    let error = world.migrate().unwrap_err();
    assert!(error.what().contains("rows of `books` have no row in `authors` (books.author_id)"), "{error}");
    assert_eq!(world.count("SELECT count(*) FROM authors"), 40);
}

#[test]
fn orphans_of_before_stay_those_of_before_when_parent_child_and_column_are_renamed() {
    let world = World::library();
    world.sql("PRAGMA foreign_keys=OFF; UPDATE books SET author_id = 777 WHERE id IN (3, 6);");
    let mut answers = Answers::default();
    answers.rename("authors:writers").unwrap();
    answers.rename("books:volumes").unwrap();
    answers.rename("volumes.author_id:volumes.writer_id").unwrap();
    let renamed =
        REBUILT.replace("books", "volumes").replace("author_id", "writer_id").replace("authors", "writers");
    world.try_generate(&renamed, &answers).unwrap();
    world.migrate().unwrap();
    assert_eq!(world.count("SELECT count(*) FROM volumes WHERE writer_id = 777"), 2);
    let path =
        world.write("orphans", "ALTER TABLE writers RENAME TO people; DELETE FROM people WHERE id = 2;", "");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("-- migrate:up", "-- needs: foreign_keys=off\n-- migrate:up"))
        .unwrap();
    let error = world.migrate().unwrap_err();
    let found = world.count("SELECT count(*) FROM volumes WHERE writer_id = 2");
    let what = format!("{found} rows of `volumes` have no row in `people` (volumes.writer_id)");
    assert_told(&error, 1, &what);
    world.sql("PRAGMA foreign_keys=OFF; DELETE FROM writers WHERE id = 2");
    assert_eq!(world.count(&listing(&error)), found + 2);
}

/// The query of an error, as something to count.
fn listing(error: &schema_migrate::Error) -> String {
    let query = error.next_steps().iter().find_map(|step| step.split_once("listed by: "));
    format!("SELECT count(*) FROM ({})", query.unwrap().1)
}

#[test]
fn a_foreign_key_that_rows_break_comes_with_the_query_that_lists_them() {
    let world = World::new();
    world.generate("CREATE TABLE p(a, b, UNIQUE (a, b)); CREATE TABLE c(x, \"y z\", n);");
    world.migrate().unwrap();
    world
        .sql("INSERT INTO p VALUES (1, 1), (1, 2); INSERT INTO c VALUES (1, 1, 0), (1, 3, 0), (NULL, 9, 0);");
    world.generate(
        "CREATE TABLE p(a, b, UNIQUE (a, b));
         CREATE TABLE c(x, \"y z\", n, FOREIGN KEY (x, \"y z\") REFERENCES p(a, b));",
    );
    let error = world.migrate().unwrap_err();
    assert_told(&error, 7, "1 row stands in the way: every row of c with x, y z has its row in p (a, b)");
    assert_eq!(world.count(&listing(&error)), 1);
    // Without the question, SQLite's own check finds it.
    world.edit_newest(&without_expectations);
    let error = world.migrate().unwrap_err();
    assert_told(&error, 1, "1 rows of `c` have no row in `p` (c.x, c.y z)");
    assert_eq!(world.count(&listing(&error)), 1);
    world.sql("UPDATE c SET n = 5 WHERE \"y z\" = 3; DELETE FROM c WHERE n = 5;");
    world.migrate().unwrap();
}

#[test]
fn a_foreign_key_to_columns_that_are_no_key_is_told_by_its_columns() {
    let world = World::library();
    world.write("loose", "CREATE TABLE notes (author TEXT REFERENCES authors(name));", "DROP TABLE notes;");
    let error = world.migrate().unwrap_err();
    assert_told(&error, 1, "a foreign key of `notes` refers to columns of `authors` that are no key");
    assert!(error.reason().is_some_and(|why| why.starts_with("authors(name) is neither")), "{error}");
    assert!(!error.to_string().contains("mismatch"), "{error}");
}

#[test]
fn a_broken_view_is_named_before_anything_is_changed() {
    let world = World::library();
    world.generate(REBUILT);
    world.sql("CREATE VIEW wrong AS SELECT gone FROM nowhere;");
    let before = world.dump();
    let error = world.migrate().unwrap_err();
    assert_told(&error, 7, "a view or trigger of the database is broken");
    assert!(error.to_string().contains("wrong"), "{error}");
    assert_eq!(world.dump(), before);
}

#[test]
fn a_migration_that_breaks_a_view_is_undone() {
    let world = World::library();
    world.sql("CREATE VIEW titles AS SELECT title FROM books;");
    world.write("gone", "DROP TABLE books;", "");
    let error = world.migrate().unwrap_err();
    assert!(error.what().contains("no longer works"), "{error}");
    assert_eq!(world.count("SELECT count(*) FROM titles"), 300);
}

#[test]
fn what_is_declared_recorded_and_live_is_compared() {
    let world = World::library();
    let folder = Folder::read(world.folder()).unwrap();
    assert!(check(&schema_of(LIBRARY), &folder, &world.connection()).unwrap().is_clean());
    world.sql("CREATE TABLE tmp_import(a); DROP INDEX books_title;");
    let found = check(&schema_of(REBUILT), &folder, &world.connection()).unwrap();
    let lines: Vec<String> = found
        .live_recorded
        .iter()
        .map(|drift| format!("{} {} {}", drift.change.sign(), drift.change.subject(), drift.text))
        .collect();
    assert_eq!(lines, ["- tmp_import only in the database", "+ books_title missing in the database"]);
    assert!(!found.recorded_declared.is_empty() && !found.live_declared.is_empty());
}

#[test]
fn a_plan_runs_on_a_database_without_history() {
    let world = World::new();
    world.sql(LIBRARY);
    world.fill(100);
    let (from, to) = (sqlite::schema(&world.connection()).unwrap(), schema_of(REBUILT));
    let answers = Answers::default();
    let comparison = compare(&from, &to, &to, &answers).unwrap();
    let plan = plan::sqlite(&from, &to, &comparison, &answers, EngineVersion::bundled()).unwrap();
    schema_migrate::diff_apply::apply(&world.target, &from, &plan, &mut Silent).unwrap();
    assert_eq!(world.count("SELECT count(*) FROM books"), 100);
    let live = sqlite::schema(&world.connection()).unwrap();
    assert!(compare(&live, &to, &to, &answers).unwrap().is_empty());
    assert_eq!(world.count("SELECT count(*) FROM sqlite_schema WHERE name = '_schema_migrations'"), 0);
    let error = schema_migrate::diff_apply::apply(&world.target, &from, &plan, &mut Silent).unwrap_err();
    assert!(error.what().contains("has changed since the plan"), "{error}");
}

#[test]
fn dropping_a_table_does_not_cascade_into_tables_that_only_the_database_knows() {
    let world = World::library();
    world.write("drop", "DROP TABLE books;\nDROP TABLE authors;", "");
    world.sql(
        "CREATE TABLE notes (author_id INTEGER REFERENCES authors(id) ON DELETE CASCADE, text);
         INSERT INTO notes SELECT id, name FROM authors;",
    );
    let error = world.migrate().unwrap_err();
    assert!(error.what().contains("40 rows of `notes` have no row in `authors`"), "{error}");
    assert_eq!(world.count("SELECT count(*) FROM notes"), 40);
    assert_eq!(world.count("SELECT count(*) FROM books"), 300);
}

#[test]
fn rows_that_a_new_constraint_refuses_are_counted_and_can_be_listed() {
    let world = World::library();
    world.generate(&LIBRARY.replace("pages INTEGER", "pages INTEGER CONSTRAINT few CHECK (pages < 400)"));
    let before = world.dump();
    let error = world.migrate().unwrap_err();
    assert_told(&error, 7, "60 rows stand in the way: every row of books passes the check few: pages < 400");
    assert!(error.reason().unwrap().starts_with("id = 12, pages = 400\n"), "{error}");
    assert_eq!(
        error.reason().unwrap().lines().count(),
        6,
        "five rows and a mark that there are more: {error}"
    );
    assert_eq!(world.count(&listing(&error)), 60);
    assert_eq!(world.dump(), before);
    // Without the question, the statement that fails is followed by it.
    world.edit_newest(&without_expectations);
    let error = world.migrate().unwrap_err();
    let list = error.reason().unwrap().split_once("listed by: ").unwrap().1.to_owned();
    assert!(error.reason().unwrap().contains("60 rows do not pass"), "{error}");
    assert_eq!(world.count(&list.replace("SELECT *", "SELECT count(*)")), 60);
    assert_eq!(world.dump(), before);
}

/// Applies the pending migration through another program, once the checks have passed.
struct Faster<'a>(&'a World);

impl Observer for Faster<'_> {
    fn event(&mut self, event: &Event<'_>) {
        if let Event::Preflight { .. } = event {
            let mut other = self.0.target.clone();
            other.database = self.0.home.path().join("other.db");
            std::fs::remove_file(&other.database).ok();
            // A copy shows what the other program writes into the history.
            let ignore = None::<fn(schema_core::rusqlite::backup::Progress)>;
            self.0.connection().backup("main", &other.database, ignore).unwrap();
            migrate(&other, &MigrateOptions::default(), &mut Silent).unwrap();
            let other = other.database.display();
            self.0.sql(&format!(
                "CREATE TABLE more(a); ATTACH '{other}' AS other;
                 INSERT INTO _schema_migrations SELECT * FROM other._schema_migrations WHERE name = 'more';"
            ));
        }
    }
}

#[test]
fn what_another_program_applied_after_the_checks_is_not_applied_again() {
    let world = World::library();
    world.write("more", "CREATE TABLE more(a);", "DROP TABLE more;");
    let report = migrate(&world.target, &MigrateOptions::default(), &mut Faster(&world)).unwrap();
    assert!(report.revisions.is_empty(), "{report:?}");
    assert_eq!(world.count("SELECT count(*) FROM _schema_migrations"), 2);
}

/// The file without its questions.
fn without_expectations(text: &str) -> String {
    let asks =
        |line: &&str| !["-- expects:", "-- warns:", "-- finds:"].iter().any(|word| line.starts_with(word));
    text.lines().filter(asks).chain([""]).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_member_leaves_a_composite_key_and_the_newest_row_stays_by_a_statement_in_the_file() {
    let world = World::new();
    world.generate("CREATE TABLE prices(id TEXT NOT NULL, lang TEXT NOT NULL, cents INTEGER, changed_at TEXT, PRIMARY KEY (id, lang));");
    world.migrate().unwrap();
    world.sql(
        "INSERT INTO prices VALUES ('a', 'de', 1, '2020'), ('a', 'en', 2, '2022'), ('b', 'en', 3, '2021');",
    );
    let mut answers = schema_migrate::diff::Answers::default();
    answers.drop("prices.lang").unwrap();
    let to = "CREATE TABLE prices(id TEXT NOT NULL, cents INTEGER, changed_at TEXT, PRIMARY KEY (id));";
    world.try_generate(to, &answers).unwrap();
    let error = world.migrate().unwrap_err();
    assert_told(&error, 7, "2 rows stand in the way: no two rows of prices have the same id: it is the key");
    assert!(error.next_steps().iter().any(|step| step.contains("correct them in the file")), "{error}");
    world.edit_newest(&|text| {
        without_expectations(text).replacen(
            "-- migrate:up\n",
            "-- migrate:up\nDELETE FROM prices WHERE rowid NOT IN (SELECT rowid FROM (SELECT rowid, row_number() OVER \
             (PARTITION BY id ORDER BY changed_at DESC) AS place FROM prices) WHERE place = 1);\n",
            1,
        )
    });
    world.migrate().unwrap();
    assert_eq!(
        world.text("SELECT group_concat(id || cents) FROM (SELECT * FROM prices ORDER BY id)"),
        "a2,b3"
    );
}

#[test]
fn statistics_of_an_index_that_no_migration_records_outlive_a_rebuild() {
    let world = World::library();
    world.sql("CREATE INDEX mine ON books(pages); ANALYZE");
    let read = || {
        world.text("SELECT group_concat(idx || ' ' || stat, '; ' ORDER BY idx) FROM sqlite_stat1 WHERE tbl = 'books'")
    };
    let before = read();
    assert!(before.contains("mine 300"), "{before}");
    world.generate(REBUILT);
    world.migrate().unwrap();
    assert_eq!(read(), before);
    world.rollback(1).unwrap();
    assert_eq!(read(), before);
}
