//! What becomes of databases whose models no compiler has to see: the compiled ones are in
//! `schema-cli/tests/adoption`.

mod stamp;

use std::time::Duration;

use schema_core::rusqlite::Connection;
use schema_migrate::inspect::sqlite;
use schema_migrate::pull::{Facts, PullOptions, Pulled, pull};

fn database(script: &str) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(script).unwrap();
    connection
}

fn pulled(script: &str) -> Pulled {
    pull(&sqlite::schema(&database(script)).unwrap(), &PullOptions::default()).unwrap()
}

fn file<'a>(pulled: &'a Pulled, name: &str) -> &'a str {
    let found = pulled.files.iter().find(|file| file.path.to_str() == Some(name));
    &found.unwrap_or_else(|| panic!("no {name}: {:?}", pulled.files)).text
}

#[test]
fn a_view_that_is_broken_is_kept_as_it_is() {
    let pulled = pulled(
        "CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
         CREATE VIEW titles AS SELECT id, title FROM books;
         CREATE VIEW gone AS SELECT missing FROM nowhere;
         CREATE TRIGGER on_gone INSTEAD OF INSERT ON gone BEGIN INSERT INTO nowhere VALUES (1); END;",
    );
    assert_eq!((pulled.tables, pulled.views, pulled.notes.len()), (1, 1, 0), "{:?}", pulled.notes);
    assert_eq!(pulled.different, Vec::<String>::new());
    let root = file(&pulled, "mod.rs");
    assert!(root.contains("\"CREATE VIEW gone AS SELECT missing FROM nowhere\","), "{root}");
    assert!(root.contains("CREATE TRIGGER on_gone INSTEAD OF INSERT ON gone"), "{root}");
    assert!(file(&pulled, "titles.rs").contains("#[view(sql = \"SELECT id, title FROM books\")]"));
    assert!(pulled.fallbacks.iter().any(|fallback| fallback.object == "gone"), "{:?}", pulled.fallbacks);
}

#[test]
fn text_in_double_quotes_in_a_view_is_no_difference() {
    let pulled = pulled(
        "CREATE TABLE t (x TEXT); INSERT INTO t VALUES ('a'), ('b');
         CREATE VIEW v AS SELECT x FROM t WHERE x > \"a\";
         CREATE VIEW w AS SELECT \"lit\" AS l;
         CREATE TRIGGER tr AFTER INSERT ON t WHEN new.x = \"q\" BEGIN SELECT RAISE(ABORT, \"no\"); END;",
    );
    assert_eq!((pulled.views, &pulled.different, &pulled.fallbacks), (2, &Vec::new(), &Vec::new()));
    let text = file(&pulled, "v.rs");
    assert!(text.contains("SELECT x FROM t WHERE x > \"a\""), "{text}");
}

#[test]
fn a_virtual_table_that_nobody_here_can_build_is_left_out_and_left_alone() {
    let script = "CREATE TABLE books (id INTEGER PRIMARY KEY);
         PRAGMA writable_schema = ON;
         INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES
             ('table', 'words', 'words', 0, 'CREATE VIRTUAL TABLE words USING spellfix9'),
             ('table', 'texts', 'texts', 0, 'CREATE VIRTUAL TABLE texts USING fts5(a, tokenize = ''calibre'')');
         PRAGMA writable_schema = RESET;";
    let pulled = pulled(script);
    assert!(pulled.notes.is_empty(), "{:?}", pulled.notes);
    let left: Vec<&str> = pulled
        .fallbacks
        .iter()
        .filter(|fallback| fallback.written_as == "left out")
        .map(|fallback| fallback.object.as_str())
        .collect();
    assert_eq!(left, ["texts", "words"]);
    assert!(!file(&pulled, "mod.rs").contains("VIRTUAL"));
}

#[test]
fn values_that_are_not_what_they_declare_are_read_as_any_value() {
    let mut connection = database(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, flag BOOLEAN NOT NULL, price DECIMAL, word COLOUR, s TEXT);
         INSERT INTO t VALUES (1, 'many', 1, 9.99, 'red', NULL), (2, 5, 0, 3, 'blue', 'x');",
    );
    let live = sqlite::schema(&connection).unwrap();
    let plain = pull(&live, &PullOptions::default()).unwrap();
    for wanted in
        ["n: Option<i64>", "flag: i64", "price: Option<Value>", "word: Option<Value>", "s: Option<String>"]
    {
        assert!(file(&plain, "t.rs").contains(wanted), "{wanted}\n{}", file(&plain, "t.rs"));
    }
    let facts = Facts::read(&mut connection, &live, Duration::from_secs(60)).unwrap();
    assert!(facts.unseen.is_empty());
    let seen = pull(&live, &PullOptions { facts: Some(facts), ..PullOptions::default() }).unwrap();
    for wanted in
        ["n: Option<Value>", "flag: bool", "price: Option<f64>", "word: Option<String>", "s: Option<String>"]
    {
        assert!(file(&seen, "t.rs").contains(wanted), "{wanted}\n{}", file(&seen, "t.rs"));
    }
    assert_eq!(seen.notes, ["t.n is declared INTEGER and holds integers and text: read as `Value`"]);
}

#[test]
fn days_and_instants_are_types_of_their_own_on_request() {
    let script =
        "CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME NOT NULL, day DATE, \"when\" timestamp)";
    let live = sqlite::schema(&database(script)).unwrap();
    let pulled = pull(&live, &PullOptions { times: true, ..PullOptions::default() }).unwrap();
    let text = file(&pulled, "t.rs");
    for wanted in [
        "use time::{Date, OffsetDateTime};",
        "at: OffsetDateTime",
        "day: Option<Date>",
        "when: Option<OffsetDateTime>",
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    assert_eq!(pulled.crates, ["time"]);
}

#[test]
fn comments_of_the_definition_become_documentation() {
    let pulled = pulled(
        "CREATE TABLE books ( -- everything on the shelf\n id INTEGER PRIMARY KEY, -- never reused\n title TEXT)",
    );
    let text = file(&pulled, "book.rs");
    assert!(text.contains("/// everything on the shelf\n#[derive(Table"), "{text}");
    assert!(text.contains("/// never reused\n    #[column(primary_key)]"), "{text}");
    assert!(text.contains("/// Column `title`."), "{text}");
}

#[test]
fn an_empty_database_has_an_empty_schema() {
    let pulled = pulled("");
    assert_eq!(pulled.files.len(), 1);
    assert!(file(&pulled, "mod.rs").contains("pub App {\n    }"), "{}", file(&pulled, "mod.rs"));
}

#[test]
fn a_view_knows_the_types_of_its_columns_and_guesses_none() {
    let script = "CREATE TABLE t (id INTEGER PRIMARY KEY, at TIMESTAMP, x, b BLOB, n NUMERIC);
        CREATE VIEW v AS SELECT id, at, x, b, n, count(*) AS count, x'00' AS bytes FROM t;
        CREATE VIEW w AS SELECT x FROM t;";
    let live = sqlite::schema(&database(script)).unwrap();
    let pulled = pull(&live, &PullOptions { times: true, ..PullOptions::default() }).unwrap();
    let text = file(&pulled, "v.rs");
    for wanted in [
        "use schema_core::View;\nuse schema_core::value::Value;\nuse time::OffsetDateTime;\n\n",
        "id: Option<i64>",
        "at: Option<OffsetDateTime>",
        "x: Option<Value>",
        "b: Option<Vec<u8>>",
        "n: Option<Value>",
        "count: Option<Value>",
        "bytes: Option<Value>",
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    assert!(file(&pulled, "w.rs").contains("x: Option<Value>"));
}

#[test]
fn a_key_that_admits_null_is_an_option() {
    let pulled = pulled(
        "CREATE TABLE words (id TEXT PRIMARY KEY);
         CREATE TABLE numbers (id INT PRIMARY KEY);
         CREATE TABLE pairs (a TEXT, b TEXT NOT NULL, PRIMARY KEY (a, b));
         CREATE TABLE of_pairs (a TEXT, b TEXT, FOREIGN KEY (a, b) REFERENCES pairs);
         CREATE TABLE migrations (id SERIAL PRIMARY KEY);
         CREATE TABLE rowids (id INTEGER PRIMARY KEY);
         CREATE TABLE sure (id TEXT PRIMARY KEY) WITHOUT ROWID;",
    );
    for (name, wanted) in [
        ("word.rs", "id: Option<String>"),
        ("number.rs", "id: Option<i64>"),
        ("pair.rs", "a: Option<String>"),
        ("pair.rs", "b: String"),
        // A key of several columns fits the child's only by its columns.
        ("of_pair.rs", "#[table(foreign_key(columns(a, b), references = super::Pair(a, b)))]"),
        ("migration.rs", "id: Option<Value>"),
        ("rowid.rs", "id: i64"),
        ("sure.rs", "id: String"),
    ] {
        assert!(file(&pulled, name).contains(wanted), "{wanted}\n{}", file(&pulled, name));
    }
    assert!(!pulled.fallbacks.iter().any(|fallback| fallback.object == "of_pairs"), "{:?}", pulled.fallbacks);
}

fn sampled(script: &str, times: bool) -> Pulled {
    let mut connection = database(script);
    let live = sqlite::schema(&connection).unwrap();
    let facts = Some(Facts::read(&mut connection, &live, Duration::from_secs(60)).unwrap());
    pull(&live, &PullOptions { facts, times, ..PullOptions::default() }).unwrap()
}

#[test]
fn a_sampled_column_is_a_date_or_an_instant_only_where_the_type_reads_every_value() {
    let pulled = sampled(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, k DATETIME, at DATETIME, n DATE, day DATE, hour TIME, no_hour TIME,
             stamp TIMESTAMP);
         INSERT INTO t VALUES (1, '2020-01-01', '2020-01-01T10:00:00Z', '2020-01-01 10:00:00', '2020-01-01', '10:00',
             'noon', 1577836800), (2, '2020-01-01 10:00', NULL, '2020-01-01', NULL, NULL, NULL, NULL);
         CREATE VIEW v AS SELECT k, at FROM t;",
        true,
    );
    for (name, wanted) in [
        ("t.rs", "k: Option<String>"),
        ("t.rs", "at: Option<OffsetDateTime>"),
        ("t.rs", "n: Option<String>"),
        ("t.rs", "day: Option<Date>"),
        ("t.rs", "hour: Option<Time>"),
        ("t.rs", "no_hour: Option<String>"),
        ("t.rs", "stamp: Option<Value>"),
        ("v.rs", "k: Option<String>"),
        ("v.rs", "at: Option<OffsetDateTime>"),
    ] {
        assert!(file(&pulled, name).contains(wanted), "{wanted}\n{}", file(&pulled, name));
    }
}

#[test]
fn sampled_numbers_are_whole_where_all_of_them_are() {
    let pulled = sampled(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, whole NUMERIC, mixed DECIMAL(10, 2), parts MONEY, large NUMERIC);
         INSERT INTO t VALUES (1, 9007199254740993, 3, 1.5, 9007199254740993), (2, 4, 9.5, 2.5, 0.5);",
        false,
    );
    for wanted in ["whole: Option<i64>", "mixed: Option<f64>", "parts: Option<f64>", "large: Option<Value>"] {
        assert!(file(&pulled, "t.rs").contains(wanted), "{wanted}\n{}", file(&pulled, "t.rs"));
    }
}

#[test]
fn a_sample_warns_of_what_does_not_fit_and_says_why_it_could_not_look() {
    let pulled = sampled(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a ANY, b ANY NOT NULL) STRICT;
         INSERT INTO t VALUES (1, 1, 'x'), (2, 'x', 2.5);
         CREATE VIEW v AS SELECT a FROM gone;",
        false,
    );
    assert_eq!(pulled.notes, ["not every value of v was looked at: no such table: main.gone"]);
}

#[test]
fn what_a_migration_keeps_aside_is_no_model() {
    let pulled =
        pulled("CREATE TABLE books (id INTEGER PRIMARY KEY); CREATE TABLE _kept_books (id INTEGER);");
    assert_eq!((pulled.tables, pulled.files.len()), (1, 2));
    assert!(pulled.notes.is_empty(), "{:?}", pulled.notes);
    let left: Vec<(&str, &str)> =
        pulled.fallbacks.iter().map(|fallback| (fallback.object.as_str(), fallback.written_as)).collect();
    assert_eq!(left, [("_kept_books", "left out")]);
}
