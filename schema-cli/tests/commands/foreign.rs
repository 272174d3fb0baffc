//! Databases that another migration tool has kept.

use schema_core::rusqlite::Connection;

use crate::project::Project;

/// Each tool's own table as it makes it in SQLite, with rows, and what of them is shown.
const TOOLS: &[(&str, &str, &str)] = &[
    (
        "alembic",
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)); INSERT INTO alembic_version VALUES ('ae1027a6acf0');",
        "revision ae1027a6acf0",
    ),
    (
        "drizzle",
        "CREATE TABLE __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric); INSERT INTO __drizzle_migrations VALUES (1, 'a1', 1734221536864), (2, 'b2', 1734221536865);",
        "2 revisions, the last b2",
    ),
    (
        "diesel",
        "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP); INSERT INTO __diesel_schema_migrations(version) VALUES ('20240101000000');",
        "revision 20240101000000",
    ),
    (
        "sqlx",
        "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL, execution_time BIGINT NOT NULL); INSERT INTO _sqlx_migrations(version, description, success, checksum, execution_time) VALUES (20240101, 'users', 1, x'00', 5);",
        "revision 20240101",
    ),
    (
        "refinery",
        "CREATE TABLE refinery_schema_history(version INT4 PRIMARY KEY, name VARCHAR(255), applied_on VARCHAR(255), checksum VARCHAR(255)); INSERT INTO refinery_schema_history VALUES (1, 'initial', '2024', '9'), (2, 'more', '2024', '8');",
        "2 revisions, the last 2",
    ),
    (
        "golang-migrate",
        "CREATE TABLE schema_migrations (version uint64, dirty bool); INSERT INTO schema_migrations VALUES (7, 0);",
        "revision 7",
    ),
    (
        "rails",
        "CREATE TABLE schema_migrations (version varchar NOT NULL PRIMARY KEY); INSERT INTO schema_migrations VALUES ('20240101000000'); CREATE TABLE ar_internal_metadata (key varchar NOT NULL PRIMARY KEY, value varchar, created_at datetime, updated_at datetime);",
        "revision 20240101000000",
    ),
];

/// A filled database of the models that no migration of ours has built.
fn kept_by(bookkeeping: &str) -> Project {
    let project = Project::new();
    project.done("1", &["generate", "initial"]);
    project.done("1", &["migrate"]);
    let database = project.open("app.db");
    database
        .execute_batch(
            "DROP TABLE _schema_migrations;
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
             INSERT INTO users SELECT i, 'name ' || i, i % 90 FROM n;",
        )
        .unwrap();
    database.execute_batch(bookkeeping).unwrap();
    project
}

fn emptied(project: &Project) {
    for file in std::fs::read_dir(project.path("migrations")).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
}

fn count(database: &Connection, sql: &str) -> i64 {
    database.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn every_tool_is_recognised_adopted_and_left_alone() {
    for (word, bookkeeping, shown) in TOOLS {
        let project = kept_by(bookkeeping);
        let refused = project.run("1", &["migrate"]);
        assert_eq!(refused.code, Some(7), "{word}\n{}", refused.stderr);
        assert!(refused.stderr.contains(&format!("embedded db stamp --from {word}")), "{}", refused.stderr);
        emptied(&project);
        let status = project.run("1", &["status"]);
        assert_eq!(status.code, Some(3), "{word}\n{}", status.stdout);
        assert!(status.stdout.contains(shown), "{word}\n{}", status.stdout);
        let stamped = project.done("1", &["stamp", "--from", word, "--verbose"]).stdout;
        assert!(stamped.contains(shown) && stamped.contains("left alone"), "{word}\n{stamped}");
        // It is no drift, also for what comes later.
        project.done("1", &["check"]);
        project.done("1", &["status"]);
        project.done("3", &["generate", "no_age", "--drop", "users.age"]);
        let migrated = project.done("3", &["migrate", "--json"]).json();
        assert_eq!(migrated["data"]["drift"].as_array().map(Vec::len), Some(0), "{migrated}");
        let table = bookkeeping.split([' ', '(']).nth(2).unwrap();
        let database = project.open("app.db");
        assert!(count(&database, &format!("SELECT count(*) FROM {table}")) > 0);
        assert_eq!(count(&database, "SELECT count(*) FROM users"), 200);
    }
}

#[test]
fn the_baseline_says_which_tool_kept_the_database_and_builds_no_table_of_it() {
    let project = kept_by(TOOLS[0].1);
    emptied(&project);
    let json = project.done("1", &["stamp", "--from", "alembic", "--json"]).json();
    assert_eq!(json["data"]["other_tools"][0]["revisions"][0], "ae1027a6acf0");
    let text = std::fs::read_to_string(project.path(json["data"]["file"].as_str().unwrap())).unwrap();
    assert!(text.contains("-- Until then Alembic kept it: revision ae1027a6acf0."), "{text}");
    assert!(!text.contains("alembic_version"), "{text}");
}

#[test]
fn a_tool_that_has_not_kept_the_database_and_one_that_nobody_knows_are_refused() {
    let project = kept_by(TOOLS[0].1);
    emptied(&project);
    let before = project.bytes();
    let other = project.run("1", &["stamp", "--from", "diesel"]);
    assert_eq!(other.code, Some(2), "{}", other.stderr);
    assert!(other.stderr.contains("no table `__diesel_schema_migrations`"), "{}", other.stderr);
    assert!(other.stderr.contains("stamp --from alembic"), "{}", other.stderr);
    let unknown = project.run("1", &["stamp", "--from", "scrolls"]);
    assert!(
        unknown.code == Some(2) && unknown.stderr.contains("known are alembic, drizzle"),
        "{}",
        unknown.stderr
    );
    assert_eq!(project.bytes(), before);
}

#[test]
fn a_database_that_is_not_what_the_models_say_is_not_adopted() {
    let project = kept_by(TOOLS[3].1);
    emptied(&project);
    project.open("app.db").execute_batch("ALTER TABLE users ADD COLUMN more TEXT").unwrap();
    let before = project.bytes();
    let refused = project.run("1", &["stamp", "--from", "sqlx"]);
    assert_eq!(refused.code, Some(3), "{}", refused.stderr);
    assert!(refused.stderr.contains("users.more") && !refused.stderr.contains("_sqlx"), "{}", refused.stderr);
    assert_eq!(project.bytes(), before);
}

#[test]
fn a_table_that_only_has_the_name_is_a_table_of_the_application() {
    let project = kept_by(
        "CREATE TABLE schema_migrations (id INTEGER PRIMARY KEY, note TEXT); CREATE TABLE alembic_version (version_num TEXT, owner TEXT);",
    );
    let said = project.run("1", &["check"]).stdout;
    assert!(said.contains("schema_migrations") && said.contains("alembic_version"), "{said}");
}

#[test]
fn a_migration_that_the_other_tool_has_not_finished_is_named_and_nothing_is_adopted() {
    let unfinished = [
        (
            3,
            "INSERT INTO _sqlx_migrations(version, description, success, checksum, execution_time) VALUES (20240202, 'half', 0, x'00', -1)",
            "sqlx",
            "20240202",
        ),
        (5, "UPDATE schema_migrations SET dirty = 1", "golang-migrate", "7"),
    ];
    for (tool, sql, word, named) in unfinished {
        let project = kept_by(TOOLS[tool].1);
        emptied(&project);
        project.open("app.db").execute_batch(sql).unwrap();
        let before = project.bytes();
        let refused = project.run("1", &["stamp", "--from", word]);
        assert_eq!(refused.code, Some(7), "{}", refused.stderr);
        assert!(refused.stderr.contains(&format!("{named} is not finished")), "{}", refused.stderr);
        assert!(refused.stderr.contains("nothing was changed"), "{}", refused.stderr);
        assert_eq!(project.bytes(), before);
    }
    let own = "CREATE TABLE _prisma_migrations (id TEXT PRIMARY KEY NOT NULL, checksum TEXT NOT NULL, finished_at DATETIME, migration_name TEXT NOT NULL, logs TEXT, rolled_back_at DATETIME, started_at DATETIME NOT NULL DEFAULT current_timestamp, applied_steps_count INTEGER UNSIGNED NOT NULL DEFAULT 0);";
    let row = "INSERT INTO _prisma_migrations(id, checksum, migration_name, rolled_back_at) VALUES ('1', 'a', '2024_users', ";
    let failed = kept_by(&format!("{own}{row}NULL)"));
    emptied(&failed);
    let refused = failed.run("1", &["stamp", "--from", "prisma"]);
    assert!(refused.code == Some(7) && refused.stderr.contains("2024_users is not"), "{}", refused.stderr);
    // One that was rolled back leaves nothing.
    let resolved = kept_by(&format!("{own}{row}1732)"));
    emptied(&resolved);
    resolved.done("1", &["stamp", "--from", "prisma"]);
}
