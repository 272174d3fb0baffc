use std::fmt;

/// What SQLite answered instead of `SQLITE_OK`.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Extended result code. <https://sqlite.org/rescode.html>
    pub(crate) code: i32,
    /// SQLite's message.
    pub(crate) message: String,
}

impl Failure {
    /// SQLITE_ERROR: the statement itself, or what it was given, is wrong.
    pub(crate) fn is_error(&self) -> bool {
        self.primary_code() == rusqlite::ffi::SQLITE_ERROR
    }

    pub(crate) fn primary_code(&self) -> i32 {
        self.code & 0xff
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
