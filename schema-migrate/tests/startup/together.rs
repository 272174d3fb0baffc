use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use schema_core::rusqlite::Connection;
use schema_migrate::files::EmbeddedFile;
use schema_migrate::run::{RollbackOptions, Silent, Steps, Target, rollback};

use crate::app::Home;

const PROCESSES: usize = 16;

/// The application of `examples/startup.rs`, which `cargo test` builds beside the tests.
fn program() -> PathBuf {
    let deps = std::env::current_exe().unwrap();
    let target = deps.ancestors().nth(2).unwrap();
    let program = target.join("examples").join("startup").with_extension(std::env::consts::EXE_EXTENSION);
    assert!(program.exists(), "cargo build -p schema-migrate --example startup");
    program
}

fn start(program: &Path, database: &Path) -> Child {
    let mut command = Command::new(program);
    command.arg(database).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// How often the race is run: `STARTUP_RACES`, 50 where nothing is said.
fn races() -> usize {
    std::env::var("STARTUP_RACES").ok().and_then(|races| races.parse().ok()).unwrap_or(50)
}

/// Lets sixteen of them go at once. Gives how many revisions they have applied together.
fn run_race(program: &Path, database: &Path, wanted: &str, race: usize) -> usize {
    let mut started: Vec<Child> = (0..PROCESSES).map(|_| start(program, database)).collect();
    // All of them stand at the line before the first is let go.
    for child in &mut started {
        child.stdin.take().unwrap().write_all(b"go\n").unwrap();
    }
    let mut applied = 0;
    for child in started {
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8(ended.stdout).unwrap();
        let complaint = String::from_utf8(ended.stderr).unwrap();
        assert!(ended.status.success(), "race {race}: {complaint}");
        let (here, notes) = said.trim().split_once(' ').unwrap();
        assert_eq!(notes, wanted, "race {race}: a program went on before the migrations were done");
        applied += here.parse::<usize>().unwrap();
    }
    applied
}

/// How many backups lie beside the database, finished or not.
fn backups(database: &Path) -> usize {
    std::fs::read_dir(database.with_file_name("backups")).map_or(0, |entries| {
        let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name();
        entries.map(name).filter(|name| !name.to_string_lossy().ends_with(".json")).count()
    })
}

#[test]
fn of_sixteen_processes_on_a_filled_database_the_one_that_applies_takes_the_one_backup() {
    let program = program();
    for race in 0..races().min(5) {
        let home = Home::new();
        let database = home.path("app.db");
        assert_eq!(run_race(&program, &database, "4", race), 3);
        assert_eq!(backups(&database), 0, "an empty database needs none");
        // Back to the first, with rows; the ways back are in the history.
        let none: &'static [EmbeddedFile] = &[];
        let back = RollbackOptions { steps: Steps::Count(2), ..RollbackOptions::default() };
        rollback(&Target::new(&database, none), &back, &mut Silent).unwrap();
        assert_eq!(run_race(&program, &database, "8", race), 2);
        let found: Vec<_> = std::fs::read_dir(database.with_file_name("backups"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(backups(&database), 1, "race {race}: {found:?}");
    }
}

#[test]
fn sixteen_processes_that_start_together_apply_each_migration_once_and_all_go_on() {
    let program = program();
    for race in 0..races() {
        let home = Home::new();
        let database = home.path("app.db");
        let applied = run_race(&program, &database, "4", race);
        assert_eq!(applied, 3, "race {race}: each migration is applied by one of them");
        let connection = Connection::open(&database).unwrap();
        let text = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
        assert_eq!(text("SELECT group_concat(revision, ' ') FROM runs"), "notes total more", "race {race}");
        assert_eq!(text("SELECT count(*) || ' ' || sum(done) FROM notes"), "4 2");
        assert_eq!(text("SELECT amount || '' FROM total"), "6");
        assert_eq!(text("SELECT count(*) || '' FROM _schema_migrations"), "3");
    }
}
