use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use schema_core::{Db, Table};
use schema_migrate::{Embedded, files::EmbeddedFile, test_db, test_db_of_models, test_db_with};

use crate::app::{AuthorRepository, BookRepository, FIRST, Library, NewAuthor, NewBook, count};

#[test]
fn a16_each_test_has_a_migrated_database_of_its_own() {
    let threads: Vec<_> = (0..16)
        .map(|number| {
            thread::spawn(move || {
                let db = test_db::<Library>().unwrap();
                assert_eq!(count(&db, "SELECT count(*) FROM books"), 1, "rows of migrations are there");
                AuthorRepository::new(&db).insert(NewAuthor { name: format!("author {number}") }).unwrap();
                assert_eq!(count(&db, "SELECT count(*) FROM authors"), 3);
                let orphan = NewBook { author_id: 99, title: "orphan".into() };
                assert!(BookRepository::new(&db).insert(orphan).unwrap_err().violation().is_some());
                db.close().unwrap();
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn a_seed_runs_once_and_its_rows_are_in_every_copy() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    fn seed(db: &Db<Library>) -> schema_core::Result<()> {
        CALLS.fetch_add(1, Ordering::Relaxed);
        AuthorRepository::new(db).insert(NewAuthor { name: "Butler".into() }).map(|_| ())
    }
    for _ in 0..5 {
        let db = test_db_with::<Library, _>(seed).unwrap();
        assert_eq!(count(&db, "SELECT count(*) FROM authors"), 3);
        AuthorRepository::new(&db).insert(NewAuthor { name: "another".into() }).unwrap();
    }
    assert_eq!(CALLS.load(Ordering::Relaxed), 1);
    let other = test_db_with::<Library, _>(|_| Ok(())).unwrap();
    assert_eq!(count(&other, "SELECT count(*) FROM authors"), 2, "another seed, another template");
}

#[test]
fn a_seed_that_captures_runs_every_time() {
    for number in 3..6 {
        let name = format!("author {number}");
        let db = test_db_with::<Library, _>(move |db| {
            AuthorRepository::new(db).insert(NewAuthor { name }).map(|_| ())
        })
        .unwrap();
        assert_eq!(count(&db, &format!("SELECT count(*) FROM authors WHERE name = 'author {number}'")), 1);
    }
}

#[test]
fn the_models_alone_make_a_database_without_rows_or_history() {
    let db = test_db_of_models::<Library>().unwrap();
    assert_eq!(count(&db, "SELECT count(*) FROM books"), 0);
    assert_eq!(count(&db, "SELECT count(*) FROM sqlite_schema WHERE name = '_schema_migrations'"), 0);
}

mod moving {
    use super::{Embedded, EmbeddedFile, FIRST, Table};

    #[derive(Table, Debug)]
    #[table(name = "authors")]
    pub(crate) struct Author {
        #[column(primary_key)]
        pub(crate) id: i64,
        pub(crate) name: String,
        pub(crate) born: Option<i64>,
    }

    schema_core::schema! {
        /// Its models have gone on without a migration.
        pub(crate) Moving { Author }
    }

    impl Embedded for Moving {
        const FILES: &'static [EmbeddedFile] = &[FIRST];
    }

    schema_core::schema! {
        /// Its first migration is not written yet.
        pub(crate) Early { Author }
    }

    impl Embedded for Early {
        const FILES: &'static [EmbeddedFile] = &[];
    }
}

#[test]
fn migrations_that_are_behind_the_models_are_told_instead_of_tested() {
    let error = test_db::<moving::Moving>().unwrap_err();
    let text = error.to_string();
    for told in ["do not build what the models say", "authors.born", "books", "db-generate"] {
        assert!(text.contains(told), "{text}");
    }
    assert!(test_db_of_models::<moving::Moving>().is_ok());
    let early = test_db::<moving::Early>().unwrap();
    early.sqlite_raw(|c| c.execute("INSERT INTO authors VALUES (1, 'Lem', 1921)", [])).unwrap();
}
