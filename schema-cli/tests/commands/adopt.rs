//! `db-check --adopt`.

use std::fs;

use crate::project::Project;

/// The first release, migrated and filled.
fn filled() -> Project {
    let project = Project::new();
    project.done("1", &["generate", "initial"]);
    project.done("1", &["migrate"]);
    project
        .open("app.db")
        .execute_batch(
            "INSERT INTO users (id, name, age) VALUES (1, 'Ada', 36), (2, 'Bob', NULL);
             INSERT INTO orders (id, user_id, total_cents) VALUES (1, 1, 999);",
        )
        .unwrap();
    project
}

fn by_hand(project: &Project, sql: &str) {
    project.open("app.db").execute_batch(sql).unwrap();
}

fn text(project: &Project, query: &str) -> String {
    project.open("app.db").query_row(query, [], |row| row.get(0)).unwrap()
}

/// A new database that is built from the files.
fn built(project: &Project) -> Project {
    let other = Project::new();
    for entry in fs::read_dir(project.path("migrations")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, other.path("migrations").join(path.file_name().unwrap())).unwrap();
    }
    other.done("1", &["migrate"]);
    other
}

const BY_HAND: &str = "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
    INSERT INTO notes (body) VALUES ('kept');
    CREATE INDEX orders_by_total ON orders (total_cents);
    CREATE VIEW big AS SELECT id FROM orders WHERE total_cents > 500;";

#[test]
fn what_was_made_by_hand_is_recorded_and_not_run_and_new_databases_get_it() {
    let project = filled();
    by_hand(&project, BY_HAND);
    let before = project.bytes();
    let dry = project.done("1", &["check", "--adopt=migration", "--dry-run"]);
    assert!(dry.stdout.contains("would be written and recorded"), "{}", dry.stdout);
    assert_eq!(project.bytes(), before);

    let said = project.done("1", &["check", "--adopt=migration", "--name", "by hand"]);
    for wanted in
        ["+ notes", "+ orders_by_total", "+ big", "_by_hand   recorded as applied", "Models    still differ"]
    {
        assert!(said.stdout.contains(wanted), "{wanted}\n{}", said.stdout);
    }
    assert_eq!(text(&project, "SELECT body FROM notes"), "kept");
    project.done("1", &["status"]);
    let other = built(&project);
    for name in ["notes", "orders_by_total", "big"] {
        let sql = format!("SELECT sql FROM sqlite_schema WHERE name = '{name}'");
        assert_eq!(text(&other, &sql), text(&project, &sql));
    }
    // The second call has nothing left.
    let again = project.done("1", &["check", "--adopt=migration"]);
    assert!(again.stdout.contains("there is nothing to adopt"), "{}", again.stdout);
}

#[test]
fn without_a_terminal_the_flags_are_named_that_answer() {
    let project = filled();
    let clean = project.done("1", &["check", "--adopt"]);
    assert!(clean.stdout.contains("nothing to adopt"), "{}", clean.stdout);
    by_hand(&project, BY_HAND);
    let before = project.bytes();
    let asked = project.run("1", &["check", "--adopt"]);
    assert_eq!(asked.code, Some(4), "{}", asked.stderr);
    assert!(
        asked.stderr.contains("--adopt=migration") && asked.stderr.contains("--adopt=models"),
        "{}",
        asked.stderr
    );
    let json = project.run("1", &["check", "--adopt", "--json"]).json();
    assert_eq!(json["error"]["state"], "nothing was changed and nothing was written");
    assert_eq!(project.bytes(), before);
}

#[test]
fn a_column_that_was_dropped_by_hand_is_lost_elsewhere_only_with_a_permission() {
    let project = filled();
    by_hand(&project, "ALTER TABLE users DROP COLUMN age");
    let before = project.bytes();
    let refused = project.run("1", &["check", "--adopt=migration"]);
    assert_eq!(refused.code, Some(4), "{}", refused.stderr);
    assert!(refused.stderr.contains("--allow-data-loss users.age"), "{}", refused.stderr);
    assert_eq!(project.bytes(), before);
    project.done("1", &["check", "--adopt=migration", "--allow-data-loss", "users.age"]);
    let migrations: String = text(
        &project,
        "SELECT group_concat(name, ' ') FROM (SELECT name FROM _schema_migrations ORDER BY position)",
    );
    assert_eq!(migrations, "initial drop_age");
}

#[test]
fn what_is_pending_is_applied_first_and_what_was_never_ours_gets_a_baseline() {
    let project = filled();
    project.done("1", &["generate", "later", "--empty"]);
    by_hand(&project, BY_HAND);
    let before = project.bytes();
    let refused = project.run("1", &["check", "--adopt=migration"]);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("1 revision is pending"), "{}", refused.stderr);
    assert_eq!(project.bytes(), before);

    let project = Project::new();
    by_hand(&project, BY_HAND.split("CREATE INDEX").next().unwrap());
    let refused = project.run("1", &["check", "--adopt=migration"]);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("stamp --baseline"), "{}", refused.stderr);
}

#[test]
fn models_of_what_differs_are_written_where_there_is_none_and_told_where_there_is_one() {
    let project = filled();
    fs::create_dir_all(project.path("models/src")).unwrap();
    by_hand(&project, BY_HAND.split("CREATE INDEX").next().unwrap());
    by_hand(&project, "ALTER TABLE users ADD COLUMN phone TEXT");
    let dry = project.done("1", &["check", "--adopt=models", "--dry-run"]);
    assert!(dry.stdout.contains("Would write"), "{}", dry.stdout);
    assert!(!project.path("models/src/note.rs").exists());
    let said = project.done("1", &["check", "--adopt=models"]);
    let note = fs::read_to_string(project.path("models/src/note.rs")).unwrap();
    assert!(note.contains("pub struct Note"), "{note}");
    assert!(said.stdout.contains("pub phone: Option<String>"), "{}", said.stdout);
    assert!(said.stdout.contains("mod note;"), "{}", said.stdout);
    assert!(!project.path("models/src/user.rs").exists(), "`User` is a model already");
    // What is there is never written over.
    fs::write(project.path("models/src/note.rs"), "// mine").unwrap();
    let told = project.done("1", &["check", "--adopt=models"]);
    assert!(told.stdout.contains("pub struct Note"), "{}", told.stdout);
    assert_eq!(fs::read_to_string(project.path("models/src/note.rs")).unwrap(), "// mine");
}
