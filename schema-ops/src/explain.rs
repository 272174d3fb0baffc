use std::path::Path;

use schema_core::rusqlite::{self, ErrorCode};

use crate::restore::RESTORE_THE_NEWEST;
use crate::{Error, ErrorKind, Next};

/// That the database can only be read.
pub fn read_only(database: &Path, why: &str) -> Error {
    Error::new(ErrorKind::Preflight, format!("the database {} is read-only", database.display()))
        .why(why)
        .state("nothing was changed")
        .next(Next::new("chmod u+w ").word(database.display()).own(", or run as the user who owns it"))
}

/// Says what SQLite's refusal means for a person.
pub fn explain(database: &Path, error: rusqlite::Error) -> Error {
    let shown = database.display();
    let message = error.to_string();
    let code = error.sqlite_error_code();
    let (kind, what, next) = match code {
        Some(ErrorCode::NotADatabase) => (
            ErrorKind::Preflight,
            format!("{shown} is no SQLite database, or it is encrypted"),
            "correct the url; an encrypted database has to be decrypted by the program that encrypted it",
        ),
        Some(ErrorCode::DatabaseCorrupt) => {
            (ErrorKind::Verification, format!("the database {shown} is damaged"), RESTORE_THE_NEWEST)
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (
            ErrorKind::Locked,
            format!("another program is writing to {shown}"),
            "let it finish, or stop it, then run the command again",
        ),
        Some(ErrorCode::ReadOnly) => return read_only(database, &message),
        Some(ErrorCode::CannotOpen) => (
            ErrorKind::Preflight,
            format!("the database {shown} cannot be opened"),
            "see that this user may read and write the file and its folder",
        ),
        Some(ErrorCode::DiskFull) => (
            ErrorKind::Failed,
            "the disk is full".to_owned(),
            "make room on the disk, then run the command again",
        ),
        _ => (
            ErrorKind::Failed,
            format!("SQLite refused to work on {shown}"),
            "db-status says where it stands",
        ),
    };
    let told = Error::new(kind, what).why(message).state("nothing was changed").next(next).source(error);
    match code {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => told.with_damaged(database),
        _ => told,
    }
}
