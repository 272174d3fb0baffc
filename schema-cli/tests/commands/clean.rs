//! `db-clean`: what is too old goes, by instants and not by texts, and nothing else does.

use std::fs;

use serde_json::Value;

use crate::project::{Ended, Project};

/// Times in every way in which they are written, some rows old and some not.
const ROWS: &str = "
    INSERT INTO backups (id, name, created_at) VALUES
        (1, 'old', '2020-01-01 00:00:00.000000'), (2, 'old', '2020-01-01T10:00:00Z'),
        (3, 'old', '2020-01-01T10:00:00+05:00'), (4, 'new', strftime('%Y-%m-%d %H:%M:%f', 'now', '-1 day')),
        (5, 'new', '9999-01-01 00:00:00');
    INSERT INTO messages (id, backup_id, answers_id) VALUES (1, 1, NULL), (2, 1, NULL), (3, 4, NULL), (4, 4, 1);
    INSERT INTO notes (id, backup_id) VALUES (1, 2), (2, 5);
    INSERT INTO sessions (id, label, seen_at, expires_at, day) VALUES
        (1, 'old', unixepoch('now', '-100 days'), NULL, date('now', '-3 days')),
        (2, 'new', unixepoch('now', '-10 days'), unixepoch('now', '-100 days') * 1000, date('now', '-1 day')),
        (3, 'new', unixepoch('now'), unixepoch('now', '-10 days') * 1000, NULL);
    INSERT INTO books (id, created_at, deleted_at) VALUES
        (1, '2020-01-01 00:00:00', NULL), (2, '2020-01-01 00:00:00', '2020-02-01 00:00:00'),
        (3, '2020-01-01 00:00:00', strftime('%Y-%m-%d %H:%M:%f', 'now', '-1 day'));
    INSERT INTO audits (id, created_at) VALUES (1, '2020-01-01 00:00:00');
    INSERT INTO pins (board, place, created_at) VALUES
        ('a', 1, '2020-01-01 00:00:00'), ('a', 2, '9999-01-01 00:00:00'), ('b', 1, '2020-01-01 00:00:00');";

fn filled() -> Project {
    let project = Project::new();
    project.done("care", &["generate", "initial"]);
    project.done("care", &["migrate"]);
    project.open("app.db").execute_batch(ROWS).unwrap();
    project
}

fn ids(project: &Project, table: &str) -> String {
    let sql = format!("SELECT coalesce(group_concat(id, ' '), '') FROM (SELECT id FROM {table} ORDER BY id)");
    project.open("app.db").query_row(&sql, [], |row| row.get(0)).unwrap()
}

fn cleaned(project: &Project, arguments: &[&str]) -> Value {
    project.done("care", &[&["clean", "--yes", "--json"], arguments].concat()).json()["data"].clone()
}

fn refused(project: &Project, arguments: &[&str], code: i32) -> Ended {
    let before = project.bytes();
    let ended = project.run("care", &[&["clean"], arguments].concat());
    assert_eq!(ended.code, Some(code), "{arguments:?}\n{}\n{}", ended.stdout, ended.stderr);
    assert!(ended.stderr.contains("nothing was changed"), "{arguments:?} {}", ended.stderr);
    let kept = |files: Vec<(std::path::PathBuf, Vec<u8>)>| {
        // The lock's file is made beside the database, and is empty.
        files.into_iter().filter(|(path, _)| !path.to_string_lossy().contains(".lock")).collect::<Vec<_>>()
    };
    assert_eq!(kept(project.bytes()), kept(before), "{arguments:?}");
    ended
}

#[test]
fn what_is_older_goes_with_what_belongs_to_it_after_a_backup() {
    let project = filled();
    let done = cleaned(&project, &["backups", "--older-than", "90d"]);
    assert_eq!(done["deleted"], 3);
    assert_eq!(done["tables"][0]["by"], "created_at");
    assert_eq!(done["tables"][0]["rows"], 5);
    // Message 4 answers one that goes.
    let effects = [
        serde_json::json!({ "table": "messages", "parent": "backups", "rows": 3, "effect": "deleted" }),
        serde_json::json!({ "table": "notes", "parent": "backups", "rows": 1, "effect": "unlinked" }),
    ];
    let found = done["effects"].as_array().unwrap();
    assert!(found.len() == 2 && effects.iter().all(|effect| found.contains(effect)), "{found:#?}");
    assert_eq!((ids(&project, "backups"), ids(&project, "messages")), ("4 5".into(), "3".into()));
    assert_eq!(ids(&project, "notes WHERE backup_id IS NULL"), "1");
    // The backup holds what is gone, and is none of those that are kept before migrations.
    let backup = done["backup"]["id"].as_str().unwrap();
    let listed = project.done("care", &["list-backups", "--json"]).stdout;
    assert!(listed.contains(backup) && listed.contains("before db-clean"), "{listed}");
    project.done("care", &["restore", backup, "--yes"]);
    assert_eq!(ids(&project, "backups"), "1 2 3 4 5");
    // A second run has nothing to do, and takes no backup.
    cleaned(&project, &["backups", "--older-than", "90d"]);
    let again = project.done("care", &["clean", "backups", "--older-than", "90d"]);
    assert!(again.stdout.contains("nothing is too old"), "{}", again.stdout);
    assert_eq!(cleaned(&project, &["backups", "--older-than", "90d"])["backup"], Value::Null);
}

#[test]
fn every_way_to_store_a_time_is_compared_as_an_instant() {
    let project = filled();
    for (by, gone, left) in [("seen_at", 1, "2 3"), ("expires_at", 1, "3"), ("day", 0, "3")] {
        let done = cleaned(&project, &["sessions", "--older-than", "90d", "--by", by, "--no-backup"]);
        assert_eq!((&done["deleted"], &done["backup"]), (&gone.into(), &Value::Null), "{by}");
        assert_eq!(ids(&project, "sessions"), left, "{by}");
    }
    // What has no time there stays, and is told.
    let told =
        project.done("care", &["clean", "sessions", "--older-than", "1d", "--by", "day", "--dry-run", "-v"]);
    assert!(told.stdout.contains("1 row without day stays"), "{}", told.stdout);
}

#[test]
fn a_text_that_sorts_before_is_not_older_for_that() {
    let project = filled();
    // As texts both lie on the other side of 36 hours ago.
    project
        .open("app.db")
        .execute_batch(
            "DELETE FROM backups;
             INSERT INTO backups (id, name, created_at) VALUES
                 (1, 'younger', strftime('%Y-%m-%dT%H:%M:%S', 'now', '-35 hours', '-10 hours') || '-10:00'),
                 (2, 'older', strftime('%Y-%m-%dT%H:%M:%S', 'now', '-37 hours', '+10 hours') || '+10:00');",
        )
        .unwrap();
    let done = cleaned(&project, &["backups", "--older-than", "36h"]);
    assert_eq!((&done["deleted"], ids(&project, "backups")), (&1.into(), "1".to_owned()));
}

#[test]
fn what_cannot_be_compared_is_counted_named_and_left_alone() {
    let project = filled();
    let open = project.open("app.db");
    open.execute_batch(
        "INSERT INTO backups (id, name, created_at) VALUES (6, 'dirty', 'yesterday'), (7, 'dirty', 1577836800);
         UPDATE sessions SET seen_at = '2020-01-01 00:00:00' WHERE id = 2",
    )
    .unwrap();
    let told = project.run("care", &["clean", "backups", "--older-than", "90d", "--yes"]);
    assert_eq!(told.code, Some(3), "{}", told.stderr);
    for words in [
        "2 rows stay: their created_at is no time",
        "6: 'yesterday'",
        "3 rows deleted",
        "2 rows could not be compared",
    ] {
        assert!(told.stdout.contains(words), "{words}: {}", told.stdout);
    }
    assert_eq!(ids(&project, "backups"), "4 5 6 7");
    let data = project
        .run("care", &["clean", "sessions", "--older-than", "90d", "--by", "seen_at", "--yes", "--json"]);
    let data = data.json()["data"].clone();
    assert_eq!((&data["tables"][0]["unreadable"], &data["deleted"]), (&1.into(), &1.into()));
    assert_eq!(
        data["tables"][0]["examples"][0],
        serde_json::json!({ "row": "2", "value": "'2020-01-01 00:00:00'" })
    );
    // Where nothing at all can be compared, the model is wrong, or the column.
    open.execute_batch("UPDATE backups SET created_at = unixepoch('now', '-200 days')").unwrap();
    drop(open);
    let refused = refused(&project, &["backups", "--older-than", "90d", "--yes"], 7);
    assert!(refused.stderr.contains("no value of backups.created_at is a time"), "{}", refused.stderr);
}

#[test]
fn soft_deleted_rows_are_purged_and_which_are_meant_is_never_guessed() {
    let project = filled();
    let asked = refused(&project, &["books", "--older-than", "90d", "--yes"], 2);
    for words in ["--deleted", "--by created_at"] {
        assert!(asked.stderr.contains(words), "{words}: {}", asked.stderr);
    }
    let done = cleaned(&project, &["books", "--older-than", "90d", "--deleted"]);
    assert_eq!((&done["deleted"], ids(&project, "books")), (&1.into(), "1 3".to_owned()));
    let done = cleaned(&project, &["books", "--older-than", "90d", "--by", "created_at"]);
    assert_eq!((&done["deleted"], ids(&project, "books")), (&2.into(), String::new()));
    refused(&project, &["backups", "--older-than", "90d", "--deleted", "--yes"], 2);
}

#[test]
fn what_means_nothing_is_refused() {
    let project = filled();
    for (arguments, words) in [
        (&["backup", "--older-than", "90d"][..], "did you mean `backups`?"),
        (&["backups", "--older-than", "90d", "--by", "name"], "backups.name is no time"),
        (&["backups", "--older-than", "90d", "--by", "created"], "--by created_at"),
        (&["sessions", "--older-than", "90d"], "--by seen_at | expires_at | day"),
        (&["audits", "--older-than", "90d"], "audits is append-only"),
        (&["backups", "--older-than", "3m"], "`3m` is no age"),
        (&["backups"], "how old is too old"),
        (&[], "which rows are to be deleted?"),
        (&["backups", "--older-than", "99999999999999999d"], "`99999999999999999d` is no age"),
        (&["backups", "--older-than", "99999999d"], "more than there are"),
    ] {
        let ended = refused(&project, &[arguments, &["--yes"]].concat(), 2);
        assert!(ended.stderr.contains(words), "{arguments:?}: {}", ended.stderr);
    }
}

#[test]
fn rows_that_are_referred_to_stay_until_what_refers_to_them_is_gone() {
    let project = filled();
    let open = project.open("app.db");
    // 2 refers to 1, which is older; 4 is young and refers to 3.
    open.execute_batch(
        "INSERT INTO nodes (id, parent_id, created_at) VALUES (1, NULL, '2020-01-01 00:00:00'),
         (2, 1, '2020-01-02 00:00:00'), (3, NULL, '2020-01-01 00:00:00'), (4, 3, '9999-01-01 00:00:00')",
    )
    .unwrap();
    drop(open);
    let blocked = refused(&project, &["nodes", "--older-than", "90d", "--yes"], 7);
    assert!(blocked.stderr.contains("1 row refers from nodes to rows of nodes"), "{}", blocked.stderr);
    project.open("app.db").execute_batch("DELETE FROM nodes WHERE id = 4").unwrap();
    let done = cleaned(&project, &["nodes", "--older-than", "90d"]);
    assert_eq!((&done["deleted"], ids(&project, "nodes")), (&3.into(), String::new()));
}

#[test]
fn an_append_only_table_and_a_trigger_keep_what_others_would_take_with_them() {
    let project = filled();
    project.open("app.db").execute_batch("INSERT INTO audits (id, backup_id) VALUES (2, 1)").unwrap();
    let kept = refused(&project, &["backups", "--older-than", "90d", "--yes"], 7);
    assert!(kept.stderr.contains("rows of audits would change with their backups"), "{}", kept.stderr);
    let project = filled();
    project
        .open("app.db")
        .execute_batch(
            "CREATE TRIGGER backups_stay BEFORE DELETE ON backups WHEN OLD.id = 2
             BEGIN SELECT RAISE(ABORT, 'backup 2 stays'); END",
        )
        .unwrap();
    let kept = project.run("care", &["clean", "backups", "--older-than", "90d", "--yes", "--no-backup"]);
    assert_eq!(kept.code, Some(1), "{}", kept.stderr);
    for words in ["a trigger keeps rows of backups", "backup 2 stays", "nothing was changed"] {
        assert!(kept.stderr.contains(words), "{words}: {}", kept.stderr);
    }
    assert_eq!(ids(&project, "backups"), "1 2 3 4 5");
}

#[test]
fn a_table_without_rowids_is_cleaned() {
    let project = filled();
    assert_eq!(cleaned(&project, &["pins", "--older-than", "90d"])["deleted"], 2);
    let left: String =
        project.open("app.db").query_row("SELECT board || place FROM pins", [], |row| row.get(0)).unwrap();
    assert_eq!(left, "a2");
}

#[test]
fn thousands_of_rows_go_in_batches_and_all_of_them_go() {
    let project = filled();
    project
        .open("app.db")
        .execute_batch(
            "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 5432)
             INSERT INTO backups (id, name, created_at)
             SELECT i, 'b', iif(i % 2, '2020-01-01 00:00:00', '9999-01-01 00:00:00') FROM n",
        )
        .unwrap();
    assert_eq!(cleaned(&project, &["backups", "--older-than", "90d"])["deleted"], 3 + 2_666);
    assert_eq!(ids(&project, "backups WHERE created_at < '2021'"), "");
    let open = project.open("app.db");
    assert_eq!(
        open.query_row("SELECT count(*) FROM backups", [], |row| row.get::<_, i64>(0)).unwrap(),
        2 + 2_667
    );
}

#[test]
fn a_dry_run_and_a_question_without_an_answer_change_no_byte() {
    let project = filled();
    project.open("app.db").execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let before = project.bytes();
    let dry = project.done("care", &["clean", "backups", "--older-than", "90d", "--dry-run"]);
    for words in [
        "3 of 5 rows from before",
        "With them  messages   3 rows",
        "Unlinked   notes   1 row",
        "3 rows would be deleted",
    ] {
        assert!(dry.stdout.contains(words), "{words}: {}", dry.stdout);
    }
    assert_eq!(project.bytes(), before);
    let asked = refused(&project, &["backups", "--older-than", "90d"], 4);
    assert!(asked.stderr.contains("--yes"), "{}", asked.stderr);
    assert_eq!(project.bytes(), before);
}

#[test]
fn a_database_that_somebody_else_writes_is_left_alone() {
    let project = filled();
    let settings = fs::read_to_string(project.path("schema.toml")).unwrap();
    project.write("schema.toml", &format!("{settings}retry = {{ attempts = 0, first = \"200ms\" }}\n"));
    let writer = project.open("app.db");
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    let locked = project.run("care", &["clean", "backups", "--older-than", "90d", "--yes", "--no-backup"]);
    assert_eq!(locked.code, Some(5), "{}", locked.stderr);
    assert!(locked.stderr.contains("nothing was changed"), "{}", locked.stderr);
    writer.execute_batch("COMMIT").unwrap();
    assert_eq!(ids(&project, "backups"), "1 2 3 4 5");
    assert_eq!(cleaned(&project, &["backups", "--older-than", "90d"])["deleted"], 3);
}

#[test]
fn what_the_settings_say_is_done_by_one_word_also_in_production() {
    let project = filled();
    let settings = fs::read_to_string(project.path("schema.toml")).unwrap();
    let rules = "clean = { backups = \"90d\", sessions = { older_than = \"90d\", by = \"seen_at\" }, \
                 books = { older_than = \"90d\", deleted = true }, messages = { older_than = \"90d\" } }";
    project.write("schema.toml", &format!("{settings}production = true\n{rules}\n"));
    // One rule that means nothing, and nothing is done.
    refused(&project, &["--yes"], 2);
    let rules = rules.replace(", messages = { older_than = \"90d\" }", "");
    project.write("schema.toml", &format!("{settings}production = true\n{rules}\n"));
    let one = cleaned(&project, &["sessions"]);
    assert_eq!((&one["deleted"], one["tables"].as_array().unwrap().len()), (&1.into(), 1));
    let done = cleaned(&project, &[]);
    assert_eq!(done["deleted"], 4);
    assert!(!done["backup"].is_null());
    assert_eq!((ids(&project, "backups"), ids(&project, "books")), ("4 5".into(), "1 3".into()));
}
