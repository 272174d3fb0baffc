//! The one error type of the crate.

use std::{error::Error as StdError, fmt, path::Path};

use crate::{
    engine::sqlite::{Failure, known},
    model::TableDef,
    value::{CellError, ValueError},
};

/// What went wrong, why, and what state the data is in.
///
/// Opaque: ask its predicates ([`is_not_found`](Self::is_not_found), [`is_stale`](Self::is_stale),
/// [`is_busy`](Self::is_busy), [`violates`](Self::violates)) and print it for the rest.
pub struct Error(Box<Parts>);

/// A result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

struct Parts {
    kind: Kind,
    message: String,
    violation: Option<Violation>,
    invalid: Vec<InvalidField>,
    sqlite_code: Option<i32>,
    /// Whether the statement's text helps to find what the message is about.
    names_statement: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// No row where one was asked for.
    NotFound,
    /// Several rows where one was asked for.
    TooManyRows,
    /// The row was changed by somebody else since it was read.
    Stale,
    /// Another connection held the database for longer than the deadline.
    Busy,
    /// Somebody has cancelled what ran.
    Cancelled,
    /// What ran took longer than it may.
    TimedOut,
    /// A constraint refused the row.
    Violation,
    /// A check function of the model refused a value.
    Invalid,
    /// A value does not fit its column or its Rust type.
    Value,
    /// The database lacks a table or column that the models have.
    BehindSchema,
    /// The database file cannot be opened or read.
    Database,
    /// The call does not make sense here.
    Misuse,
    /// The schema or the handle admits no writes.
    ReadOnly,
    /// Everything else that the engine reports.
    Engine,
    /// The application's own.
    Other,
}

/// Which constraint refused a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// What kind of constraint it is.
    pub kind: ViolationKind,
    /// The table, where the engine tells.
    pub table: Option<String>,
    /// The columns in the order of the constraint, where the engine tells.
    pub columns: Vec<String>,
    /// Name of the CHECK or index, where it has one.
    pub constraint: Option<String>,
}

/// What kind of constraint refused a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViolationKind {
    /// UNIQUE or a unique index.
    Unique,
    /// PRIMARY KEY.
    PrimaryKey,
    /// NOT NULL.
    NotNull,
    /// CHECK.
    Check,
    /// FOREIGN KEY.
    ForeignKey,
    /// RAISE in a trigger, `append_only` included.
    Trigger,
}

/// A value that a `check_fn` of the model refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidField {
    /// The table.
    pub table: String,
    /// The column's name in the table.
    pub column: String,
    /// The field of the model.
    pub field: String,
    /// Which of several rows it is in, from 0; None where there is one.
    pub row: Option<usize>,
    /// What the function said.
    pub message: String,
}

impl fmt::Display for InvalidField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row {
            Some(row) => write!(f, "row {row}, `{}`: {}", self.field, self.message),
            None => write!(f, "`{}`: {}", self.field, self.message),
        }
    }
}

impl Error {
    /// An error of the application's own, to end a transaction with: `Err(Error::other(OutOfStock))`.
    /// [`downcast_ref`](Self::downcast_ref) gives it back.
    #[cold]
    pub fn other(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let error = error.into();
        let mut parts = Self::new(Kind::Other, error.to_string());
        parts.0.source = Some(error);
        parts
    }

    /// The application's own error in [`other`](Self::other), where it is a `T`.
    pub fn downcast_ref<T: StdError + 'static>(&self) -> Option<&T> {
        match self.0.kind {
            Kind::Other => self.0.source.as_ref()?.downcast_ref(),
            _ => None,
        }
    }

    #[cold]
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            kind,
            message: message.into(),
            violation: None,
            invalid: Vec::new(),
            sqlite_code: None,
            names_statement: false,
            source: None,
        }))
    }

    pub(crate) fn misuse(message: impl Into<String>) -> Self {
        Self::new(Kind::Misuse, message)
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// The failure of a statement that somebody has written by hand: what it names may be in no model.
    fn of_raw(code: i32, message: String) -> Self {
        let mut error = Self::from(Failure { code, message: message.clone() });
        if error.is_behind_schema() {
            error.0.message = format!(
                "{message}: the database does not have it; if the models do, apply the migrations (db-migrate)"
            );
        }
        error
    }

    /// The failure of a statement that somebody has written by hand, with bound values.
    #[cold]
    pub(crate) fn of_written(failure: Failure) -> Self {
        Self::of_raw(failure.code, failure.message)
    }

    pub(crate) fn with_violation(mut self, violation: Violation) -> Self {
        self.0.violation = Some(violation);
        self
    }

    /// Adds the table to a violation whose message names none.
    pub(crate) fn in_table(mut self, table: &str) -> Self {
        if let Some(violation) = &mut self.0.violation {
            violation.table.get_or_insert_with(|| table.to_owned());
        }
        self
    }

    /// Adds the index whose columns the message names.
    pub(crate) fn of_index(mut self, index: &str) -> Self {
        let is_new =
            self.0.violation.as_mut().is_some_and(|violation| {
                violation.constraint.get_or_insert_with(|| index.to_owned()) == index
            });
        if is_new {
            let unchanged = "; nothing was changed";
            let (what, end) = match self.0.message.strip_suffix(unchanged) {
                Some(what) => (what, unchanged),
                None => (&*self.0.message, ""),
            };
            self.0.message = format!("{what} (unique index {index}){end}");
        }
        self
    }

    pub(crate) fn with_sqlite_code(mut self, code: i32) -> Self {
        self.0.sqlite_code = Some(code);
        self
    }

    /// The statement's text is to stand behind the message, where somebody knows it.
    pub(crate) fn naming_statement(mut self) -> Self {
        self.0.names_statement = true;
        self
    }

    /// Says more of what SQLite has refused in few words: what it means, what to do, and in which statement.
    #[cold]
    pub(crate) fn in_statement(mut self, sql: &str) -> Self {
        /// Enough for the tables and columns of most statements.
        const SHOWN: usize = 400;
        if std::mem::take(&mut self.0.names_statement) {
            let shown: String = sql.chars().take(SHOWN).collect();
            let dots = if shown.len() < sql.len() { ".." } else { "" };
            let words = known(&self.0.message).map(|(_, words)| format!(": {words}")).unwrap_or_default();
            self.0.message = format!("{}{words}; nothing was changed (in `{shown}{dots}`)", self.0.message);
        }
        self
    }

    /// Puts what was being done before the message: `inserting into books: ..`.
    #[cold]
    pub(crate) fn context(mut self, doing: impl fmt::Display) -> Self {
        self.0.message = format!("{doing}: {}", self.0.message);
        self
    }

    /// Puts what to do next behind the message.
    #[cold]
    pub(crate) fn hint(mut self, next: &str) -> Self {
        self.0.message.push_str(next);
        self
    }

    /// A database file that cannot be used, and why.
    #[cold]
    pub(crate) fn database(path: &Path, why: impl fmt::Display) -> Self {
        Self::new(Kind::Database, format!("{}: {why}", path.display()))
    }

    #[cold]
    pub(crate) fn not_found(table: &TableDef, key: &str) -> Self {
        Self::new(Kind::NotFound, format!("no row of `{}` with {key}", table.name))
    }

    /// A cell that does not fit, with where it stands.
    #[cold]
    pub(crate) fn cell(error: CellError, table: &str, column: &str, key: &str) -> Self {
        let of = if key.is_empty() { String::new() } else { format!(" of the row with {key}") };
        Self::new(Kind::Value, format!("column `{table}.{column}`{of}: {error}")).with_source(error)
    }

    /// A value that no SQL value can hold, with the column that it was meant for.
    #[cold]
    pub(crate) fn value(error: ValueError, table: &str, column: &str) -> Self {
        Self::new(Kind::Value, format!("value for `{table}.{column}`: {error}; nothing was changed"))
            .with_source(error)
    }

    /// Values that check functions refused, in the order of rows and columns.
    #[cold]
    pub(crate) fn invalid_fields(invalid: Vec<InvalidField>) -> Self {
        /// More are in [`Error::invalid`] and would not be read here.
        const SHOWN: usize = 10;
        let mut shown: Vec<String> = invalid.iter().take(SHOWN).map(ToString::to_string).collect();
        if let Some(more @ 1..) = invalid.len().checked_sub(SHOWN) {
            shown.push(format!("and {more} more"));
        }
        let table = invalid.first().map_or("", |field| &*field.table);
        let message = format!("invalid values for `{table}`: {}; nothing was changed", shown.join("; "));
        let mut error = Self::new(Kind::Invalid, message);
        error.0.invalid = invalid;
        error
    }

    /// Says which of several rows the refused values are in.
    #[cold]
    pub(crate) fn in_row(self, row: usize) -> Self {
        let invalid = self.0.invalid.into_iter();
        Self::invalid_fields(invalid.map(|field| InvalidField { row: Some(row), ..field }).collect())
    }

    /// No row where one was asked for.
    pub fn is_not_found(&self) -> bool {
        self.0.kind == Kind::NotFound
    }

    /// Several rows where `one` or `optional` asked for one.
    pub fn is_too_many_rows(&self) -> bool {
        self.0.kind == Kind::TooManyRows
    }

    /// The row was changed by somebody else since it was read: its `version` is another.
    pub fn is_stale(&self) -> bool {
        self.0.kind == Kind::Stale
    }

    /// Another connection held the database for longer than the deadline. Nothing was changed.
    pub fn is_busy(&self) -> bool {
        self.0.kind == Kind::Busy
    }

    /// Somebody has cancelled it ([`CancelHandle`](crate::CancelHandle)). What it had done was undone.
    pub fn is_cancelled(&self) -> bool {
        self.0.kind == Kind::Cancelled
    }

    /// It took longer than the handle's timeout ([`Db::with_timeout`](crate::Db::with_timeout)). What it
    /// had done was undone.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == Kind::TimedOut
    }

    /// The schema or the handle admits no writes.
    pub fn is_read_only(&self) -> bool {
        self.0.kind == Kind::ReadOnly
    }

    /// A value does not fit its column, or a cell its Rust type.
    pub fn is_value(&self) -> bool {
        self.0.kind == Kind::Value
    }

    /// The call does not make sense here: a mistake in the program.
    pub fn is_misuse(&self) -> bool {
        self.0.kind == Kind::Misuse
    }

    /// The database lacks a table or column that the models have: migrations are pending. So says a statement
    /// of your own (`sqlite_raw`), too, whatever it names that is not there.
    pub fn is_behind_schema(&self) -> bool {
        self.0.kind == Kind::BehindSchema
    }

    /// The database file cannot be used: missing, no database, damaged, not permitted, on a full or
    /// failing disk.
    pub fn is_unusable(&self) -> bool {
        self.0.kind == Kind::Database
    }

    /// A `check_fn` of the model refused a value, before any SQL ran; [`invalid`](Self::invalid) lists them.
    pub fn is_invalid(&self) -> bool {
        self.0.kind == Kind::Invalid
    }

    /// Every value that a `check_fn` refused; empty where the error is another.
    pub fn invalid(&self) -> &[InvalidField] {
        &self.0.invalid
    }

    /// The constraint that refused the row.
    pub fn violation(&self) -> Option<&Violation> {
        self.0.violation.as_ref()
    }

    /// SQLite's extended result code, where the error comes from SQLite. <https://sqlite.org/rescode.html>
    pub fn sqlite_code(&self) -> Option<i32> {
        self.0.sqlite_code
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.0.source.as_ref()?;
        match self.0.kind {
            // Its text is this error's text already.
            Kind::Other => source.source(),
            _ => Some(source.as_ref()),
        }
    }
}

#[diagnostic::do_not_recommend]
impl From<Failure> for Error {
    #[cold]
    fn from(failure: Failure) -> Self {
        crate::engine::sqlite::explain(&failure)
    }
}

#[diagnostic::do_not_recommend]
impl From<rusqlite::Error> for Error {
    #[cold]
    fn from(error: rusqlite::Error) -> Self {
        match &error {
            rusqlite::Error::SqliteFailure(code, message) => {
                let message = message.clone().unwrap_or_else(|| code.to_string());
                Self::of_raw(code.extended_code, message).with_source(error)
            }
            rusqlite::Error::SqlInputError { error: code, msg, .. } => {
                Self::of_raw(code.extended_code, msg.clone()).with_source(error)
            }
            _ => Self::new(Kind::Engine, error.to_string()).with_source(error),
        }
    }
}

/// Errors of the standard library and of JSON: `?` carries them out of a transaction like [`Error::other`].
macro_rules! others {
    ($($type:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl From<$type> for Error {
            #[cold]
            fn from(error: $type) -> Self {
                Self::other(error)
            }
        }
    )*};
}
others! {
    std::io::Error
    std::num::ParseIntError
    std::num::ParseFloatError
    std::str::Utf8Error
    std::string::FromUtf8Error
    serde_json::Error
    Box<dyn StdError + Send + Sync>
}
