use std::{
    fs,
    io::{Seek as _, SeekFrom, Write as _},
    path::Path,
};

use serde_json::Value;

use crate::{
    migrate::{add, filled},
    project::{Ended, Project},
};

/// A filled project with a pending migration that rebuilds and asks nothing.
fn pending() -> Project {
    let project = filled();
    project.done("2", &["generate", "rename_name", "--rename", "users.name:users.full_name", "-q"]);
    project
}

/// What `--preflight --json` says of each check.
fn checks(said: &Ended) -> Vec<(String, String, String)> {
    let word = |check: &Value, key: &str| check[key].as_str().unwrap().to_owned();
    let json = said.json();
    let checks = json["data"]["checks"].as_array().unwrap();
    checks.iter().map(|check| (word(check, "name"), word(check, "outcome"), word(check, "detail"))).collect()
}

fn outcome(said: &Ended, name: &str) -> (String, String) {
    let found = checks(said).into_iter().find(|check| check.0 == name);
    found.map_or_else(|| panic!("no {name}: {}", said.stdout), |(_, outcome, detail)| (outcome, detail))
}

/// The commands behind `next:`, without the name of the program.
fn next(said: &Ended) -> Vec<Vec<String>> {
    let lines = said.stderr.lines().filter_map(|line| line.split_once("embedded db "));
    let words = lines.map(|(_, command)| command.split(" (").next().unwrap().split_whitespace());
    words.map(|words| words.map(str::to_owned).collect()).collect()
}

fn backup_id(project: &Project) -> String {
    project.done("1", &["backup", "--json"]).json()["data"]["id"].as_str().unwrap().to_owned()
}

/// Overwrites a page in the middle of a file.
fn damage(path: &Path) {
    let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
    let middle = file.metadata().unwrap().len() / 2 / 4096 * 4096;
    file.seek(SeekFrom::Start(middle)).unwrap();
    file.write_all(&[0xA5; 4096]).unwrap();
}

#[test]
fn each_check_has_a_line_in_its_order_and_nothing_is_applied() {
    let project = pending();
    let before = project.bytes();
    let said = project.done("2", &["migrate", "--preflight"]);
    let names: Vec<&str> = said
        .stdout
        .lines()
        .filter_map(|line| line.strip_prefix("  ok    "))
        .map(|line| line.split_whitespace().next().unwrap())
        .collect();
    let expected = [
        "folder",
        "file",
        "owner",
        "space",
        "lock",
        "files",
        "history",
        "engine",
        "integrity",
        "foreign-keys",
        "functions",
        "views",
        "tables",
    ];
    assert_eq!(names[..13], expected, "{}", said.stdout);
    assert!(said.stdout.contains("free (needs "), "{}", said.stdout);
    assert!(said.stdout.contains("Dry run    1 would be applied; nothing was changed"), "{}", said.stdout);

    let json = project.done("2", &["migrate", "--preflight", "--json"]);
    assert_eq!(checks(&json).iter().map(|check| check.0.as_str()).collect::<Vec<_>>()[..13], expected);
    assert!(checks(&json).iter().all(|check| check.1 == "passed"), "{}", json.stdout);
    assert_eq!(project.bytes(), before);
}

#[test]
fn all_checks_are_made_also_where_nothing_is_pending() {
    let project = filled();
    let said = project.done("1", &["migrate", "--preflight", "--json"]);
    assert_eq!(outcome(&said, "integrity").0, "passed");
    assert_eq!(said.json()["data"]["revisions"].as_array().unwrap().len(), 0);
}

#[test]
fn all_that_fail_are_told_together_and_nothing_is_changed() {
    let project = pending();
    project
        .open("app.db")
        .execute_batch(
            "CREATE VIEW broken AS SELECT gone FROM users; CREATE TABLE notes (words TEXT);
             PRAGMA foreign_keys = OFF; DELETE FROM users WHERE id = 1",
        )
        .unwrap();
    add(&project, "20990101000000_notes", "CREATE TABLE notes (id INTEGER);", "DROP TABLE notes;");
    let before = project.bytes();
    for arguments in [&["migrate"][..], &["migrate", "--preflight"], &["migrate", "--dry-run"]] {
        let said = project.run("2", arguments);
        assert_eq!(said.code, Some(7), "{arguments:?} {}", said.stderr);
        for part in [
            "2 checks before the work have failed",
            "broken",
            "`notes` is in the database already",
            "notes.sql:",
        ] {
            assert!(said.stderr.contains(part), "{part}\n{}", said.stderr);
        }
        assert!(said.stderr.contains("state: nothing was changed"), "{}", said.stderr);
        let is_lock = |path: &Path| path.to_string_lossy().contains(".lock");
        let changed: Vec<_> = project.bytes().into_iter().filter(|file| !before.contains(file)).collect();
        assert!(changed.iter().all(|(path, _)| is_lock(path)), "{changed:?}");
    }
    let said = project.run("2", &["migrate", "--preflight", "--json"]);
    let (orphans, told) = outcome(&said, "foreign-keys");
    assert!(orphans == "warned" && told.contains("4 rows have no parent row already"), "{told}");
    assert_eq!(outcome(&said, "views").0, "failed");
    assert_eq!(outcome(&said, "tables").0, "failed");
}

#[test]
fn a_file_that_does_not_run_on_what_those_before_it_build_stops_all_of_them() {
    let project = pending();
    add(&project, "20990101000000_wrong", "INSERT INTO nowhere VALUES (1);", "");
    let refused = project.run("2", &["migrate", "--json"]);
    assert_eq!(refused.code, Some(7), "{}", refused.stdout);
    assert_eq!(outcome(&refused, "files").0, "failed");
    assert_eq!(outcome(&refused, "tables").0, "skipped");
    assert_eq!(outcome(&refused, "integrity").0, "passed");
    let applied = "SELECT count(*) FROM _schema_migrations";
    let applied: i64 = project.open("app.db").query_row(applied, [], |row| row.get(0)).unwrap();
    assert_eq!(applied, 1, "not even the good one before it");
}

#[test]
fn a_history_that_the_files_contradict_stops_the_run() {
    let project = pending();
    let first = fs::read_dir(project.path("migrations"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .find(|path| path.to_string_lossy().contains("initial"))
        .unwrap();
    fs::rename(&first, project.path("initial.sql")).unwrap();
    let said = project.run("2", &["migrate", "--preflight", "--json"]);
    assert_eq!(said.code, Some(7), "{}", said.stdout);
    assert_eq!(outcome(&said, "history").0, "failed");
    let refused = project.run("2", &["migrate", "--skip-preflight", "files"]);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
}

#[test]
fn a_check_can_be_left_out_and_is_told_to_be() {
    let project = pending();
    project
        .open("app.db")
        .execute_batch("CREATE VIEW odd AS SELECT of_the_application(id) FROM orders")
        .unwrap();
    let said = project
        .done("2", &["migrate", "--preflight", "--skip-preflight", "views", "--skip-preflight", "space"]);
    for line in ["  skip  views ", "  skip  space ", "left out by --skip-preflight"] {
        assert!(said.stdout.contains(line), "{line}\n{}", said.stdout);
    }
    let said = project.done("2", &["migrate", "--skip-preflight", "owner"]);
    assert!(said.stdout.contains("owner not checked"), "{}", said.stdout);
    assert!(said.stdout.contains("1 applied"), "{}", said.stdout);
}

#[test]
fn what_keeps_data_from_harm_is_never_left_out_and_an_unknown_check_is_named_with_those_there_are() {
    let project = pending();
    let before = project.bytes();
    for never in ["integrity", "history", "files", "tables", "rows", "lock", "engine", "backups"] {
        let refused = project.run("2", &["migrate", "--skip-preflight", never]);
        assert_eq!(refused.code, Some(2), "{never} {}", refused.stderr);
        assert!(refused.stderr.contains(&format!("`{never}` keeps data from harm")), "{}", refused.stderr);
    }
    let unknown = project.run("2", &["migrate", "--skip-preflight", "weather"]);
    assert_eq!(unknown.code, Some(2), "{}", unknown.stderr);
    let all = "there are folder, file, owner, space, foreign-keys, functions, views";
    assert!(unknown.stderr.replace('\n', " ").contains(all), "{}", unknown.stderr);
    let close = project.run("2", &["migrate", "--skip-preflight", "spcae"]);
    assert!(close.stderr.contains("did you mean `space`"), "{}", close.stderr);
    let json = project.run("2", &["migrate", "--skip-preflight", "integrity", "--json"]).json();
    assert_eq!(json["exit"], 2);
    assert_eq!(project.bytes(), before);
}

#[test]
fn a_lost_database_is_not_made_new_where_a_backup_of_it_is() {
    let project = filled();
    let id = backup_id(&project);
    let (whole, lost) = (project.path("app.db"), project.path("lost.db"));
    fs::rename(&whole, &lost).unwrap();
    for is_empty in [false, true] {
        if is_empty {
            fs::write(&whole, "").unwrap();
        }
        for arguments in [&["migrate"][..], &["migrate", "--preflight"], &["migrate", "--yes"]] {
            let refused = project.run("1", arguments);
            assert_eq!(refused.code, Some(7), "{arguments:?} {}", refused.stderr);
            assert!(refused.stderr.contains("there are backups of it"), "{}", refused.stderr);
            assert!(refused.stderr.contains("state: nothing was changed"), "{}", refused.stderr);
            let steps = next(&refused);
            assert_eq!(steps, [vec!["restore", &id], vec!["list-backups"], vec!["migrate", "--new"]]);
            assert_eq!(whole.exists(), is_empty);
        }
        let json = project.run("1", &["migrate", "--preflight", "--json"]);
        assert_eq!(outcome(&json, "backups").0, "failed");
    }

    let told = project.done("1", &["migrate", "--new", "--preflight"]);
    assert!(told.stdout.contains("  warn  backups "), "{}", told.stdout);
    assert!(told.stderr.contains(&format!("the newest is {id}")), "{}", told.stderr);
    assert_eq!(fs::metadata(&whole).unwrap().len(), 0);

    // What is said works when it is typed.
    project.done("1", &["restore", &id, "--yes"]);
    assert_eq!(users(&project), 500);
    fs::remove_file(&whole).unwrap();
    project.done("1", &["migrate", "--new"]);
    assert_eq!(users(&project), 0);
}

#[test]
fn a_database_that_is_begun_beside_bad_backups_alone_is_begun_with_a_warning() {
    let project = filled();
    let id = backup_id(&project);
    fs::remove_file(project.path(&format!("backups/{id}.db.gz"))).unwrap();
    fs::remove_file(project.path("app.db")).unwrap();
    let warning = format!("there are backups of one, of which none is known to be good: {id}");
    for arguments in [&["migrate", "--dry-run"][..], &["migrate"]] {
        let told = project.done("1", arguments);
        assert!(told.stderr.contains(&warning), "{arguments:?} {}", told.stderr);
    }
    assert!(!project.done("1", &["migrate"]).stderr.contains("warning"));
}

/// What is in the middle of its checks reads the database as it was when they began.
#[cfg(unix)]
#[test]
fn a_dry_run_while_another_process_migrates_sees_one_moment() {
    use std::io::{BufRead as _, BufReader};
    use std::process::{Command, Stdio};

    for flag in ["--dry-run", "--preflight"] {
        let project = filled();
        project.open("app.db").pragma_update(None, "journal_mode", "WAL").unwrap();
        add(
            &project,
            "20990101000000_numbers",
            "CREATE TABLE numbers (n INTEGER);
             INSERT INTO numbers WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
             SELECT i FROM n;",
            "DROP TABLE numbers;",
        );
        let mut command = project.command("1", &["migrate", flag, "-v"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        while !said.contains("trying on a scratch database") {
            assert!(stdout.read_line(&mut said).unwrap() > 0, "{said}");
        }
        let signal = |signal: &str| {
            let mut kill = Command::new("kill");
            assert!(kill.args([signal, &child.id().to_string()]).status().unwrap().success());
        };
        signal("-STOP");
        let migrated = project.run("1", &["migrate", "--no-backup"]);
        signal("-CONT");
        let ended = child.wait_with_output().unwrap();
        assert_eq!(migrated.code, Some(0), "{}", migrated.stderr);
        assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
    }
}

fn users(project: &Project) -> i64 {
    project.open("app.db").query_row("SELECT count(*) FROM users", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_push_does_not_make_a_lost_database_new_either() {
    let project = filled();
    let id = backup_id(&project);
    let whole = project.path("app.db");
    fs::rename(&whole, project.path("lost.db")).unwrap();
    for is_opened in [false, true] {
        if is_opened {
            // What a program leaves that has opened it, and made no table.
            project.open("app.db").pragma_update(None, "journal_mode", "WAL").unwrap();
            assert_ne!(fs::metadata(&whole).unwrap().len(), 0);
        }
        let held = || fs::read(&whole).map_err(|error| error.kind());
        let before = held();
        for arguments in [&["push"][..], &["push", "--dry-run"], &["push", "--yes", "--no-backup"]] {
            let refused = project.run("1", arguments);
            assert_eq!(refused.code, Some(7), "{arguments:?} {}", refused.stderr);
            assert!(refused.stderr.contains("there are backups of it"), "{}", refused.stderr);
            assert!(refused.stderr.contains("state: nothing was changed"), "{}", refused.stderr);
            let steps = next(&refused);
            assert_eq!(steps, [vec!["restore", &id], vec!["list-backups"], vec!["push", "--new"]]);
        }
        let migrate = project.run("1", &["migrate"]);
        assert_eq!(migrate.code, Some(7), "{}", migrate.stderr);
        assert!(held() == before, "a byte was written");
    }
    let warning = format!("the newest is {id}");
    let told = project.done("1", &["push", "--new", "--dry-run"]);
    assert!(told.stderr.contains(&warning), "{}", told.stderr);
    assert!(project.done("1", &["push", "--new"]).stderr.contains(&warning));
    assert_eq!(users(&project), 0);
    // It is there now, and is pushed as any other.
    project.done("1", &["push"]);
}

#[test]
fn another_database_beside_the_same_backups_is_made() {
    let project = filled();
    backup_id(&project);
    project.done("1", &["migrate", "--url", "sqlite:other.db"]);
    assert!(project.path("other.db").exists());
}

#[test]
fn whoever_meets_a_damaged_database_is_led_to_its_newest_good_backup() {
    let project = filled();
    let bad = backup_id(&project);
    fs::write(project.path(&format!("backups/{bad}.db.gz")), "no longer").unwrap();
    let whole = fs::read(project.path("app.db")).unwrap();
    let path = project.path("app.db");
    project.done("2", &["generate", "rename_name", "--rename", "users.name:users.full_name", "-q"]);

    // Where no backup is good, the list says so.
    damage(&path);
    let said = project.run("2", &["migrate"]);
    assert_eq!(said.code, Some(6), "{}", said.stderr);
    assert_eq!(next(&said)[0], ["list-backups"], "{}", said.stderr);
    assert!(said.stderr.contains("none is known to be good"), "{}", said.stderr);

    fs::write(&path, &whole).unwrap();
    let id = backup_id(&project);
    damage(&path);
    for arguments in [&["migrate"][..], &["migrate", "--preflight"]] {
        let said = project.run("2", arguments);
        assert_eq!(said.code, Some(6), "{arguments:?} {}", said.stderr);
        assert_eq!(next(&said)[..2], [vec!["restore", &id], vec!["list-backups"]], "{}", said.stderr);
    }
    let mut garbage = whole.clone();
    garbage[..100].fill(b'?');
    fs::write(&path, &garbage).unwrap();
    for arguments in [&["migrate"][..], &["status"], &["check"], &["backup"], &["rollback"]] {
        let said = project.run("2", arguments);
        assert_eq!(said.code, Some(7), "{arguments:?} {}", said.stderr);
        assert_eq!(next(&said)[..2], [vec!["restore", &id], vec!["list-backups"]], "{}", said.stderr);
        assert_eq!(fs::read(&path).unwrap(), garbage, "{arguments:?}");
    }
    let each = project.run("2", &["migrate", "--each", "app.db"]);
    assert!(
        each.stderr.contains(&format!("embedded db restore --url sqlite:app.db {id}")),
        "{}",
        each.stderr
    );

    project.done("2", &["restore", &id, "--yes"]);
    assert_eq!(users(&project), 500);
    project.done("2", &["migrate"]);
}

#[test]
fn a_folder_of_backups_that_cannot_be_written_is_known_before_the_work() {
    let project = pending();
    fs::write(project.path("backups"), "a file").unwrap();
    let before = project.bytes();
    for command in ["backup", "migrate"] {
        let refused = project.run("2", &[command]);
        assert_eq!(refused.code, Some(7), "{command} {}", refused.stderr);
        assert!(refused.stderr.contains("no backup could be taken into backups"), "{}", refused.stderr);
        assert_eq!(refused.stderr.contains("--no-backup"), command == "migrate", "{}", refused.stderr);
        let changed: Vec<_> = project.bytes().into_iter().filter(|file| !before.contains(file)).collect();
        let is_lock = |path: &Path| path.to_string_lossy().contains(".lock");
        assert!(changed.iter().all(|(path, _)| is_lock(path)), "{changed:?}");
    }
}

#[test]
fn no_database_is_made_beside_the_log_of_one_that_is_gone() {
    let project = pending();
    fs::remove_dir_all(project.path("backups")).ok();
    let open = project.open("app.db");
    open.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
    open.execute("UPDATE orders SET total_cents = total_cents + 1", []).unwrap();
    for left in [None, Some(&b""[..])] {
        let copy = Project::new();
        for file in fs::read_dir(project.path("migrations")).unwrap().map(Result::unwrap) {
            fs::copy(file.path(), copy.path("migrations").join(file.file_name())).unwrap();
        }
        fs::copy(project.path("app.db-wal"), copy.path("app.db-wal")).unwrap();
        left.inspect(|bytes| fs::write(copy.path("app.db"), bytes).unwrap());
        let log = fs::read(copy.path("app.db-wal")).unwrap();
        for arguments in [
            &["migrate"][..],
            &["migrate", "--new", "--skip-preflight", "file"],
            &["migrate", "--dry-run"],
            &["push"],
            &["push", "--dry-run"],
            &["reset"],
        ] {
            let refused = copy.run("2", arguments);
            assert_eq!(refused.code, Some(7), "{arguments:?} {} {}", refused.stdout, refused.stderr);
            for told in ["app.db-wal is the log of a database that is not there", "db restore 1", "mv "] {
                assert!(refused.stderr.contains(told), "{told}\n{}", refused.stderr);
            }
            assert_eq!(fs::read(copy.path("app.db-wal")).unwrap(), log);
        }
        // The database comes back, and its log with it.
        fs::copy(project.path("app.db"), copy.path("app.db")).unwrap();
        copy.done("2", &["migrate"]);
        let first: i64 = copy
            .open("app.db")
            .query_row("SELECT total_cents FROM orders WHERE id = 1", [], |row| row.get(0))
            .unwrap();
        assert_eq!(first, 11);
    }
}
