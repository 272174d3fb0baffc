//! This workspace's own commands: a user's `xtask`, and what only a framework needs.

mod command;
mod test;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    match arguments.first().and_then(|first| command::Command::named(first)) {
        Some(command) => command.run(&arguments[1..]),
        None => schema_cli::Cli::new().called_as("cargo xtask db-").run_with(arguments),
    }
}
