use std::error::Error as StdError;
use std::fmt;
use std::path::{Path, PathBuf};

use schema_core::rusqlite;

use crate::Next;

/// What went wrong, why, what state the data is in and what to do next.
#[derive(Debug)]
pub struct Error(Box<Parts>);

#[derive(Debug)]
struct Parts {
    kind: ErrorKind,
    what: String,
    why: Option<String>,
    place: Option<String>,
    state: Option<String>,
    next: Vec<Next>,
    damaged: Option<PathBuf>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// Result of this crate's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of failure it is; each has its own exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The work was tried and failed.
    Failed,
    /// The request itself does not make sense.
    Usage,
    /// A finding: something is pending, differs or needs attention.
    Finding,
    /// A person has to decide.
    Answer,
    /// Another process holds the lock.
    Locked,
    /// What was done or found does not verify.
    Verification,
    /// A check before the work says that it would fail.
    Preflight,
    /// Somebody has asked to stop.
    Interrupted,
}

impl ErrorKind {
    /// The exit code of a program that ends with this kind of error.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Finding => 3,
            Self::Answer => 4,
            Self::Locked => 5,
            Self::Verification => 6,
            Self::Preflight => 7,
            Self::Interrupted => 130,
        }
    }
}

impl Error {
    /// An error of this kind; `what` is one sentence in lower case without a full stop.
    pub fn new(kind: ErrorKind, what: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            kind,
            what: what.into(),
            why: None,
            place: None,
            state: None,
            next: Vec::new(),
            damaged: None,
            source: None,
        }))
    }

    /// The work was tried and failed.
    pub fn failed(what: impl Into<String>) -> Self {
        Self::new(ErrorKind::Failed, what)
    }

    /// The request itself does not make sense.
    pub fn usage(what: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, what)
    }

    /// SQLite refused; `doing` completes "could not ..".
    pub fn sqlite(doing: impl fmt::Display, source: rusqlite::Error) -> Self {
        let kind = match source.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                ErrorKind::Locked
            }
            _ => ErrorKind::Failed,
        };
        Self::new(kind, format!("could not {doing}")).why(source.to_string()).source(source)
    }

    /// Says why.
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.0.why = Some(why.into());
        self
    }

    /// Says where, as `path:line`.
    pub fn place(mut self, place: impl Into<String>) -> Self {
        self.0.place = Some(place.into());
        self
    }

    /// Says what state the data is in: "nothing was changed".
    pub fn state(mut self, state: impl Into<String>) -> Self {
        self.0.state = Some(state.into());
        self
    }

    /// Adds a command or flag that leads on. Its own words are `&'static str`, so that a value among them is
    /// never taken for a command: see [`Next`].
    pub fn next(mut self, next: impl Into<Next>) -> Self {
        self.0.next.push(next.into());
        self
    }

    /// Takes the next steps away, where the caller knows better ones.
    #[must_use]
    pub fn without_next(mut self) -> Self {
        self.0.next.clear();
        self
    }

    /// Says which database file cannot be read any more, or not all of it, or is not there.
    pub fn with_damaged(mut self, database: impl Into<PathBuf>) -> Self {
        self.0.damaged = Some(database.into());
        self
    }

    /// Keeps the error that caused this one.
    pub fn source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The same error as another kind.
    pub fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// What went wrong.
    pub fn what(&self) -> &str {
        &self.0.what
    }

    /// Why it went wrong.
    pub fn reason(&self) -> Option<&str> {
        self.0.why.as_deref()
    }

    /// Where it went wrong, `path:line`.
    pub fn location(&self) -> Option<&str> {
        self.0.place.as_deref()
    }

    /// The state that the data is in.
    pub fn data_state(&self) -> Option<&str> {
        self.0.state.as_deref()
    }

    /// The database file that cannot be read any more, or not all of it.
    pub fn damaged(&self) -> Option<&Path> {
        self.0.damaged.as_deref()
    }

    /// Commands and flags that lead on.
    pub fn next_steps(&self) -> &[Next] {
        &self.0.next
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.what)?;
        if let Some(why) = &self.0.why {
            write!(formatter, ": {why}")?;
        }
        if let Some(place) = &self.0.place {
            write!(formatter, "\n   --> {place}")?;
        }
        if let Some(state) = &self.0.state {
            write!(formatter, "\n  state: {state}")?;
        }
        for (position, next) in self.0.next.iter().enumerate() {
            write!(formatter, "\n  {} {next}", if position == 0 { "next: " } else { "      " })?;
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

impl From<rusqlite::Error> for Error {
    fn from(source: rusqlite::Error) -> Self {
        Self::sqlite("use the database", source)
    }
}
