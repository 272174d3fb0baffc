//! `db-migrate --each`: one schema, many files.

use std::fs;

use schema_core::rusqlite::Connection;

use crate::{
    migrate::{add, filled},
    project::Project,
};

const TENANTS: usize = 200;

/// A folder of tenants with 500 users each, of whom one is damaged and one has a history that nobody knows.
fn tenants() -> Project {
    let project = filled();
    fs::create_dir(project.path("data")).unwrap();
    for tenant in 1..=TENANTS {
        fs::copy(project.path("app.db"), project.path(&format!("data/tenant_{tenant:03}.db"))).unwrap();
    }
    let damaged = project.path("data/tenant_042.db");
    let mut bytes = fs::read(&damaged).unwrap();
    let pages = bytes.len() / 4096;
    bytes.chunks_mut(4096).skip(pages - 4).for_each(|page| page[..64].fill(0xab));
    fs::write(damaged, bytes).unwrap();
    project
        .open("data/tenant_117.db")
        .execute_batch("UPDATE _schema_migrations SET up_checksum = 'of another file'")
        .unwrap();
    add(
        &project,
        "20990101000000_first",
        "CREATE INDEX orders_total ON orders(total_cents);",
        "DROP INDEX orders_total;",
    );
    project
}

fn migrated(project: &Project) -> usize {
    let is_migrated = |tenant: &usize| {
        let database = Connection::open(project.path(&format!("data/tenant_{tenant:03}.db"))).unwrap();
        let indexes: i64 = database
            .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'orders_total'", [], |row| row.get(0))
            .unwrap();
        indexes == 1
    };
    (1..=TENANTS).filter(is_migrated).count()
}

#[test]
fn of_200_files_with_two_bad_ones_198_are_migrated_and_two_are_reported() {
    let project = tenants();
    let damaged = fs::read(project.path("data/tenant_042.db")).unwrap();
    let ended = project.run("1", &["migrate", "--each", "data/*.db"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert_eq!(migrated(&project), 198);
    assert_eq!(ended.stdout.matches("1 applied, backup backups/tenant_").count(), 198, "{}", ended.stdout);
    assert!(ended.stdout.contains("Done       198 of 200 databases migrated in "), "{}", ended.stdout);
    for text in [
        "error: 2 of 200 databases not migrated",
        "data/tenant_042.db: ",
        "data/tenant_117.db: ",
        "edited after it was applied",
        "embedded db migrate --each 'data/*.db'",
    ] {
        assert!(ended.stderr.contains(text), "{text}\n{}", ended.stderr);
    }
    assert_eq!(fs::read(project.path("data/tenant_042.db")).unwrap(), damaged);

    // The next run leaves alone what is done, and says the same of the two.
    let json = project.run("1", &["migrate", "--each", "data/*.db", "--json"]).json();
    assert_eq!(
        (&json["exit"], &json["data"]["done"], &json["data"]["failed"]),
        (&1.into(), &198.into(), &2.into())
    );
    let databases = json["data"]["databases"].as_array().unwrap();
    let bad: Vec<&str> = databases
        .iter()
        .filter(|one| one["ok"] == false)
        .map(|one| one["database"].as_str().unwrap())
        .collect();
    assert_eq!(bad, ["data/tenant_042.db", "data/tenant_117.db"]);
    assert!(json["error"]["why"].as_str().unwrap().contains("data/tenant_117.db"), "{json}");
}

#[test]
fn a_file_that_is_locked_keeps_no_other_from_its_turn() {
    let project = filled();
    project.write("schema.toml", "[app]\nurl = \"app.db\"\nretry = { attempts = 2, first = \"50ms\" }\n");
    fs::create_dir(project.path("data")).unwrap();
    for name in ["a", "b", "c"] {
        fs::copy(project.path("app.db"), project.path(&format!("data/{name}.db"))).unwrap();
    }
    add(
        &project,
        "20990101000000_first",
        "CREATE INDEX orders_total ON orders(total_cents);",
        "DROP INDEX orders_total;",
    );
    let writer = project.open("data/b.db");
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    let dry = project.done("1", &["migrate", "--each", "data/*.db", "--dry-run"]);
    assert!(dry.stdout.contains("3 of 3 databases checked"), "{}", dry.stdout);
    let ended = project.run("1", &["migrate", "--each", "data/*.db", "--no-backup"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stdout.contains("2 of 3 databases migrated"), "{}", ended.stdout);
    assert!(ended.stderr.contains("1 of 3 databases not migrated\n  data/b.db: "), "{}", ended.stderr);
    drop(writer);
    project.done("1", &["migrate", "--each", "data/*.db"]);
}

#[test]
fn a_tenant_that_is_not_what_the_models_say_is_named() {
    let project = filled();
    fs::create_dir(project.path("data")).unwrap();
    for tenant in ["a", "b"] {
        fs::copy(project.path("app.db"), project.path(&format!("data/{tenant}.db"))).unwrap();
    }
    project.open("data/b.db").execute_batch("DROP TABLE orders").unwrap();
    let ended = project.done("1", &["migrate", "--each", "data/*.db"]);
    let line = |name: &str| ended.stdout.lines().find(|line| line.contains(name)).unwrap().to_owned();
    assert!(line("data/b.db").contains("DIFFERS from the models"), "{}", ended.stdout);
    assert!(!line("data/a.db").contains("DIFFERS"), "{}", ended.stdout);
    let warning = "warning: data/b.db: the database differs from the models in 1 place: \
                   embedded db check --url sqlite:data/b.db shows them";
    assert!(ended.stderr.contains(warning), "{}", ended.stderr);
    assert_eq!(project.run("1", &["check", "--url", "sqlite:data/b.db"]).code, Some(3));
    let json = project.done("1", &["migrate", "--each", "data/*.db", "--json"]).json();
    assert!(json["warnings"][0].as_str().unwrap().starts_with("data/b.db: the database differs"), "{json}");
    let one = project.done("1", &["migrate", "--url", "sqlite:data/b.db", "--json"]).json();
    assert!(one["warnings"][0].as_str().unwrap().starts_with("the database differs"), "{one}");
}

#[test]
fn a_file_where_several_checks_fail_is_told_with_each_of_them() {
    let project = filled();
    add(
        &project,
        "20990101000000_notes",
        "CREATE TABLE notes (id INTEGER);\nALTER TABLE orders RENAME TO sold;",
        "",
    );
    fs::create_dir(project.path("data")).unwrap();
    for tenant in ["a", "b"] {
        fs::copy(project.path("app.db"), project.path(&format!("data/{tenant}.db"))).unwrap();
    }
    project
        .open("data/b.db")
        .execute_batch("CREATE VIEW broken AS SELECT gone FROM users; CREATE TABLE notes (words TEXT);")
        .unwrap();
    let before = fs::read(project.path("data/a.db")).unwrap();
    let dry = project.run("1", &["migrate", "--each", "data/*.db", "--dry-run"]);
    let ended = project.run("1", &["migrate", "--each", "data/*.db"]);
    for (said, state, next) in [
        (&dry, "\n  state: nothing was changed\n", "--each 'data/*.db' --dry-run"),
        (&ended, "the databases that are not named are done", "--each 'data/*.db' (what is done"),
    ] {
        assert_eq!(said.code, Some(1), "{}", said.stderr);
        for text in
            ["data/b.db: 2 checks before", "view broken", "`notes` is in the database already", state, next]
        {
            assert!(said.stderr.contains(text), "{text}\n{}", said.stderr);
        }
    }
    assert!(!dry.stderr.contains("rolled back"), "{}", dry.stderr);
    assert_ne!(fs::read(project.path("data/a.db")).unwrap(), before);
}
