//! `cargo xtask bench`: speed against a C program, the diff engine, and compile time.

mod compile;
mod diff;
mod speed;
mod test_db;

use std::{ffi::OsString, process::ExitCode};

const HELP: &str = "\
Measures this framework.

Usage: cargo xtask bench [speed|diff|compile|test-db]

  speed     lookups, loads, inserts and updates, in turns with a C program on the same SQLite library
  diff      inspection and comparison of 100, 1,000 and 5,000 tables; the rebuild of 2,000,000 rows, in
            turns with the statements that it needs
  compile   check and build times of a generated crate of 100 models
  test-db   a migrated database for a test: the first of a program, and each that follows
            (all, where none is named)

Example: cargo xtask bench speed";

/// Runs the benchmarks that are named.
pub(crate) fn run(arguments: &[OsString]) -> ExitCode {
    let outcome = match arguments
        .iter()
        .map(|argument| argument.to_str().unwrap_or_default())
        .collect::<Vec<_>>()[..]
    {
        ["speed"] => speed::run(),
        ["diff"] => diff::run(),
        ["compile"] => compile::run(),
        ["test-db"] => test_db::run(),
        [] => speed::run()
            .and_then(|()| diff::run())
            .and_then(|()| compile::run())
            .and_then(|()| test_db::run()),
        ["--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        _ => {
            eprintln!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a command to its end; its name and status where it fails.
fn finish(command: &mut std::process::Command) -> Result<(), String> {
    let shown = format!("{command:?}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{shown} ended with {status}")),
        Err(error) => Err(format!("{shown} did not start: {error}")),
    }
}

/// This workspace's cargo.
fn cargo() -> std::process::Command {
    let mut command = std::process::Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(crate::root());
    command
}
