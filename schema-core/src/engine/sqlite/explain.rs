//! SQLite's result codes as errors that say what happened to the data.

use rusqlite::ffi;

use super::{Failure, refused::known};
use crate::error::{Error, Kind, Violation, ViolationKind};

/// The error for what SQLite answered.
#[cold]
pub(crate) fn explain(failure: &Failure) -> Error {
    let message = &failure.message;
    let error = match failure.primary_code() {
        ffi::SQLITE_CONSTRAINT => return violation(failure),
        ffi::SQLITE_BUSY if failure.code == ffi::SQLITE_BUSY_SNAPSHOT => Error::new(
            Kind::Busy,
            "another connection has written since this transaction first read; nothing was changed: \
             begin the transaction anew",
        ),
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED | ffi::SQLITE_PROTOCOL => Error::new(
            Kind::Busy,
            format!(
                "the database is in use by another connection ({message}); nothing was changed: try again"
            ),
        ),
        ffi::SQLITE_READONLY if failure.code == ffi::SQLITE_READONLY_DBMOVED => Error::new(
            Kind::Database,
            "the database file was moved, replaced or deleted while it was open; nothing was changed: \
             put it back, and start the program anew",
        ),
        ffi::SQLITE_READONLY if failure.code == ffi::SQLITE_READONLY_ROLLBACK => Error::new(
            Kind::Database,
            "the program that wrote last was interrupted, and what it left must be rolled back first, which \
             a read-only connection may not do; nothing was changed: open the database with the program \
             that owns it",
        ),
        ffi::SQLITE_READONLY
            if matches!(
                failure.code,
                ffi::SQLITE_READONLY_RECOVERY
                    | ffi::SQLITE_READONLY_CANTLOCK
                    | ffi::SQLITE_READONLY_CANTINIT
                    | ffi::SQLITE_READONLY_DIRECTORY
            ) =>
        {
            Error::new(
                Kind::Database,
                format!("a file beside the database cannot be written ({message}); nothing was changed"),
            )
        }
        ffi::SQLITE_READONLY => {
            Error::new(Kind::ReadOnly, format!("the database is read-only ({message}); nothing was changed"))
        }
        ffi::SQLITE_ERROR if message.starts_with("cannot modify ") && message.ends_with(" it is a view") => {
            Error::new(
                Kind::ReadOnly,
                format!(
                    "{message}: views are only read, and so is a table whose `optional` column this database \
                     lacks; nothing was changed"
                ),
            )
        }
        ffi::SQLITE_MISUSE if message.starts_with("more than one SQL statement") => {
            Error::new(Kind::Misuse, format!("the text holds {message}: run each by itself; nothing was run"))
        }
        ffi::SQLITE_NOTADB => Error::new(
            Kind::Database,
            format!("the file is no SQLite database, or it is encrypted ({message}); nothing was changed"),
        ),
        ffi::SQLITE_CORRUPT => Error::new(
            Kind::Database,
            format!(
                "the database file is damaged ({message}); restore a backup, or recover what can be read"
            ),
        ),
        ffi::SQLITE_CANTOPEN => Error::new(Kind::Database, format!("the file cannot be opened ({message})")),
        ffi::SQLITE_FULL => {
            Error::new(Kind::Database, format!("the disk is full ({message}); the statement was undone"))
        }
        ffi::SQLITE_IOERR => Error::new(
            Kind::Database,
            format!("the disk or the file system failed ({message}); the statement was undone"),
        ),
        ffi::SQLITE_TOOBIG => {
            Error::new(Kind::Value, format!("longer than SQLite admits ({message}); nothing was changed"))
        }
        ffi::SQLITE_INTERRUPT => {
            Error::new(Kind::Cancelled, "the query was cancelled while it ran; what it had done was undone")
        }
        ffi::SQLITE_ERROR
            if message.starts_with("no such table") || message.starts_with("no such column") =>
        {
            Error::new(Kind::BehindSchema, behind(message))
        }
        ffi::SQLITE_ERROR if message.starts_with("too many SQL variables") => Error::new(
            Kind::Misuse,
            format!("{message}: a statement takes 32,766 values; split the list; nothing was changed"),
        ),
        ffi::SQLITE_ERROR if message.starts_with("Expression tree is too large") => Error::new(
            Kind::Misuse,
            format!("{message}: use `in_list` instead of a chain of `or`; nothing was changed"),
        ),
        ffi::SQLITE_ERROR if message.contains("has no column named") => {
            Error::new(Kind::BehindSchema, behind(message))
        }
        ffi::SQLITE_ERROR | ffi::SQLITE_MISMATCH => {
            let kind = known(message).map_or(Kind::Engine, |(kind, _)| kind);
            Error::new(kind, message.clone()).naming_statement()
        }
        _ => Error::new(Kind::Engine, message.clone()),
    };
    error.with_sqlite_code(failure.code)
}

fn behind(message: &str) -> String {
    format!(
        "{message}: the database is behind its models; apply the migrations (db-migrate), or, where another program \
         owns it, mark a column that it may lack `#[column(optional)]`"
    )
}

/// SQLite names the columns of UNIQUE and NOT NULL as `table.column, table.column`, a CHECK by its
/// name or its text, an index on an expression as `index 'name'`, and nothing for a FOREIGN KEY.
fn violation(failure: &Failure) -> Error {
    let (head, detail) = failure.message.split_once(": ").unwrap_or((&failure.message, ""));
    let kind = match failure.code {
        ffi::SQLITE_CONSTRAINT_UNIQUE => ViolationKind::Unique,
        ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => ViolationKind::PrimaryKey,
        ffi::SQLITE_CONSTRAINT_NOTNULL => ViolationKind::NotNull,
        ffi::SQLITE_CONSTRAINT_CHECK => ViolationKind::Check,
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => ViolationKind::ForeignKey,
        // ON DELETE RESTRICT and ON UPDATE RESTRICT refuse by a trigger of SQLite's own.
        ffi::SQLITE_CONSTRAINT_TRIGGER if head.starts_with("FOREIGN KEY constraint failed") => {
            ViolationKind::ForeignKey
        }
        ffi::SQLITE_CONSTRAINT_TRIGGER => ViolationKind::Trigger,
        ffi::SQLITE_CONSTRAINT_DATATYPE => {
            return Error::new(Kind::Value, format!("{}; nothing was changed", failure.message))
                .with_sqlite_code(failure.code);
        }
        _ if head.starts_with("UNIQUE") => ViolationKind::Unique,
        _ if head.starts_with("CHECK") => ViolationKind::Check,
        _ => {
            return Error::new(Kind::Violation, format!("{}; nothing was changed", failure.message))
                .with_sqlite_code(failure.code);
        }
    };
    let mut violation = Violation { kind, table: None, columns: Vec::new(), constraint: None };
    match kind {
        ViolationKind::Check => violation.constraint = Some(detail.to_owned()),
        ViolationKind::Unique | ViolationKind::PrimaryKey | ViolationKind::NotNull => {
            if let Some(index) = detail.strip_prefix("index '").and_then(|rest| rest.strip_suffix('\'')) {
                violation.constraint = Some(index.to_owned());
            } else {
                for place in detail.split(", ") {
                    if let Some((table, column)) = place.split_once('.') {
                        violation.table = Some(table.to_owned());
                        violation.columns.push(column.to_owned());
                    }
                }
            }
        }
        ViolationKind::ForeignKey | ViolationKind::Trigger => {}
    }
    Error::new(Kind::Violation, format!("{}; nothing was changed", failure.message))
        .with_violation(violation)
        .with_sqlite_code(failure.code)
}
