use std::{
    fmt::Display,
    io::{self, IsTerminal as _, Write},
};

use schema_migrate::Error;
use serde::Serialize;

use super::{failure, locale};

/// How much a command says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// Results and errors alone.
    Quiet,
    /// What is done, too.
    Normal,
    /// Every step, too.
    Verbose,
}

/// Where a command's words go: results to stdout, everything else to stderr.
///
/// A closed pipe is no error: whoever read the output has read enough.
#[derive(Clone, Debug)]
pub(crate) struct Screen {
    json: bool,
    verbosity: Verbosity,
    utf8: bool,
}

impl Screen {
    pub(crate) fn new(json: bool, verbosity: Verbosity) -> Self {
        Self { json, verbosity, utf8: locale::is_utf8() }
    }

    /// A screen that shows nothing, for one of many things whose result is told in a line.
    pub(crate) fn silent(&self) -> Self {
        Self { json: true, ..self.clone() }
    }

    pub(crate) fn is_verbose(&self) -> bool {
        self.verbosity == Verbosity::Verbose
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Whether a question can be put to a person.
    pub(crate) fn is_interactive(&self) -> bool {
        !self.json && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Whether a moving bar is of use to anybody.
    pub(crate) fn shows_progress(&self) -> bool {
        !self.json && self.verbosity > Verbosity::Quiet && io::stderr().is_terminal()
    }

    /// The result that was asked for, also under `-q`.
    pub(crate) fn result(&self, text: impl Display) {
        if !self.json {
            self.write(&mut anstream::stdout().lock(), &text.to_string());
        }
    }

    /// What is done, on stdout.
    pub(crate) fn line(&self, text: impl Display) {
        if self.verbosity >= Verbosity::Normal {
            self.result(text);
        }
    }

    /// Every step, on stdout under `-v`.
    pub(crate) fn detail(&self, text: impl Display) {
        if self.verbosity >= Verbosity::Verbose {
            self.result(text);
        }
    }

    /// What a person should know although nothing failed, on stderr.
    pub(crate) fn warning(&self, text: impl Display) {
        if !self.json {
            self.write(&mut anstream::stderr().lock(), &format!("warning: {text}"));
        }
    }

    /// Words around a question, on stderr.
    pub(crate) fn aside(&self, text: impl Display) {
        if !self.json {
            self.write(&mut anstream::stderr().lock(), &text.to_string());
        }
    }

    pub(crate) fn error(&self, error: &Error) {
        self.write(&mut anstream::stderr().lock(), &failure::text(error));
    }

    /// The one object of `--json`.
    pub(crate) fn json(&self, value: &impl Serialize) {
        if let Ok(text) = self.json_text(value) {
            drop(writeln!(io::stdout().lock(), "{text}"));
        }
    }

    pub(crate) fn json_text(&self, value: &impl Serialize) -> serde_json::Result<String> {
        let text = serde_json::to_string(value)?;
        Ok(if self.utf8 { text } else { locale::ascii_json(&text).into_owned() })
    }

    fn write(&self, stream: &mut impl Write, text: &str) {
        let text = if self.utf8 { text.into() } else { locale::ascii(text) };
        drop(writeln!(stream, "{text}"));
    }
}
