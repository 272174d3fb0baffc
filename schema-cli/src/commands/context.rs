use clap::{ArgMatches, FromArgMatches as _};
use schema_migrate::Error;

use crate::{
    Cli,
    arguments::{DisplayArguments, PlaceArguments},
    interrupt::Signals,
    output::Screen,
    question::{Prompter, prompter},
    registry::Registered,
    settings::{Settings, resolve},
};

/// What every command has at hand.
#[derive(Debug)]
pub(crate) struct Context<'c> {
    cli: &'c Cli,
    screen: Screen,
    prompter: Box<dyn Prompter>,
    signals: Signals,
}

impl<'c> Context<'c> {
    /// `status` is the command that says where the database stands.
    pub(crate) fn new(cli: &'c Cli, matches: &ArgMatches, status: &str) -> Result<Self, Error> {
        let display =
            DisplayArguments::from_arg_matches(matches).map_err(|error| Error::usage(error.to_string()))?;
        let screen = display.screen();
        let prompter = prompter(&screen, status.to_owned());
        Ok(Self { cli, screen, prompter, signals: Signals::default() })
    }

    /// For one of many databases, whose result is told in a line: it shows nothing and asks nobody.
    pub(crate) fn silent(&self) -> Self {
        let screen = self.screen.silent();
        let prompter = prompter(&screen, String::new());
        Self { cli: self.cli, screen, prompter, signals: self.signals.clone() }
    }

    /// The error with its commands written as this program is called.
    pub(crate) fn localise_error(&self, error: &Error) -> Error {
        self.cli.localise_error(error)
    }

    pub(crate) fn screen(&self) -> &Screen {
        &self.screen
    }

    /// What Ctrl-C does.
    pub(crate) fn signals(&self) -> &Signals {
        &self.signals
    }

    /// Who answers the questions.
    pub(crate) fn prompter(&self) -> &dyn Prompter {
        &*self.prompter
    }

    /// How a person calls a command of this program: `cargo xtask db-migrate --to x`.
    pub(crate) fn call(&self, command: &str) -> String {
        format!("{}{command}", self.cli.prefix())
    }

    /// The schemas that the program has registered.
    pub(crate) fn schemas(&self) -> &[Registered] {
        self.cli.schemas()
    }

    pub(crate) fn settings(&self, place: &PlaceArguments) -> Result<Settings, Error> {
        resolve(self.cli.schemas(), &place.place())
    }
}
