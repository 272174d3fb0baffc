use std::fs;

use schema_core::rusqlite::Connection;
use schema_ops::backup::{Manifest, Reason, Request, holds_rows, take, verify};

use super::support::{World, dump, names};

#[test]
fn a_backup_holds_everything_and_its_manifest_says_what() {
    let world = World::library();
    world
        .open()
        .execute_batch(
            "CREATE TABLE _schema_migrations (position INTEGER PRIMARY KEY, revision TEXT);
             INSERT INTO _schema_migrations VALUES (1, '20250101000000_initial'), (2, '20250102000000_add_body');",
        )
        .unwrap();
    let (before, database) = (dump(&world.open()), world.database());
    let request = Request {
        note: Some("before the fair"),
        pinned: true,
        ..Request::new(&database, &world.places, Reason::Manual)
    };
    let mut seen = Vec::new();
    let taken = take(&world.open(), &request, &mut |progress| {
        seen.push(progress);
        Ok(())
    })
    .unwrap();
    assert_eq!(dump(&world.inside(&taken)), before);
    assert_eq!(
        names(&world.places.primary),
        [format!("{}.db.gz", taken.name), format!("{}.json", taken.name)]
    );
    let read = Manifest::read(&taken.name.manifest(&world.places.primary)).unwrap();
    assert_eq!(read, taken.manifest);
    assert_eq!((read.tables["authors"], read.tables["books"], read.rows()), (40, 3000, 3042));
    assert_eq!(read.revision.as_deref(), Some("20250102000000_add_body"));
    assert_eq!(
        (read.note.as_deref(), read.pinned, read.reason),
        (Some("before the fair"), true, Reason::Manual)
    );
    assert_eq!((read.journal_mode.as_str(), read.checked.unwrap().fault), ("wal", None));
    assert_eq!(fs::metadata(&taken.path).unwrap().len(), taken.bytes());
    verify(&taken.path, &taken.manifest, &mut |_| Ok(())).unwrap();
    let copied: Vec<_> = seen.iter().filter(|progress| progress.what == "copying the database").collect();
    assert!(copied.last().is_some_and(|last| last.done == last.total && last.total > 200), "{copied:?}");
    for what in ["checking the copy", "packing the copy", "reading the backup"] {
        assert!(seen.iter().any(|progress| progress.what == what), "{what}");
    }
}

#[test]
fn what_stands_only_in_the_log_is_in_the_backup_and_what_is_not_committed_is_not() {
    let world = World::library();
    let writer = world.open();
    writer
        .execute_batch(
            "PRAGMA wal_autocheckpoint = 0; INSERT INTO authors VALUES (41, 'in the log');
             BEGIN IMMEDIATE; INSERT INTO authors VALUES (42, 'not committed');",
        )
        .unwrap();
    assert!(fs::metadata(world.home.path().join("tome.db-wal")).unwrap().len() > 0);
    let taken = world.take();
    writer.execute_batch("ROLLBACK").unwrap();
    let found: Vec<String> = world
        .inside(&taken)
        .prepare("SELECT name FROM authors WHERE id > 40")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(found, ["in the log"]);
}

#[test]
fn two_backups_of_one_second_have_two_names_and_only_the_owner_reads_them() {
    let world = World::library();
    let taken: Vec<_> = (0..3).map(|_| world.take()).collect();
    let mut ids: Vec<_> = taken.iter().map(|taken| taken.name.clone()).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    ids.dedup();
    assert_eq!(ids.len(), 3);
    assert!(ids[1..].iter().any(|name| name.number > 1), "{ids:?}");
    #[cfg(unix)]
    for name in names(&world.places.primary) {
        let mode = fs::metadata(world.places.primary.join(&name)).unwrap().permissions();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600, "{name}");
    }
}

#[test]
fn rows_without_a_parent_are_told_in_the_manifest_and_stop_nothing() {
    let world = World::library();
    world
        .open()
        .execute_batch(
            "PRAGMA foreign_keys = OFF; DELETE FROM authors WHERE id = 7;
             CREATE TABLE odd (a REFERENCES books(title)); INSERT INTO odd VALUES ('x');",
        )
        .unwrap();
    let orphans = world.take().manifest.orphans;
    let told: Vec<_> =
        orphans.iter().map(|found| (found.table.as_str(), found.parent.as_str(), found.rows)).collect();
    assert_eq!(told, [("books", "authors", Some(75)), ("odd", "books", None)]);
}

#[test]
fn tables_that_only_the_application_can_read_are_backed_up_and_named() {
    let world = World::library();
    let application = world.open();
    application.create_collation("german", str::cmp).unwrap();
    application
        .execute_batch(
            "CREATE TABLE words (word TEXT COLLATE german); CREATE INDEX words_word ON words(word);
             INSERT INTO words VALUES ('a'), ('b');
             CREATE TABLE ordered (word TEXT COLLATE german PRIMARY KEY) WITHOUT ROWID;
             INSERT INTO ordered VALUES ('a');",
        )
        .unwrap();
    let taken = world.take();
    assert_eq!(taken.manifest.unchecked, ["ordered", "words"]);
    assert_eq!(taken.manifest.tables.get("words"), Some(&2));
    let inside = world.inside(&taken);
    inside.create_collation("german", str::cmp).unwrap();
    assert_eq!(dump_of(&inside, "ordered"), dump_of(&application, "ordered"));
}

fn dump_of(connection: &Connection, table: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("SELECT word FROM {table}")).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_second_copy_is_read_back_too_and_one_that_fails_is_a_warning() {
    let mut world = World::library();
    world.places.secondary = Some(world.home.path().join("share/second"));
    let taken = world.take();
    let second = taken.second.as_ref().unwrap();
    assert_eq!(fs::read(second).unwrap(), fs::read(&taken.path).unwrap());
    assert!(Manifest::read(&taken.name.manifest(second.parent().unwrap())).is_ok());
    assert!(taken.warnings.is_empty());

    fs::write(world.home.path().join("unmounted"), "").unwrap();
    world.places.secondary = Some(world.home.path().join("unmounted/second"));
    let taken = world.take();
    assert_eq!(taken.second, None);
    assert!(taken.warnings[0].starts_with("THE SECOND COPY FAILED"), "{:?}", taken.warnings);
    verify(&taken.path, &taken.manifest, &mut |_| Ok(())).unwrap();
}

#[test]
fn a_database_without_rows_is_told_from_one_with_rows() {
    let connection = Connection::open_in_memory().unwrap();
    assert!(!holds_rows(&connection).unwrap());
    connection
        .execute_batch(
            "CREATE TABLE a(x); CREATE TABLE _schema_migrations(position, revision);
             INSERT INTO _schema_migrations VALUES (1, 'a'); CREATE VIEW v AS SELECT 1;",
        )
        .unwrap();
    assert!(!holds_rows(&connection).unwrap());
    connection.execute_batch("INSERT INTO a VALUES (NULL)").unwrap();
    assert!(holds_rows(&connection).unwrap());
}

#[test]
fn a_backup_that_is_asked_to_stop_leaves_nothing_half_made() {
    for stage in ["copying the database", "checking the copy", "packing the copy"] {
        let world = World::library();
        let database = world.database();
        let request = Request::new(&database, &world.places, Reason::Manual);
        let error = take(&world.open(), &request, &mut |progress| {
            if progress.what == stage { Err(schema_ops::Error::failed("stopped")) } else { Ok(()) }
        })
        .unwrap_err();
        assert!(error.to_string().contains("stopped"), "{error}");
        let left = std::fs::read_dir(&world.places.primary).unwrap().count();
        assert_eq!(left, 0, "{stage}");
    }
}

#[test]
fn others_write_while_the_backup_is_taken_and_the_backup_is_one_state() {
    let world = World::library();
    let writer = world.open();
    let database = world.database();
    let request = Request::new(&database, &world.places, Reason::Manual);
    let mut written = 0;
    let taken = take(&world.open(), &request, &mut |progress| {
        if progress.what == "copying the database" && written < 5 {
            writer
                .execute_batch("UPDATE authors SET name = name || '!'; DELETE FROM books WHERE id = 1")
                .unwrap();
            written += 1;
        }
        Ok(())
    })
    .unwrap();
    assert!(written > 0);
    assert_eq!(taken.manifest.tables["books"], 3000);
    let marked: i64 = world
        .inside(&taken)
        .query_row("SELECT count(*) FROM authors WHERE name LIKE '%!'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(marked, 0);
}
