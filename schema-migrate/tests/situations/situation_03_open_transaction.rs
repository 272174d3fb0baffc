//! Situation 3: a rebuild is asked for on a connection that is in a transaction.

use schema_core::rusqlite::Connection;
use schema_migrate::diff::{Answers, compare};
use schema_migrate::inspect::sqlite;
use schema_migrate::run::Silent;
use schema_migrate::{diff_apply, plan};

use crate::harness::{TARGETS, schema_of};

const FROM: &str = "
    CREATE TABLE p(id INTEGER PRIMARY KEY, n INTEGER);
    CREATE TABLE c(p INTEGER REFERENCES p(id) ON DELETE CASCADE);";

fn filled() -> Connection {
    let database = Connection::open_in_memory().unwrap();
    database.pragma_update(None, "foreign_keys", true).unwrap();
    database.execute_batch(FROM).unwrap();
    database
        .execute_batch("INSERT INTO p VALUES (1, 5), (2, 6); INSERT INTO c VALUES (1), (2), (2)")
        .unwrap();
    database
}

fn count(database: &Connection, sql: &str) -> i64 {
    database.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn it_is_refused_before_anything_happens() {
    let (from, to) = (schema_of(FROM), schema_of(&FROM.replace("n INTEGER", "n BLOB")));
    for target in TARGETS {
        let comparison = compare(&from, &to, &to, &Answers::default()).unwrap();
        let plan = plan::sqlite(&from, &to, &comparison, &Answers::default(), target).unwrap();
        assert_eq!(plan.rebuilt, ["p"]);
        let mut database = filled();
        database.execute_batch("BEGIN; INSERT INTO p VALUES (3, 7);").unwrap();
        let error = diff_apply::apply_on(&mut database, &from, &plan, &mut Silent).unwrap_err();
        assert_eq!(error.what(), "a transaction is open on this connection");
        assert_eq!(error.data_state(), Some("nothing was changed"));
        assert_eq!(error.next_steps(), ["commit or roll back first"]);
        assert!(!database.is_autocommit(), "the transaction is still the user's");
        assert_eq!(count(&database, "SELECT count(*) FROM p"), 3);
        database.execute_batch("COMMIT").unwrap();
        assert_eq!(count(&database, "SELECT count(*) FROM c"), 3);
        assert_eq!(sqlite::schema(&database).unwrap(), from);
        diff_apply::apply_on(&mut database, &from, &plan, &mut Silent).unwrap();
        assert!(
            compare(&sqlite::schema(&database).unwrap(), &to, &to, &Answers::default()).unwrap().is_empty()
        );
        assert_eq!(count(&database, "SELECT count(*) FROM c"), 3);
        assert_eq!(count(&database, "PRAGMA foreign_keys"), 1);
    }
}

#[test]
fn triggers_of_the_connection_itself_are_there_afterwards() {
    let (from, to) = (schema_of(FROM), schema_of(&FROM.replace("n INTEGER", "n BLOB")));
    let comparison = compare(&from, &to, &to, &Answers::default()).unwrap();
    for target in TARGETS {
        let plan = plan::sqlite(&from, &to, &comparison, &Answers::default(), target).unwrap();
        let mut database = filled();
        database
            .execute_batch("CREATE TEMP TABLE seen(id); CREATE TEMP TRIGGER mine AFTER INSERT ON p BEGIN INSERT INTO seen VALUES (new.id); END;")
            .unwrap();
        let report = diff_apply::apply_on(&mut database, &from, &plan, &mut Silent).unwrap();
        assert_eq!(report.warnings, Vec::<String>::new());
        assert_eq!(count(&database, "SELECT count(*) FROM seen"), 0);
        database.execute_batch("INSERT INTO p VALUES (9, 9)").unwrap();
        assert_eq!(count(&database, "SELECT id FROM seen"), 9);
        assert_eq!(count(&database, "SELECT count(*) FROM main.sqlite_schema WHERE type = 'trigger'"), 0);
    }
}
