use std::fs;

use schema_migrate::history::Standing;
use schema_migrate::run::{MigrateOptions, Silent, Target, migrate};
use schema_migrate::status::status;

use super::support::{LIBRARY, REBUILT, World, assert_told};

/// The error comes, and the database is as it was.
fn assert_refused(world: &World, exit: u8, what: &str) {
    let before = world.dump();
    assert_told(&world.migrate().unwrap_err(), exit, what);
    assert_eq!(world.dump(), before);
}

#[test]
fn a_missing_folder_is_named() {
    let world = World::library();
    let target = Target::new(&world.target.database, world.home.path().join("nowhere"));
    assert_told(&migrate(&target, &MigrateOptions::default(), &mut Silent).unwrap_err(), 7, "is not there");
}

#[test]
fn an_edited_file_is_refused_until_a_person_accepts_it() {
    let world = World::library();
    let file = &world.files()[0];
    let text = fs::read_to_string(file).unwrap();
    fs::write(file, text.replace("-- migrate:up", "-- migrate:up\n-- a remark\n\n")).unwrap();
    world.migrate().expect("a comment changes nothing");
    fs::write(file, text.replace("title TEXT", "title VARCHAR")).unwrap();
    assert_refused(&world, 7, "was edited after it was applied");
    assert_eq!(status(&world.target).unwrap().standing(Standing::Edited).count(), 1);
    let revision = [file.file_stem().unwrap().to_str().unwrap().to_owned()];
    let options = MigrateOptions { accept_edited: &revision, ..MigrateOptions::default() };
    migrate(&world.target, &options, &mut Silent).unwrap();
    world.migrate().unwrap();
}

#[test]
fn a_half_written_file_is_refused() {
    let world = World::library();
    let path = world.generate(REBUILT).written.unwrap();
    let text = fs::read_to_string(&path).unwrap();
    for end in
        [text.len() / 3, text.len() / 2, text.find("-- migrate:down").unwrap(), text.trim_end().len() - 1]
    {
        fs::write(&path, &text[..end]).unwrap();
        assert_refused(&world, 7, "is not whole");
    }
}

#[test]
fn an_unknown_header_is_refused() {
    let world = World::library();
    let path = world.write("more", "CREATE TABLE more(a);", "DROP TABLE more;");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("-- parents", "-- require: x\n-- parents")).unwrap();
    assert_refused(&world, 7, "unknown header `require`");
}

#[test]
fn an_engine_that_there_is_not_is_refused_with_its_line() {
    let world = World::library();
    let path = world.write("more", "CREATE TABLE more(a);", "DROP TABLE more;");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("-- parents", "-- engine: sqlite >= 9.1\n-- parents")).unwrap();
    assert_refused(&world, 7, "the header `engine: sqlite >= 9.1` cannot be read");
    assert_refused(&world, 7, &format!("{}:2", path.display()));
}

#[test]
fn text_that_is_not_closed_is_refused_with_its_line_and_column() {
    let world = World::library();
    let path = world.write("more", "CREATE TABLE more(a);\nINSERT INTO more VALUES ('open);", "");
    assert_refused(&world, 7, &format!("{}:5:26", path.display()));
    assert_refused(&world, 7, "a literal or quoted name is not closed");
}

#[test]
fn a_file_that_is_no_text_is_refused() {
    let world = World::library();
    let path = world.write("more", "CREATE TABLE more(a);", "DROP TABLE more;");
    fs::write(&path, b"-- revision: x\n\xff\xfe").unwrap();
    assert_refused(&world, 7, "no UTF-8");
}

#[test]
fn two_files_of_one_revision_are_refused() {
    let world = World::library();
    let path = world.write("more", "CREATE TABLE more(a);", "DROP TABLE more;");
    fs::copy(&path, path.with_extension("sqlite.sql")).unwrap();
    assert_refused(&world, 7, "two files are revision");
}

#[test]
fn a_vanished_file_stops_a_migration_and_not_the_way_back() {
    let world = World::library();
    let path = world.write("more", "CREATE TABLE more(a);", "DROP TABLE more;");
    world.migrate().unwrap();
    let last = world.write("last", "CREATE TABLE last(a);", "DROP TABLE last;");
    fs::remove_file(&path).unwrap();
    assert_refused(&world, 7, "its file is gone");
    assert_eq!(status(&world.target).unwrap().standing(Standing::Vanished).count(), 1);
    fs::remove_file(last).unwrap();
    assert_eq!(world.rollback(1).unwrap().revisions.len(), 1);
    assert_eq!(world.count("SELECT count(*) FROM sqlite_schema WHERE name = 'more'"), 0);
    world.migrate().unwrap();
}

#[test]
fn a_database_newer_than_the_program_is_refused() {
    let world = World::library();
    let path = world.write("more", "CREATE TABLE more(a);", "DROP TABLE more;");
    world.migrate().unwrap();
    fs::remove_file(path).unwrap();
    assert_refused(&world, 7, "newer than the program");
    world.sql("UPDATE _schema_migrations SET format_version = 99");
    assert_refused(&world, 7, "newer program has migrated");
}

#[test]
fn an_unknown_parent_and_two_names_for_one_file_are_refused() {
    let world = World::library();
    let path = world.write("more", "CREATE TABLE more(a);", "DROP TABLE more;");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("-- parents: ", "-- parents: 20200101000000_gone, ")).unwrap();
    assert_refused(&world, 7, "has a parent that is not there");
    fs::write(&path, text.replace("_more", "_less")).unwrap();
    assert_refused(&world, 7, "its header says");
}

#[test]
fn statement_seven_of_twelve_fails_and_everything_of_the_file_is_undone() {
    let world = World::library();
    world.write("fine", "CREATE TABLE fine(a);", "DROP TABLE fine;");
    let mut up: Vec<String> =
        (1..=12).map(|number| format!("INSERT INTO authors(name) VALUES ('new {number}');")).collect();
    // On an empty scratch database it has nothing to do.
    up[6] = "UPDATE books\n  SET title = '';".to_owned();
    let path = world.write("bad", &up.join("\n"), "");
    let error = world.migrate().unwrap_err();
    let text = error.to_string();
    assert_eq!(error.kind().exit_code(), 1);
    assert!(text.contains("statement 7 of 12 failed"), "{text}");
    assert!(text.contains("CHECK constraint failed: books_title_check"), "{text}");
    assert!(text.contains("SET title = ''"), "{text}");
    assert!(text.contains(&format!("{}:10", path.display())), "{text}");
    assert!(text.contains("_fine stays applied"), "{text}");
    assert_eq!(world.count("SELECT count(*) FROM authors"), 40);
    assert_eq!(world.count("SELECT count(*) FROM _schema_migrations"), 2);
    assert_eq!(world.count("SELECT count(*) FROM fine"), 0);
}

#[test]
fn a_file_that_runs_on_no_scratch_database_is_refused_before_anything() {
    let world = World::library();
    world.sql("CREATE TABLE audit (id INTEGER PRIMARY KEY, what TEXT)");
    world.write("fine", "CREATE TABLE fine(a);", "DROP TABLE fine;");
    world.write("live_only", "INSERT INTO audit(what) VALUES ('x'); DELETE FROM authors;", "SELECT 1;");
    let before = world.dump();
    let error = world.migrate().unwrap_err();
    let text = error.to_string();
    assert!(text.contains("does not run on a scratch database: statement 1 of 2 failed"), "{text}");
    assert!(text.contains("nothing was changed"), "{text}");
    assert_eq!(world.dump(), before);
}

#[test]
fn two_files_of_one_moment_are_refused() {
    let world = World::library();
    let path = world.write("one", "CREATE TABLE one(a);", "DROP TABLE one;");
    let twin = path.to_string_lossy().replace("_one.sql", "_two.sql");
    fs::write(&twin, fs::read_to_string(&path).unwrap().replace("_one", "_two")).unwrap();
    assert_refused(&world, 7, "two files are revision ");
}

#[test]
fn a_table_that_is_there_already_with_other_columns_is_not_taken_over() {
    let world = World::new();
    world.generate(LIBRARY);
    world.sql("CREATE TABLE books (isbn TEXT, heading TEXT); INSERT INTO books VALUES ('978', 'Dune');");
    let error = world.migrate().unwrap_err();
    assert_told(&error, 7, "`books` is in the database already");
    assert!(
        error.to_string().contains("RENAME TO \"books_before\"")
            && error.to_string().contains("isbn TEXT, heading TEXT")
    );
    assert_eq!(world.text("SELECT heading FROM books"), "Dune");
    assert_eq!(world.count("SELECT count(*) FROM sqlite_schema"), 1);
}
