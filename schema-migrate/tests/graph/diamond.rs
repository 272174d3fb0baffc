use schema_migrate::run::Steps;

use crate::world::{BASE, World};

const LEFT: &str = "20250102000000_left";
const LEFT_MORE: &str = "20250104000000_left_more";
const RIGHT: &str = "20250103000000_right";

/// Two branches over the base: the left one has two revisions.
fn left(world: &World) {
    world.write(
        LEFT,
        BASE,
        "ALTER TABLE books ADD COLUMN shelf TEXT; UPDATE books SET shelf = 'shelf ' || (id % 7);",
        "ALTER TABLE books DROP COLUMN shelf;",
    );
    world.write(LEFT_MORE, LEFT, "CREATE INDEX books_shelf ON books(shelf);", "DROP INDEX books_shelf;");
}

fn right(world: &World) {
    world.write(
        RIGHT,
        BASE,
        "CREATE TABLE reviews (id INTEGER PRIMARY KEY, book_id INTEGER NOT NULL REFERENCES books(id), stars INTEGER NOT NULL);
         INSERT INTO reviews SELECT id, id, id % 5 FROM books; ALTER TABLE authors ADD COLUMN born INTEGER;",
        "ALTER TABLE authors DROP COLUMN born; DROP TABLE reviews;",
    );
}

/// What follows the merge needs both branches.
fn last(world: &World, merge: &str) {
    world.write(
        "20990101000000_last",
        merge,
        "CREATE VIEW good AS SELECT shelf, stars FROM books JOIN reviews ON book_id = books.id WHERE stars > 3;",
        "DROP VIEW good;",
    );
}

/// The same database, once with the left branch first and once with the right one.
fn both() -> [World; 2] {
    let [one, other] = [World::library(), World::library()];
    left(&one);
    right(&other);
    for world in [&one, &other] {
        world.migrate(None).unwrap();
    }
    right(&one);
    left(&other);
    for world in [&one, &other] {
        let merged = world.merge().unwrap().unwrap();
        assert_eq!(merged.heads.len(), 2);
        last(world, merged.draft.migration.revision.as_str());
        world.migrate(None).unwrap();
    }
    [one, other]
}

#[test]
fn both_orders_of_a_diamond_end_in_the_same_rows() {
    let [one, other] = both();
    assert_eq!(one.applied(), ["base", "left", "left_more", "right", "merge", "last"]);
    assert_eq!(other.applied(), ["base", "right", "left", "left_more", "merge", "last"]);
    assert!(one.rows() == other.rows(), "the orders differ");
    assert!(one.rows().len() > 600);
}

#[test]
fn the_way_back_goes_through_the_merge_as_the_database_came() {
    for (world, before) in both().iter().zip([World::library(), World::library()]) {
        let there = world.rows();
        world.rollback(Steps::Count(2)).unwrap();
        assert_eq!(world.applied().len(), 4);
        world.rollback(Steps::To("base")).unwrap();
        assert!(world.rows() == before.rows(), "other rows than before the branches");
        world.migrate(None).unwrap();
        assert!(world.rows() == there, "other rows than the first time");
    }
}

#[test]
fn going_back_to_a_branch_says_what_of_the_other_one_stays() {
    let [one, other] = both();
    let report = one.rollback(Steps::To("left_more")).unwrap();
    assert_eq!(
        (one.applied(), report.warnings.len()),
        (vec!["base".into(), "left".into(), "left_more".into()], 0)
    );
    // Here the right branch was applied before the left one.
    let report = other.rollback(Steps::To("left")).unwrap();
    assert_eq!(other.applied(), ["base", "right", "left"]);
    assert!(report.warnings[0].contains("20250103000000_right stays applied"), "{:?}", report.warnings);
    assert!(report.warnings[0].contains("Taking 2 more back goes further"), "{:?}", report.warnings);
    for world in [&one, &other] {
        world.migrate(None).unwrap();
    }
    assert!(one.rows() == other.rows(), "the orders differ");
}

#[test]
fn a_revision_is_migrated_to_with_what_it_needs_and_nothing_else() {
    let [world, _] = both();
    world.rollback(Steps::To("base")).unwrap();
    world.migrate(Some("right")).unwrap();
    assert_eq!(world.applied(), ["base", "right"]);
    // Merged branches may be mixed.
    world.migrate(Some("left")).unwrap();
    assert_eq!(world.applied(), ["base", "right", "left"]);
    world.migrate(Some("merge")).unwrap();
    assert_eq!(world.applied(), ["base", "right", "left", "left_more", "merge"]);
}
