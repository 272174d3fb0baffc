//! Baselines of databases that a new database cannot simply become.

use std::path::Path;

use schema_core::rusqlite::{Connection, functions::FunctionFlags};
use schema_migrate::{
    inspect::sqlite,
    run::{MigrateOptions, Report, Silent, Target, migrate},
    stamp::{BaselineRequest, Stamped, baseline},
};

/// Adopts a database of these tables, whose application brings `PYNOCASE` and `title_sort`.
fn adopted(folder: &Path, script: &str) -> Stamped {
    let connection = Connection::open(folder.join("old.db")).unwrap();
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    let same = |context: &schema_core::rusqlite::functions::Context<'_>| context.get::<String>(0);
    connection.create_scalar_function("title_sort", 1, flags, same).unwrap();
    connection.create_collation("PYNOCASE", |left: &str, right: &str| left.cmp(right)).unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    connection.execute_batch(script).unwrap();
    let declared = sqlite::schema(&connection).unwrap();
    let target = Target::new(folder.join("old.db"), folder.join("migrations"));
    baseline(&target, &BaselineRequest { declared: &declared, name: "baseline", from: None, dry_run: false })
        .unwrap()
}

fn migrated(folder: &Path, database: &str) -> Result<Report, schema_migrate::Error> {
    let target = Target::new(folder.join(database), folder.join("migrations"));
    migrate(&target, &MigrateOptions::default(), &mut Silent)
}

#[test]
fn a_foreign_key_to_no_key_keeps_no_new_database_from_being_built_and_is_called_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let stamped = adopted(
        folder.path(),
        "CREATE TABLE p (id INTEGER PRIMARY KEY, c TEXT);
         CREATE TABLE ch (id INTEGER PRIMARY KEY, z TEXT REFERENCES p(c));
         INSERT INTO p VALUES (1, 'x'); INSERT INTO ch VALUES (1, NULL);",
    );
    assert!(stamped.warnings.is_empty(), "{:?}", stamped.warnings);
    assert_eq!(migrated(folder.path(), "new.db").unwrap().revisions.len(), 1);
    std::fs::write(
        folder.path().join("migrations/20990101000000_more.sql"),
        format!("-- revision: 20990101000000_more\n-- parents:  {}\n\n-- migrate:up\nCREATE TABLE more (a);\n\n-- migrate:down\nDROP TABLE more;\n", stamped.revisions[0]),
    )
    .unwrap();
    for database in ["old.db", "new.db"] {
        let warnings = migrated(folder.path(), database).unwrap().warnings;
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(warnings[0].contains("of `ch` refers to columns of `p` that are no key"), "{warnings:?}");
    }
}

#[test]
fn a_baseline_that_builds_no_new_database_says_so_when_it_is_written() {
    for (script, why) in [
        ("CREATE TABLE t (a TEXT); CREATE INDEX t_sorted ON t (title_sort(a));", "title_sort"),
        ("CREATE TABLE t (a TEXT); CREATE INDEX t_a ON t (a COLLATE PYNOCASE);", "PYNOCASE"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let stamped = adopted(folder.path(), script);
        let built = migrated(folder.path(), "new.db");
        assert_eq!(stamped.warnings.is_empty(), built.is_ok(), "{:?} {built:?}", stamped.warnings);
        let [warning] = &stamped.warnings[..] else { panic!("{script}: {:?}", stamped.warnings) };
        assert!(warning.starts_with("no new database can be built from this baseline"), "{warning}");
        assert!(warning.contains(why), "{warning}");
    }
}
