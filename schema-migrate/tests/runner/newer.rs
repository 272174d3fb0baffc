//! A program that is older than its database.

use std::fs;

use schema_migrate::history;

use super::support::{World, assert_told};

const UP: &str = "ALTER TABLE books ADD COLUMN shelf TEXT;";
const DOWN: &str = "ALTER TABLE books DROP COLUMN shelf;";

/// A database with a revision whose file this program does not have. `header` stands in that file.
fn ahead(header: &str) -> World {
    let world = World::library();
    let path = world.write("shelf", UP, DOWN);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("-- migrate:up", &format!("{header}-- migrate:up"))).unwrap();
    world.migrate().unwrap();
    fs::remove_file(path).unwrap();
    world
}

fn first(world: &World) -> String {
    world.text("SELECT revision FROM _schema_migrations ORDER BY position LIMIT 1")
}

#[test]
fn a_program_that_the_newer_revision_says_nothing_of_is_refused() {
    let error = ahead("").migrate().unwrap_err();
    assert_told(&error, 7, "this database is newer than the program");
}

#[test]
fn a_program_that_knows_the_revision_from_which_on_it_is_compatible_goes_on() {
    let known = first(&World::library());
    let world = ahead(&format!("-- compatible_from: {known}\n"));
    // The library's first revision is named by the moment in which it was made.
    let own = first(&world);
    world.sql(&format!(
        "UPDATE _schema_migrations SET compatible_from = '{own}' WHERE compatible_from = '{known}'"
    ));
    let before = world.dump();
    let report = world.migrate().unwrap();
    assert_eq!(report.revisions, []);
    assert!(report.warnings[0].contains("says that programs from"), "{:?}", report.warnings);
    assert_eq!(world.dump(), before);

    world.write("index", "CREATE INDEX books_pages ON books(pages);", "DROP INDEX books_pages;");
    assert_told(&world.migrate().unwrap_err(), 7, "this database is newer than the program");
    assert_eq!(world.dump(), before);
}

#[test]
fn a_program_from_before_that_revision_is_refused() {
    let error = ahead("-- compatible_from: 20990101000000_later\n").migrate().unwrap_err();
    assert_told(&error, 7, "this database is newer than the program");
}

#[test]
fn what_is_no_revision_is_refused_with_its_line() {
    let world = World::library();
    let path = world.write("shelf", UP, DOWN);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("-- migrate:up", "-- compatible_from: 1.2\n-- migrate:up")).unwrap();
    let error = world.migrate().unwrap_err();
    assert!(error.what().contains("compatible_from: 1.2"), "{error}");
    assert!(error.location().unwrap().ends_with("_shelf.sql:3"), "{error}");
}

#[test]
fn a_history_of_before_is_read_as_it_is_and_gets_the_column_when_it_is_written() {
    let world = World::library();
    world.sql("ALTER TABLE _schema_migrations DROP COLUMN compatible_from");
    let before = world.dump();
    assert_eq!(history::read(&world.connection()).unwrap()[0].compatible_from, None);
    assert_eq!(world.migrate().unwrap().revisions, []);
    assert_eq!(world.dump(), before);
    world.write("shelf", UP, DOWN);
    world.migrate().unwrap();
    assert_eq!(world.count("SELECT count(*) FROM _schema_migrations WHERE compatible_from IS NULL"), 2);
}
