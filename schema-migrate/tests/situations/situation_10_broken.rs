//! Situation 10: a view or trigger that is broken, or would be, is named before anything is changed.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use schema_core::rusqlite::Connection;
use schema_core::rusqlite::functions::FunctionFlags;
use schema_migrate::diff::{Answers, compare};
use schema_migrate::files::{Draft, Folder, Revision};
use schema_migrate::inspect::{replay, sqlite};
use schema_migrate::plan::{self, EngineVersion};
use schema_migrate::run::{MigrateOptions, Report, Silent, Target, migrate};
use schema_migrate::{Result, diff_apply};
use tempfile::TempDir;

use crate::harness::{Pair, TARGETS, schema_of};

const FROM: &str = "
    CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price INTEGER);
    CREATE TABLE log(what TEXT);
    CREATE VIEW dear AS SELECT id, name FROM item WHERE price > 5;";
const ROWS: &str = "INSERT INTO item VALUES (1, 'a', 9), (2, 'b', 2); INSERT INTO log VALUES ('x');";

/// A file with a migrated and filled database, and a migration to another schema that is due.
struct World {
    home: TempDir,
    target: Target,
}

impl World {
    fn new(to: &str, answers: &Answers, engine: EngineVersion) -> Self {
        let home = tempfile::tempdir().unwrap();
        let migrations = home.path().join("migrations");
        fs::create_dir(&migrations).unwrap();
        let target = Target::new(home.path().join("app.db"), migrations).wait(Duration::from_millis(50));
        let world = Self { home, target };
        world.draft("20250101000000_first", "", FROM, &Answers::default(), engine);
        world.migrate().unwrap();
        world.sql(ROWS);
        world.draft("20250102000000_second", FROM, to, answers, engine);
        world
    }

    fn draft(&self, revision: &str, from: &str, to: &str, answers: &Answers, engine: EngineVersion) {
        let (from, to) = (schema_of(from), schema_of(to));
        let comparison = compare(&from, &to, &to, answers).unwrap();
        let plan = plan::sqlite(&from, &to, &comparison, answers, engine).unwrap();
        let folder = Folder::read(self.target.files.folder().unwrap()).unwrap();
        let parents: Vec<String> = folder.heads().iter().map(|head| head.revision.to_string()).collect();
        let revision = Revision::read(revision).unwrap();
        let draft =
            Draft::of_plan(self.target.files.folder().unwrap(), &revision, &parents, &plan, &[]).unwrap();
        fs::write(&draft.migration.path, &draft.text).unwrap();
    }

    fn connection(&self) -> Connection {
        Connection::open(&self.target.database).unwrap()
    }

    fn sql(&self, sql: &str) {
        self.connection().execute_batch(sql).unwrap();
    }

    fn migrate(&self) -> Result<Report> {
        migrate(&self.target, &MigrateOptions::default(), &mut Silent)
    }

    fn dry_run(&self) -> Result<Report> {
        let options = MigrateOptions { dry_run: true, ..MigrateOptions::default() };
        migrate(&self.target, &options, &mut Silent)
    }

    fn names(&self) -> Vec<String> {
        let connection = self.connection();
        let mut statement =
            connection.prepare("SELECT name || coalesce(sql, '') FROM sqlite_schema ORDER BY 1").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(std::result::Result::unwrap).collect()
    }

    /// Both a dry run and a run refuse, name it, and change nothing.
    fn refuses(&self, what: &str, named: &str) {
        let before = (self.names(), fs::read(&self.target.database).unwrap());
        for error in [self.dry_run().unwrap_err(), self.migrate().unwrap_err()] {
            let text = error.to_string();
            assert!(error.what().contains(what), "`{what}` is not in:\n{text}");
            assert!(text.contains(named), "`{named}` is not in:\n{text}");
            assert_eq!(error.kind().exit_code(), 7, "{text}");
            assert_eq!(error.data_state(), Some("nothing was changed"));
            assert!(!error.next_steps().is_empty());
        }
        assert_eq!(before, (self.names(), fs::read(&self.target.database).unwrap()));
        assert!(!PathBuf::from(self.home.path()).join("backups").exists());
    }
}

fn rebuilt() -> String {
    FROM.replace("name TEXT", "name BLOB")
}

#[test]
fn a_broken_view_or_trigger_is_named_before_anything_is_changed() {
    for target in TARGETS {
        for broken in [
            "CREATE VIEW \"wrong one\" AS SELECT gone FROM item",
            "CREATE VIEW \"wrong one\" AS SELECT 1 FROM nowhere",
            "CREATE TRIGGER \"wrong one\" AFTER INSERT ON log BEGIN INSERT INTO nowhere VALUES (1); END",
        ] {
            let world = World::new(&rebuilt(), &Answers::default(), target);
            world.sql(broken);
            world.refuses("is broken", "wrong one");
            let kind = broken.split(' ').nth(1).unwrap();
            world.sql(&format!("DROP {kind} \"wrong one\""));
            world.migrate().unwrap();
        }
    }
}

#[test]
fn functions_that_only_the_application_has_break_nothing() {
    for target in TARGETS {
        let mut answers = Answers::default();
        answers.rename("item.price:item.cost").unwrap();
        let to = rebuilt().replace("price", "cost");
        let world = World::new(&to, &answers, target);
        world.sql(
            "CREATE VIEW loud AS SELECT shout(name) AS name FROM item ORDER BY name COLLATE german;
             CREATE TRIGGER told AFTER INSERT ON item BEGIN INSERT INTO log VALUES (shout(new.name)); END;",
        );
        world.dry_run().unwrap();
        let report = world.migrate().unwrap();
        assert!(
            report.warnings.iter().any(|text| text.contains("kept trigger told on item")),
            "{:?}",
            report.warnings
        );
        let connection = world.connection();
        connection
            .create_scalar_function("shout", 1, FunctionFlags::SQLITE_UTF8, |context| {
                Ok(context.get::<String>(0)?.to_uppercase())
            })
            .unwrap();
        connection.execute_batch("INSERT INTO item VALUES (3, 'c', 1)").unwrap();
        let told: String = connection.query_row("SELECT max(what) FROM log", [], |row| row.get(0)).unwrap();
        assert_eq!(told, "x");
        let count = "SELECT count(*) FROM log WHERE what = 'C'";
        assert_eq!(connection.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
    }
}

#[test]
fn what_no_migration_records_and_would_no_longer_work_is_named_before() {
    for target in TARGETS {
        let mut dropped = Answers::default();
        dropped.drop("item.name").unwrap();
        let without = "CREATE TABLE item(id INTEGER PRIMARY KEY, price INTEGER);
            CREATE TABLE log(what TEXT);
            CREATE VIEW dear AS SELECT id FROM item WHERE price > 5;";
        for unrecorded in [
            "CREATE VIEW mine AS SELECT name FROM item",
            "CREATE VIEW mine AS SELECT name FROM dear",
            "CREATE TRIGGER mine AFTER INSERT ON log BEGIN DELETE FROM item WHERE name = new.what; END",
            "CREATE TRIGGER mine AFTER INSERT ON log BEGIN UPDATE item SET name = new.what; END",
        ] {
            let world = World::new(without, &dropped, target);
            world.sql(unrecorded);
            world.refuses("`mine`, which no migration records, no longer works", "name");
        }
        // A rename that a view over a view cannot follow.
        let mut renamed = Answers::default();
        renamed.rename("item.name:item.title").unwrap();
        let world = World::new(&FROM.replace("name", "title"), &renamed, target);
        world.sql("CREATE VIEW mine AS SELECT name FROM dear");
        world.refuses("`mine`, which no migration records, no longer works", "no such column: name");
    }
}

#[test]
fn what_no_migration_records_is_carried_through_a_view_that_is_made_again() {
    for target in TARGETS {
        let mut dropped = Answers::default();
        dropped.drop("item.name").unwrap();
        let without = "CREATE TABLE item(id INTEGER PRIMARY KEY, price INTEGER);
            CREATE TABLE log(what TEXT);
            CREATE VIEW dear AS SELECT id, 'nobody' AS name FROM item WHERE price > 5;";
        let world = World::new(without, &dropped, target);
        world.sql(
            "CREATE VIEW over AS SELECT name FROM dear;
             CREATE VIEW above AS SELECT name FROM over;
             CREATE TRIGGER above_gone INSTEAD OF DELETE ON above BEGIN DELETE FROM item; END;
             CREATE TRIGGER dear_gone INSTEAD OF DELETE ON dear BEGIN DELETE FROM item WHERE id = old.id; END;
             CREATE VIRTUAL TABLE words USING fts5(word); INSERT INTO words VALUES ('kept');",
        );
        world.dry_run().unwrap();
        let report = world.migrate().unwrap();
        for kept in ["view over", "view above", "trigger above_gone on above", "trigger dear_gone on dear"] {
            let text = format!("kept {kept}, which no migration records");
            assert!(report.warnings.contains(&text), "{text}: {:?}", report.warnings);
        }
        let connection = world.connection();
        let name: String = connection.query_row("SELECT name FROM above", [], |row| row.get(0)).unwrap();
        assert_eq!(name, "nobody");
        connection.execute_batch("DELETE FROM dear").unwrap();
        let left = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(left("SELECT count(*) FROM item"), 1);
        assert_eq!(left("SELECT count(*) FROM words WHERE words MATCH 'kept'"), 1);
    }
}

#[test]
fn a_migration_may_drop_the_view_that_is_broken() {
    for target in TARGETS {
        let from = format!("{FROM} CREATE VIEW wrong AS SELECT gone FROM item;");
        let (from, to) = (
            schema_of(&from),
            schema_of(&rebuilt().replace("price INTEGER", "cost INTEGER").replace("price >", "cost >")),
        );
        let mut answers = Answers::default();
        answers.rename("item.price:item.cost").unwrap();
        let comparison = compare(&from, &to, &to, &answers).unwrap();
        let plan = plan::sqlite(&from, &to, &comparison, &answers, target).unwrap();
        let mut database = replay(&from).unwrap();
        database.execute_batch(ROWS).unwrap();
        database.execute_batch("CREATE VIEW wrong AS SELECT gone FROM item").unwrap();
        diff_apply::apply_on(&mut database, &from, &plan, &mut Silent).unwrap();
        let live = sqlite::schema(&database).unwrap();
        assert!(compare(&live, &to, &to, &Answers::default()).unwrap().is_empty());
    }
}

#[test]
fn a_view_that_is_broken_on_both_sides_is_no_change() {
    let from = format!(
        "{FROM} CREATE VIEW wrong AS SELECT gone FROM item;
        CREATE TRIGGER odd AFTER INSERT ON log BEGIN INSERT INTO nowhere VALUES (1); END;"
    );
    let to = from.replace("price INTEGER", "cost INTEGER").replace("price >", "cost >");
    let changes = Pair::new(&from, "", &to).rename("item.price:item.cost").comparison().2.changes;
    assert_eq!(changes.len(), 1, "{changes:?}");
    let plan = Pair::new(&from, "", &to).rename("item.price:item.cost").plan(TARGETS[0]);
    assert_eq!((plan.up.len(), plan.down.len()), (1, 1), "{:?}", plan.down);
}
