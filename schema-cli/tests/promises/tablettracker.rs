use std::fs;

use super::application::Application;

const ROWS: &str = "
    INSERT INTO purchase_orders (id, po_number, closed) VALUES (1, 'PO-1', 0), (2, 'PO-2', 1);
    INSERT INTO po_lines (id, po_id, item_name, quantity_ordered)
    VALUES (1, 1, 'Ibuprofen 200', 5000), (2, 1, 'Aspirin', 200), (3, 2, 'Vitamin D', 90);";

fn tablettracker() -> Application {
    Application::first("tablet_tracker", ROWS)
}

const LINES: &str = "SELECT id, po_id, item_name, quantity_ordered FROM po_lines ORDER BY id";

#[test]
fn tt08_the_version_of_the_schema_can_be_read() {
    let tracker = tablettracker().with_second();
    let status = tracker.fails("2", &["status", "--json"], 3).json();
    let applied = status["data"]["applied"].as_array().unwrap();
    assert_eq!(applied.last().unwrap()["revision"], tracker.revisions()[0].as_str());
    tracker.done("2", &["migrate"]);
    let status = tracker.done("2", &["status", "--json"]).json();
    let applied = status["data"]["applied"].as_array().unwrap();
    assert_eq!(applied.last().unwrap()["revision"], tracker.revisions()[1].as_str());
}

#[test]
fn tt09_every_table_is_made_where_there_is_none() {
    let tracker = Application::new("tablet_tracker");
    tracker.done("1", &["generate", "initial"]);
    assert!(!tracker.path("data/app.db").exists());
    tracker.done("1", &["migrate"]);
    assert_eq!(
        tracker.rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' ORDER BY name"),
        ["po_lines", "purchase_orders"]
    );
    tracker.done("1", &["check"]);
}

#[test]
fn tt10_a_new_table_is_an_edit_and_a_command() {
    let tracker = tablettracker().with_second();
    let before = tracker.rows(LINES);
    tracker.done("2", &["migrate"]);
    tracker
        .open("data/app.db")
        .execute_batch("INSERT INTO warehouse_submissions (po_line_id, employee_name) VALUES (2, 'Ann')")
        .unwrap();
    assert_eq!(tracker.rows(LINES), before);
    tracker.done("2", &["check"]);
}

#[test]
fn tt20_indexes_are_advised_where_they_are_needed() {
    let tracker = tablettracker();
    tracker
        .open("data/app.db")
        .execute_batch(
            "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
             INSERT INTO po_lines (id, po_id, item_name, quantity_ordered) SELECT i, 1 + i % 2, 'item ' || i, i FROM n;
             ANALYZE;",
        )
        .unwrap();
    // The application's own query has no index for what it compares, the other has.
    let found = tracker.fails("1", &["advise"], 3).stdout;
    for words in [
        "query `lines of an item` reads all 2,994 rows of po_lines",
        "compares  item_name =",
        "#[table(index(item_name))] to PoLine",
        "finds rows of `po_lines` by the index `po_lines_item_name_idx`",
    ] {
        assert!(found.contains(words), "{words}: {found}");
    }
    assert!(!found.contains("lines of an order"), "{found}");
    // With it there is nothing left to advise.
    let open = tracker.open("data/app.db");
    open.execute_batch("CREATE INDEX po_lines_item_name_idx ON po_lines(item_name); ANALYZE").unwrap();
    tracker.done("1", &["advise"]);
    // A foreign key that has lost its index is found, whatever is asked.
    open.execute_batch("DROP INDEX po_lines_po_id_idx").unwrap();
    let found = tracker.fails("1", &["advise", "--json"], 3).json();
    assert_eq!(found["data"]["indexes"][0]["code"], "L010", "{found:#}");
    assert_eq!(found["data"]["indexes"][0]["object"], "po_lines.po_id");
}

#[test]
fn tt21_migrations_run_at_start_up() {
    // The reading tracker stands for it: its program migrates before it does anything else.
    let tome = Application::new("tome");
    tome.done("1", &["generate", "initial"]);
    let started = tome.start("1", "start");
    assert!(started.stdout.starts_with("1 applied"), "{started:?}");
    assert_eq!(tome.applied(), tome.revisions());
    // Eight that start together: one applies what is new.
    tome.done("2", &["generate", "second"]);
    let started: Vec<_> = std::thread::scope(|scope| {
        let programs: Vec<_> = (0..8).map(|_| scope.spawn(|| tome.start("2", "start"))).collect();
        programs.into_iter().map(|program| program.join().unwrap()).collect()
    });
    assert!(started.iter().all(|ended| ended.code == Some(0)), "{started:?}");
    assert_eq!(
        started.iter().filter(|ended| ended.stdout.starts_with("1 applied")).count(),
        1,
        "{started:?}"
    );
    assert_eq!(tome.applied(), tome.revisions());
}

#[test]
fn tt22_what_is_applied_is_never_applied_again() {
    let tracker = tablettracker().with_second();
    tracker.done("2", &["migrate"]);
    let first = tracker.rows("SELECT * FROM _schema_migrations");
    for _ in 0..3 {
        tracker.done("2", &["migrate"]);
    }
    assert_eq!(tracker.rows("SELECT * FROM _schema_migrations"), first);

    // A database that has everything and knows nothing of it is adopted after a comparison.
    let half = tablettracker().with_second();
    half.done("2", &["migrate"]);
    half.open("data/app.db").execute_batch("DROP TABLE _schema_migrations").unwrap();
    let refused = half.fails("2", &["migrate"], 7);
    assert!(refused.stderr.contains("is in the database already"), "{}", refused.stderr);
    half.done("2", &["stamp", "second"]);
    assert_eq!(half.applied(), half.revisions());
    half.done("2", &["migrate"]);
    half.done("2", &["check"]);
    assert_eq!(half.rows("SELECT count(*) FROM po_lines"), ["3"]);
}

#[test]
fn tt23_a_failed_migration_prints_the_plan_to_get_on() {
    let tracker = tablettracker().with_second();
    let before = tracker.rows(LINES);
    let broken = tracker.newest().replace(
        "-- migrate:down",
        "INSERT INTO po_lines (id, po_id, item_name) VALUES (1, 1, 'twice');\n-- migrate:down",
    );
    let file = tracker.files().pop().unwrap();
    let good = tracker.newest();
    fs::write(&file, broken).unwrap();
    let failed = tracker.fails("2", &["migrate"], 1);
    assert!(failed.stderr.contains("was rolled back"), "{}", failed.stderr);
    assert!(failed.stderr.contains("next:"), "{}", failed.stderr);
    assert_eq!(tracker.rows(LINES), before);
    // Fixed, tried, deployed.
    fs::write(&file, good).unwrap();
    tracker.done("2", &["migrate", "--dry-run"]);
    tracker.done("2", &["migrate"]);
    assert_eq!(tracker.rows(LINES), before);
}

#[test]
fn tt11_a_column_that_is_there_already_is_adopted_and_another_definition_is_told() {
    // Somebody has added the column by hand, just as the models say.
    let tracker = tablettracker();
    tracker
        .open("data/app.db")
        .execute_batch(
            "ALTER TABLE po_lines ADD COLUMN good_count INTEGER NOT NULL DEFAULT 0;
             UPDATE po_lines SET good_count = 4990 WHERE id = 1;",
        )
        .unwrap();
    let every = "SELECT * FROM po_lines ORDER BY id";
    let before = tracker.rows(every);
    // A migration that is made now would not run here.
    let refused = tracker.fails("2", &["generate", "second", "--from", "live"], 3);
    assert!(refused.stderr.contains("good_count"), "{}", refused.stderr);
    assert_eq!(tracker.revisions().len(), 1);

    tracker.done("2", &["check", "--adopt=migration"]);
    assert!(
        tracker.newest().contains("ADD COLUMN good_count INTEGER NOT NULL DEFAULT 0"),
        "{}",
        tracker.newest()
    );
    assert_eq!((tracker.rows(every), tracker.applied()), (before.clone(), tracker.revisions()));
    // What else the models say is generated as ever, and what the database has is left out of it.
    tracker.done("2", &["generate", "second", "--from", "live"]);
    assert!(!tracker.newest().contains("ADD COLUMN"), "{}", tracker.newest());
    tracker.done("2", &["migrate"]);
    tracker.done("2", &["check"]);
    assert_eq!(tracker.rows(every), before);

    // A new database gets the column from the files.
    let fresh = Application::new("tablet_tracker");
    for file in tracker.files() {
        fs::copy(&file, fresh.path("migrations").join(file.file_name().unwrap())).unwrap();
    }
    fresh.done("2", &["migrate"]);
    fresh.done("2", &["check"]);
    fresh.open("data/app.db").execute_batch(ROWS).unwrap();
    assert_eq!(fresh.rows("SELECT sum(good_count) FROM po_lines"), ["0"]);

    // With another definition nothing is adopted, and the difference is told.
    let other = tablettracker();
    other.open("data/app.db").execute_batch("ALTER TABLE po_lines ADD COLUMN good_count TEXT").unwrap();
    let before = other.bytes();
    let checked = other.fails("2", &["check", "--adopt=migration"], 3);
    assert!(checked.stderr.contains("po_lines.good_count"), "{}", checked.stderr);
    assert!(checked.stderr.contains("nothing was changed"), "{}", checked.stderr);
    assert_eq!(other.bytes(), before);
}
