//! `--rehearse`: everything runs on a copy first.

use std::fs;

use schema_migrate::run::{Event, MigrateOptions, Observer, Rehearsal, Silent, TableRows, migrate};

use super::support::World;

const REHEARSED: fn() -> MigrateOptions<'static> =
    || MigrateOptions { rehearse: true, ..MigrateOptions::default() };

#[derive(Default)]
struct Seen(Option<Rehearsal>);

impl Observer for Seen {
    fn event(&mut self, event: &Event<'_>) {
        if let Event::Rehearsed { rehearsal } = event {
            self.0 = Some((*rehearsal).clone());
        }
    }
}

fn left(world: &World) -> Vec<String> {
    let entries = fs::read_dir(world.home.path()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains("rehearsal")).collect()
}

fn world() -> World {
    let world = World::library();
    world.sql("PRAGMA journal_mode=WAL");
    world.write(
        "thin",
        "DELETE FROM books WHERE id % 2 = 0; CREATE TABLE tags(a); INSERT INTO tags VALUES (1), (2);",
        "DROP TABLE tags;",
    );
    world
}

#[test]
fn the_rehearsal_tells_time_and_rows_and_the_run_comes_out_the_same() {
    let world = world();
    let mut seen = Seen::default();
    let report = migrate(&world.target, &REHEARSED(), &mut seen).unwrap();
    let rehearsal = report.rehearsal.unwrap();
    assert_eq!(rehearsal.revisions.len(), 1);
    assert!(rehearsal.expected() > std::time::Duration::ZERO);
    let rows = |table: &str, before, after| TableRows { table: table.to_owned(), before, after };
    assert_eq!(rehearsal.tables, [rows("books", Some(300), Some(150)), rows("tags", None, Some(2))]);
    assert!(rehearsal.differences.is_empty() && report.warnings.is_empty(), "{:?}", report.warnings);
    assert_eq!(seen.0.unwrap().tables, rehearsal.tables);
    assert_eq!(world.count("SELECT count(*) FROM books"), 150);
    assert!(left(&world).is_empty());
}

#[test]
fn a_dry_rehearsal_is_only_the_rehearsal() {
    let world = world();
    let before = world.dump();
    let options = MigrateOptions { dry_run: true, ..REHEARSED() };
    let report = migrate(&world.target, &options, &mut Silent).unwrap();
    assert!(report.dry_run && report.rehearsal.is_some());
    assert_eq!(world.dump(), before);
    assert!(left(&world).is_empty());
}

#[test]
fn a_rehearsal_that_fails_says_that_the_database_was_not_touched() {
    let world = world();
    world.write("broken", "CREATE UNIQUE INDEX one ON books(pages);", "");
    let before = world.dump();
    let error = migrate(&world.target, &REHEARSED(), &mut Silent).unwrap_err();
    assert_eq!(error.kind().exit_code(), 1, "{error}");
    assert_eq!(error.data_state(), Some("the rehearsal on a copy failed; the database was not touched"));
    assert_eq!(world.dump(), before);
    assert!(left(&world).is_empty());
}

/// Another program, which writes between the rehearsal and the run.
struct Others<'c>(&'c schema_core::rusqlite::Connection);
impl Observer for Others<'_> {
    fn event(&mut self, event: &Event<'_>) {
        if matches!(event, Event::Rehearsed { .. }) {
            self.0.execute("INSERT INTO authors VALUES (999, 'somebody')", []).unwrap();
        }
    }
}

#[test]
fn rows_that_come_out_otherwise_are_a_warning_and_rows_of_others_are_none() {
    let world = World::library();
    // Depends on what is not the same in both runs.
    world.write(
        "moment",
        "DELETE FROM books WHERE (SELECT file FROM pragma_database_list WHERE name = 'main') LIKE '%rehearsal%' AND id < 10;",
        "",
    );
    let writer = world.connection();
    let report = migrate(&world.target, &REHEARSED(), &mut Others(&writer)).unwrap();
    let told: Vec<&String> =
        report.warnings.iter().filter(|text| text.contains("in the rehearsal")).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("books: 300 -> 297 rows in the rehearsal, 300 -> 300 rows"), "{told:?}");
    assert_eq!(report.rehearsal.unwrap().differences.len(), 1);
}

#[cfg(unix)]
#[test]
fn the_copy_is_for_its_owner_alone_and_what_a_stopped_one_left_is_taken_away() {
    use std::os::unix::fs::PermissionsExt as _;

    struct Look(std::path::PathBuf, Vec<u32>);
    impl Observer for Look {
        fn event(&mut self, event: &Event<'_>) {
            if matches!(event, Event::Progress { .. }) && self.0.exists() {
                self.1.push(fs::metadata(&self.0).unwrap().permissions().mode() & 0o777);
            }
        }
    }
    let world = world();
    let folder = world.home.path().join(".rehearsal-app.db");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("app.db"), "half").unwrap();
    let mut look = Look(folder.clone(), Vec::new());
    migrate(&world.target, &REHEARSED(), &mut look).unwrap();
    assert!(!look.1.is_empty() && look.1.iter().all(|mode| *mode == 0o700), "{:?}", look.1);
    assert!(left(&world).is_empty());
}
