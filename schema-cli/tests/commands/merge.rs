//! `db-merge`.

use crate::{
    heads::{branch, branched, revision},
    migrate::filled,
};

#[test]
fn branches_that_fit_together_are_joined_by_a_revision_without_statements() {
    let project = branched();
    let before = project.bytes();
    let dry = project.done("1", &["merge", "--dry-run"]).stdout;
    assert!(dry.contains("2 orders over ") && dry.contains("nothing was written"), "{dry}");
    assert_eq!(project.bytes(), before);
    let json = project.done("1", &["merge", "--name", "join cities", "--json"]).json();
    assert!(json["data"]["file"].as_str().unwrap().ends_with("_join_cities.sql"), "{json}");
    assert!(json["data"]["rows"].as_u64().unwrap() > 0, "{json}");
    project.done("1", &["heads"]);
    let migrated = project.done("1", &["migrate"]).stdout;
    assert!(migrated.contains("3 applied"), "{migrated}");
    let rows: i64 = project
        .open("app.db")
        .query_row("SELECT count(*) FROM users WHERE city = 'city of ' || name", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 500);
    assert!(project.done("1", &["merge"]).stdout.contains("one head"));
    // And back through the merge.
    project.done("1", &["rollback", "3", "--allow-data-loss", "all"]);
    project.done("1", &["migrate"]);
}

#[test]
fn branches_that_clash_are_told_by_file_line_and_statement_and_nothing_is_written() {
    let project = branched();
    let first = revision(&project, "_initial");
    // It copies the columns that it knows, and the city of the other branch is none of them.
    branch(
        &project,
        "20990101000000_total",
        &first,
        "CREATE INDEX total ON orders(total_cents);
CREATE TABLE users_new(id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, age INTEGER) STRICT;
INSERT INTO users_new SELECT id, name, age FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;",
        "SELECT 1;",
    );
    let before = project.bytes();
    let clash = project.run("1", &["merge"]);
    assert_eq!(clash.code, Some(3), "{}\n{}", clash.stdout, clash.stderr);
    for words in [
        "users.city",
        "20990102000000_city.sql:5",
        "ALTER TABLE users ADD COLUMN city TEXT",
        "20990101000000_total.sql:8",
        "DROP TABLE users",
        "nothing was written",
    ] {
        assert!(clash.stderr.contains(words), "{words}\n{}", clash.stderr);
    }
    assert!(!clash.stderr.contains("CREATE INDEX total"), "{}", clash.stderr);
    assert_eq!(project.bytes(), before);
}

#[test]
fn two_branches_that_make_the_same_thing_clash() {
    let project = branched();
    let first = revision(&project, "_initial");
    branch(&project, "20990101000000_total", &first, "ALTER TABLE users ADD COLUMN city TEXT;", "SELECT 1;");
    let clash = project.run("1", &["merge"]);
    assert_eq!(clash.code, Some(3), "{}", clash.stderr);
    assert!(clash.stderr.contains("duplicate column name: city"), "{}", clash.stderr);
    assert!(
        clash.stderr.contains("_total.sql:5") && clash.stderr.contains("_city.sql:5"),
        "{}",
        clash.stderr
    );
}

#[test]
fn branches_whose_order_decides_the_values_clash_although_the_schema_is_the_same() {
    let project = filled();
    let first = revision(&project, "_initial");
    branch(&project, "20990101000000_twice", &first, "UPDATE users SET age = age * 2;", "SELECT 1;");
    branch(&project, "20990102000000_more", &first, "UPDATE users SET age = age + 1;", "SELECT 1;");
    let clash = project.run("1", &["merge"]);
    assert_eq!(clash.code, Some(3), "{}", clash.stderr);
    assert!(clash.stderr.contains("what rows hold: users.age"), "{}", clash.stderr);
    assert!(clash.stderr.contains("age * 2") && clash.stderr.contains("age + 1"), "{}", clash.stderr);
}

#[test]
fn what_the_clock_or_chance_decides_is_no_clash() {
    let project = filled();
    let first = revision(&project, "_initial");
    branch(
        &project,
        "20990101000000_seen",
        &first,
        "ALTER TABLE users ADD COLUMN seen TEXT;\nUPDATE users SET seen = hex(randomblob(8));",
        "SELECT 1;",
    );
    branch(&project, "20990102000000_more", &first, "UPDATE users SET age = age + 1;", "SELECT 1;");
    project.done("1", &["merge"]);
}

#[test]
fn of_three_heads_two_are_merged_by_name_and_what_is_no_head_is_refused() {
    let project = branched();
    let first = revision(&project, "_initial");
    branch(
        &project,
        "20990103000000_third",
        &first,
        "CREATE INDEX by_name ON users(name);",
        "DROP INDEX by_name;",
    );
    let no_head = project.run("1", &["merge", &first, "third"]);
    assert!(no_head.code == Some(2) && no_head.stderr.contains("is no head"), "{}", no_head.stderr);
    project.done("1", &["merge", "third", "city", "--name", "two"]);
    let heads = project.run("1", &["heads"]).stdout;
    assert!(heads.contains("2 heads") && heads.contains("_two") && heads.contains("_total"), "{heads}");
    // One of the two follows the common revision through a merge.
    project.done("1", &["merge", "--name", "all"]);
    project.done("1", &["migrate"]);
}

#[test]
fn a_branch_that_does_not_run_by_itself_is_no_clash() {
    let project = branched();
    let first = revision(&project, "_initial");
    branch(&project, "20990101000000_total", &first, "CREATE INDEX total ON nothing(at_all);", "SELECT 1;");
    let broken = project.run("1", &["merge"]);
    assert_eq!(broken.code, Some(1), "{}", broken.stderr);
    assert!(broken.stderr.contains("_total.sql:5"), "{}", broken.stderr);
}

#[test]
fn a_rust_step_of_a_branch_is_named_since_nothing_has_tried_it() {
    let project = branched();
    let file = "migrations/20990102000000_city.sql";
    let text = std::fs::read_to_string(project.path(file)).unwrap();
    project.write(file, &text.replace("\n\n-- migrate:up", "\n-- rust: cities\n\n-- migrate:up"));
    let merged = project.done("1", &["merge", "--dry-run"]);
    let told = "the Rust step `cities` of 20990102000000_city was not run";
    assert!(merged.stderr.contains(told), "{}", merged.stderr);
    let json = project.done("1", &["merge", "--dry-run", "--json"]).json();
    assert_eq!(json["data"]["rust_steps"][0]["function"], "cities");
    let tried = project.done("1", &["merge"]);
    assert!(tried.stdout.contains("Wrote"), "{}", tried.stdout);
    let tried = project.done("1", &["test-migrations"]);
    let told = "20990102000000_city: the Rust step `cities` was not run";
    assert!(tried.stderr.contains(told), "{}", tried.stderr);
    // Nor can it be folded.
    let squash = project.run("1", &["squash"]);
    assert!(squash.stderr.contains("20990102000000_city has a Rust step"), "{}", squash.stderr);
}
