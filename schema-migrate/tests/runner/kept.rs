//! `--keep-dropped` through the proof, the runner and the history.

use schema_migrate::diff::{Answers, Keeping, Path};
use schema_migrate::files::{Draft, Folder, Migration, Revision};
use schema_migrate::generate::Generated;
use schema_migrate::keep::{Destination, destination};
use schema_migrate::plan::{self, EngineVersion};
use schema_migrate::proof::prove;

use super::support::{LIBRARY, World, assert_told, schema_of};

/// Without books' pages, and without authors: both are named by the other's key or text.
const SMALLER: &str = "
    CREATE TABLE books (
      id INTEGER PRIMARY KEY,
      author_id INTEGER NOT NULL,
      title TEXT NOT NULL CONSTRAINT books_title_check CHECK (length(title) > 0)
    );";

fn keeping() -> Answers {
    Answers { keeping: Keeping::KeepDropped, no_renames: true, ..Answers::default() }
}

#[test]
fn what_is_kept_is_proven_applied_and_brought_back() {
    let world = World::library();
    // The text of a table that was rebuilt may be laid out otherwise.
    let rows = || world.dump().into_iter().filter(|line| line.contains(": [")).collect::<Vec<_>>();
    let before = rows();
    assert!(before.len() > 340);
    let Ok(Generated::Drafted(drafted)) = world.try_generate(SMALLER, &keeping()) else { panic!() };
    let proof = drafted.proof.as_ref().unwrap();
    assert!(proof.rows >= 10 && proof.has_down && proof.empty.is_empty(), "{proof:?}");
    assert_eq!(proof.down_on_empty, None, "{}", drafted.draft.text);
    world.migrate().unwrap();
    assert_eq!(world.count("SELECT count(*) FROM _kept_authors"), 40);
    assert_eq!(world.count("SELECT count(*) FROM _kept_books_pages"), 300);
    assert!(matches!(world.try_generate(SMALLER, &Answers::default()), Ok(Generated::Nothing { .. })));
    world.rollback(1).unwrap();
    assert_eq!(rows(), before);
}

#[test]
fn keeping_that_forgets_a_value_is_not_proven() {
    let world = World::library();
    let (from, to) = (schema_of(LIBRARY), schema_of(SMALLER));
    let Destination { schema, answers, comparison } = destination(&from, &to, &to, &keeping()).unwrap();
    let plan = plan::sqlite(&from, &schema, &comparison, &answers, EngineVersion::bundled()).unwrap();
    let folder = Folder::read(world.folder()).unwrap();
    let revision = Revision::read("20990101000000_keep").unwrap();
    let text = Draft::of_plan(world.folder(), &revision, &[], &plan, &[]).unwrap().text;
    let prove_text = |text: &str| {
        let migration = Migration::parse(text, &world.folder().join("20990101000000_keep.sql")).unwrap();
        prove(&folder, &migration, &from, &schema, &comparison, &answers)
    };
    prove_text(&text).unwrap();
    for (old, new, wanted) in [
        // The values are kept under other keys, as text, or not all of them.
        ("SELECT \"id\", \"pages\"", "SELECT \"id\" + 1, \"pages\"", "books.pages holds"),
        ("SELECT \"id\", \"pages\"", "SELECT \"id\", CAST(\"pages\" AS TEXT) || 'p'", "books.pages holds"),
        ("\"pages\"\nFROM \"books\";", "\"pages\"\nFROM \"books\" WHERE id > 4;", "books.pages holds"),
        // Rows of the kept table go.
        ("-- migrate:down", "DELETE FROM _kept_authors;\n-- migrate:down", "rows, and had"),
    ] {
        let tampered = text.replacen(old, new, 1);
        assert_ne!(tampered, text, "{old} is not in\n{text}");
        let error = prove_text(&tampered).unwrap_err();
        assert_told(&error, 6, wanted);
        assert!(schema_migrate::proof::ProofReport::in_error(&error).is_some());
    }
}

#[test]
fn a_child_kept_beside_its_renamed_parent_loses_its_key_and_finds_it_again() {
    let world = World::new();
    let before = "CREATE TABLE parents(id INTEGER PRIMARY KEY);
        CREATE TABLE children(id INTEGER PRIMARY KEY, parent_id INT REFERENCES parents);";
    world.generate(before);
    world.migrate().unwrap();
    world.sql("INSERT INTO parents VALUES (1), (2); INSERT INTO children VALUES (1, 1), (2, 2), (3, NULL)");
    let rows = world.dump();
    let mut answers = keeping();
    answers.renames.push((Path::new(["parents"]), Path::new(["people"])));
    let after = "CREATE TABLE people(id INTEGER PRIMARY KEY);";
    let Ok(Generated::Drafted(drafted)) = world.try_generate(after, &answers) else { panic!() };
    let proof = drafted.proof.as_ref().unwrap();
    assert!(proof.empty.is_empty() && proof.down_on_empty.is_none(), "{proof:?}\n{}", drafted.draft.text);
    world.migrate().unwrap();
    assert_eq!(world.count("SELECT count(*) FROM _kept_children WHERE parent_id IS NOT NULL"), 2);
    assert_eq!(world.count("SELECT count(*) FROM pragma_foreign_key_list('_kept_children')"), 0);
    world.sql("DELETE FROM people WHERE id = 9");
    world.rollback(1).unwrap();
    let cells =
        |lines: &[String]| lines.iter().filter(|line| line.contains(": [")).cloned().collect::<Vec<_>>();
    let tables = |lines: Vec<String>| {
        cells(&lines)
            .into_iter()
            .filter(|line| !line.starts_with('_') && !line.starts_with("sqlite"))
            .collect::<Vec<_>>()
    };
    assert_eq!(tables(world.dump()), tables(rows));
    assert_eq!(world.text("SELECT \"table\" FROM pragma_foreign_key_list('children')"), "parents");
}

#[test]
fn a_kept_table_whose_key_points_at_nothing_is_not_proven() {
    let world = World::new();
    let before = "CREATE TABLE parents(id INTEGER PRIMARY KEY);
        CREATE TABLE children(id INTEGER PRIMARY KEY, parent_id INT REFERENCES parents);";
    world.generate(before);
    let dangling = "CREATE TABLE people(id INTEGER PRIMARY KEY);
        CREATE TABLE _kept_children(id INTEGER PRIMARY KEY, parent_id INT REFERENCES parents);";
    let renamed = |old: &str, new: &str| (Path::new([old]), Path::new([new]));
    let answers = Answers {
        renames: vec![renamed("parents", "people"), renamed("children", "_kept_children")],
        ..Answers::default()
    };
    let error = world.try_generate(dangling, &answers).unwrap_err();
    assert_told(&error, 6, "does not hold");
    assert!(error.to_string().contains("refers to parents, which is gone"), "{error}");
}

#[test]
fn rows_whose_parent_is_gone_are_told_without_a_query_that_nobody_can_run() {
    let world = World::new();
    world.generate(
        "CREATE TABLE parents(id INTEGER PRIMARY KEY);
        CREATE TABLE children(id INTEGER PRIMARY KEY, parent_id INT REFERENCES parents);",
    );
    world.migrate().unwrap();
    world.sql("INSERT INTO parents VALUES (1); INSERT INTO children VALUES (1, 1)");
    world.write("gone", "DROP TABLE parents;", "CREATE TABLE parents(id INTEGER PRIMARY KEY);");
    world.edit_newest(&|text| text.replacen("-- migrate:up", "-- needs: foreign_keys=off\n-- migrate:up", 1));
    let error = world.migrate().unwrap_err().to_string();
    assert!(error.contains("1 rows of `children` have no row in `parents`"), "{error}");
    assert!(!error.contains("p.\"\""), "{error}");
    assert_eq!(world.count("SELECT count(*) FROM parents"), 1);
}
