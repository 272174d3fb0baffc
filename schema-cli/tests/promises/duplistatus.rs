use std::fs;

use super::application::Application;

const ROWS: &str = "
    INSERT INTO servers (id, name, alias) VALUES (1, 'nas', NULL), (2, 'web', 'Webserver');
    INSERT INTO backups (id, server_id, backup_name, status, duration)
    VALUES (1, 1, 'photos', 'success', 90), (2, 1, 'photos', 'error', NULL), (3, 2, 'www', 'warning', 0);";

fn duplistatus() -> Application {
    Application::first("duplistatus", ROWS)
}

const BACKUPS: &str = "SELECT * FROM backups ORDER BY id";

#[test]
fn d11_the_version_of_a_migration_is_unique() {
    let duplistatus = duplistatus();
    let twice = duplistatus.open("data/app.db").execute_batch(
        "CREATE TEMP TABLE again AS SELECT * FROM _schema_migrations;
         UPDATE again SET position = position + 100;
         INSERT INTO _schema_migrations SELECT * FROM again",
    );
    assert!(twice.unwrap_err().to_string().contains("UNIQUE constraint failed: _schema_migrations.revision"));
    assert_eq!(duplistatus.applied(), duplistatus.revisions());
}

#[test]
fn d12_a_migration_and_its_record_are_one_transaction() {
    let duplistatus = duplistatus().with_second();
    let file = duplistatus.files().pop().unwrap();
    let good = duplistatus.newest();
    let schema = duplistatus.rows("SELECT sql FROM sqlite_schema");
    // The last statement fails: neither the steps before it nor the record are there.
    let twice = "UPDATE backups SET id = (SELECT min(id) FROM backups);\n-- migrate:down";
    fs::write(&file, good.replace("-- migrate:down", twice)).unwrap();
    duplistatus.fails("2", &["migrate"], 1);
    assert_eq!(duplistatus.applied().len(), 1);
    assert_eq!(duplistatus.rows("SELECT sql FROM sqlite_schema"), schema);
    // The record cannot be written: the steps are not there either.
    fs::write(&file, good).unwrap();
    duplistatus
        .open("data/app.db")
        .execute_batch(
            "CREATE TRIGGER no_records BEFORE INSERT ON _schema_migrations
             BEGIN SELECT raise(ABORT, 'no room for a record'); END",
        )
        .unwrap();
    let failed = duplistatus.fails("2", &["migrate"], 1);
    assert!(failed.stderr.contains("no room for a record"), "{}", failed.stderr);
    duplistatus.open("data/app.db").execute_batch("DROP TRIGGER no_records").unwrap();
    assert_eq!(duplistatus.rows("SELECT sql FROM sqlite_schema"), schema);
    duplistatus.done("2", &["migrate"]);
    assert_eq!(duplistatus.applied(), duplistatus.revisions());
}

#[test]
fn d13_files_are_in_order_and_applied_ones_are_skipped() {
    let duplistatus = duplistatus().with_second();
    let before = duplistatus.rows(BACKUPS);
    let applied_at = duplistatus.rows("SELECT applied_at FROM _schema_migrations");
    let ended = duplistatus.done("2", &["migrate", "--json"]).json();
    assert_eq!(ended["data"]["revisions"].as_array().unwrap().len(), 1);
    assert_eq!(duplistatus.rows(BACKUPS), before);
    assert_eq!(
        duplistatus.rows("SELECT applied_at FROM _schema_migrations ORDER BY position LIMIT 1"),
        applied_at
    );
    assert_eq!(duplistatus.applied(), duplistatus.revisions());
}

#[test]
fn d14_what_is_older_than_so_many_days_is_deleted_and_counted() {
    let duplistatus = duplistatus();
    let open = duplistatus.open("data/app.db");
    // Written by this program, by SQLite and by another program, in its own zone.
    open.execute_batch(
        "UPDATE backups SET created_at = strftime('%Y-%m-%d %H:%M:%f', 'now', '-100 days') WHERE id = 1;
         UPDATE backups SET created_at = strftime('%Y-%m-%dT%H:%M:%S', 'now', '-90 days', '-5 hours') || '-05:00' WHERE id = 2;
         INSERT INTO backups (id, server_id, backup_name, status, created_at)
         VALUES (4, 2, 'www', 'success', strftime('%Y-%m-%dT%H:%M:%S', 'now', '-90 days', '-1 hour', '+5 hours') || '+05:00');",
    )
    .unwrap();
    let dry =
        duplistatus.done("1", &["clean", "backups", "--older-than", "2160h", "--dry-run", "--json"]).json();
    // 2 is ninety days old to the second by now.
    assert_eq!(dry["data"]["tables"][0]["old"], 3);
    let done = duplistatus.done("1", &["clean", "backups", "--older-than", "91d", "--yes", "--json"]).json();
    assert_eq!(
        (&done["data"]["deleted"], duplistatus.rows("SELECT id FROM backups")),
        (&1.into(), ["2", "3", "4"].map(str::to_owned).to_vec())
    );
    assert!(!done["data"]["backup"].is_null());
    let told = duplistatus.done("1", &["clean", "backups", "--older-than", "90d", "--yes"]).stdout;
    assert!(told.contains("2 rows deleted"), "{told}");
    assert_eq!(duplistatus.rows("SELECT id FROM backups"), ["3"]);
}

#[test]
fn d23_integrity_attached_databases_and_compile_options_are_told() {
    let duplistatus = duplistatus();
    let told = duplistatus.done("1", &["health", "--verbose"]);
    let all = format!("{}{}", told.stdout, told.stderr);
    for words in ["Integrity  ok", "Attached   main", "Compiled   THREADSAFE", "Done       healthy"] {
        assert!(all.contains(words), "{words}: {all}");
    }
    duplistatus
        .open("data/app.db")
        .execute_batch("PRAGMA foreign_keys = OFF; DELETE FROM servers WHERE id = 2")
        .unwrap();
    let found = duplistatus.fails("1", &["health"], 3);
    assert!(found.stdout.contains("1 row of backups without their servers"), "{}", found.stdout);
}
