//! `db-squash`.

use std::fs;

use crate::{
    heads::{branch, revision},
    migrate::{add, filled},
    project::Project,
};

/// A filled database with three revisions applied; the last stores rows that the application needs.
fn three() -> Project {
    let project = filled();
    add(
        &project,
        "20990101000000_total",
        "CREATE INDEX total ON orders(total_cents);\nUPDATE users SET age = 1 WHERE age = 2;",
        "DROP INDEX total;",
    );
    add(
        &project,
        "20990102000000_system",
        "INSERT INTO users(id, name, age) VALUES (100000, 'it''s the system', NULL), (100001, 'caf\u{e9}', 7);",
        "DELETE FROM users WHERE id >= 100000;",
    );
    project.done("1", &["migrate"]);
    project
}

/// The database is what the migrations build.
fn fits(project: &Project) {
    project.done("1", &["diff", "--from", "app.db", "--to", "migrations"]);
}

fn text(project: &Project, sql: &str) -> String {
    project.open("app.db").query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn old_databases_count_it_as_applied_and_new_ones_are_built_from_it() {
    let project = three();
    let before = project.bytes();
    let dry = project.done("1", &["squash", "--dry-run"]).stdout;
    assert!(
        dry.contains("3 revisions") && dry.contains("2 rows") && dry.contains("nothing was written or moved"),
        "{dry}"
    );
    assert!(dry.contains("20990101000000_total.sql:6"), "the UPDATE is told: {dry}");
    assert_eq!(project.bytes(), before);
    let said = project.done("1", &["squash"]).stdout;
    assert!(said.contains("Moved     the old files into migrations/squashed"), "{said}");
    assert_eq!(fs::read_dir(project.path("migrations/squashed")).unwrap().count(), 3);
    // The old database: nothing is pending, nothing runs, and its history is written anew.
    project.done("1", &["status"]);
    fits(&project);
    let rows = text(&project, "SELECT count(*) || ' ' || total(age) FROM users");
    let migrated = project.done("1", &["migrate"]).stdout;
    assert!(migrated.contains("nothing is pending"), "{migrated}");
    assert_eq!(text(&project, "SELECT group_concat(kind) FROM _schema_migrations"), "squash");
    assert_eq!(text(&project, "SELECT count(*) || ' ' || total(age) FROM users"), rows);
    project.done("1", &["status"]);
    // A new one has the schema, and the rows that the migrations store.
    fs::remove_file(project.path("app.db")).unwrap();
    let built = project.done("1", &["migrate", "--new"]).stdout;
    assert!(built.contains("1 applied") && !built.contains("Undo"), "nothing takes it back: {built}");
    fits(&project);
    assert_eq!(text(&project, "SELECT group_concat(name) FROM users"), "it's the system,caf\u{e9}");
}

#[test]
fn what_comes_later_keeps_its_file_and_its_checksum() {
    let project = three();
    branch(
        &project,
        "20990103000000_later",
        "20990102000000_system",
        "UPDATE users SET age = 3;",
        "SELECT 1;",
    );
    project.done("1", &["migrate"]);
    let later = fs::read(project.path("migrations/20990103000000_later.sql")).unwrap();
    project.done("1", &["squash", "folded", "--to", "20990102000000_system"]);
    assert_eq!(fs::read(project.path("migrations/20990103000000_later.sql")).unwrap(), later);
    project.done("1", &["status"]);
    project.done("1", &["migrate"]);
    assert_eq!(text(&project, "SELECT group_concat(name) FROM _schema_migrations"), "folded,later");
    project.done("1", &["status"]);
    project.done("1", &["heads"]);
    project.done("1", &["rollback"]);
    let no_way = project.run("1", &["rollback"]);
    assert!(
        no_way.code == Some(7) && no_way.stderr.contains("Nothing takes a squash back"),
        "{}",
        no_way.stderr
    );
    // And once more, over the squash itself.
    project.done("1", &["migrate"]);
    project.done("1", &["squash", "again"]);
    project.done("1", &["migrate"]);
    assert_eq!(text(&project, "SELECT group_concat(name) FROM _schema_migrations"), "again");
    fits(&project);
}

#[test]
fn a_database_that_never_saw_the_first_squash_takes_the_second_one() {
    let project = three();
    fs::copy(project.path("app.db"), project.path("old.db")).unwrap();
    project.done("1", &["squash", "first"]);
    project.done("1", &["migrate"]);
    let parent = revision(&project, "_first");
    branch(
        &project,
        "20990103000000_later",
        &parent,
        "CREATE INDEX by_age ON users(age);",
        "DROP INDEX by_age;",
    );
    project.done("1", &["migrate"]);
    project.done("1", &["migrate", "--url", "old.db"]);
    project.done("1", &["squash", "second"]);
    for url in ["app.db", "old.db"] {
        project.done("1", &["migrate", "--url", url]);
        project.done("1", &["status", "--url", url]);
    }
}

/// A project after a squash and a revision that follows it, with a database that has one of the three
/// revisions (`first.db`) and one that has two (`second.db`).
fn behind() -> Project {
    let project = three();
    project.done("1", &["rollback", "--allow-data-loss", "all"]);
    fs::copy(project.path("app.db"), project.path("second.db")).unwrap();
    project.done("1", &["rollback"]);
    fs::copy(project.path("app.db"), project.path("first.db")).unwrap();
    project.done("1", &["migrate"]);
    project.done("1", &["squash"]);
    let squash = revision(&project, "_squash");
    branch(
        &project,
        "20990103000000_later",
        &squash,
        "CREATE INDEX by_age ON users(age);",
        "DROP INDEX by_age;",
    );
    project.done("1", &["migrate"]);
    project
}

#[test]
fn a_database_in_the_middle_of_it_goes_through_the_old_files_that_are_kept() {
    let project = behind();
    for (url, pending) in [("first.db", 3), ("second.db", 2)] {
        let status = project.run("1", &["status", "--url", url]);
        assert_eq!(status.code, Some(3), "{}", status.stderr);
        assert!(status.stdout.contains(&format!("Found      {pending} pending")), "{}", status.stdout);
        assert!(status.stdout.contains("Squash     the database has"), "{}", status.stdout);
        assert!(!status.stderr.contains("not here"), "{}", status.stderr);
        let heads = project.done("1", &["heads", "--url", url]).stdout;
        assert!(heads.contains("Squash ") && heads.contains("Next       embedded db migrate"), "{heads}");
        let before = project.bytes();
        let dry = project.done("1", &["migrate", "--dry-run", "--url", url]).stdout;
        assert!(dry.contains(&format!("{pending} would be applied")), "{dry}");
        assert_eq!(project.bytes(), before);
        let migrated = project.done("1", &["migrate", "--url", url]).stdout;
        assert!(migrated.contains(&format!("{pending} applied")), "{migrated}");
        assert!(!migrated.contains("rollback"), "nothing takes a squash back: {migrated}");
        project.done("1", &["status", "--url", url]);
        project.done("1", &["diff", "--from", url, "--to", "app.db"]);
        let query = "SELECT group_concat(kind || ' ' || name) FROM _schema_migrations";
        let history: String = project.open(url).query_row(query, [], |row| row.get(0)).unwrap();
        assert_eq!(history, "squash squash,normal later");
        let rows = "SELECT count(*) FROM users";
        let rows: i64 = project.open(url).query_row(rows, [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 502, "{url}");
    }
}

#[test]
fn a_database_in_the_middle_of_it_goes_as_far_as_the_squash_where_it_is_named() {
    let project = behind();
    let squash = revision(&project, "_squash");
    for (url, to, applied) in [("first.db", "squash", 2), ("second.db", squash.as_str(), 1)] {
        let before = project.bytes();
        let dry = project.done("1", &["migrate", "--to", to, "--dry-run", "--url", url]).stdout;
        assert!(dry.contains(&format!("{applied} would be applied")), "{dry}");
        let sql = project.done("1", &["migrate", "--to", to, "--sql", "--url", url]).stdout;
        assert!(sql.contains("it's the system") || sql.contains("it''s the system"), "{sql}");
        assert_eq!(project.bytes(), before);
        let migrated = project.done("1", &["migrate", "--to", to, "--url", url]).stdout;
        assert!(migrated.contains(&format!("{applied} applied")), "{migrated}");
        let query = "SELECT group_concat(kind || ' ' || name) FROM _schema_migrations";
        let history: String = project.open(url).query_row(query, [], |row| row.get(0)).unwrap();
        assert_eq!(history, "squash squash", "what follows it waits");
        // Said once more there is nothing to do, and the rest comes as always.
        assert!(
            project.done("1", &["migrate", "--to", to, "--url", url]).stdout.contains("nothing is pending")
        );
        assert!(project.done("1", &["migrate", "--url", url]).stdout.contains("1 applied"));
        project.done("1", &["diff", "--from", url, "--to", "app.db"]);
    }
    let unknown = project.run("1", &["migrate", "--to", "sqash"]);
    assert!(unknown.code == Some(2) && unknown.stderr.contains("did you mean"), "{}", unknown.stderr);
}

#[test]
fn an_old_file_that_was_edited_after_the_squash_was_made_of_it_is_refused() {
    let project = behind();
    let path = "migrations/squashed/20990102000000_system.sql";
    let text = fs::read_to_string(project.path(path)).unwrap();
    project.write(path, &text.replace("caf\u{e9}", "edited"));
    let before = fs::read(project.path("second.db")).unwrap();
    for arguments in
        [&["migrate"][..], &["migrate", "--dry-run"], &["migrate", "--sql"], &["stamp", "_squash"]]
    {
        let refused = project.run("1", &[arguments, &["--url", "second.db"]].concat());
        assert_eq!(refused.code, Some(7), "{arguments:?} {}{}", refused.stdout, refused.stderr);
        for told in
            ["20990102000000_system was edited after it was folded", "restore the file", "in the place of"]
        {
            assert!(refused.stderr.contains(told), "{told}\n{}", refused.stderr);
        }
    }
    assert!(fs::read(project.path("second.db")).unwrap() == before);
    // A comment is no edit, and a squash of a squash knows the files of both.
    project.write(path, &format!("{text}-- a word\n"));
    project.done("1", &["squash", "again"]);
    project.write(path, &text.replace("caf\u{e9}", "edited"));
    let again = project.run("1", &["migrate", "--url", "second.db"]);
    assert_eq!(again.code, Some(7), "{}", again.stderr);
    assert!(again.stderr.contains("was edited after it was folded"), "{}", again.stderr);
    project.write(path, &text);
    project.done("1", &["migrate", "--url", "second.db"]);
}

#[test]
fn a_database_in_the_middle_of_it_takes_the_squash_by_a_stamp_once_it_is_what_it_builds() {
    let project = behind();
    let squash = revision(&project, "_squash");
    // `first.db` lacks the index that the second of the three makes.
    let early = project.run("1", &["stamp", &squash, "--url", "first.db"]);
    assert!(early.stderr.contains("is not what the migrations"), "{}", early.stderr);
    project.open("first.db").execute_batch("CREATE INDEX total ON orders(total_cents)").unwrap();
    let stamped = project.done("1", &["stamp", &squash, "--url", "first.db"]).stdout;
    assert!(stamped.contains("20990102000000_system"), "{stamped}");
    let query = "SELECT group_concat(kind || ' ' || name) FROM _schema_migrations";
    let history: String = project.open("first.db").query_row(query, [], |row| row.get(0)).unwrap();
    assert_eq!(history, "squash squash");
}

#[test]
fn a_database_in_the_middle_of_two_goes_through_the_files_of_both() {
    let project = behind();
    fs::copy(project.path("first.db"), project.path("squashed.db")).unwrap();
    project.done("1", &["migrate", "--url", "squashed.db"]);
    project.done("1", &["rollback", "--url", "squashed.db"]);
    project.done("1", &["squash", "again"]);
    project.done("1", &["migrate"]);
    // One has two of the oldest files, one the first squash and not what followed it.
    for (url, applied) in [("second.db", "2 applied"), ("squashed.db", "1 applied")] {
        let to = ["migrate", "--to", "squash", "--dry-run", "--url", url];
        let older = project.done("1", &to).stdout;
        assert!(older.contains(if url == "second.db" { "1 would be applied" } else { "nothing" }), "{older}");
        let migrated = project.done("1", &["migrate", "--to", "again", "--url", url]).stdout;
        assert!(migrated.contains(applied), "{migrated}");
        project.done("1", &["status", "--url", url]);
        project.done("1", &["diff", "--from", url, "--to", "app.db"]);
        let query = "SELECT group_concat(kind || ' ' || name) FROM _schema_migrations";
        let history: String = project.open(url).query_row(query, [], |row| row.get(0)).unwrap();
        assert_eq!(history, "squash again");
    }
}

#[test]
fn a_database_in_the_middle_of_it_is_told_what_to_do_where_the_old_files_are_gone() {
    let project = behind();
    fs::remove_file(project.path("migrations/squashed/20990102000000_system.sql")).unwrap();
    let refused = project.run("1", &["migrate", "--url", "second.db"]);
    assert_eq!(refused.code, Some(7), "{}", refused.stdout);
    for words in [
        "in the middle of a squash",
        "20990101000000_total",
        "20990102000000_system",
        "squashed",
        "nothing was changed",
    ] {
        assert!(refused.stderr.contains(words), "{words}\n{}", refused.stderr);
    }
    let status = project.run("1", &["status", "--url", "second.db"]);
    assert_eq!(status.code, Some(3));
    let next = "Next       bring the old files up to 20990102000000_system from version control";
    assert!(status.stdout.contains(next), "{}", status.stdout);
    assert!(!status.stderr.contains("not here"), "{}", status.stderr);
    let json = project.run("1", &["status", "--url", "second.db", "--json"]).json();
    assert_eq!(json["data"]["squash"]["kept"], false);
}

#[test]
fn what_cannot_be_folded_is_refused_and_nothing_is_written() {
    let project = filled();
    let refused = project.run("1", &["squash"]);
    assert!(
        refused.code == Some(2) && refused.stderr.contains("two revisions or more"),
        "{}",
        refused.stderr
    );
    let project = three();
    branch(&project, "20990103000000_aside", "20990101000000_total", "SELECT 1;", "SELECT 1;");
    let before = project.bytes();
    let heads = project.run("1", &["squash"]);
    assert!(heads.code == Some(1) && heads.stderr.contains("2 heads"), "{}", heads.stderr);
    let aside = project.run("1", &["squash", "--to", "20990102000000_system"]);
    assert!(aside.stderr.contains("_aside branches off inside the range"), "{}", aside.stderr);
    assert_eq!(project.bytes(), before);
    let project = three();
    add(&project, "20990103000000_open", "SELECT 1;", "SELECT 1;");
    let pending = project.run("1", &["squash"]);
    assert!(
        pending.code == Some(1) && pending.stderr.contains("_open is not applied yet"),
        "{}",
        pending.stderr
    );
}
