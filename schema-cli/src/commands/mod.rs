//! One file a command: it asks the library, shows what it says and gives it as JSON.

mod context;
mod init;

use clap::{ArgMatches, Args, FromArgMatches};
use schema_migrate::Error;

pub(crate) use context::Context;

use crate::{arguments, output::Outcome};

/// A command.
pub(crate) struct Command {
    /// Its word behind `db-`.
    pub(crate) name: &'static str,
    /// What it does, in a line.
    pub(crate) about: &'static str,
    /// A call of it, behind `db-`.
    pub(crate) example: &'static str,
    /// Adds its arguments to a parser.
    pub(crate) arguments: fn(clap::Command) -> clap::Command,
    /// Runs it.
    pub(crate) run: fn(&Context<'_>, &ArgMatches) -> Result<Outcome, Error>,
}

/// Every command, in the order in which a person meets them.
pub(crate) const ALL: &[Command] = &[Command {
    name: "init",
    about: "start a project: models, xtask and schema.toml",
    example: "init my-app",
    arguments: arguments::InitArguments::augment_args,
    run: |context, matches| init::run(context, &read(matches)?),
}];

/// Whether this is the word of a command.
pub(crate) fn is_known(word: &str) -> bool {
    word == "help" || ALL.iter().any(|command| command.name == word)
}

fn read<A: FromArgMatches>(matches: &ArgMatches) -> Result<A, Error> {
    A::from_arg_matches(matches).map_err(|error| Error::usage(error.to_string()))
}
