use schema_core::rusqlite::Connection;
use schema_migrate::history::Standing;
use schema_migrate::run::{MigrateOptions, Silent, migrate, pending};
use schema_migrate::status::status;
use schema_ops::backup::{Reason, extract};

use super::support::{LIBRARY, REBUILT, World, schema_of};

#[test]
fn a_rebuild_of_parent_and_child_keeps_every_row() {
    let world = World::library();
    let before = world.text("SELECT group_concat(id || author_id || title, '|') FROM books");
    let drafted = world.generate(REBUILT);
    assert!(drafted.plan.foreign_keys_off);
    let declared = schema_of(REBUILT);
    let options = MigrateOptions { declared: Some(&declared), ..MigrateOptions::default() };
    let report = migrate(&world.target, &options, &mut Silent).unwrap();
    assert_eq!(report.revisions.len(), 1);
    assert_eq!(report.drift, Some(Vec::new()));
    assert_eq!(world.text("SELECT group_concat(id || author_id || title, '|') FROM books"), before);
    assert_eq!(world.count("SELECT count(*) FROM books WHERE pages IS NULL"), 0);
    assert_eq!(world.count("SELECT count(*) FROM authors"), 40);
    assert!(world.migrate().unwrap().revisions.is_empty(), "nothing is left to do");
}

#[test]
fn a_backup_is_taken_read_back_and_holds_what_was_there_before() {
    let mut world = World::library();
    world.target = world.target.clone().backups(world.home.path().join("backups/primary"));
    let before = world.dump();
    world.generate(REBUILT);
    let copy = world.migrate().unwrap().backup.unwrap();
    let name = copy.path.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("app_2") && name.ends_with("Z.db.gz"), "{name}");
    let raw = world.home.path().join("unpacked.db");
    extract(&copy.path, &copy.manifest, &raw, &mut |_| Ok(())).unwrap();
    assert_eq!(super::support::dump(&Connection::open(&raw).unwrap()), before);
    assert_eq!((copy.manifest.reason, copy.manifest.tables["books"]), (Reason::PreMigrate, 300));
    assert!(copy.manifest.revision.unwrap().ends_with("_initial"));
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&copy.path).unwrap().permissions());
    assert_eq!(mode & 0o077, 0, "others may read the backup");
    assert_eq!(std::fs::read_dir(copy.path.parent().unwrap()).unwrap().count(), 2, "a leftover");
}

#[test]
fn a_database_without_rows_gets_no_backup() {
    let mut world = World::new();
    let folder = world.home.path().join("backups");
    world.target = world.target.clone().backups(&folder);
    world.generate(LIBRARY);
    assert!(world.migrate().unwrap().backup.is_none(), "there was no database");
    world.generate(REBUILT);
    assert!(world.migrate().unwrap().backup.is_none(), "there are no rows");
    assert!(!folder.exists());
    world.sql("INSERT INTO authors(name) VALUES ('somebody')");
    assert!(world.rollback(1).unwrap().backup.is_some());
}

#[test]
fn status_tells_what_is_applied_and_what_is_pending() {
    let world = World::library();
    world.generate(REBUILT);
    let found = status(&world.target).unwrap();
    let standings: Vec<Standing> = found.entries.iter().map(|entry| entry.standing).collect();
    assert_eq!(standings, [Standing::Applied, Standing::Pending]);
    assert_eq!(pending(&world.target, None).unwrap().len(), 1);
    let applied = found.entries[0].applied.as_ref().unwrap();
    assert_eq!(applied.applied_at.len(), "2025-11-27 14:30:55.123456".len());
    assert!(!found.is_up_to_date());
}

#[test]
fn a_dry_run_changes_nothing_and_lists_what_is_due() {
    let world = World::library();
    world.generate(REBUILT);
    let before = world.dump();
    let options = MigrateOptions { dry_run: true, ..MigrateOptions::default() };
    let report = migrate(&world.target, &options, &mut Silent).unwrap();
    assert_eq!(report.revisions.len(), 1);
    assert_eq!(world.dump(), before);
    let fresh = World::new();
    fresh.generate(LIBRARY);
    assert_eq!(migrate(&fresh.target, &options, &mut Silent).unwrap().revisions.len(), 1);
    assert!(!fresh.target.database.exists());
}

#[test]
fn a_migration_stops_at_the_revision_that_is_asked_for() {
    let world = World::library();
    world.write("one", "CREATE TABLE one(a);", "DROP TABLE one;");
    world.write("two", "CREATE TABLE two(a);", "DROP TABLE two;");
    let options = MigrateOptions { to: Some("one"), ..MigrateOptions::default() };
    assert_eq!(migrate(&world.target, &options, &mut Silent).unwrap().revisions.len(), 1);
    assert_eq!(world.count("SELECT count(*) FROM sqlite_schema WHERE name IN ('one', 'two')"), 1);
}
