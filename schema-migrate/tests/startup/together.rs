use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use schema_core::rusqlite::Connection;

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

#[test]
fn sixteen_processes_that_start_together_apply_each_migration_once_and_all_go_on() {
    let program = program();
    for race in 0..races() {
        let home = Home::new();
        let database = home.path("app.db");
        let mut started: Vec<Child> = (0..PROCESSES).map(|_| start(&program, &database)).collect();
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
            assert_eq!(notes, "4", "race {race}: a program went on before the migrations were done");
            applied += here.parse::<usize>().unwrap();
        }
        assert_eq!(applied, 3, "race {race}: each migration is applied by one of them");
        let connection = Connection::open(&database).unwrap();
        let text = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
        assert_eq!(text("SELECT group_concat(revision, ' ') FROM runs"), "notes total more", "race {race}");
        assert_eq!(text("SELECT count(*) || ' ' || sum(done) FROM notes"), "4 2");
        assert_eq!(text("SELECT amount || '' FROM total"), "6");
        assert_eq!(text("SELECT count(*) || '' FROM _schema_migrations"), "3");
    }
}
