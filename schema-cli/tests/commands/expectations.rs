use std::{fs, path::Path};

use crate::{
    migrate::{add, filled},
    project::Project,
};

const TWINS: &str = "no two rows of users have the same age: users_age_key is unique";

/// The newest migration file and its name.
fn newest(project: &Project) -> (String, String) {
    let mut files: Vec<_> =
        fs::read_dir(project.path("migrations")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let path = files.pop().unwrap();
    (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap())
}

#[test]
fn generate_counts_and_shows_the_rows_of_the_live_database_and_writes_the_same_file_without_it() {
    let project = filled();
    let said = project.done("6", &["generate", "one_age"]);
    assert!(
        said.stdout.contains("Asked     1 question of the database: rows stand in the way of 1"),
        "{}",
        said.stdout
    );
    for line in [
        &format!("warning: rows of the database would stop this migration: {TWINS}: 500 rows"),
        "  id = 90, age = 0\n",
        "  ..\n",
    ] {
        assert!(said.stderr.contains(line), "{line}\n{}", said.stderr);
    }
    let (_, with_rows) = newest(&project);
    assert!(
        with_rows.contains(&format!(
            "-- migrate:up\n-- expects: {TWINS}\n-- finds:   SELECT \"id\", \"age\" FROM"
        )),
        "{with_rows}"
    );

    let other = filled();
    fs::remove_file(other.path("app.db")).unwrap();
    let said = other.done("6", &["generate", "one_age"]);
    assert!(!said.stdout.contains("Asked"), "{}", said.stdout);
    let body = |text: &str| text.split_once("-- migrate:up").unwrap().1.to_owned();
    assert_eq!(body(&newest(&other).1), body(&with_rows));

    let json = filled().done("6", &["generate", "one_age", "--json"]).json();
    assert_eq!(
        (&json["data"]["asked"][0]["rows"], &json["data"]["asked"][0]["required"]),
        (&500.into(), &true.into())
    );
    assert_eq!(json["data"]["asked"][0]["first"].as_array().unwrap().len(), 5);
    assert!(json["data"]["plan"]["expects"][0]["query"].as_str().unwrap().starts_with("SELECT "));
}

#[test]
fn preflight_lists_the_rows_with_file_and_line_and_changes_nothing() {
    let project = filled();
    project.done("6", &["generate", "one_age"]);
    let (file, text) = newest(&project);
    let at = 1 + text.lines().position(|line| line.starts_with("-- expects:")).unwrap();
    for arguments in [&["migrate"][..], &["migrate", "--preflight"], &["migrate", "--dry-run"]] {
        let ended = project.run("6", arguments);
        assert_eq!(ended.code, Some(7), "{arguments:?} {}", ended.stderr);
        assert!(ended.stdout.contains(&format!("Asked      {TWINS}: 500 rows")), "{}", ended.stdout);
        for line in [
            &format!("error: 500 rows stand in the way: {TWINS}"),
            "id = 90, age = 0\n",
            &format!("--> {}:{at}", Path::new("migrations").join(&file).display()),
            "state: nothing was changed",
            "next:  correct these rows, all listed by: SELECT \"id\", \"age\" FROM",
        ] {
            assert!(ended.stderr.contains(line), "{line}\n{}", ended.stderr);
        }
        assert!(
            !project.path("backups").join("x").exists() && !ended.stdout.contains("Backup"),
            "{}",
            ended.stdout
        );
    }
    let database = project.open("app.db");
    let query = project
        .run("6", &["migrate"])
        .stderr
        .split_once("listed by: ")
        .unwrap()
        .1
        .lines()
        .next()
        .unwrap()
        .to_owned();
    let listed: i64 =
        database.query_row(&format!("SELECT count(*) FROM ({query})"), [], |row| row.get(0)).unwrap();
    assert_eq!(listed, 500);
    database.execute_batch("UPDATE users SET age = id").unwrap();
    let done = project.done("6", &["migrate", "--json"]).json();
    assert_eq!(done["data"]["asked"][0]["rows"], 0);
    assert_eq!(done["data"]["revisions"].as_array().unwrap().len(), 1);
}

#[test]
fn a_later_migration_is_asked_once_those_before_it_have_run() {
    let project = filled();
    add(&project, "20990101000000_ages", "UPDATE users SET age = id;", "UPDATE users SET age = 1;");
    project.done("6", &["generate", "one_age"]);
    let done = project.done("6", &["migrate"]);
    assert!(done.stdout.contains(&format!("Asked      {TWINS}: ok")), "{}", done.stdout);

    let project = filled();
    project.open("app.db").execute_batch("UPDATE users SET age = id").unwrap();
    add(
        &project,
        "20990101000000_ages",
        "UPDATE users SET age = 7 WHERE id < 3;",
        "UPDATE users SET age = id;",
    );
    project.done("6", &["generate", "one_age"]);
    let ended = project.run("6", &["migrate"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    for line in ["id = 1, age = 7", "20990101000000_ages stays applied", "_one_age.sql:"] {
        assert!(ended.stderr.contains(line), "{line}\n{}", ended.stderr);
    }
}

#[test]
fn the_way_back_is_asked_before_anything_is_taken_back() {
    let project = filled();
    project.open("app.db").execute_batch("UPDATE users SET age = id").unwrap();
    project.done("6", &["generate", "one_age"]);
    project.done("6", &["migrate"]);
    project.done("1", &["generate", "any_age"]);
    project.done("1", &["migrate"]);
    project.open("app.db").execute_batch("UPDATE users SET age = 30 WHERE id IN (30, 31)").unwrap();
    for arguments in [&["rollback", "--dry-run"][..], &["rollback"]] {
        let ended = project.run("1", arguments);
        assert_eq!(ended.code, Some(7), "{}", ended.stderr);
        for line in [
            "error: 2 rows stand in the way: no two rows of users",
            "id = 31, age = 30",
            "state: nothing was changed",
        ] {
            assert!(ended.stderr.contains(line), "{line}\n{}", ended.stderr);
        }
    }
    project.open("app.db").execute_batch("UPDATE users SET age = 31 WHERE id = 31").unwrap();
    project.done("1", &["rollback"]);
}

#[test]
fn a_question_that_a_person_wrote_or_broke_is_asked_or_named() {
    let project = filled();
    let asks = "-- expects: nobody is older than 80\n-- finds:   SELECT id, age FROM users WHERE age > 80;\nUPDATE users SET age = age + 1;";
    add(&project, "20990101000000_older", asks, "UPDATE users SET age = age - 1;");
    let ended = project.run("1", &["migrate"]);
    assert_eq!(ended.code, Some(7), "{}", ended.stderr);
    assert!(ended.stderr.contains("stand in the way: nobody is older than 80"), "{}", ended.stderr);
    let path = project.path("migrations/20990101000000_older.sql");
    let text = fs::read_to_string(&path).unwrap();
    for (query, code, told) in [
        ("SELECT id FROM nowhere", 7, "no such table: nowhere"),
        ("DELETE FROM users", 7, "is no query"),
        ("SELECT not_ours(id) FROM users", 0, "not asked"),
    ] {
        fs::write(&path, text.replace("SELECT id, age FROM users WHERE age > 80", query)).unwrap();
        let ended = project.run("1", &["migrate", "--dry-run"]);
        assert_eq!(ended.code, Some(code), "{query}: {}", ended.stderr);
        assert!(ended.stderr.contains(told), "{query}: {}", ended.stderr);
    }
}

#[test]
fn values_that_another_type_changes_need_a_yes_or_a_conversion() {
    let project = filled();
    project.open("app.db").execute_batch("UPDATE users SET age = 0.1 + 0.2 WHERE id < 4").unwrap();
    let ended = project.run("5", &["generate", "text"]);
    assert_eq!(ended.code, Some(4), "{}", ended.stdout);
    for line in [
        "values of users.age can change from INTEGER to TEXT",
        " values)",
        "--allow-data-loss users.age   or   --convert users.age=",
        "state: nothing was written",
    ] {
        assert!(ended.stderr.contains(line), "{line}\n{}", ended.stderr);
    }
    project.done("5", &["generate", "text", "--dry-run", "--allow-data-loss", "users.age"]);
    let convert = "users.age=printf('%.1f', age)";
    project.done("5", &["generate", "text", "--convert", convert]);
    project.done("5", &["migrate"]);
    let age: String =
        project.open("app.db").query_row("SELECT age FROM users WHERE id = 1", [], |row| row.get(0)).unwrap();
    assert_eq!(age, "0.3");
}

#[test]
fn an_open_rename_says_how_many_values_each_answer_keeps_or_loses() {
    let project = filled();
    let ended = project.run("2", &["generate"]);
    assert_eq!(ended.code, Some(4));
    assert!(
        ended.stderr.contains("users.name holds 500 values: --rename keeps them, --drop loses them"),
        "{}",
        ended.stderr
    );
    // What waits for a value says how many rows wait.
    let ended = project.run("4", &["generate"]);
    assert!(ended.stderr.contains("(500 rows)"), "{}", ended.stderr);
}

#[test]
fn diff_refuses_before_it_changes_anything_and_never_shows_a_temporary_name() {
    let project = Project::new();
    project
        .open("old.db")
        .execute_batch(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, mail TEXT, age INTEGER);
             INSERT INTO t VALUES (1, 'a', 10), (2, 'a', NULL), (3, 'b', 30);",
        )
        .unwrap();
    project
        .open("new.db")
        .execute_batch("CREATE TABLE t(id INTEGER PRIMARY KEY, mail TEXT UNIQUE, age INTEGER CHECK (age > 10), more DEFAULT (1));")
        .unwrap();
    let between = ["diff", "--from", "old.db", "--to", "new.db", "--apply"];
    let shown = project.run("1", &between[..5]);
    assert!(shown.stdout.contains("rows stand in the way of 2"), "{}", shown.stdout);
    let before = fs::read(project.path("old.db")).unwrap();
    let ended = project.run("1", &between);
    assert_eq!(ended.code, Some(7), "{}", ended.stderr);
    for line in [
        "rows stand in the way of the migration in 2 ways",
        "no two rows of t have the same mail: 2 rows\n    id = 1, mail = 'a'\n    id = 2, mail = 'a'\n",
        "every row of t passes the check age > 10: 1 row\n    id = 1, age = 10\n",
        "state: nothing was changed",
    ] {
        assert!(ended.stderr.contains(line), "{line}\n{}", ended.stderr);
    }
    assert!(
        !ended.stderr.contains("_new_t") && !ended.stderr.contains("constraint failed"),
        "{}",
        ended.stderr
    );
    assert_eq!(fs::read(project.path("old.db")).unwrap(), before);
    project
        .open("old.db")
        .execute_batch(
            "UPDATE t SET mail = 'c', age = 11 WHERE id < 3 AND age = 10; DELETE FROM t WHERE id = 2",
        )
        .unwrap();
    project.done("1", &between);
}
