use std::{fs, time::Duration};

use schema_core::rusqlite::Connection;

use super::application::Application;

const ROWS: &str = "
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
    INSERT INTO books (id, calibre_id, title, is_orphan)
    SELECT i, 9000 + i, 'Title ' || i || ' ''quoted''', i % 7 = 0 FROM n;
    INSERT INTO reading_sessions (id, book_id, is_active) SELECT id, id, id % 2 FROM books WHERE id % 5 = 0;";

fn tome() -> Application {
    Application::first("tome", ROWS)
}

const BOOKS: &str = "SELECT id, calibre_id, title, is_orphan FROM books ORDER BY id";
const BOOKS_AFTER: &str = "SELECT id, calibre_id, display_title, is_orphan FROM books ORDER BY id";

#[test]
fn t03_all_pending_migrations_run_in_order_and_only_once() {
    let tome = tome().with_second();
    tome.done("2", &["generate", "--empty", "note"]);
    let (before, sessions) = (tome.rows(BOOKS), tome.rows("SELECT * FROM reading_sessions"));
    tome.done("2", &["migrate"]);
    assert_eq!(tome.applied(), tome.revisions());
    assert_eq!(tome.rows(BOOKS_AFTER), before);
    assert_eq!(tome.rows("SELECT * FROM reading_sessions"), sessions);
    let again = tome.done("2", &["migrate"]);
    assert!(again.stdout.contains("nothing is pending"), "{}", again.stdout);
    assert_eq!(tome.applied(), tome.revisions());
}

#[test]
fn t04_a_table_that_is_not_there_yet_means_run_the_migrations() {
    let tome = tome().with_second();
    let behind = tome.start("2", "open");
    assert_ne!(behind.code, Some(0));
    assert!(behind.stderr.contains("display_title"), "{}", behind.stderr);
    assert!(behind.stderr.contains("db-migrate"), "{}", behind.stderr);
    tome.done("2", &["migrate"]);
    assert_eq!(tome.start("2", "open").stdout.trim(), "500 books");
}

#[test]
fn t05_manual_in_development_automatic_when_the_container_starts() {
    // By hand.
    let tome = tome().with_second();
    tome.done("2", &["migrate"]);
    assert_eq!(tome.applied(), tome.revisions());
    // At start: an empty volume, then one that is a release behind.
    let other = super::application::Application::new("tome");
    other.done("1", &["generate", "initial"]);
    let started = other.start("1", "start");
    assert!(started.stdout.starts_with("1 applied, 0 books"), "{started:?}");
    other.open("data/app.db").execute_batch(ROWS).unwrap();
    let before = other.rows(BOOKS);
    other.done("2", &["generate", "second"]);
    let started = other.start("2", "start");
    assert_eq!(started.stdout.trim(), format!("1 applied, 500 books, at {}", other.revisions()[1]));
    assert_eq!(other.rows(BOOKS_AFTER), before);
    assert!(other.start("2", "start").stdout.starts_with("0 applied, 500 books"));
    // The older release does not touch a database that is newer.
    fs::rename(&other.files()[1], other.path("second.sql")).unwrap();
    let older = other.start("1", "start");
    assert_ne!(older.code, Some(0));
    assert!(older.stderr.contains("newer"), "{}", older.stderr);
    assert_eq!(other.rows(BOOKS_AFTER), before);
}

#[test]
fn t06_a_migration_is_generated_from_changed_models() {
    let tome = tome().with_second();
    let text = tome.newest();
    assert!(text.contains("RENAME COLUMN \"title\" TO \"display_title\""), "{text}");
    assert!(text.contains("\"rating\" INTEGER"), "{text}");
    assert!(text.contains("-- migrate:down"), "{text}");
    // With nothing changed since, nothing is written.
    let files = tome.files();
    tome.done("2", &["generate", "again"]);
    assert_eq!(tome.files(), files);
}

#[test]
fn t07_models_are_pushed_without_a_migration_in_development_only() {
    let tome = tome();
    let books = tome.rows(BOOKS);
    let (files, before) = (tome.files(), tome.bytes());
    let planned = tome.done("2", &["push", "--dry-run"]);
    assert!(planned.stdout.contains("books.title -> display_title"), "{}", planned.stdout);
    assert!(planned.stdout.contains("books.rating"), "{}", planned.stdout);
    assert_eq!(tome.bytes(), before);
    tome.done("2", &["push"]);
    assert_eq!(tome.rows(BOOKS_AFTER), books);
    assert_eq!(tome.files(), files, "no migration is written");
    // A loss is asked for, and --yes is no answer.
    tome.open("data/app.db").execute_batch("UPDATE books SET rating = 4 WHERE id < 40").unwrap();
    let back = ["push", "--rename", "books.display_title:books.title"];
    let asked = tome.fails("1", &[&back[..], &["--yes"]].concat(), 4);
    assert!(asked.stderr.contains("books.rating is lost (39 values)"), "{}", asked.stderr);
    assert_eq!(tome.rows("SELECT count(*) FROM books WHERE rating = 4"), ["39"]);
    tome.done("1", &[&back[..], &["--allow-data-loss", "books.rating"]].concat());
    assert_eq!(tome.rows(BOOKS), books);
    // What was pushed is recorded once there is a migration for it.
    tome.done("2", &["push"]);
    tome.done("2", &["generate", "second"]);
    let migrated = tome.done("2", &["migrate", "--json"]).json();
    assert_eq!(migrated["data"]["recorded"].as_array().unwrap().len(), 1, "{migrated}");
    assert_eq!(tome.rows(BOOKS_AFTER), books);
    tome.done("2", &["check"]);
    // In production it cannot be asked for.
    let production = Application::with("tome", "production = true\n").filled(ROWS);
    let before = production.rows("SELECT sql FROM sqlite_schema");
    for more in [&[][..], &["--yes"], &["--allow-data-loss", "all"]] {
        let refused = production.fails("2", &[&["push"], more].concat(), 2);
        assert!(refused.stderr.contains("production"), "{}", refused.stderr);
    }
    assert_eq!(production.rows("SELECT sql FROM sqlite_schema"), before);
}

#[test]
fn t12_a_backup_is_taken_before_migrations_and_verified() {
    let tome = tome().with_second();
    let books = tome.rows(BOOKS);
    let migrated = tome.done("2", &["migrate"]);
    assert!(migrated.stdout.contains("Backup     data/backups/"), "{}", migrated.stdout);
    assert!(migrated.stdout.contains("verified"), "{}", migrated.stdout);
    let packed: Vec<_> = fs::read_dir(tome.path("data/backups"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|file| file.extension().is_some_and(|extension| extension == "gz"))
        .collect();
    assert_eq!(packed.len(), 1);
    // Another program unpacks it, and it is the database as it was.
    let unpacked = std::process::Command::new("gzip").args(["-dc"]).arg(&packed[0]).output().unwrap();
    assert!(unpacked.status.success());
    fs::write(tome.path("before.db"), unpacked.stdout).unwrap();
    assert_eq!(super::application::rows(&tome.open("before.db"), BOOKS), books);
    // Whoever says so gets none.
    tome.done("2", &["rollback", "--allow-data-loss", "all", "--no-backup"]);
    tome.done("2", &["migrate", "--no-backup"]);
    assert_eq!(fs::read_dir(tome.path("data/backups")).unwrap().count(), 2);
}

#[test]
fn t13_the_last_three_automatic_backups_are_kept() {
    let tome = tome().with_second();
    for _ in 0..3 {
        tome.done("2", &["migrate"]);
        tome.done("2", &["rollback", "--allow-data-loss", "all"]);
    }
    let packed = || {
        let mut names: Vec<String> = fs::read_dir(tome.path("data/backups"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.strip_suffix(".gz").is_some())
            .collect();
        names.sort();
        names
    };
    assert_eq!(packed().len(), 3);
    let newest = packed().pop();
    tome.done("2", &["migrate"]);
    assert_eq!(packed().len(), 3);
    assert!(packed().contains(&newest.unwrap()));
}

#[test]
fn t22_the_history_says_what_was_applied_and_when() {
    let tome = tome().with_second();
    tome.done("2", &["migrate"]);
    let history = tome.done("2", &["history"]);
    for revision in tome.revisions() {
        assert!(history.stdout.contains(&revision), "{}", history.stdout);
    }
    let json = tome.done("2", &["history", "--json"]).json();
    let text = json["data"].to_string();
    assert!(text.contains("applied_at") && text.contains(&tome.revisions()[1]), "{text}");
}

#[test]
fn t26_chosen_tables_are_cleared_and_others_kept_and_all_is_reset() {
    let tome = tome();
    let books = tome.rows(BOOKS);
    // Rows are lost: that needs a word, and --yes is none.
    let asked = tome.fails("1", &["clear", "reading_sessions", "--yes"], 4);
    assert!(asked.stderr.contains("--allow-data-loss"), "{}", asked.stderr);
    tome.done("1", &["clear", "reading_sessions", "--allow-data-loss", "all"]);
    assert_eq!(tome.rows("SELECT count(*) FROM reading_sessions"), ["0"]);
    assert_eq!(tome.rows(BOOKS), books);
    tome.done("1", &["reset", "--allow-data-loss", "all"]);
    assert_eq!(tome.rows("SELECT count(*) FROM books"), ["0"]);
    assert_eq!(tome.applied(), tome.revisions());
    tome.done("1", &["check"]);
    // In production neither can be asked for.
    let production = Application::with("tome", "production = true\n").filled(ROWS);
    for command in
        [&["clear", "books", "--allow-data-loss", "all"][..], &["reset", "--allow-data-loss", "all"]]
    {
        let refused = production.fails("1", command, 2);
        assert!(refused.stderr.contains("production"), "{}", refused.stderr);
    }
    assert_eq!(production.rows("SELECT count(*) FROM books"), ["500"]);
}

#[test]
fn t27_the_tracking_table_keeps_order_checksum_and_duration() {
    let tome = tome().with_second();
    tome.done("2", &["migrate"]);
    let rows = tome.rows(
        "SELECT revision, name, length(up_checksum), length(down_checksum), typeof(duration_ms),
                applied_at GLOB '20??-??-?? ??:??:??.??????'
         FROM _schema_migrations ORDER BY position",
    );
    let revisions = tome.revisions();
    assert_eq!(
        rows,
        [
            format!("{}|initial|64|64|integer|1", revisions[0]),
            format!("{}|second|64|64|integer|1", revisions[1]),
        ]
    );
}

#[test]
fn t29_preflight_stops_before_anything_is_changed() {
    // The folder cannot be written, no database is there, a file is missing: each is told as what it is.
    let tome = tome().with_second();
    let before = tome.bytes();
    let checked = tome.done("2", &["migrate", "--preflight"]);
    assert!(checked.stdout.contains("integrity"), "{}", checked.stdout);
    assert_eq!(tome.bytes(), before, "a preflight changes nothing");

    fs::remove_file(&tome.files()[0]).unwrap();
    let before = tome.bytes();
    let missing = tome.fails("2", &["migrate"], 7);
    assert!(missing.stderr.contains(&tome.applied()[0]), "{}", missing.stderr);
    assert!(missing.stderr.contains("nothing was changed"), "{}", missing.stderr);
    assert_eq!(tome.bytes(), before);
}

#[test]
fn t10_backups_are_listed_with_size_and_time() {
    let tome = tome();
    tome.done("1", &["backup"]);
    tome.done("1", &["backup", "--note", "before the holidays"]);
    let listed = tome.done("1", &["list-backups"]);
    assert_eq!(
        listed.stdout.matches("KiB").count() + listed.stdout.matches("MiB").count(),
        2,
        "{}",
        listed.stdout
    );
    assert!(listed.stdout.contains("before the holidays"), "{}", listed.stdout);
    assert!(listed.stdout.contains("taken (UTC)"), "{}", listed.stdout);
    let json = tome.done("1", &["list-backups", "--json"]).json();
    assert_eq!(json["data"]["backups"].as_array().unwrap().len(), 2, "{json}");
}

#[test]
fn t11_a_backup_is_restored_by_name_or_file_while_the_application_is_open() {
    let tome = tome();
    let books = tome.rows(BOOKS);
    tome.done("1", &["backup"]);
    let listed = tome.done("1", &["list-backups", "--json"]).json();
    let id = listed["data"]["backups"][0]["id"].as_str().unwrap_or_else(|| panic!("{listed}")).to_owned();
    // The application goes on, and loses its books.
    let open = tome.open("data/app.db");
    open.execute_batch(
        "PRAGMA journal_mode = WAL; DELETE FROM reading_sessions; DELETE FROM books WHERE id > 3",
    )
    .unwrap();
    let asked = tome.fails("1", &["restore"], 4);
    assert!(asked.stderr.contains(&id), "{}", asked.stderr);
    tome.done("1", &["restore", &id, "--yes"]);
    assert_eq!(super::application::rows(&open, BOOKS), books, "the open handle sees what came back");
    // What was there before is kept, and can be brought back too.
    let before: Vec<_> = tome.done("1", &["list-backups", "--json"]).json()["data"]["backups"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|backup| backup["manifest"]["reason"] == "before_restore")
        .cloned()
        .collect();
    assert_eq!(before.len(), 1);
    // By a file, from another place.
    let file = fs::read_dir(tome.path("data/backups"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|file| file.file_name().unwrap().to_str().unwrap() == format!("{id}.db.gz"))
        .unwrap();
    fs::copy(&file, tome.path("elsewhere.db.gz")).unwrap();
    open.execute_batch("DELETE FROM reading_sessions; DELETE FROM books").unwrap();
    tome.done("1", &["restore", "elsewhere.db.gz", "--yes"]);
    assert_eq!(super::application::rows(&open, BOOKS), books);
}

#[test]
fn t30_a_database_that_is_locked_for_a_while_is_tried_again() {
    let tome = Application::with("tome", "retry = { attempts = 3, first = \"400ms\", factor = 2 }\n")
        .filled(ROWS)
        .with_second();
    let path = tome.path("data/app.db");
    let (holds, held) = std::sync::mpsc::channel();
    let other = std::thread::spawn(move || {
        let connection = Connection::open(path).unwrap();
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        holds.send(()).unwrap();
        std::thread::sleep(Duration::from_millis(900));
        connection.execute_batch("COMMIT").unwrap();
    });
    held.recv().unwrap();
    tome.done("2", &["migrate"]);
    other.join().unwrap();
    assert_eq!(tome.applied(), tome.revisions());
    // What does not pass by itself is not tried again: the statement runs once.
    tome.done("2", &["generate", "--empty", "wrong"]);
    let file = tome.files().pop().unwrap();
    let wrong = tome.newest().replace(
        "-- migrate:up\n",
        "-- migrate:up\nINSERT INTO books (id, calibre_id, display_title) VALUES (1, 1, 'twice');\n",
    );
    fs::write(&file, wrong).unwrap();
    let failed = tome.fails("2", &["migrate"], 1);
    assert!(!failed.stderr.contains("again in"), "{}", failed.stderr);
}

#[test]
fn t31_what_is_pending_is_shown_with_exit_code_3() {
    let tome = tome();
    tome.done("1", &["status"]);
    let tome = tome.with_second();
    let status = tome.fails("2", &["status"], 3);
    assert!(status.stdout.contains(&format!("pending  {}", tome.revisions()[1])), "{}", status.stdout);
    let json = tome.fails("2", &["status", "--json"], 3).json();
    assert_eq!(json["data"]["pending"][0]["revision"], tome.revisions()[1].as_str());
    assert_eq!(json["data"]["applied"][0]["revision"], tome.revisions()[0].as_str());
}

#[test]
fn t32_undo_is_inverse_sql() {
    let tome = tome().with_second();
    let before = tome.rows(BOOKS);
    let schema =
        tome.rows("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE '_schema%' ORDER BY name");
    let migrated = tome.done("2", &["migrate"]);
    assert!(migrated.stdout.contains("Undo: applications db rollback"), "{}", migrated.stdout);
    tome.done("2", &["rollback", "--allow-data-loss", "all"]);
    assert_eq!(tome.rows(BOOKS), before);
    assert_eq!(
        tome.rows("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE '_schema%' ORDER BY name"),
        schema
    );
    assert_eq!(tome.applied(), tome.revisions()[..1]);
}

#[test]
fn t32_undo_is_the_restore_point_that_migrate_prints() {
    let tome = tome().with_second();
    let before = tome.rows(BOOKS);
    let migrated = tome.done("2", &["migrate"]);
    let id =
        migrated.stdout.split("db restore ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    tome.open("data/app.db").execute_batch("UPDATE books SET display_title = 'lost'").unwrap();
    tome.done("1", &["restore", &id, "--yes"]);
    assert_eq!(tome.rows(BOOKS), before);
    assert_eq!(tome.applied(), tome.revisions()[..1]);
}

#[test]
fn t36_settings_come_from_the_environment_where_there_is_no_terminal() {
    let tome = tome().with_second();
    let elsewhere = tome.path("volume.db");
    let url = format!("sqlite:{}", elsewhere.display());
    let mut command = tome.command("2", &["migrate", "--json"]);
    let output = command.env("DATABASE_URL", &url).env("TERM", "dumb").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let connection = Connection::open(&elsewhere).unwrap();
    let applied = super::application::rows(&connection, "SELECT revision FROM _schema_migrations");
    assert_eq!(applied, tome.revisions());
    // The database of the settings was not touched.
    assert_eq!(tome.applied().len(), 1);
    // A question without a terminal ends with its own exit code and the flag that answers it.
    let open = tome.fails("1", &["generate", "back", "--no-renames"], 4);
    assert!(open.stderr.contains("--backfill books.title"), "{}", open.stderr);
}

#[test]
fn t31_a_check_can_be_skipped_and_the_verification_of_data_cannot() {
    let tome = tome().with_second();
    tome.done("2", &["migrate", "--dry-run", "--skip-preflight", "space"]);
    for never in ["integrity", "history"] {
        let refused = tome.fails("2", &["migrate", "--skip-preflight", never], 2);
        assert!(refused.stderr.contains(never), "{}", refused.stderr);
    }
    let unknown = tome.fails("2", &["migrate", "--skip-preflight", "disk"], 2);
    assert!(unknown.stderr.contains("space"), "{}", unknown.stderr);
    assert_eq!(tome.applied().len(), 1);
}

#[test]
fn t37_each_trouble_names_its_cause_and_the_next_command() {
    // A database that is missing.
    let tome = tome().with_second();
    let missing = tome.fails("2", &["rollback", "--url", "sqlite:nowhere.db"], 7);
    assert!(missing.stderr.contains("nowhere.db"), "{}", missing.stderr);
    assert!(missing.stderr.contains("applications db migrate"), "{}", missing.stderr);

    // A lock that somebody holds.
    let connection = tome.open("data/app.db");
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    tome.write(
        "schema.toml",
        "default = \"tome\"\n[tome]\nurl = \"sqlite:data/app.db\"\nmigrations = \"migrations\"\n\
         retry = { attempts = 2, first = \"50ms\", factor = 1 }\n",
    );
    let locked = tome.fails("2", &["migrate"], 5);
    assert!(locked.stderr.contains("nothing was changed"), "{}", locked.stderr);
    assert!(locked.stderr.contains("next:"), "{}", locked.stderr);
    drop(connection);

    // Damage.
    let mut bytes = fs::read(tome.path("data/app.db")).unwrap();
    let page = bytes.len() / 2;
    bytes[page..page + 3000].fill(0xA5);
    tome.write("damaged.db", "");
    fs::write(tome.path("damaged.db"), &bytes).unwrap();
    let damaged = tome.fails("2", &["migrate", "--url", "sqlite:damaged.db"], 6);
    assert!(damaged.stderr.contains("restore"), "{}", damaged.stderr);
    assert_eq!(fs::read(tome.path("damaged.db")).unwrap(), bytes);

    // A migration that fails: file, line, what SQLite says, and where that leaves the data.
    let good = tome.newest();
    // That one does not run at all is known before the work; that these rows refuse it, only then.
    let twice = "UPDATE books SET id = (SELECT min(id) FROM books);";
    for (statement, says, exit) in [("INSERT INTO nothing VALUES (1);", "nothing", 7), (twice, "UNIQUE", 1)] {
        let text = good.replace("-- migrate:down", &format!("{statement}\n\n-- migrate:down"));
        fs::write(tome.files().last().unwrap(), text).unwrap();
        let failed = tome.fails("2", &["migrate"], exit);
        for part in ["second.sql:", says, "state:", "next:"] {
            assert!(failed.stderr.contains(part), "no {part} in {}", failed.stderr);
        }
    }
    assert_eq!(tome.applied().len(), 1);
    assert_eq!(tome.rows("SELECT count(*) FROM books"), ["500"]);
}

#[cfg(unix)]
#[test]
fn t37_a_file_that_may_not_be_written_names_the_permission() {
    use std::os::unix::fs::PermissionsExt as _;

    let tome = tome().with_second();
    let file = tome.path("data/app.db");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
    let refused = tome.fails("2", &["migrate"], 7);
    assert!(refused.stderr.contains("read-only"), "{}", refused.stderr);
    assert!(refused.stderr.contains("chmod"), "{}", refused.stderr);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    tome.done("2", &["migrate"]);
}

#[test]
fn t38_comments_in_a_migration_survive_and_change_no_checksum() {
    let tome = tome().with_second();
    tome.done("2", &["migrate"]);
    let file = tome.files().pop().unwrap();
    let text = fs::read_to_string(&file).unwrap();
    let commented = text
        .replace("-- migrate:up\n", "-- migrate:up\n-- Why: the shelf shows this title.\n/* and more */\n")
        .replace('\n', "\r\n");
    fs::write(&file, &commented).unwrap();
    tome.done("2", &["status"]);
    tome.done("2", &["migrate"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), commented, "nobody rewrites the file");
}

#[test]
fn t28_no_two_migrations_run_at_once_and_a_dead_holder_is_no_obstacle() {
    let tome = tome().with_second();
    // Sixteen at once: one applies it, the others find it applied.
    let children: Vec<_> = (0..16)
        .map(|_| {
            let mut command = tome.command("2", &["migrate"]);
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    let ended: Vec<_> =
        children.into_iter().map(|child| super::project::ended(&child.wait_with_output().unwrap())).collect();
    assert!(ended.iter().all(|ended| ended.code == Some(0)), "{ended:?}");
    assert_eq!(ended.iter().filter(|ended| ended.stdout.contains("1 applied")).count(), 1);
    assert_eq!(tome.applied(), tome.revisions());

    // One is killed in the middle; the next needs no unlocking.
    tome.done("2", &["generate", "--empty", "slow"]);
    let slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000)
        UPDATE books SET display_title = (SELECT max(i) FROM n);";
    let text = tome.newest().replace("-- migrate:up\n", &format!("-- migrate:up\n{slow}\n"));
    let file = tome.files().pop().unwrap();
    fs::write(&file, text).unwrap();
    let mut child = tome.command("2", &["migrate"]).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(600));
    child.kill().unwrap();
    child.wait().unwrap();
    fs::write(&file, tome.newest().replace(slow, "UPDATE books SET rating = 5 WHERE id = 1;")).unwrap();
    tome.done("2", &["migrate"]);
    assert_eq!(tome.applied(), tome.revisions());
    assert_eq!(tome.rows("SELECT count(*), sum(rating) FROM books"), ["500|5"]);
}
