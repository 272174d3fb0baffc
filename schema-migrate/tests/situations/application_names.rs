//! Schemas that call functions and compare by sequences which only the application has, and texts in
//! double quotes: migrated without registering anything, or refused with the name.

use schema_core::rusqlite::functions::FunctionFlags;
use schema_core::rusqlite::{Connection, Result};
use schema_migrate::diff::{Answers, compare};
use schema_migrate::inspect::sqlite;
use schema_migrate::plan::{self, EngineVersion};
use schema_migrate::run::{Report, Silent, Target};
use schema_migrate::{Error, ErrorKind, diff_apply};

use crate::harness::schema_of_application;

/// What the application registers on its own connections.
fn register(connection: &Connection) -> Result<()> {
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("slug", 1, flags, |context| {
        Ok(context.get::<Option<String>>(0)?.map(|text| text.to_lowercase().replace(' ', "-")))
    })?;
    connection.create_collation("backwards", |left: &str, right: &str| right.cmp(left))
}

struct Live {
    home: tempfile::TempDir,
    /// The application's own connection.
    application: Connection,
}

impl Live {
    fn new(script: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let application = Connection::open(home.path().join("app.db")).unwrap();
        register(&application).unwrap();
        application.execute_batch(script).unwrap();
        Self { home, application }
    }

    fn applied(&self, to: &str) -> schema_migrate::Result<Report> {
        self.applied_for(to, EngineVersion::new(3, 40))
    }

    fn applied_for(&self, to: &str, target: EngineVersion) -> schema_migrate::Result<Report> {
        let path = self.home.path().join("app.db");
        // Neither this connection nor the runner's knows anything of the application.
        let stranger = Connection::open(&path).unwrap();
        let (from, to) = (sqlite::schema(&stranger)?, schema_of_application(to));
        let answers = Answers { no_renames: true, allow_every_loss: true, ..Answers::default() };
        let comparison = compare(&from, &to, &to, &answers)?;
        let plan = plan::sqlite(&from, &to, &comparison, &answers, target)?;
        assert!(!plan.up.is_empty());
        let done = diff_apply::apply(&Target::new(path, self.home.path()), &from, &plan, &mut Silent)?;
        let rest = compare(&sqlite::schema(&stranger)?, &to, &to, &answers)?;
        assert!(rest.is_empty(), "{:?}", rest.changes);
        let sound: String =
            self.application.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok", "with the application's functions");
        Ok(done)
    }

    fn refused(&self, to: &str) -> Error {
        let before = self.texts("SELECT ifnull(sql, '') FROM sqlite_schema");
        let error = self.applied(to).unwrap_err();
        assert_eq!(self.texts("SELECT ifnull(sql, '') FROM sqlite_schema"), before);
        error
    }

    fn texts(&self, sql: &str) -> Vec<String> {
        let mut statement = self.application.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }
}

#[test]
fn a_table_whose_check_calls_the_applications_function_is_rebuilt_with_every_row() {
    let live = Live::new(
        "CREATE TABLE posts(id INTEGER PRIMARY KEY, title TEXT, path TEXT, CHECK (path = slug(title)));
         INSERT INTO posts VALUES (1, 'First Post', 'first-post'), (7, 'Second', 'second');",
    );
    live.applied(
        "CREATE TABLE posts(id INTEGER PRIMARY KEY, title TEXT NOT NULL DEFAULT '', path TEXT UNIQUE, \
         CHECK (path = slug(title)), CONSTRAINT long CHECK (length(title) > 2));",
    )
    .unwrap();
    assert_eq!(live.texts("SELECT id || path FROM posts ORDER BY id"), ["1first-post", "7second"]);
    // It is the application's CHECK as before.
    let error =
        live.application.execute_batch("INSERT INTO posts VALUES (8, 'A New One', 'wrong')").unwrap_err();
    assert!(error.to_string().contains("CHECK constraint failed"), "{error}");
    live.application.execute_batch("INSERT INTO posts VALUES (8, 'A New One', 'a-new-one')").unwrap();
}

#[test]
fn such_a_table_is_changed_in_place_where_no_row_has_to_be_written() {
    let live = Live::new(
        "CREATE TABLE posts(title TEXT DEFAULT '', path TEXT, CHECK (path = slug(title)));
         INSERT INTO posts VALUES ('First Post', 'first-post');",
    );
    let to = "CREATE TABLE posts(title TEXT NOT NULL DEFAULT '', path TEXT, note TEXT, CHECK (path = slug(title)));";
    live.applied_for(to, EngineVersion::new(3, 54)).unwrap();
    assert_eq!(live.texts("SELECT path FROM posts WHERE note IS NULL"), ["first-post"]);
}

#[test]
fn a_value_that_the_applications_check_has_not_seen_is_refused_by_the_functions_name() {
    let live = Live::new(
        "CREATE TABLE posts(title TEXT, path TEXT, CHECK (path = slug(title)));
         INSERT INTO posts VALUES ('First Post', 'first-post'), (NULL, 'none');",
    );
    let to = "CREATE TABLE posts(title TEXT NOT NULL DEFAULT '', path TEXT, CHECK (path = slug(title)));";
    let error = live.refused(to);
    assert!(error.to_string().contains("slug"), "{error}");
    assert_eq!(live.texts("SELECT path FROM posts WHERE title IS NULL"), ["none"]);
}

#[test]
fn another_check_of_that_table_is_tried_all_the_same() {
    let live = Live::new(
        "CREATE TABLE posts(title TEXT, path TEXT, CHECK (path = slug(title)));
         INSERT INTO posts VALUES ('First Post', 'first-post'), ('It', 'it');",
    );
    let to =
        "CREATE TABLE posts(title TEXT, path TEXT, CHECK (path = slug(title)), CHECK (length(title) > 2));";
    let error = live.refused(to);
    assert!(error.to_string().contains("length(title) > 2"), "{error}");
    assert_eq!(live.texts("SELECT path FROM posts"), ["first-post", "it"]);
}

#[test]
fn a_new_check_over_the_applications_function_is_refused_by_its_name() {
    let live = Live::new("CREATE TABLE posts(title TEXT); INSERT INTO posts VALUES ('x');");
    let error = live.refused("CREATE TABLE posts(title TEXT CHECK (slug(title) <> ''));");
    assert!(error.to_string().contains("slug"), "{error}");
    assert_eq!(live.texts("SELECT title FROM posts"), ["x"]);
}

#[test]
fn an_index_over_the_applications_function_stays_where_the_table_stays() {
    let live = Live::new(
        "CREATE TABLE posts(title TEXT); CREATE INDEX by_slug ON posts(slug(title));
         INSERT INTO posts VALUES ('B b'), ('A a');",
    );
    live.applied("CREATE TABLE posts(title TEXT, note TEXT); CREATE INDEX by_slug ON posts(slug(title));")
        .unwrap();
    let found = live.texts("SELECT title FROM posts INDEXED BY by_slug WHERE slug(title) = 'a-a'");
    assert_eq!(found, ["A a"]);
    // A rebuild would have to compute it.
    let error = live.refused(
        "CREATE TABLE posts(title TEXT NOT NULL DEFAULT '', note TEXT); CREATE INDEX by_slug ON posts(slug(title));",
    );
    assert!(error.to_string().contains("slug"), "{error}");
    assert!(error.next_steps().iter().any(|next| next.contains("the application's")), "{error}");
    assert_eq!(live.texts("SELECT title FROM posts INDEXED BY by_slug WHERE slug(title) = 'a-a'"), ["A a"]);
}

#[test]
fn a_stored_column_that_the_application_computes_is_never_computed_by_a_stand_in() {
    let live = Live::new(
        "CREATE TABLE posts(title TEXT, path TEXT AS (slug(title)) STORED); INSERT INTO posts VALUES ('A a');",
    );
    let error = live
        .refused("CREATE TABLE posts(title TEXT NOT NULL DEFAULT '', path TEXT AS (slug(title)) STORED);");
    assert!(error.to_string().contains("slug"), "{error}");
    assert_eq!(live.texts("SELECT path FROM posts"), ["a-a"]);
}

#[test]
fn views_and_triggers_over_the_applications_functions_come_through_a_rebuild() {
    let programs = "CREATE VIEW slugs AS SELECT slug(title) AS path FROM posts;
         CREATE TRIGGER t AFTER INSERT ON posts BEGIN UPDATE posts SET path = slug(new.title) WHERE rowid = new.rowid; END;";
    let live = Live::new(&format!(
        "CREATE TABLE posts(title TEXT, path TEXT); {programs} INSERT INTO posts(title) VALUES ('A a');"
    ));
    live.applied(&format!("CREATE TABLE posts(title TEXT NOT NULL DEFAULT '', path TEXT); {programs}"))
        .unwrap();
    live.application.execute_batch("INSERT INTO posts(title) VALUES ('B b')").unwrap();
    assert_eq!(live.texts("SELECT path FROM slugs"), ["a-a", "b-b"]);
    assert_eq!(live.texts("SELECT path FROM posts"), ["a-a", "b-b"]);
}

#[test]
fn a_column_with_the_applications_order_is_copied_and_a_key_over_it_is_refused() {
    let live = Live::new(
        "CREATE TABLE names(name TEXT COLLATE backwards, n INT); INSERT INTO names VALUES ('a', 1), ('b', 2);",
    );
    live.applied("CREATE TABLE names(name TEXT COLLATE backwards, n INT NOT NULL DEFAULT 0);").unwrap();
    assert_eq!(live.texts("SELECT name FROM names ORDER BY name"), ["b", "a"]);
    let error =
        live.refused("CREATE TABLE names(name TEXT COLLATE backwards UNIQUE, n INT NOT NULL DEFAULT 0);");
    assert!(error.to_string().contains("backwards"), "{error}");
}

#[test]
fn texts_in_double_quotes_work_after_a_migration_as_before() {
    let rest = "CREATE INDEX i ON t(a || \"-\") WHERE b <> \"gone\";
         CREATE VIEW v AS SELECT a, \"dq\" AS kind FROM t WHERE b = \"Active\";
         CREATE TRIGGER g AFTER INSERT ON t WHEN new.b = \"Log\" BEGIN INSERT INTO log VALUES (\"logged\"); END;";
    let table = |change: &str| {
        format!(
            "CREATE TABLE log(x); CREATE TABLE t(a TEXT{change}, b TEXT DEFAULT \"Active\" CHECK (b <> \"bad\")); {rest}"
        )
    };
    let live = Live::new(&format!("{} INSERT INTO t(a) VALUES ('1');", table("")));
    live.applied(&table(" NOT NULL DEFAULT \"none\"")).unwrap();
    live.application.execute_batch("INSERT INTO t(b) VALUES ('Log'); INSERT INTO t(a) VALUES ('2')").unwrap();
    assert_eq!(live.texts("SELECT a || kind FROM v ORDER BY a"), ["1dq", "2dq"]);
    assert_eq!(live.texts("SELECT x FROM log"), ["logged"]);
    assert_eq!(live.texts("SELECT a FROM t WHERE b = 'Log'"), ["none"]);
    live.application.execute_batch("INSERT INTO t(b) VALUES ('bad')").unwrap_err();
}

/// A database as an application keeps it that has an order of its own.
const ORDERED: &str = "CREATE TABLE tags(id INTEGER PRIMARY KEY, tag TEXT COLLATE backwards, n INT);
     CREATE INDEX by_tag ON tags(tag);
     CREATE TABLE names(name TEXT COLLATE backwards PRIMARY KEY) WITHOUT ROWID;
     CREATE TABLE keys(name TEXT COLLATE backwards UNIQUE);
     CREATE TABLE uses(name TEXT REFERENCES names);";
const ORDERED_ROWS: &str =
    "INSERT INTO tags VALUES (1, 'a', 1), (2, 'b', NULL), (3, 'c', 3); INSERT INTO names VALUES ('a'), ('b');
     INSERT INTO keys VALUES ('a'), ('b'); INSERT INTO uses VALUES ('a');
     INSERT INTO other VALUES (1, 'x', NULL), (2, NULL, 2);";

fn ordered() -> Live {
    Live::new(&format!("{ORDERED} CREATE TABLE other(id INTEGER PRIMARY KEY, v TEXT, w INT); {ORDERED_ROWS}"))
}

#[test]
fn tables_beside_the_applications_order_are_changed_in_every_way() {
    let other = "CREATE TABLE other(id INTEGER PRIMARY KEY, v TEXT NOT NULL DEFAULT 'none', z TEXT);";
    for target in [EngineVersion::new(3, 40), EngineVersion::new(3, 54)] {
        for other in [
            "CREATE TABLE other(id INTEGER PRIMARY KEY, v TEXT, w INT, z TEXT);",
            "CREATE TABLE other(id INTEGER PRIMARY KEY, v TEXT);",
            other,
        ] {
            let live = ordered();
            live.applied_for(&format!("{ORDERED} {other}"), target).unwrap();
            assert_eq!(live.texts("SELECT tag FROM tags ORDER BY tag"), ["c", "b", "a"]);
            assert_eq!(live.texts("SELECT name FROM names ORDER BY name"), ["b", "a"]);
            assert_eq!(live.texts("SELECT v FROM other WHERE v = 'x'"), ["x"]);
        }
    }
}

#[test]
fn a_table_indexed_in_the_applications_order_takes_a_column_in_place() {
    let live = ordered();
    let to = "CREATE TABLE other(id INTEGER PRIMARY KEY, v TEXT, w INT);
         CREATE TABLE tags(id INTEGER PRIMARY KEY, tag TEXT COLLATE backwards, n INT, z TEXT NOT NULL DEFAULT 'new');
         CREATE INDEX by_tag ON tags(tag);
         CREATE TABLE names(name TEXT COLLATE backwards PRIMARY KEY, z TEXT) WITHOUT ROWID;
         CREATE TABLE keys(name TEXT COLLATE backwards UNIQUE, z INT CHECK (z > 1));
         CREATE TABLE uses(name TEXT REFERENCES names, z INT);";
    live.applied(to).unwrap();
    assert_eq!(live.texts("SELECT tag || z FROM tags INDEXED BY by_tag WHERE tag > 'b'"), ["anew"]);
    assert_eq!(live.texts("SELECT name FROM names WHERE name = 'b'"), ["b"]);
    live.application.execute_batch("INSERT INTO keys VALUES ('b', 2)").unwrap_err();
}

#[test]
fn one_that_would_have_to_be_rebuilt_is_refused_by_its_name_before_anything_is_changed() {
    let rest = "CREATE TABLE other(id INTEGER PRIMARY KEY, v TEXT, w INT); CREATE TABLE uses(name TEXT REFERENCES names);";
    let tags = "CREATE TABLE tags(id INTEGER PRIMARY KEY, tag TEXT COLLATE backwards, n INT NOT NULL DEFAULT 0); CREATE INDEX by_tag ON tags(tag);";
    let same = "CREATE TABLE tags(id INTEGER PRIMARY KEY, tag TEXT COLLATE backwards, n INT); CREATE INDEX by_tag ON tags(tag);";
    let names = "CREATE TABLE names(name TEXT COLLATE backwards PRIMARY KEY) WITHOUT ROWID;";
    let keys = "CREATE TABLE keys(name TEXT COLLATE backwards UNIQUE);";
    for (table, to) in [
        ("tags", format!("{rest} {tags} {names} {keys}")),
        (
            "names",
            format!(
                "{rest} {same} CREATE TABLE names(name TEXT COLLATE backwards PRIMARY KEY, CHECK (name <> '')) WITHOUT ROWID; {keys}"
            ),
        ),
        (
            "keys",
            format!(
                "{rest} {same} {names} CREATE TABLE keys(name TEXT COLLATE backwards UNIQUE CHECK (name <> ''));"
            ),
        ),
        ("other", format!("{rest} {same} {names} {keys} CREATE INDEX o ON other(v COLLATE backwards);")),
    ] {
        let live = ordered();
        let error = live.refused(&to);
        assert_eq!(error.kind(), ErrorKind::Preflight, "{error}");
        assert!(error.what().contains(&format!("`{table}`")), "{error}");
        assert!(
            error.next_steps().iter().any(|next| next.contains("backwards is the application's")),
            "{error}"
        );
        assert_eq!(live.texts("SELECT tag FROM tags INDEXED BY by_tag WHERE tag > 'b'"), ["a"]);
    }
}

#[test]
fn what_the_application_would_have_to_compute_is_refused_before_a_backup_is_taken() {
    let live = Live::new(
        "CREATE TABLE posts(title TEXT, path TEXT, CHECK (path = slug(title)));
         INSERT INTO posts VALUES ('First Post', 'first-post'), (NULL, 'none');",
    );
    let to = "CREATE TABLE posts(title TEXT NOT NULL DEFAULT '', path TEXT, CHECK (path = slug(title)));";
    let error = live.refused(to);
    assert_eq!(error.kind(), ErrorKind::Preflight, "{error}");
    assert!(error.what().contains("`posts`"), "{error}");
    // Rows that the change leaves as they are stand in no way.
    live.application.execute_batch("DELETE FROM posts WHERE title IS NULL").unwrap();
    live.applied(to).unwrap();
}

#[test]
fn damage_is_found_in_a_database_with_the_applications_order_too() {
    let live = ordered();
    live.application
        .execute_batch(
            "CREATE INDEX by_v ON other(v); PRAGMA writable_schema=ON;
             UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'by_v') WHERE name = 'uses';
             PRAGMA writable_schema=RESET;",
        )
        .unwrap();
    let path = live.home.path().join("app.db");
    let stranger = Connection::open(&path).unwrap();
    let from = sqlite::schema(&stranger).unwrap();
    let to = schema_of_application(&format!(
        "{ORDERED} CREATE TABLE other(id INTEGER PRIMARY KEY, v TEXT, w INT, z TEXT); CREATE INDEX by_v ON other(v);"
    ));
    let answers = Answers::default();
    let comparison = compare(&from, &to, &to, &answers).unwrap();
    let plan = plan::sqlite(&from, &to, &comparison, &answers, EngineVersion::new(3, 40)).unwrap();
    let error =
        diff_apply::apply(&Target::new(path, live.home.path()), &from, &plan, &mut Silent).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Verification, "{error}");
}
