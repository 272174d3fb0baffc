//! `cargo xtask demo`: the main job, on an older database full of real books.

mod project;
mod queries;
mod rows;

use std::{
    ffi::OsString,
    path::Path,
    process::{Command, ExitCode, Stdio},
};

use project::Project;

const HELP: &str = "\
Takes an older, filled Tome database to today's models: compares, writes the migration, applies it, proves
that no row was lost, and runs typed repository calls and queries on the result.

Usage: cargo xtask demo [--keep]

  --keep   leave the demonstration's folder, to go on by hand

Example: cargo xtask demo --keep";

/// Runs the demonstration in a temporary folder.
pub(crate) fn run(arguments: &[OsString]) -> ExitCode {
    let keep = match arguments
        .iter()
        .map(|argument| argument.to_str().unwrap_or_default())
        .collect::<Vec<_>>()[..]
    {
        [] => false,
        ["--keep"] => true,
        ["--help" | "-h"] => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match demonstrate(keep) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn demonstrate(keep: bool) -> Result<(), String> {
    heading(1, "An older Tome database, filled", "migrations/ holds the first revision alone");
    let project = Project::create()?;
    command(project.folder(), &["db-migrate", "--no-backup", "-q"])?;
    let filled = project.fill()?;
    println!(
        "Filled     {} real books of {} languages, {} sessions, {} progress logs, {} streaks",
        filled.books,
        project.count("SELECT count(DISTINCT language) FROM books")?,
        filled.sessions,
        filled.progress_logs,
        filled.streaks
    );
    let before = rows::Snapshot::of_first_revision(&project.database())?;

    heading(
        2,
        "Compare it with today's models (examples/tome/src/models)",
        "cargo xtask db-status, db-check",
    );
    command(project.folder(), &["db-status"])?;
    // Drift is what this step is here to show: exit 3.
    command_ending(project.folder(), &["db-check"], &[3])?;

    heading(3, "Write the migration", "cargo xtask db-generate today");
    println!(
        "progress_logs.percentage becomes REAL, which rounds integers beyond 2^53: db-generate wants a yes"
    );
    println!("for that. No percentage is so large, and the yes is given.\n");
    command(project.folder(), &["db-generate", "today", "--allow-data-loss", "progress_logs.percentage"])?;
    project.show_latest_migration()?;

    heading(4, "Back the file up and apply it", "cargo xtask db-migrate");
    command(project.folder(), &["db-migrate"])?;
    command(project.folder(), &["db-status"])?;
    command(project.folder(), &["db-check"])?;

    heading(5, "No row was lost", "every cell of the old database, compared with the new one");
    before.prove(&project.database())?;

    heading(6, "Typed repositories and queries", "examples/tome/src/repositories, xtask/src/demo/queries.rs");
    queries::run(&project.database())?;

    heading(7, "And back: every step can be undone", "cargo xtask db-rollback, then db-migrate again");
    println!(
        "What the new columns hold goes with them: db-rollback wants a yes for each, and it is given.\n"
    );
    command(project.folder(), &["db-rollback", "1", "--allow-data-loss", "all"])?;
    command(project.folder(), &["db-migrate", "-q"])?;
    command(project.folder(), &["db-check"])?;

    println!("\nWhat to try next");
    if keep {
        println!("  cd {}", project.keep().display());
        println!("  sqlite3 data/tome.db                      look at it with the stock program");
    } else {
        println!(
            "  cargo xtask demo --keep                   keeps this demonstration's folder, to go on by hand"
        );
    }
    println!("  edit a struct in examples/tome/src/models, then cargo xtask db-generate my_change");
    println!("  cargo xtask db-migrate --dry-run          what would run, without running it");
    println!("  cargo xtask db-init --help                a project of your own");
    println!("  cargo xtask bench                         how fast it is, beside a C program");
    Ok(())
}

fn heading(number: usize, title: &str, how: &str) {
    println!("\n== {number}. {title}\n   {how}\n");
}

/// Runs a command of this very program in a folder, as a person would.
fn command(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    command_ending(folder, arguments, &[0])
}

fn command_ending(folder: &Path, arguments: &[&str], wanted: &[i32]) -> Result<(), String> {
    let shown = format!("cargo xtask {}", arguments.join(" "));
    println!("$ {shown}");
    let program = std::env::current_exe().map_err(|error| format!("this program has no path: {error}"))?;
    let status = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env_remove("DATABASE_URL")
        .env_remove("TOME_DATABASE_URL")
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("{shown} did not start: {error}"))?;
    match status.code() {
        Some(code) if wanted.contains(&code) => Ok(()),
        _ => Err(format!("{shown} ended with {status}")),
    }
}
