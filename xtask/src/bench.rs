//! `cargo xtask bench`: speed against a C program, and compile time.

mod compile;
mod speed;

use std::{ffi::OsString, process::ExitCode};

const HELP: &str = "\
Measures this framework.

Usage: cargo xtask bench [speed|compile]

  speed     lookups, loads, inserts and updates, in turns with a C program on the same SQLite library
  compile   check and build times of a generated crate of 100 models
            (both, where none is named)

Example: cargo xtask bench speed";

/// Runs the benchmarks that are named.
pub(crate) fn run(arguments: &[OsString]) -> ExitCode {
    let outcome = match arguments
        .iter()
        .map(|argument| argument.to_str().unwrap_or_default())
        .collect::<Vec<_>>()[..]
    {
        ["speed"] => speed::run(),
        ["compile"] => compile::run(),
        [] => speed::run().and_then(|()| compile::run()),
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
