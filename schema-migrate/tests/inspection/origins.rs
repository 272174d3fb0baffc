//! Databases of other encodings, connections with more on them than one database, and what hides.

use schema_core::rusqlite::Connection;
use schema_migrate::diff::{Answers, compare};
use schema_migrate::inspect::{execute, scratch, sqlite};
use schema_migrate::plan::{self, EngineVersion};
use schema_migrate::run::{Silent, Target};
use schema_migrate::{diff_apply, sql};

use crate::{database, schema};

const TABLES: &str =
    "CREATE TABLE \"Größe 😀\"(id INTEGER PRIMARY KEY, \"日本\" TEXT DEFAULT 'ü' CHECK (\"日本\" <> 'ß'));
     CREATE INDEX \"é\" ON \"Größe 😀\"(\"日本\" COLLATE nocase) WHERE \"日本\" > 'ä';
     CREATE VIEW \"Ω\" AS SELECT \"日本\" FROM \"Größe 😀\";";

#[test]
fn a_database_in_utf_16_is_read_and_migrated_as_any_other() {
    let plain = schema(TABLES);
    for encoding in ["UTF-16le", "UTF-16be"] {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("wide.db");
        let wide = Connection::open(&path).unwrap();
        wide.execute_batch(&format!("PRAGMA encoding='{encoding}'; {TABLES}")).unwrap();
        wide.execute_batch("INSERT INTO \"Größe 😀\" VALUES (7, 'ö 😀'), (9, NULL)").unwrap();
        let found = sqlite::schema(&wide).unwrap();
        assert!(compare(&found, &plain, &plain, &Answers::default()).unwrap().is_empty());
        let to = schema(&TABLES.replace("DEFAULT 'ü'", "NOT NULL DEFAULT 'ö'"));
        let comparison = compare(&found, &to, &to, &Answers::default()).unwrap();
        let target = EngineVersion::new(3, 40);
        let plan = plan::sqlite(&found, &to, &comparison, &Answers::default(), target).unwrap();
        diff_apply::apply(&Target::new(&path, home.path()), &found, &plan, &mut Silent).unwrap();
        let rows: String = wide
            .query_row("SELECT group_concat(id || \"日本\") FROM \"Größe 😀\"", [], |row| row.get(0))
            .unwrap();
        assert_eq!(rows, "7ö 😀,9ö");
        let kept: String = wide.query_row("PRAGMA encoding", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, encoding);
    }
}

#[test]
fn what_is_attached_or_temporary_belongs_to_nobody() {
    let connection = database("CREATE TABLE t(a); CREATE INDEX i ON t(a);");
    connection
        .execute_batch(
            "ATTACH ':memory:' AS other; CREATE TABLE other.t(b, c); CREATE TABLE other.u(x);
             CREATE TEMP TABLE t(z, y, x); CREATE TEMP TABLE w(a); CREATE TEMP VIEW v AS SELECT 1;
             CREATE INDEX other.i2 ON u(x); CREATE TEMP TRIGGER g AFTER INSERT ON main.t BEGIN SELECT 1; END;",
        )
        .unwrap();
    let found = sqlite::schema(&connection).unwrap();
    assert_eq!(found.tables.len(), 1);
    let table = found.table("t").unwrap();
    assert_eq!((table.columns.len(), table.indexes.len(), table.triggers.len()), (1, 1, 0));
    assert!(found.views.is_empty());
}

#[test]
fn a_table_that_hides_its_rowids_says_that_they_are_numbered_anew() {
    let from = schema("CREATE TABLE t(rowid TEXT, _rowid_ TEXT, oid TEXT);");
    let to = schema("CREATE TABLE t(rowid TEXT, _rowid_ TEXT NOT NULL DEFAULT '', oid TEXT);");
    let comparison = compare(&from, &to, &to, &Answers::default()).unwrap();
    let target = EngineVersion::new(3, 40);
    let plan = plan::sqlite(&from, &to, &comparison, &Answers::default(), target).unwrap();
    let notes: Vec<&String> = plan.up.iter().flat_map(|step| &step.notes).collect();
    assert!(notes.iter().any(|note| note.contains("hide its rowids")), "{notes:?}");
}

#[test]
fn a_schema_full_of_the_applications_functions_is_read_without_any_of_them() {
    let text = "CREATE TABLE b(id INTEGER PRIMARY KEY, t TEXT COLLATE ours CHECK (ours_valid(t)), s AS (title_sort(t)) STORED);
         CREATE INDEX i ON b(title_sort(t)) WHERE ours_valid(s);
         CREATE VIEW v AS SELECT concat_all(t) FROM b;
         CREATE TRIGGER g AFTER INSERT ON b BEGIN UPDATE b SET t = title_sort(new.t); END;";
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("app.db");
    let maker = scratch().unwrap();
    for statement in sql::statements(text).unwrap() {
        execute(&maker, statement.text).unwrap();
    }
    maker.backup("main", &path, None::<fn(schema_core::rusqlite::backup::Progress)>).unwrap();
    // A connection that has none of the stand-ins.
    let found = sqlite::schema(&Connection::open(&path).unwrap()).unwrap();
    let table = found.table("b").unwrap();
    assert_eq!((table.checks.len(), table.indexes.len(), table.triggers.len()), (1, 1, 1));
    assert!(table.column("s").unwrap().generated.is_some());
    assert!(compare(&found, &found, &found, &Answers::default()).unwrap().is_empty());
}
