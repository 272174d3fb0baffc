use schema_migrate::run::{RollbackOptions, Silent, Steps, rollback};

use super::support::{REBUILT, World, assert_told};

#[test]
fn a_rebuild_is_taken_back_with_every_row() {
    let world = World::library();
    let before = world.dump();
    world.generate(REBUILT);
    world.migrate().unwrap();
    world.rollback(1).unwrap();
    let rows = |dump: &[String]| {
        dump.iter().filter(|line| line.starts_with("authors:")).cloned().collect::<Vec<_>>()
    };
    assert_eq!(rows(&world.dump()), rows(&before));
    assert_eq!(world.count("SELECT count(*) FROM books"), 300);
    assert_eq!(world.count("SELECT count(*) FROM _schema_migrations"), 1);
    assert_eq!(world.migrate().unwrap().revisions.len(), 1);
}

#[test]
fn going_back_to_a_revision_leaves_it_applied() {
    let world = World::library();
    world.write("one", "CREATE TABLE one(a);", "DROP TABLE one;");
    world.write("two", "CREATE TABLE two(a);", "DROP TABLE two;");
    world.migrate().unwrap();
    let options = RollbackOptions { steps: Steps::To("initial"), dry_run: true, backup: true };
    assert_eq!(rollback(&world.target, &options, &mut Silent).unwrap().revisions.len(), 2);
    assert_eq!(world.count("SELECT count(*) FROM _schema_migrations"), 3);
    let options = RollbackOptions { dry_run: false, ..options };
    let report = rollback(&world.target, &options, &mut Silent).unwrap();
    assert!(report.revisions[0].revision.ends_with("_two"), "the newest goes first");
    assert_eq!(world.count("SELECT count(*) FROM _schema_migrations"), 1);
    assert_eq!(world.count("SELECT count(*) FROM sqlite_schema WHERE name IN ('one', 'two')"), 0);
}

#[test]
fn what_cannot_be_taken_back_says_why() {
    let world = World::library();
    world.write("purge", "DELETE FROM books;", "-- the books were thrown away");
    world.migrate().unwrap();
    let error = world.rollback(1).unwrap_err();
    assert_told(&error, 7, "the books were thrown away");
    assert_told(&world.rollback(9).unwrap_err(), 2, "9 revisions cannot be taken back");
}

#[test]
fn the_way_back_is_the_one_that_was_applied_and_not_an_edited_file() {
    let world = World::library();
    let path = world.write("one", "CREATE TABLE one(a);", "DROP TABLE one;");
    world.migrate().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("DROP TABLE one", "DROP TABLE books")).unwrap();
    world.rollback(1).unwrap();
    assert_eq!(world.count("SELECT count(*) FROM books"), 300);
}
