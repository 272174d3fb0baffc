use clap::Args;

use crate::{
    output::{Screen, Verbosity},
    settings::Place,
};

/// How a command speaks.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct DisplayArguments {
    /// Print one JSON object, also on errors
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
    /// Print results and errors alone
    #[arg(long, short, conflicts_with = "verbose", help_heading = "Output")]
    quiet: bool,
    /// Print every step
    #[arg(long, short, help_heading = "Output")]
    verbose: bool,
}

impl DisplayArguments {
    pub(crate) fn screen(self) -> Screen {
        let verbosity = match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        };
        Screen::new(self.json, verbosity)
    }
}

/// Which schema and which database.
#[derive(Args, Clone, Debug)]
pub(crate) struct PlaceArguments {
    /// Work on this schema instead of the default of schema.toml
    #[arg(long, value_name = "NAME", help_heading = "Where")]
    schema: Option<String>,
    /// Work on this database instead of the configured one
    #[arg(long, value_name = "URL", help_heading = "Where")]
    url: Option<String>,
}

impl PlaceArguments {
    pub(crate) fn place(&self) -> Place {
        Place { schema: self.schema.clone(), url: self.url.clone() }
    }
}
