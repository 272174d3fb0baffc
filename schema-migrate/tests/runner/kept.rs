//! `--keep-dropped` through the proof, the runner and the history.

use schema_migrate::diff::{Answers, Keeping};
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
    let folder = Folder::read(&world.target.folder).unwrap();
    let revision = Revision::read("20990101000000_keep").unwrap();
    let text = Draft::of_plan(folder.path(), &revision, &[], &plan, &[]).unwrap().text;
    let prove_text = |text: &str| {
        let migration = Migration::parse(text, &folder.path().join("20990101000000_keep.sql")).unwrap();
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
        assert!(error.proof_report().is_some());
    }
}
