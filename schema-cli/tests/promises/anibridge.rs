use std::fs;

use super::application::Application;

const ROWS: &str = "
    INSERT INTO jobs (id, status, progress, total_bytes)
    VALUES ('4f1a', 'completed', 100.0, 734003200), ('9b77', 'downloading', 12.5, NULL), ('c0de', 'queued', 0.0, 1);
    INSERT INTO client_tasks (hash, name, job_id) VALUES ('aa', 'Show S01E01', '4f1a'), ('bb', 'Show S01E02', NULL);";

fn anibridge() -> Application {
    Application::first("ani_bridge", ROWS)
}

const JOBS: &str = "SELECT id, status, progress, total_bytes FROM jobs ORDER BY id";

#[test]
fn a09_tables_columns_and_indexes_are_generated() {
    let anibridge = anibridge();
    let first = anibridge.newest();
    assert!(
        first.contains("CREATE TABLE \"jobs\"") && first.contains("CREATE TABLE \"client_tasks\""),
        "{first}"
    );
    let anibridge = anibridge.with_second();
    let second = anibridge.newest();
    assert!(
        second.contains("source_site") && second.contains("CREATE INDEX \"jobs_status_idx\""),
        "{second}"
    );
}

#[test]
fn a10_upgrade_and_downgrade() {
    let anibridge = anibridge().with_second();
    let (before, tasks) = (anibridge.rows(JOBS), anibridge.rows("SELECT * FROM client_tasks"));
    anibridge.done("2", &["migrate"]);
    assert_eq!(anibridge.rows(JOBS), before);
    anibridge.done("2", &["rollback", "--allow-data-loss", "all"]);
    assert_eq!(anibridge.rows(JOBS), before);
    assert_eq!(anibridge.rows("SELECT * FROM client_tasks"), tasks);
    anibridge.done("2", &["migrate"]);
    anibridge.done("2", &["check"]);
}

#[test]
fn a11_what_needs_a_look_stands_in_the_file_and_on_the_screen() {
    let duplistatus = Application::first(
        "duplistatus",
        "INSERT INTO servers (id, name) VALUES (1, 'nas');
         INSERT INTO backups (server_id, backup_name, status) VALUES (1, 'photos', 'odd');",
    );
    let generated = duplistatus.done("2", &["generate", "second"]);
    let told = format!("{}{}", generated.stdout, generated.stderr);
    assert!(told.contains("L004"), "{told}");
    assert!(told.contains("1 row"), "{told}");
    assert!(duplistatus.newest().contains("-- L004"), "{}", duplistatus.newest());
    // The migration that would have failed on the row is not begun, and names it.
    let refused = duplistatus.fails("2", &["migrate"], 7);
    assert!(refused.stderr.contains("odd"), "{}", refused.stderr);
    assert_eq!(duplistatus.applied().len(), 1);
}

#[test]
fn a12_to_head_to_a_revision_one_back_and_back_to_a_revision() {
    let anibridge = anibridge().with_second();
    for name in ["third", "fourth"] {
        anibridge.done("2", &["generate", "--empty", name]);
    }
    let revisions = anibridge.revisions();
    anibridge.done("2", &["migrate", "--to", "second"]);
    assert_eq!(anibridge.applied(), revisions[..2]);
    anibridge.done("2", &["migrate"]);
    assert_eq!(anibridge.applied(), revisions);
    anibridge.done("2", &["rollback"]);
    assert_eq!(anibridge.applied(), revisions[..3]);
    anibridge.done("2", &["rollback", "--to", &revisions[0], "--allow-data-loss", "all"]);
    assert_eq!(anibridge.applied(), revisions[..1]);
    assert_eq!(anibridge.rows("SELECT count(*) FROM jobs"), ["3"]);
}

#[test]
fn a13_an_empty_migration_for_data() {
    let anibridge = anibridge();
    anibridge.done("1", &["generate", "--empty", "finish"]);
    let file = anibridge.files().pop().unwrap();
    let text = anibridge.newest().replace(
        "-- migrate:up\n",
        "-- migrate:up\nUPDATE jobs SET progress = 100.0 WHERE status = 'completed' OR id = 'c0de';\n",
    );
    fs::write(&file, text).unwrap();
    anibridge.done("1", &["migrate"]);
    assert_eq!(
        anibridge.rows("SELECT id, progress FROM jobs ORDER BY id"),
        ["4f1a|100.0", "9b77|12.5", "c0de|100.0"]
    );
    anibridge.done("1", &["check"]);
}

#[test]
fn a14_a_column_is_added_filled_and_made_not_null_in_one_migration() {
    let anibridge = anibridge().with_second();
    anibridge.done("2", &["migrate"]);
    assert_eq!(
        anibridge.rows("SELECT id, source_site FROM jobs ORDER BY id"),
        ["4f1a|aniworld.to", "9b77|aniworld.to", "c0de|aniworld.to"]
    );
    let refused = anibridge.open("data/app.db").execute_batch("UPDATE jobs SET source_site = NULL");
    assert!(refused.unwrap_err().to_string().contains("NOT NULL"));
    assert_eq!(anibridge.files().len(), 2);
}

#[test]
fn a15_downgrade_drops_what_upgrade_added() {
    let anibridge = anibridge().with_second();
    anibridge.done("2", &["migrate"]);
    // What stands in the column would be lost: that needs a word.
    let asked = anibridge.fails("2", &["rollback"], 4);
    assert!(asked.stderr.contains("source_site"), "{}", asked.stderr);
    anibridge.done("2", &["rollback", "--allow-data-loss", "all"]);
    assert_eq!(
        anibridge.rows("SELECT name FROM pragma_table_info('jobs')"),
        ["id", "status", "progress", "total_bytes"]
    );
    assert!(anibridge.rows("SELECT 1 FROM sqlite_schema WHERE name = 'jobs_status_idx'").is_empty());
}

#[test]
fn a17_upgrade_rollback_upgrade_is_proven_when_the_file_is_made() {
    let anibridge = anibridge();
    let generated = anibridge.done("2", &["generate", "second"]);
    assert!(
        generated.stdout.contains("Proved    up on filled tables = models, down = before"),
        "{}",
        generated.stdout
    );
}

#[test]
fn a17_upgrade_rollback_upgrade_is_tried_in_ci() {
    let anibridge = anibridge().with_second();
    let tried = anibridge.done("2", &["test-migrations"]);
    for revision in anibridge.revisions() {
        assert!(tried.stdout.contains(&revision), "{}", tried.stdout);
    }
    // A way back that is none is found.
    let file = anibridge.files().pop().unwrap();
    let (up, down) = anibridge
        .newest()
        .split_once("-- migrate:down")
        .map(|(up, down)| (up.to_owned(), down.to_owned()))
        .unwrap();
    let wrong = down.replace("DROP COLUMN \"source_site\"", "DROP COLUMN \"total_bytes\"");
    assert_ne!(wrong, down);
    fs::write(&file, format!("{up}-- migrate:down{wrong}")).unwrap();
    let found = anibridge.fails("2", &["test-migrations"], 1);
    let told = format!("{}{}", found.stdout, found.stderr);
    assert!(told.contains("total_bytes") || told.contains("source_site"), "{told}");
}

#[test]
fn a08_the_status_is_read_by_a_program_as_by_a_person() {
    let anibridge = anibridge().with_second();
    let target =
        schema_migrate::run::Target::new(anibridge.path("data/app.db"), anibridge.path("migrations"));
    let status = schema_migrate::status::status(&target).unwrap();
    assert!(!status.is_up_to_date());
    let standing =
        |standing| status.standing(standing).map(|entry| entry.revision.clone()).collect::<Vec<String>>();
    assert_eq!(standing(schema_migrate::history::Standing::Applied), anibridge.revisions()[..1]);
    assert_eq!(standing(schema_migrate::history::Standing::Pending), anibridge.revisions()[1..]);
    anibridge.done("2", &["migrate"]);
    assert!(schema_migrate::status::status(&target).unwrap().is_up_to_date());
}

#[test]
fn a18_older_code_refuses_a_newer_database_and_goes_on_after_a_restore() {
    let tome =
        Application::first("tome", "INSERT INTO books (calibre_id, title) VALUES (1, 'Dune'), (2, 'Emma');");
    tome.done("2", &["generate", "second"]);
    let migrated = tome.done("2", &["migrate"]);
    let id =
        migrated.stdout.split("db restore ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    // The older release is deployed again, with the files that it knows.
    std::fs::remove_file(tome.files().pop().unwrap()).unwrap();
    let refused = tome.start("1", "start");
    assert_ne!(refused.code, Some(0));
    assert!(refused.stderr.contains("newer"), "{}", refused.stderr);
    assert!(tome.fails("1", &["migrate"], 7).stderr.contains("newer"));
    tome.done("1", &["restore", &id, "--yes"]);
    assert!(tome.start("1", "start").stdout.starts_with("0 applied, 2 books"));
}

#[test]
fn a19_current_and_history() {
    let anibridge = anibridge().with_second();
    let current = anibridge.fails("2", &["status"], 3);
    assert!(current.stdout.contains(&format!("applied  {}", anibridge.revisions()[0])), "{}", current.stdout);
    anibridge.done("2", &["migrate"]);
    let history = anibridge.done("2", &["history", "--verbose"]);
    for part in [anibridge.revisions()[0].as_str(), anibridge.revisions()[1].as_str(), "ms", "rows"] {
        assert!(history.stdout.contains(part), "no {part} in {}", history.stdout);
    }
}

#[test]
fn a23_two_heads_are_reported_and_merged_if_they_fit_together() {
    let anibridge = anibridge();
    let first = anibridge.revisions()[0].clone();
    let branch = |revision: &str, up: &str, down: &str| {
        anibridge.write(
            &format!("migrations/{revision}.sql"),
            &format!("-- revision: {revision}\n-- parents:  {first}\n\n-- migrate:up\n{up};\n\n-- migrate:down\n{down};\n"),
        );
    };
    branch("20300101000000_mine", "CREATE TABLE mine (a INTEGER)", "DROP TABLE mine");
    branch(
        "20300101000001_yours",
        "UPDATE jobs SET progress = 1.0 WHERE id = '9b77'",
        "UPDATE jobs SET progress = 12.5 WHERE id = '9b77'",
    );
    let status = anibridge.fails("1", &["status"], 3);
    assert!(
        status.stdout.contains("20300101000000_mine") && status.stdout.contains("Heads"),
        "{}",
        status.stdout
    );
    anibridge.fails("1", &["check"], 3);
    let refused = anibridge.fails("1", &["migrate"], 7);
    assert!(refused.stderr.contains("db merge"), "{}", refused.stderr);
    anibridge.done("1", &["merge"]);
    anibridge.done("1", &["migrate"]);
    assert_eq!(anibridge.applied().len(), 4);
    assert_eq!(anibridge.rows("SELECT progress FROM jobs WHERE id = '9b77'"), ["1.0"]);

    // Two that do not fit together are named, and nothing is written.
    let clash = self::anibridge();
    let first = clash.revisions()[0].clone();
    for (revision, name) in [("20300101000000_mine", "INTEGER"), ("20300101000001_yours", "TEXT")] {
        clash.write(
            &format!("migrations/{revision}.sql"),
            &format!(
                "-- revision: {revision}\n-- parents:  {first}\n\n-- migrate:up\nALTER TABLE jobs ADD COLUMN speed {name};\n\n\
                 -- migrate:down\nALTER TABLE jobs DROP COLUMN speed;\n"
            ),
        );
    }
    let files = clash.files();
    let refused = clash.fails("1", &["merge"], 3);
    let told = format!("{}{}", refused.stdout, refused.stderr);
    assert!(told.contains("_mine.sql:") && told.contains("_yours.sql:") && told.contains("speed"), "{told}");
    assert_eq!(clash.files(), files);
}

#[test]
fn a20_sql_is_printed_and_nothing_is_run() {
    let anibridge = anibridge().with_second();
    let before = anibridge.bytes();
    let up = anibridge.done("2", &["migrate", "--sql"]);
    assert!(up.stdout.contains("source_site"), "{}", up.stdout);
    assert_eq!(anibridge.bytes(), before);
    anibridge.done("2", &["migrate"]);
    let applied = anibridge.applied();
    let down = anibridge.done("2", &["rollback", "--sql"]);
    assert!(down.stdout.contains("DROP COLUMN \"source_site\""), "{}", down.stdout);
    assert_eq!(anibridge.applied(), applied);
}

#[test]
fn a21_models_that_no_migration_follows_fail_the_build() {
    let anibridge = anibridge();
    anibridge.done("1", &["check"]);
    let drift = anibridge.fails("2", &["check"], 3);
    assert!(drift.stdout.contains("source_site"), "{}", drift.stdout);
    let anibridge = anibridge.with_second();
    anibridge.done("2", &["migrate"]);
    anibridge.done("2", &["check"]);
}

#[test]
fn a22_a_database_that_was_there_is_stamped_after_a_comparison() {
    let anibridge = anibridge();
    // Everything it had, and no word of it.
    anibridge.open("data/app.db").execute_batch("DROP TABLE _schema_migrations").unwrap();
    let before = anibridge.rows(JOBS);
    let stamped = anibridge.done("1", &["stamp", "initial"]);
    assert!(stamped.stdout.contains(&anibridge.revisions()[0]), "{}", stamped.stdout);
    assert_eq!(anibridge.applied(), anibridge.revisions());
    assert_eq!(anibridge.rows(JOBS), before);
    // One that differs is not stamped.
    anibridge
        .open("data/app.db")
        .execute_batch("DROP TABLE _schema_migrations; ALTER TABLE jobs DROP COLUMN total_bytes")
        .unwrap();
    let refused = anibridge.run("1", &["stamp", "initial"]);
    assert_ne!(refused.code, Some(0));
    assert!(refused.stderr.contains("total_bytes") || refused.stdout.contains("total_bytes"), "{refused:?}");

    // One that was never ours: the first migration is written from it.
    let old = Application::new("ani_bridge");
    old.open("data/app.db")
        .execute_batch(
            "CREATE TABLE jobs (id TEXT NOT NULL PRIMARY KEY, status TEXT NOT NULL DEFAULT 'queued',
                 progress REAL NOT NULL DEFAULT 0.0, total_bytes INTEGER);
             CREATE TABLE client_tasks (hash TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, job_id TEXT);",
        )
        .unwrap();
    old.open("data/app.db").execute_batch(ROWS).unwrap();
    old.done("1", &["stamp", "--baseline"]);
    old.done("1", &["check"]);
    old.done("2", &["generate", "second"]);
    old.done("2", &["migrate"]);
    assert_eq!(old.rows(JOBS), before);
}

#[test]
fn a24_a_development_database_is_reset() {
    let anibridge = anibridge().with_second();
    let lost = anibridge.fails("2", &["reset"], 4);
    assert!(lost.stderr.contains("--allow-data-loss"), "{}", lost.stderr);
    assert_eq!(anibridge.rows("SELECT count(*) FROM jobs"), ["3"]);
    anibridge.done("2", &["reset", "--allow-data-loss", "all"]);
    assert_eq!(anibridge.rows("SELECT count(*) FROM jobs"), ["0"]);
    assert_eq!(anibridge.applied(), anibridge.revisions());
    anibridge.done("2", &["check"]);
}

#[test]
fn a25_a_failed_migration_leaves_nothing_half_applied_and_is_applied_again_once_it_is_right() {
    let anibridge = anibridge().with_second();
    let (before, file, good) = (anibridge.rows(JOBS), anibridge.files().pop().unwrap(), anibridge.newest());
    let twice = "UPDATE jobs SET id = (SELECT min(id) FROM jobs);\n-- migrate:down";
    fs::write(&file, good.replace("-- migrate:down", twice)).unwrap();
    anibridge.fails("2", &["migrate"], 1);
    assert_eq!(anibridge.rows(JOBS), before);
    assert_eq!(anibridge.applied().len(), 1);
    fs::write(&file, good).unwrap();
    anibridge.done("2", &["migrate"]);
    assert_eq!(anibridge.rows(JOBS), before);
    anibridge.done("2", &["check"]);
}

#[test]
fn a26_an_applied_migration_that_was_edited_is_found_and_signed_again_only_on_purpose() {
    let anibridge = anibridge().with_second();
    anibridge.done("2", &["migrate"]);
    let file = anibridge.files().pop().unwrap();
    let edited = anibridge.newest().replace("'aniworld.to'", "'elsewhere'");
    fs::write(&file, &edited).unwrap();
    let revision = anibridge.revisions().pop().unwrap();
    let status = anibridge.fails("2", &["status"], 3);
    assert!(status.stdout.contains("edited"), "{}", status.stdout);
    anibridge.done("2", &["generate", "--empty", "next"]);
    let refused = anibridge.fails("2", &["migrate"], 7);
    assert!(refused.stderr.contains(&format!("--accept-edited {revision}")), "{}", refused.stderr);
    anibridge.done("2", &["migrate", "--accept-edited", &revision]);
    anibridge.done("2", &["status"]);
    assert_eq!(anibridge.rows("SELECT DISTINCT source_site FROM jobs"), ["aniworld.to"]);

    // Tried on a copy first.
    anibridge.done("2", &["generate", "--empty", "bad"]);
    let file = anibridge.files().pop().unwrap();
    let text = anibridge.newest().replace(
        "-- migrate:up\n",
        "-- migrate:up\nUPDATE jobs SET id = 'same' WHERE (SELECT count(*) FROM jobs) = 3;\n",
    );
    fs::write(&file, text).unwrap();
    let before = anibridge.rows("SELECT * FROM jobs");
    let rehearsed = anibridge.fails("2", &["migrate", "--rehearse"], 1);
    assert!(rehearsed.stderr.contains("the database was not touched"), "{}", rehearsed.stderr);
    assert_eq!(anibridge.rows("SELECT * FROM jobs"), before);
}
