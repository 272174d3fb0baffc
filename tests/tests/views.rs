//! Views and full-text indexes from the struct to rows, through files that were generated, proven and applied.
#![allow(missing_docs, unreachable_pub)]

use std::fs;
use std::path::Path;

use schema_core::Schema;
use schema_migrate::check::check;
use schema_migrate::diff::Answers;
use schema_migrate::files::Folder;
use schema_migrate::generate::{Drafted, GenerateRequest, Generated, generate};
use schema_migrate::run::{MigrateOptions, RollbackOptions, Silent, Steps, Target, migrate, rollback};

mod first {
    use schema_core::Table;

    #[derive(Table, Clone, Debug)]
    #[table(name = "authors")]
    pub struct Author {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
    }

    #[derive(Table, Clone, Debug)]
    #[table(name = "books")]
    pub struct Book {
        #[column(primary_key)]
        pub id: i64,
        #[column(references = Author)]
        pub author_id: i64,
        pub title: String,
        pub body: Option<String>,
    }

    schema_core::schema! { pub Library { Author, Book } }
}

mod second {
    use schema_core::{Table, View};

    #[derive(Table, Clone, Debug)]
    #[table(name = "authors")]
    pub struct Author {
        #[column(primary_key)]
        pub id: i64,
        #[column(renamed_from = "name")]
        pub full_name: String,
    }

    #[derive(Table, Clone, Debug)]
    #[table(name = "books", fts(name = "books_text", columns(title, body), tokenize = "porter"))]
    pub struct Book {
        #[column(primary_key)]
        pub id: i64,
        #[column(references = Author)]
        pub author_id: i64,
        pub title: String,
        pub body: Option<String>,
    }

    #[derive(View, Clone, Debug)]
    #[view(
        name = "shelf",
        sql = "SELECT b.id, b.title, a.full_name AS author FROM books b JOIN authors a ON a.id = b.author_id",
        trigger(
            sql = "CREATE TRIGGER shelf_gone INSTEAD OF DELETE ON shelf BEGIN DELETE FROM books WHERE id = old.id; END"
        )
    )]
    pub struct Shelf {
        pub id: i64,
        pub title: String,
        pub author: String,
    }

    schema_core::schema! { pub Library { Author, Book; views: [Shelf] } }
}

mod third {
    use schema_core::{Table, View};

    #[derive(Table, Clone, Debug)]
    #[table(name = "authors")]
    pub struct Author {
        #[column(primary_key)]
        pub id: i64,
        pub full_name: String,
    }

    #[derive(Table, Clone, Debug)]
    #[table(name = "books", fts(name = "books_text", columns(title)))]
    pub struct Book {
        #[column(primary_key)]
        pub id: i64,
        #[column(references = Author, on_delete = cascade)]
        pub author_id: i64,
        pub title: String,
    }

    #[derive(View, Clone, Debug)]
    #[view(
        name = "shelf",
        sql = "SELECT b.id, upper(b.title) AS title, a.full_name AS author FROM books b JOIN authors a ON a.id = b.author_id",
        trigger(
            sql = "CREATE TRIGGER shelf_gone INSTEAD OF DELETE ON shelf BEGIN DELETE FROM books WHERE id = old.id; END"
        )
    )]
    pub struct Shelf {
        pub id: i64,
        pub title: String,
        pub author: String,
    }

    #[derive(View, Clone, Debug)]
    #[view(name = "titles", sql = "SELECT DISTINCT title FROM shelf")]
    pub struct Title {
        pub title: String,
    }

    schema_core::schema! { pub Library { Author, Book; views: [Shelf, Title] } }
}

fn write<S: Schema>(target: &Target, answers: &Answers) -> Drafted {
    let request = GenerateRequest { answers, ..GenerateRequest::new(S::DEF, target.files.folder().unwrap()) };
    match generate(&request).unwrap() {
        Generated::Drafted(drafted) => *drafted,
        other => panic!("{other:?}"),
    }
}

fn apply<S: Schema>(target: &Target) {
    let options = MigrateOptions { declared: Some(S::DEF), ..MigrateOptions::default() };
    let report = migrate(target, &options, &mut Silent).unwrap();
    assert_eq!(report.drift, Some(Vec::new()));
}

fn target(home: &Path) -> Target {
    fs::create_dir(home.join("migrations")).unwrap();
    Target::new(home.join("app.db"), home.join("migrations"))
}

#[test]
fn a_declared_view_and_a_full_text_index_go_the_whole_way_and_back() {
    let home = tempfile::tempdir().unwrap();
    let target = target(home.path());
    write::<first::Library>(&target, &Answers::default());
    apply::<first::Library>(&target);
    let connection = schema_core::rusqlite::Connection::open(&target.database).unwrap();
    connection
        .execute_batch(
            "INSERT INTO authors VALUES (1, 'Frank'), (2, 'Ursula');
             INSERT INTO books VALUES (3, 1, 'Dune', 'spice walking'), (7, 2, 'The Dispossessed', NULL);",
        )
        .unwrap();
    let one = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();

    let drafted = write::<second::Library>(&target, &Answers::default());
    assert!(drafted.plan.rebuilt.is_empty(), "{:?}", drafted.plan.rebuilt);
    assert!(drafted.proof.is_some_and(|proof| proof.rows > 0 && proof.empty.is_empty()));
    apply::<second::Library>(&target);
    assert_eq!(one("SELECT author FROM shelf WHERE title = 'Dune'"), "Frank");
    assert_eq!(one("SELECT title FROM books_text WHERE books_text MATCH 'walk'"), "Dune");

    let mut answers = Answers::default();
    answers.drop("books.body").unwrap();
    let drafted = write::<third::Library>(&target, &answers);
    assert_eq!(drafted.plan.rebuilt, ["books"]);
    apply::<third::Library>(&target);
    assert_eq!(one("SELECT title FROM titles ORDER BY 1"), "DUNE");
    assert_eq!(one("SELECT group_concat(rowid) FROM books_text WHERE books_text MATCH 'dispossessed'"), "7");
    connection
        .execute_batch("DELETE FROM shelf WHERE id = 3; INSERT INTO books VALUES (9, 2, 'Lathe')")
        .unwrap();
    connection
        .execute_batch("INSERT INTO books_text(books_text, rank) VALUES ('integrity-check', 1)")
        .unwrap();
    let folder = Folder::read(target.files.folder().unwrap()).unwrap();
    assert!(check(third::Library::DEF, &folder, &connection).unwrap().is_clean());
    assert!(matches!(
        generate(&GenerateRequest::new(third::Library::DEF, target.files.folder().unwrap())).unwrap(),
        Generated::Nothing { .. }
    ));

    // What somebody made by hand is told, and stays.
    connection.execute_batch("CREATE VIEW by_hand AS SELECT title FROM titles").unwrap();
    let found = check(third::Library::DEF, &folder, &connection).unwrap();
    let told: Vec<&str> = found.live_declared.iter().map(|drift| drift.change.table()).collect();
    assert_eq!(told, ["by_hand"]);
    connection.execute_batch("DROP VIEW by_hand").unwrap();

    let options = RollbackOptions { steps: Steps::Count(2), ..RollbackOptions::default() };
    rollback(&target, &options, &mut Silent).unwrap();
    assert_eq!(one("SELECT group_concat(name) FROM authors"), "Frank,Ursula");
    assert_eq!(
        one("SELECT count(*) || '' FROM sqlite_schema WHERE type = 'view' OR name LIKE 'books_text%'"),
        "0"
    );
}
