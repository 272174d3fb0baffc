use schema_core::rusqlite::Connection;
use serde_json::Value;

use crate::{
    adopted::{ADOPTED, text},
    databases::{ALL, Database},
    rows::{again, count, rows},
};

fn json(release: &str, arguments: &[&str]) -> Value {
    let output = ADOPTED.run(release, &[arguments, &["--json"]].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{}", text(&output)))
}

fn done(release: &str, arguments: &[&str]) -> Value {
    let answer = json(release, arguments);
    assert_eq!(answer["exit"], 0, "{arguments:?}: {answer:#}");
    answer
}

#[test]
fn a_pulled_database_is_adopted_without_a_difference_and_then_migrated_without_losing_a_cell() {
    for Database { name, .. } in ALL {
        let file = ADOPTED.path(&format!("data/{name}.db"));
        let schema = |connection: &Connection| -> Vec<(String, Option<String>)> {
            let sql =
                "SELECT name, sql FROM sqlite_schema WHERE tbl_name <> '_schema_migrations' ORDER BY rowid";
            let mut statement = connection.prepare(sql).unwrap();
            statement
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
                .unwrap()
                .map(Result::unwrap)
                .collect()
        };
        let (before, definitions) = {
            let connection = Connection::open(&file).unwrap();
            (rows(&connection), schema(&connection))
        };
        assert!(count(&before) > 0, "{name} has rows");

        let place = ["--schema", name];
        let dry = done("first", &[&["stamp", "--baseline", "--dry-run"], &place[..]].concat());
        assert!(dry["data"]["file"].is_null() && !ADOPTED.path(&format!("migrations/{name}")).exists());
        done("first", &[&["stamp", "--baseline"], &place[..]].concat());
        let checked = done("first", &[&["check"], &place[..]].concat());
        assert_eq!(checked["data"]["database_models"], Value::Array(Vec::new()), "{name}");
        assert_eq!(checked["data"]["migrations_models"], Value::Array(Vec::new()), "{name}");
        assert_eq!(checked["data"]["database_migrations"], Value::Array(Vec::new()), "{name}");
        done("first", &[&["status"], &place[..]].concat());
        let generated = done("first", &[&["generate", "nothing"], &place[..]].concat());
        assert!(generated["data"]["file"].is_null(), "{name}: {generated:#}");
        let migrated = done("first", &[&["migrate"], &place[..]].concat());
        assert_eq!(migrated["data"]["applied"].as_array().map_or(0, Vec::len), 0, "{name}: {migrated:#}");
        let connection = Connection::open(&file).unwrap();
        assert!(rows(&connection) == before && schema(&connection) == definitions, "{name} was changed");

        let twice = json("first", &[&["stamp", "--baseline"], &place[..]].concat());
        assert_eq!(twice["exit"], 2, "{name}: {twice:#}");

        let generated = done("second", &[&["generate", "added_later"], &place[..]].concat());
        assert!(generated["data"]["file"].is_string(), "{name}: {generated:#}");
        done("second", &[&["migrate", "--no-backup"], &place[..]].concat());
        done("second", &[&["check"], &place[..]].concat());
        assert!(again(&connection, &before) == before, "{name} lost a cell");
    }
}

/// Calibre's needs functions that only Calibre has: nobody else builds a new one.
#[test]
fn a_new_database_is_built_from_the_baseline_and_counts_as_adopted() {
    for Database { name, .. } in ALL.iter().filter(|database| database.name != "calibre") {
        let folder = tempfile::tempdir().unwrap();
        let settings = format!("[{name}]\nurl = \"sqlite:old.db\"\nmigrations = \"migrations\"\n");
        std::fs::write(folder.path().join("schema.toml"), settings).unwrap();
        crate::databases::build(name, &folder.path().join("old.db"));
        for arguments in [
            &["stamp", "--baseline"][..],
            &["migrate", "--url", "sqlite:new.db"],
            &["check", "--url", "sqlite:new.db"],
        ] {
            let output = ADOPTED.run_in(folder.path(), "first", &[arguments, &["--schema", name]].concat());
            assert!(output.status.success(), "{name} {arguments:?}\n{}", text(&output));
        }
        let connection = Connection::open(folder.path().join("new.db")).unwrap();
        let kind: String =
            connection.query_row("SELECT kind FROM _schema_migrations", [], |row| row.get(0)).unwrap();
        assert_eq!(kind, "baseline", "{name}: its texts may need what databases of ours forbid");
    }
}
