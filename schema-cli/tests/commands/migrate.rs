use std::{fs, process::Command, time::Duration};

use crate::project::{Project, ended};

/// A project whose first release is applied and filled: 500 users, 2,000 orders.
pub(crate) fn filled() -> Project {
    let project = Project::new();
    project.write(
        "schema.toml",
        "[app]\nurl = \"sqlite:app.db\"\nmigrations = \"migrations\"\nbackups = { primary = \"backups\" }\n",
    );
    project.done("1", &["generate", "initial"]);
    project.done("1", &["migrate"]);
    project
        .open("app.db")
        .execute_batch(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
             INSERT INTO users SELECT i, 'name ' || i, i % 90 FROM n;
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
             INSERT INTO orders SELECT i, 1 + i % 500, i * 10 FROM n;",
        )
        .unwrap();
    project
}

/// Writes a migration behind those that are there.
pub(crate) fn add(project: &Project, revision: &str, up: &str, down: &str) {
    let mut files: Vec<_> = fs::read_dir(project.path("migrations"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let parent = files.last().unwrap().trim_end_matches(".sql").to_owned();
    project.write(
        &format!("migrations/{revision}.sql"),
        &format!(
            "-- revision: {revision}\n-- parents:  {parent}\n\n-- migrate:up\n{up}\n-- migrate:down\n{down}\n"
        ),
    );
}

fn rows(project: &Project, table: &str) -> i64 {
    project.open("app.db").query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

#[test]
fn pending_migrations_are_applied_and_taken_back_with_a_backup_before_each() {
    let project = filled();
    project.done("2", &["generate", "rename_name", "--rename", "users.name:users.full_name"]);
    let migrated = project.done("2", &["migrate"]).stdout;
    for line in [
        "Preflight  ",
        "Backup     ",
        "  1/1  ",
        "Verified   foreign keys ok, database = models",
        "Done       1 applied in ",
    ] {
        assert!(migrated.contains(line), "{line}\n{migrated}");
    }
    assert!(migrated.contains("Undo: embedded db rollback, or embedded db restore app_2"), "{migrated}");
    let named: String = project
        .open("app.db")
        .query_row("SELECT full_name FROM users WHERE id = 7", [], |row| row.get(0))
        .unwrap();
    assert_eq!((named.as_str(), rows(&project, "users"), rows(&project, "orders")), ("name 7", 500, 2000));

    let back = project.done("1", &["rollback", "--json"]).json();
    assert_eq!(back["data"]["revisions"].as_array().unwrap().len(), 1);
    assert!(back["data"]["backup"]["bytes"].as_u64().unwrap() > 0);
    assert_eq!(rows(&project, "users"), 500);
    assert_eq!(project.run("1", &["diff", "--from", "app.db", "--to", "models"]).code, Some(0));
    assert_eq!(fs::read_dir(project.path("backups")).unwrap().count(), 4);
}

#[test]
fn nothing_pending_is_done_and_changes_nothing() {
    let project = filled();
    let before = project.bytes();
    let json = project.done("1", &["migrate", "--json"]).json();
    assert_eq!(json["command"], "db-migrate");
    assert_eq!(json["data"]["revisions"].as_array().unwrap().len(), 0);
    assert_eq!(project.bytes(), before);
}

#[test]
fn dry_runs_and_printed_sql_change_no_byte() {
    let project = filled();
    project.done("2", &["generate", "rename_name", "--rename", "users.name:users.full_name"]);
    let before = project.bytes();
    assert!(
        project
            .done("2", &["migrate", "--dry-run"])
            .stdout
            .contains("1 would be applied; nothing was changed")
    );
    assert!(project.done("2", &["migrate", "--preflight"]).stdout.contains("  ok    integrity"));
    assert!(project.done("2", &["migrate", "--sql"]).stdout.contains("RENAME COLUMN"));
    assert!(project.done("2", &["rollback", "--dry-run"]).stdout.contains("1 would be taken back"));
    assert!(project.done("2", &["rollback", "--sql"]).stdout.contains("DROP TABLE"));
    assert_eq!(project.bytes(), before);
}

#[test]
fn the_printed_sql_does_what_the_migration_does() {
    let project = filled();
    project.done("2", &["generate", "rename_name", "--rename", "users.name:users.full_name"]);
    let sql = project.done("2", &["migrate", "--sql"]).stdout;
    project.open("app.db").execute_batch(&sql).unwrap();
    let diff = project.run("2", &["diff", "--from", "app.db", "--to", "models"]);
    assert_eq!(diff.code, Some(0), "{}", diff.stdout);
    // It counts as applied, and cannot be run twice.
    project.done("2", &["status"]);
    project.done("2", &["check"]);
    let twice = project.open("app.db").execute_batch(&sql).unwrap_err();
    assert!(twice.to_string().contains("UNIQUE"), "{twice}");
    let back = project.done("2", &["rollback", "--sql"]).stdout;
    project.open("app.db").execute_batch(&back).unwrap();
    let pending = project.run("2", &["status"]);
    assert!(pending.code == Some(3) && pending.stdout.contains("1 pending"), "{}", pending.stdout);
    project.done("2", &["migrate"]);
}

#[test]
fn the_printed_sql_keeps_what_older_programs_may_still_run_on() {
    let project = filled();
    add(&project, "20990101000000_total", "CREATE INDEX total ON orders(total_cents);", "DROP INDEX total;");
    let first = crate::heads::revision(&project, "_initial");
    let file = "migrations/20990101000000_total.sql";
    let text = fs::read_to_string(project.path(file)).unwrap();
    let said = format!("\n-- compatible_from: {first}\n\n-- migrate:up");
    project.write(file, &text.replace("\n\n-- migrate:up", &said));
    let sql = project.done("1", &["migrate", "--sql"]).stdout;
    project.open("app.db").execute_batch(&sql).unwrap();
    project.done("1", &["status"]);
    // The older program, whose folder ends before it, goes on.
    fs::remove_file(project.path(file)).unwrap();
    let older = project.done("1", &["migrate"]);
    assert!(older.stderr.contains("programs from") && older.stderr.contains(&first), "{}", older.stderr);
}

#[test]
fn a_revision_with_a_rust_step_is_not_printed_as_sql() {
    let project = filled();
    add(&project, "20990101000000_total", "CREATE INDEX total ON orders(total_cents);", "DROP INDEX total;");
    let file = "migrations/20990101000000_total.sql";
    let text = fs::read_to_string(project.path(file)).unwrap();
    project.write(file, &text.replace("\n\n-- migrate:up", "\n-- rust: totals\n\n-- migrate:up"));
    let refused = project.run("1", &["migrate", "--sql"]);
    assert_eq!(refused.code, Some(7), "{}", refused.stdout);
    assert!(refused.stdout.is_empty(), "{}", refused.stdout);
    for words in
        ["Rust step `totals`", "cannot be printed as SQL", "total.sql", "embedded db migrate runs it"]
    {
        assert!(refused.stderr.contains(words), "{words}\n{}", refused.stderr);
    }
}

#[test]
fn a_statement_that_fails_is_named_by_file_and_line_and_rolls_its_migration_back() {
    let project = filled();
    add(
        &project,
        "20990101000000_first",
        "CREATE INDEX orders_total ON orders(total_cents);",
        "DROP INDEX orders_total;",
    );
    add(
        &project,
        "20990102000000_second",
        "UPDATE users SET age = age + 1;\nINSERT INTO users VALUES (1, 'twice', 1);",
        "UPDATE users SET age = age - 1;",
    );
    let before: i64 =
        project.open("app.db").query_row("SELECT sum(age) FROM users", [], |row| row.get(0)).unwrap();
    let ended = project.run("1", &["migrate"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stdout.contains("FAILED after"), "{}", ended.stdout);
    assert!(ended.stderr.contains("20990102000000_second.sql:6"), "{}", ended.stderr);
    assert!(ended.stderr.contains("20990101000000_first stays applied"), "{}", ended.stderr);
    let after: i64 =
        project.open("app.db").query_row("SELECT sum(age) FROM users", [], |row| row.get(0)).unwrap();
    assert_eq!((after, rows(&project, "users")), (before, 500));
    let json = project.run("1", &["migrate", "--json"]).json();
    assert_eq!(json["exit"], 1);
    assert!(json["error"]["state"].as_str().unwrap().contains("rolled back"), "{json}");
}

#[test]
fn a_database_that_is_locked_is_exit_5() {
    let project = filled();
    project.write("schema.toml", "[app]\nurl = \"app.db\"\nretry = { attempts = 2, first = \"50ms\" }\n");
    add(
        &project,
        "20990101000000_first",
        "CREATE INDEX orders_total ON orders(total_cents);",
        "DROP INDEX orders_total;",
    );
    let writer = project.open("app.db");
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    let ended = project.run("1", &["migrate"]);
    assert_eq!(ended.code, Some(5), "{}", ended.stderr);
    assert!(ended.stderr.contains("nothing was changed"), "{}", ended.stderr);
}

#[test]
fn a_damaged_and_a_foreign_file_are_refused() {
    let project = filled();
    project.write("foreign.db", "this is no database, and it is longer than a header of SQLite would be");
    let ended = project.run("1", &["status", "--url", "foreign.db"]);
    assert_eq!(ended.code, Some(7), "{}", ended.stderr);

    let mut bytes = fs::read(project.path("app.db")).unwrap();
    // The rows, far behind the schema and the history.
    let pages = bytes.len() / 4096;
    for page in bytes.chunks_mut(4096).skip(pages - 4) {
        page[..64].fill(0xab);
    }
    fs::write(project.path("damaged.db"), &bytes).unwrap();
    add(
        &project,
        "20990101000000_first",
        "CREATE INDEX orders_total ON orders(total_cents);",
        "DROP INDEX orders_total;",
    );
    let ended = project.run("1", &["migrate", "--url", "damaged.db"]);
    assert_eq!(ended.code, Some(6), "{}", ended.stderr);
    assert_eq!(fs::read(project.path("damaged.db")).unwrap(), bytes);
}

#[test]
fn a_folder_that_is_not_there_is_a_preflight_failure() {
    let project = filled();
    fs::remove_dir_all(project.path("migrations")).unwrap();
    for command in ["migrate", "status", "check"] {
        let ended = project.run("1", &[command]);
        assert_eq!(ended.code, Some(7), "{command}: {}", ended.stderr);
        assert!(ended.stderr.contains("migrations folder"), "{}", ended.stderr);
    }
}

#[test]
fn an_edited_file_stops_the_run_until_it_is_accepted() {
    let project = filled();
    let file = fs::read_dir(project.path("migrations")).unwrap().next().unwrap().unwrap();
    let revision = file.file_name().to_string_lossy().trim_end_matches(".sql").to_owned();
    let text = fs::read_to_string(file.path()).unwrap();
    fs::write(
        file.path(),
        text.replace("-- migrate:down", "CREATE INDEX extra ON users(age);\n-- migrate:down"),
    )
    .unwrap();
    let ended = project.run("1", &["migrate"]);
    assert_ne!(ended.code, Some(0));
    assert!(
        ended.stderr.contains(&revision) && ended.stderr.contains("embedded db migrate --accept-edited"),
        "{}",
        ended.stderr
    );
    project.done("1", &["migrate", "--accept-edited", &revision]);
    project.done("1", &["migrate"]);
}

#[test]
fn a_rehearsal_that_fails_leaves_the_database_alone() {
    let project = filled();
    add(&project, "20990101000000_twice", "INSERT INTO users VALUES (1, 'twice', 1);", "SELECT 1;");
    let before = project.bytes();
    let ended = project.run("1", &["migrate", "--rehearse"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains("the database was not touched"), "{}", ended.stderr);
    assert_eq!(project.bytes(), before);
}

#[test]
fn taking_back_more_than_is_applied_is_a_usage_error() {
    let project = filled();
    assert_eq!(project.run("1", &["rollback", "2"]).code, Some(2));
    assert_eq!(project.run("1", &["rollback", "0"]).code, Some(2));
}

#[test]
fn going_back_to_a_revision_that_is_pending_says_that_it_is_not_applied() {
    let project = filled();
    add(&project, "20990101000000_total", "CREATE INDEX total ON orders(total_cents);", "DROP INDEX total;");
    let before = project.bytes();
    for arguments in [["rollback", "--to", "total"], ["rollback", "--to", "20990101000000_total"]] {
        for more in [&[] as &[&str], &["--dry-run"], &["--sql"]] {
            let refused = project.run("1", &[&arguments as &[&str], more].concat());
            assert_eq!(refused.code, Some(2), "{}", refused.stdout);
            for words in ["20990101000000_total is not applied", "pending", "embedded db migrate --to 2099"] {
                assert!(refused.stderr.contains(words), "{words}\n{}", refused.stderr);
            }
        }
    }
    assert_eq!(project.bytes(), before);
}

#[test]
fn what_has_no_way_back_is_given_none_but_the_backup() {
    let project = filled();
    add(&project, "20990101000000_ages", "UPDATE users SET age = 1;", "-- what the ages were is not known");
    let said = project.done("1", &["migrate"]).stdout;
    assert!(said.contains(". Undo: embedded db restore app_2") && !said.contains("rollback"), "{said}");
}

#[test]
fn in_production_a_migration_is_rehearsed_first_and_only_where_one_is_pending() {
    let project = filled();
    project.write("schema.toml", "[app]\nurl = \"sqlite:app.db\"\nproduction = true\n");
    assert!(!project.done("1", &["migrate"]).stdout.contains("Rehearsed"));
    add(
        &project,
        "20990101000000_first",
        "CREATE INDEX orders_total ON orders(total_cents);",
        "DROP INDEX orders_total;",
    );
    let json = project.done("1", &["migrate", "--json"]).json();
    assert_eq!(json["data"]["rehearsed"], true);
    let left = fs::read_dir(project.path("."))
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".rehearsal"));
    assert_eq!(left.count(), 0);
}

#[test]
fn in_production_a_rollback_waits_for_a_yes() {
    let project = filled();
    project.write("schema.toml", "[app]\nurl = \"sqlite:app.db\"\nproduction = true\n");
    let before = project.bytes();
    let ended = project.run("1", &["rollback"]);
    assert_eq!(ended.code, Some(4), "{}", ended.stderr);
    assert!(ended.stderr.contains("embedded db rollback --yes"), "{}", ended.stderr);
    assert_eq!(project.bytes(), before);
    let ended = project.run("1", &["rollback", "--yes"]);
    assert_eq!(ended.code, Some(4), "a yes permits no loss: {}", ended.stderr);
    assert_eq!(project.bytes(), before);
    project.done("1", &["rollback", "--yes", "--allow-data-loss", "all"]);
}

#[test]
fn a_rollback_that_loses_rows_or_values_waits_for_the_permission() {
    let project = filled();
    add(
        &project,
        "20990101000000_more",
        "CREATE TABLE empty(a);\nALTER TABLE users ADD COLUMN phone TEXT;\nALTER TABLE users ADD COLUMN fax TEXT;\n\
         ALTER TABLE orders RENAME TO sales;",
        "DROP TABLE empty;\nALTER TABLE users DROP COLUMN phone;\nALTER TABLE users DROP COLUMN fax;\n\
         ALTER TABLE sales RENAME TO orders;",
    );
    project.done("1", &["migrate"]);
    // Nobody has stored anything in what is new.
    project.done("1", &["rollback"]);
    assert_eq!((rows(&project, "users"), rows(&project, "orders")), (500, 2000));
    project.done("1", &["migrate"]);
    project.open("app.db").execute_batch("UPDATE users SET phone = '007' WHERE id < 4").unwrap();
    let before = project.bytes();
    let ended = project.run("1", &["rollback", "--yes"]);
    assert_eq!(ended.code, Some(4), "{}", ended.stderr);
    for line in ["every value of column users.phone is lost (3 values)", "--allow-data-loss users.phone"] {
        assert!(ended.stderr.contains(line), "{line}\n{}", ended.stderr);
    }
    assert!(!ended.stderr.contains("fax") && !ended.stderr.contains("empty"), "{}", ended.stderr);
    let all = project.run("1", &["rollback", "2", "--allow-data-loss", "users.phone"]);
    assert_eq!(all.code, Some(4), "{}", all.stderr);
    for line in
        ["table users is lost (500 rows)", "table sales is lost (2,000 rows)", "--allow-data-loss all"]
    {
        assert!(all.stderr.contains(line), "{line}\n{}", all.stderr);
    }
    let dry = project.done("1", &["rollback", "--dry-run"]);
    assert!(dry.stderr.contains("users.phone is lost (3 values)"), "{}", dry.stderr);
    assert_eq!(project.bytes(), before);
    // Known without the files, too.
    fs::remove_file(project.path("migrations/20990101000000_more.sql")).unwrap();
    assert_eq!(project.run("1", &["rollback"]).code, Some(4));
    let json = project.done("1", &["rollback", "--allow-data-loss", "users", "--json"]).json();
    assert_eq!(json["data"]["lost"][0]["held"], 3);
    assert_eq!((rows(&project, "users"), rows(&project, "orders")), (500, 2000));
}

/// Ctrl-C while a migration works: exit 130, and the database is as it was before.
#[cfg(unix)]
#[test]
fn an_interrupted_migration_changes_nothing() {
    let project = filled();
    add(
        &project,
        "20990101000000_long",
        // On an empty scratch database it has nothing to do.
        "WITH RECURSIVE n(i) AS (SELECT 1 WHERE EXISTS (SELECT 1 FROM orders) UNION ALL \
         SELECT i + 1 FROM n WHERE i < 400000000)\n\
         INSERT INTO orders SELECT i + 10000, 1, i FROM n;",
        "DELETE FROM orders WHERE id > 10000;",
    );
    let mut child = project
        .command("1", &["migrate", "--no-backup"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // The log grows once the statement writes.
    while fs::metadata(project.path("app.db-journal"))
        .or_else(|_| fs::metadata(project.path("app.db-wal")))
        .map_or(0, |log| log.len())
        == 0
    {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be interrupted");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let ended = ended(&child.wait_with_output().unwrap());
    assert_eq!(ended.code, Some(130), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("interrupted") && ended.stderr.contains("embedded db status"),
        "{}",
        ended.stderr
    );
    assert_eq!(rows(&project, "orders"), 2000);
    assert_eq!(project.run("1", &["status"]).code, Some(3));
}
