//! This workspace's own commands: a user's `xtask`, and what only a framework needs.

mod bench;
mod command;
mod crash_test;
mod demo;
mod flags;
mod fuzz_diff;
mod fuzz_inspect;
mod fuzz_queries;
mod test;

use std::{path::Path, process::ExitCode};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    if arguments.first().is_none_or(|first| first == "help" || first == "--help") {
        println!("{}\n", command::HELP);
    }
    match arguments.first().and_then(|first| command::Command::named(first)) {
        Some(command) => command.run(&arguments[1..]),
        None => schema_cli::Cli::new()
            .schema::<tome::Tome>()
            .seed::<tome::Tome>(|tx, progress| {
                tome::seed(tx, |done, total| progress.at("books", done, total))
            })
            .query("books of an author", || tome::books_of("Austen, Jane"))
            .called_as("cargo xtask db-")
            .run_with(arguments),
    }
}

/// The folder of this workspace.
fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}
