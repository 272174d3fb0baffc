use std::{cell::RefCell, path::Path};

use clap::{ArgMatches, FromArgMatches as _};
use schema_migrate::Error;
use schema_ops::restore::with_way_back;

use crate::{
    Cli,
    arguments::{DisplayArguments, PlaceArguments},
    call::Caller,
    interrupt::Signals,
    output::{Screen, shown},
    question::{Prompter, prompter},
    registry::Registered,
    settings::{Settings, resolve},
};

/// What every command has at hand.
#[derive(Debug)]
pub(crate) struct Context<'c> {
    cli: &'c Cli,
    caller: Caller,
    screen: Screen,
    prompter: Box<dyn Prompter>,
    signals: Signals,
    /// What was asked for last: where backups of a damaged database would be.
    settings: RefCell<Option<Settings>>,
}

impl<'c> Context<'c> {
    /// `status` is the command that says where the database stands.
    pub(crate) fn new(
        cli: &'c Cli,
        caller: Caller,
        matches: &ArgMatches,
        status: &str,
    ) -> Result<Self, Error> {
        let display =
            DisplayArguments::from_arg_matches(matches).map_err(|error| Error::usage(error.to_string()))?;
        let screen = display.screen();
        let prompter = prompter(&screen, status.to_owned());
        Ok(Self { cli, caller, screen, prompter, signals: Signals::default(), settings: RefCell::default() })
    }

    /// For one of many databases. Where its result is told in a line it shows nothing and asks nobody.
    pub(crate) fn of_database(&self, database: &Path, is_silent: bool) -> Self {
        let caller = self.caller.of_database(format!("sqlite:{}", shown(database)));
        let screen = if is_silent { self.screen.silent() } else { self.screen.clone() };
        let prompter = prompter(&screen, caller.call("status"));
        let (signals, settings) = (self.signals.clone(), self.settings.clone());
        Self { cli: self.cli, caller, screen, prompter, signals, settings }
    }

    /// The error with the way back to a backup, where it is a damaged database.
    pub(crate) fn with_way_back(&self, error: Error) -> Error {
        let places = match (error.damaged(), &*self.settings.borrow()) {
            (Some(database), Some(settings)) => settings.places(database),
            _ => return error,
        };
        with_way_back(error, &places)
    }

    /// How a person calls commands of this program.
    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
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

    /// How a person calls a command of this program on this database: `cargo xtask db-migrate --to x`.
    pub(crate) fn call(&self, command: &str) -> String {
        self.caller.call(command)
    }

    /// The schemas that the program has registered.
    pub(crate) fn schemas(&self) -> &[Registered] {
        self.cli.schemas()
    }

    pub(crate) fn settings(&self, place: &PlaceArguments) -> Result<Settings, Error> {
        let settings = resolve(self.cli.schemas(), &place.place())?;
        self.settings.replace(Some(settings.clone()));
        Ok(settings)
    }
}
