use super::application::Application;

const ROWS: &str =
    "INSERT INTO users (id, email) VALUES ('01', 'ann@example.org'), ('02', 'ben@example.org');";

fn velist() -> Application {
    Application::first("velist", ROWS)
}

#[test]
fn v08_generate_writes_what_the_models_say() {
    let velist = velist().with_second();
    assert_eq!(velist.files().len(), 2);
    assert!(velist.newest().contains("CREATE TABLE \"tasks\""), "{}", velist.newest());
}

#[test]
fn v09_migrate_applies_it_and_keeps_the_rows() {
    let velist = velist().with_second();
    let before = velist.rows("SELECT * FROM users ORDER BY id");
    velist.done("2", &["migrate"]);
    assert_eq!(velist.rows("SELECT * FROM users ORDER BY id"), before);
    velist
        .open("data/app.db")
        .execute_batch("INSERT INTO tasks (id, user_id, title) VALUES ('t1', '01', 'Water the plants')")
        .unwrap();
    assert_eq!(velist.rows("SELECT status FROM tasks"), ["pending"]);
}

#[test]
fn v10_refresh_deletes_migrates_and_seeds_and_a_seed_may_come_twice() {
    let velist = Application::new("velist");
    velist.done("1", &["generate", "initial"]);
    velist.done("1", &["migrate"]);
    velist.done("1", &["seed"]);
    let seeded = velist.rows("SELECT * FROM users ORDER BY id");
    assert_eq!(seeded.len(), 2);
    velist.done("1", &["seed"]);
    assert_eq!(velist.rows("SELECT * FROM users ORDER BY id"), seeded);
    velist.open("data/app.db").execute_batch("INSERT INTO users VALUES ('99', 'mine@example.org')").unwrap();
    let asked = velist.fails("1", &["refresh"], 4);
    assert!(asked.stderr.contains("--allow-data-loss"), "{}", asked.stderr);
    assert_eq!(velist.rows("SELECT count(*) FROM users"), ["3"]);
    velist.done("1", &["refresh", "--allow-data-loss", "all"]);
    assert_eq!(velist.rows("SELECT * FROM users ORDER BY id"), seeded);
    assert_eq!(velist.applied(), velist.revisions());
}

#[test]
fn v18_a_reference_has_its_index_in_the_file() {
    let velist = velist().with_second();
    assert!(
        velist.newest().contains("CREATE INDEX \"tasks_user_id_idx\" ON \"tasks\" (\"user_id\")"),
        "{}",
        velist.newest()
    );
    velist.done("2", &["migrate"]);
    assert_eq!(
        velist.rows(
            "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'tasks' AND sql IS NOT NULL"
        ),
        ["tasks_user_id_idx"]
    );
}
