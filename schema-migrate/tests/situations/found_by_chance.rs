//! What random pairs of schemas have found, each in its smallest form.

use schema_core::rusqlite::Connection;
use schema_migrate::diff::{Answers, compare};
use schema_migrate::diff_apply;
use schema_migrate::inspect::sqlite;
use schema_migrate::plan::{self, EngineVersion};
use schema_migrate::run::{Report, Silent, Target};

use crate::harness::{Pair, TARGETS, schema_of};

#[test]
fn a_table_takes_the_name_of_an_index() {
    let rows = "INSERT INTO old VALUES (1); INSERT INTO other VALUES (2);";
    let (from, to) = (
        "CREATE TABLE old(a); CREATE TABLE other(b); CREATE INDEX wanted ON other(b);",
        "CREATE TABLE wanted(a); CREATE TABLE other(b);",
    );
    for walk in Pair::new(from, rows, to).rename("old:wanted").walk() {
        assert_eq!(walk.upgraded.text("SELECT a FROM wanted"), ["1"]);
    }
}

#[test]
fn a_new_table_takes_the_name_of_an_index_that_goes_with_its_table() {
    let (from, to) = (
        "CREATE TABLE t(a); CREATE INDEX x ON t(a); CREATE TABLE kept(a);",
        "CREATE TABLE x(c); CREATE TABLE kept(a);",
    );
    let pair = Pair::new(from, "INSERT INTO t VALUES (1); INSERT INTO kept VALUES (2);", to).drop("t");
    for walk in pair.walk() {
        assert_eq!(walk.upgraded.text("SELECT count(*) FROM x"), ["0"]);
    }
}

#[test]
fn a_chain_of_renames_ends_where_its_last_name_is_that_of_a_dropped_column() {
    let (from, to) = ("CREATE TABLE t(a, b, c);", "CREATE TABLE t(b, c);");
    let pair = Pair::new(from, "INSERT INTO t VALUES (1, 2, 3);", to).rename("t.a:t.b").rename("t.b:t.c");
    // What is called `c` afterwards is not what was called so before.
    for walk in pair.drop("t.c").changed(&["t.c"]).walk() {
        assert_eq!(walk.upgraded.text("SELECT b, c FROM t"), ["1|2"]);
    }
}

#[test]
fn autoincrement_in_a_constraint_of_the_table_is_the_same_as_on_the_column() {
    let inline = schema_of("CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT);");
    let outside = schema_of("CREATE TABLE t(id INTEGER, PRIMARY KEY (id AUTOINCREMENT));");
    let plain = schema_of("CREATE TABLE t(id INTEGER, PRIMARY KEY (id));");
    assert!(compare(&inline, &outside, &outside, &Answers::default()).unwrap().is_empty());
    assert!(!compare(&inline, &plain, &plain, &Answers::default()).unwrap().is_empty());
}

#[test]
fn a_unique_that_is_written_twice_or_is_the_key_is_one_index() {
    for (from, to, indexes) in [
        ("CREATE TABLE t(a);", "CREATE TABLE t(a UNIQUE, CONSTRAINT again UNIQUE (a));", 1),
        ("CREATE TABLE t(a PRIMARY KEY);", "CREATE TABLE t(a PRIMARY KEY UNIQUE);", 1),
    ] {
        for walk in Pair::new(from, "INSERT INTO t VALUES ('x');", to).walk() {
            let found = walk.upgraded.text("SELECT count(*) FROM pragma_index_list('t')");
            assert_eq!(found, [indexes.to_string()], "{to}");
        }
    }
}

#[test]
fn rows_that_are_there_get_of_a_default_what_new_rows_get() {
    let pair = Pair::new(
        "CREATE TABLE t(a);",
        "INSERT INTO t VALUES (1);",
        "CREATE TABLE t(a, b TEXT DEFAULT 1e3);",
    );
    for walk in pair.walk() {
        walk.upgraded.run("INSERT INTO t(a) VALUES (2)");
        assert_eq!(walk.upgraded.text("SELECT DISTINCT b FROM t"), ["'1000.0'"]);
    }
}

#[test]
fn null_becomes_no_invented_key() {
    let from = "CREATE TABLE t(a);";
    let to = "CREATE TABLE t(a INTEGER PRIMARY KEY);";
    for target in TARGETS {
        let plan = Pair::new(from, "", to).plan(target);
        let database = schema_migrate::inspect::scratch().unwrap();
        database.execute_batch("CREATE TABLE t(a); INSERT INTO t VALUES (NULL)").unwrap();
        let copied = plan.up.iter().try_for_each(|step| database.execute_batch(&step.sql));
        assert!(copied.unwrap_err().to_string().contains("datatype mismatch"));
    }
}

#[test]
fn a_rename_that_sqlite_cannot_make_says_so() {
    let hidden = (schema_of("CREATE TABLE t(a);"), schema_of("CREATE TABLE t(rowid);"));
    let mut answers = Answers::default();
    answers.rename("t.a:t.rowid").unwrap();
    let error = compare(&hidden.0, &hidden.1, &hidden.1, &answers).unwrap_err();
    assert!(error.what().contains("hides the rowid"), "{error}");
    // SQLite overlooks the column of a UNIQUE that the key of such a table has too.
    let from = schema_of("CREATE TABLE t(a INTEGER PRIMARY KEY, b, UNIQUE (a, b)) WITHOUT ROWID;");
    let to = schema_of("CREATE TABLE t(c INTEGER PRIMARY KEY, b, UNIQUE (c, b)) WITHOUT ROWID;");
    let mut answers = Answers::default();
    answers.rename("t.a:t.c").unwrap();
    let error = compare(&from, &to, &to, &answers).unwrap_err();
    assert!(error.what().starts_with("SQLite cannot make a rename"), "{error}");
    assert_eq!(error.data_state(), Some("nothing was changed"));
}

/// A database file with this in it, and what becomes of it on the way to the other schema.
fn applied(script: &str, to: &str) -> (schema_migrate::Result<Report>, Connection, tempfile::TempDir) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("app.db");
    let database = Connection::open(&path).unwrap();
    database.execute_batch(&format!("PRAGMA foreign_keys=OFF; {script}")).unwrap();
    let (from, to) = (sqlite::schema(&database).unwrap(), schema_of(to));
    let answers = Answers { no_renames: true, allow_every_loss: true, ..Answers::default() };
    let comparison = compare(&from, &to, &to, &answers).unwrap();
    let plan = plan::sqlite(&from, &to, &comparison, &answers, EngineVersion::new(3, 40)).unwrap();
    let report = diff_apply::apply(&Target::new(path, home.path()), &from, &plan, &mut Silent);
    (report, database, home)
}

#[test]
fn a_row_without_a_parent_is_known_again_in_a_table_without_rowids() {
    let (report, database, _home) = applied(
        "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(id INTEGER PRIMARY KEY, p REFERENCES p);
         INSERT INTO c VALUES (1, 404);",
        "CREATE TABLE p(id INTEGER PRIMARY KEY);
         CREATE TABLE c(id INTEGER PRIMARY KEY, p REFERENCES p) WITHOUT ROWID;",
    );
    report.unwrap();
    let left: i64 = database.query_row("SELECT p FROM c", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 404);
}

#[test]
fn a_broken_key_elsewhere_does_not_keep_null_from_being_filled() {
    let script = "CREATE TABLE t(a, b); CREATE TABLE c(a, FOREIGN KEY (a) REFERENCES t(b));
                  INSERT INTO t VALUES (NULL, 1); INSERT INTO c VALUES (1);";
    let to = "CREATE TABLE t(a NOT NULL DEFAULT 7, b); CREATE TABLE c(a, FOREIGN KEY (a) REFERENCES t(b));";
    let (report, database, _home) = applied(script, to);
    report.unwrap();
    let filled: i64 = database.query_row("SELECT a FROM t", [], |row| row.get(0)).unwrap();
    assert_eq!(filled, 7);
}

#[test]
fn a_column_called_true_keeps_no_row_from_its_new_type() {
    let pair = Pair::new(
        "CREATE TABLE t(a PRIMARY KEY, b) WITHOUT ROWID;",
        "INSERT INTO t VALUES (1, 'x');",
        "CREATE TABLE t(a ANY, b ANY, \"true\" REAL NOT NULL) STRICT;",
    );
    for walk in pair.backfill("t.true=2.5").walk() {
        assert_eq!(walk.upgraded.text("SELECT a, b, [true] FROM t"), ["1|'x'|2.5"]);
    }
}

#[test]
fn a_row_without_a_parent_is_known_again_where_columns_have_the_names_of_the_rowid() {
    for columns in ["_rowid_, c", "_rowid_, rowid, oid, c"] {
        let (report, database, _home) = applied(
            &format!(
                "CREATE TABLE p(id PRIMARY KEY); CREATE TABLE t({columns}, FOREIGN KEY (c) REFERENCES p);
                 INSERT INTO t(_rowid_, c) VALUES (926, 404);"
            ),
            "CREATE TABLE p(id PRIMARY KEY); CREATE TABLE t(c REFERENCES p);",
        );
        report.unwrap();
        let left: i64 = database.query_row("SELECT c FROM t", [], |row| row.get(0)).unwrap();
        assert_eq!(left, 404);
    }
}

#[test]
fn a_column_is_renamed_in_the_table_that_is_meant_where_tables_exchange_their_names() {
    let rows = "INSERT INTO a VALUES ('of a'); INSERT INTO b VALUES ('of b');";
    let pair =
        Pair::new("CREATE TABLE a(x); CREATE TABLE b(x);", rows, "CREATE TABLE a(x); CREATE TABLE b(y);");
    for walk in pair.rename("a:b").rename("b:a").rename("a.x:b.y").walk() {
        assert_eq!(walk.upgraded.text("SELECT a.x, b.y FROM a, b"), ["'of b'|'of a'"]);
    }
}

#[test]
fn two_keys_of_one_column_come_back_both() {
    let from = "CREATE TABLE p(id INTEGER PRIMARY KEY);
         CREATE TABLE t(a REFERENCES t(b), b UNIQUE, FOREIGN KEY (a) REFERENCES p(id));";
    let to = "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE t(b UNIQUE);";
    Pair::new(from, "INSERT INTO t VALUES (NULL, 1);", to).drop("t.a").walk();
}

#[test]
fn not_null_is_dropped_beside_a_key_that_is_not_deferrable() {
    let from = "CREATE TABLE p(id PRIMARY KEY); CREATE TABLE t(a REFERENCES p NOT DEFERRABLE NOT NULL);";
    let to = "CREATE TABLE p(id PRIMARY KEY); CREATE TABLE t(a REFERENCES p);";
    Pair::new(from, "INSERT INTO p VALUES (1); INSERT INTO t VALUES (1);", to).walk();
}
