use std::fmt;

use super::{Lint, Severity};
use crate::diff::Path;

/// One place of which a person should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing it is.
    pub lint: &'static Lint,
    /// The table, under its new name; empty where it is about none.
    pub table: String,
    /// What exactly it is about: `users.age`, an index, a view.
    pub object: String,
    /// What is found there, in one line.
    pub text: String,
}

impl Finding {
    /// A finding about a table, or a part of it.
    pub(super) fn of(lint: &'static Lint, path: &[&str], text: impl Into<String>) -> Self {
        Self {
            lint,
            table: path.first().copied().unwrap_or_default().to_owned(),
            object: Path::new(path.iter().copied()).to_string(),
            text: text.into(),
        }
    }

    /// A finding about something that has a name of its own: an index, a trigger.
    pub(super) fn named(lint: &'static Lint, table: &str, object: &str, text: impl Into<String>) -> Self {
        let object = Path::new([object]).to_string();
        Self { lint, table: table.to_owned(), object, text: text.into() }
    }

    /// The code, `L007`.
    pub fn code(&self) -> &'static str {
        self.lint.code
    }

    /// How much it matters.
    pub fn severity(&self) -> Severity {
        self.lint.severity
    }
}

/// `L010 books.author_id: what is found there`.
impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let object = if self.object.is_empty() { String::new() } else { format!("{}: ", self.object) };
        // One line, whatever a name or a definition holds.
        let line = format!("{} {object}{}", self.lint.code, self.text);
        formatter.write_str(&line.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}
