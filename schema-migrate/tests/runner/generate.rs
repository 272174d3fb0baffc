use std::fs;

use schema_migrate::diff::Answers;
use schema_migrate::generate::{GenerateRequest, Generated, generate};

use super::support::{LIBRARY, REBUILT, World, assert_told, schema_of};

#[test]
fn equal_schemas_write_nothing() {
    let world = World::library();
    assert!(matches!(
        world.try_generate(LIBRARY, &Answers::default()),
        Ok(Generated::Nothing { tables: 2, migrations: 1 })
    ));
    assert_eq!(world.files().len(), 1);
}

#[test]
fn the_proof_sends_rows_through_every_table() {
    let world = World::library();
    let drafted = world.generate(REBUILT);
    let proof = drafted.proof.unwrap();
    assert!(proof.rows >= 10 && proof.empty.is_empty() && proof.has_down, "{proof:?}");
    let text = fs::read_to_string(drafted.written.unwrap()).unwrap();
    assert!(text.contains("-- needs:    foreign_keys=off") && text.contains("-- parents:  "), "{text}");
    assert_eq!(fs::read_dir(&world.target.folder).unwrap().count(), 2, "a temporary file is left");
}

#[test]
fn constraints_that_values_have_to_be_found_for_are_filled() {
    let world = World::new();
    let hard = "
        CREATE TABLE kinds (code TEXT PRIMARY KEY CHECK (length(code) = 3), rank INTEGER NOT NULL UNIQUE CHECK (rank BETWEEN 100 AND 120)) STRICT;
        CREATE TABLE things (
          id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
          kind TEXT NOT NULL REFERENCES kinds(code),
          state TEXT NOT NULL CHECK (state IN ('draft', 'done')),
          done_at TEXT CHECK ((state = 'done') = (done_at IS NOT NULL)),
          meta TEXT CHECK (json_valid(meta)),
          flag INTEGER NOT NULL CHECK (flag IN (0, 1)),
          a INTEGER, b INTEGER, UNIQUE (a, b)
        ) STRICT;
        CREATE TABLE pairs (left_code TEXT NOT NULL, rank INTEGER NOT NULL, PRIMARY KEY (left_code, rank)) WITHOUT ROWID;
        CREATE TABLE hopeless (a INTEGER CHECK (a > 5 AND a < 5 AND a IS NOT NULL));";
    world.generate(hard);
    let more = hard.replace("flag INTEGER", "note TEXT, flag INTEGER");
    let drafted = world.generate(&more);
    let proof = drafted.proof.unwrap();
    assert_eq!(proof.empty, ["hopeless"]);
    assert!(proof.rows >= 12, "{proof:?}");
}

#[test]
fn a_constraint_that_invented_rows_break_is_proven_with_those_that_do_not() {
    let world = World::library();
    let narrowed = LIBRARY
        .replace("pages INTEGER", "pages INTEGER CONSTRAINT few CHECK (pages < 50)")
        .replace("name TEXT NOT NULL", "name TEXT NOT NULL CHECK (name > 'text')");
    let proof = world.generate(&narrowed).proof.unwrap();
    assert!(proof.rows > 0, "{proof:?}");
}

#[test]
fn a_disappearance_beside_an_appearance_is_a_question() {
    let world = World::library();
    let renamed = LIBRARY.replace("pages INTEGER", "page_count INTEGER");
    let generated = world.try_generate(&renamed, &Answers::default()).unwrap();
    assert!(matches!(&generated, Generated::Questions { questions, .. } if questions.len() == 1));
    assert_told(&generated.into_result().unwrap_err(), 4, "--rename books.pages:books.page_count");
    assert_eq!(world.files().len(), 1);
    let mut answers = Answers::default();
    answers.rename("books.pages:books.page_count").unwrap();
    assert!(matches!(world.try_generate(&renamed, &answers), Ok(Generated::Drafted(_))));
    world.migrate().unwrap();
    assert_eq!(world.count("SELECT count(page_count) FROM books"), 240);
}

#[test]
fn a_loss_has_to_be_permitted_and_a_missing_value_given() {
    let world = World::library();
    let dropped = LIBRARY.replace(",\n      pages INTEGER", "");
    let generated = world.try_generate(&dropped, &Answers::default()).unwrap();
    assert_told(&generated.into_result().unwrap_err(), 4, "--allow-data-loss books.pages");
    let needed = LIBRARY.replace("pages INTEGER", "pages INTEGER, isbn TEXT NOT NULL");
    let generated = world.try_generate(&needed, &Answers::default()).unwrap();
    assert_told(&generated.into_result().unwrap_err(), 4, "--backfill books.isbn");
    assert_eq!(world.files().len(), 1);
}

#[test]
fn a_dry_run_and_an_empty_migration() {
    let world = World::library();
    let declared = schema_of(REBUILT);
    let request = GenerateRequest { dry_run: true, ..GenerateRequest::new(&declared, &world.target.folder) };
    let Generated::Drafted(drafted) = generate(&request).unwrap() else { panic!() };
    assert!(drafted.written.is_none() && drafted.draft.text.contains("-- migrate:up"));
    assert_eq!(world.files().len(), 1);
    let request = GenerateRequest { empty: true, dry_run: false, name: Some("Fill in shelves"), ..request };
    let Generated::Drafted(drafted) = generate(&request).unwrap() else { panic!() };
    assert!(drafted.written.unwrap().to_str().unwrap().ends_with("_fill_in_shelves.sql"));
    assert_eq!(world.migrate().unwrap().revisions.len(), 1);
    world.rollback(1).unwrap();
}

#[test]
fn two_heads_are_named() {
    let world = World::library();
    let first = world.write("one", "CREATE TABLE one(a);", "DROP TABLE one;");
    let text = fs::read_to_string(&first).unwrap().replace("20990101000001_one", "20990101000002_two");
    fs::write(world.target.folder.join("20990101000002_two.sql"), text.replace(" one", " two")).unwrap();
    assert_told(&world.try_generate(REBUILT, &Answers::default()).unwrap_err(), 1, "2 heads");
    let report = world.migrate().unwrap();
    assert!(report.warnings[0].contains("2 heads"));
}
