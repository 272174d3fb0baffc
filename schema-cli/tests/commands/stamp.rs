//! `db-stamp`.

use crate::project::Project;

/// What the first release of the application says, as somebody else has written it.
const AS_MODELS: &str = "CREATE TABLE users (id integer primary key, name text not null, age INTEGER -- in years\n);
    CREATE TABLE [orders] (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users, total_cents INTEGER NOT NULL);
    INSERT INTO users (name, age) VALUES ('Ada', 36), ('Bob', NULL);
    INSERT INTO orders (user_id, total_cents) VALUES (1, 999);";

fn with(sql: &str) -> Project {
    let project = Project::new();
    project.open("app.db").execute_batch(sql).unwrap();
    project
}

fn users(project: &Project) -> i64 {
    project.open("app.db").query_row("SELECT count(*) FROM users", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_database_that_is_what_the_models_say_is_adopted_in_its_own_words() {
    let project = with(AS_MODELS);
    let before = project.bytes();
    let dry = project.done("1", &["stamp", "--baseline", "--dry-run"]);
    assert!(dry.stdout.contains("database = models: 2 tables"), "{}", dry.stdout);
    assert_eq!(project.bytes(), before);

    let said = project.done("1", &["stamp", "--baseline", "--name", "before us"]);
    assert!(said.stdout.contains("_before_us   recorded as applied, nothing was run"), "{}", said.stdout);
    let (_, text) = project
        .bytes()
        .into_iter()
        .find(|(path, _)| path.extension().is_some_and(|extension| extension == "sql"))
        .unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("-- kind:     baseline"), "{text}");
    assert!(
        text.contains(
            "CREATE TABLE users (id integer primary key, name text not null, age INTEGER -- in years\n)"
        ),
        "{text}"
    );
    for command in [&["check"][..], &["status"], &["migrate"]] {
        project.done("1", command);
    }
    let kind: String = project
        .open("app.db")
        .query_row("SELECT kind FROM _schema_migrations", [], |row| row.get(0))
        .unwrap();
    assert_eq!((kind.as_str(), users(&project)), ("baseline", 2));
}

#[test]
fn a_database_that_differs_is_refused_with_every_place_and_left_alone() {
    let project = with(&AS_MODELS.replace("age INTEGER", "age TEXT"));
    project.open("app.db").execute_batch("CREATE TABLE tmp_import(x)").unwrap();
    let before = project.bytes();
    let refused = project.run("1", &["stamp", "--baseline"]);
    assert_eq!(refused.code, Some(3), "{}", refused.stderr);
    for wanted in ["users.age", "tmp_import", "they differ in 2 places", "embedded db pull writes models"] {
        assert!(refused.stderr.contains(wanted), "{wanted}\n{}", refused.stderr);
    }
    let json = project.run("1", &["stamp", "--baseline", "--json"]).json();
    assert_eq!(json["error"]["state"], "nothing was changed and nothing was written");
    assert_eq!(project.bytes(), before);
}

#[test]
fn a_baseline_is_the_first_revision_of_its_folder_and_of_its_database() {
    let project = with(AS_MODELS);
    project.done("1", &["generate", "initial"]);
    let refused = project.run("1", &["stamp", "--baseline"]);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("_initial is there already"), "{}", refused.stderr);

    let project = with(AS_MODELS);
    project.done("1", &["stamp", "--baseline"]);
    for _ in 0..2 {
        let refused = project.run("1", &["stamp", "--baseline"]);
        assert_eq!(refused.code, Some(2), "{}", refused.stderr);
        assert!(refused.stderr.contains("the database is stamped already"), "{}", refused.stderr);
        assert!(!refused.stderr.contains("move its files away"), "{}", refused.stderr);
        drop(std::fs::remove_dir_all(project.path("migrations")));
    }
}

#[test]
fn a_baseline_is_never_taken_back() {
    let project = with(AS_MODELS);
    project.done("1", &["stamp", "--baseline"]);
    let refused = project.run("1", &["rollback"]);
    assert_eq!(refused.code, Some(7), "{}\n{}", refused.stdout, refused.stderr);
    assert!(refused.stderr.contains("it would drop every table with its rows"), "{}", refused.stderr);
    assert_eq!(users(&project), 2);
    project.done("1", &["check"]);
}

#[test]
fn a_revision_is_recorded_where_the_database_is_what_its_files_build() {
    let project = with(AS_MODELS);
    project.done("1", &["generate", "initial"]);
    let stamped = project.done("1", &["stamp", "initial", "--json"]).json();
    assert_eq!(stamped["data"]["revisions"].as_array().unwrap().len(), 1);
    for command in [&["check"][..], &["status"]] {
        project.done("1", command);
    }
    let twice = project.run("1", &["stamp", "initial"]);
    assert_eq!(twice.code, Some(2), "{}", twice.stderr);
    assert!(twice.stderr.contains("is in the history already"), "{}", twice.stderr);

    project.done("2", &["generate", "names", "--rename", "users.name:users.full_name"]);
    let before = project.bytes();
    let refused = project.run("2", &["stamp", "names"]);
    assert_eq!(refused.code, Some(3), "{}", refused.stderr);
    assert!(refused.stderr.contains("users.name"), "{}", refused.stderr);
    assert_eq!(project.run("2", &["stamp", "nowhere"]).code, Some(2));
    assert_eq!(project.bytes(), before);
    project.done("2", &["migrate"]);
    assert_eq!(users(&project), 2);
}

#[test]
fn what_is_to_be_recorded_has_to_be_said() {
    let project = Project::new();
    let refused = project.run("1", &["stamp"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("embedded db stamp --baseline"), "{}", refused.stderr);
    assert!(!refused.stderr.contains("::"), "{}", refused.stderr);
    assert_eq!(project.run("1", &["stamp", "x", "--baseline"]).code, Some(2));
}

#[test]
fn models_of_another_schema_are_registered_first_and_stamped_by_its_name() {
    let project = with(AS_MODELS);
    let next = |arguments: &[&str]| {
        let pulled = project.done("1", &[&["pull", "--dry-run", "--json"], arguments].concat()).json();
        let next = pulled["data"]["next"].as_array().unwrap().clone();
        next.iter().map(|line| line.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(next(&[]), ["embedded db stamp --baseline"]);
    assert_eq!(
        next(&["--name", "OldShop", "--out", "src/old"]),
        [
            "write `pub mod old;` into the crate, and register its schema (docs/adoption.md)",
            "embedded db stamp --baseline --schema old_shop"
        ]
    );
}
