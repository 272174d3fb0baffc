//! The hot path over SQLite's C API: prepare, bind, step, read. The only unsafe code of the project.
//!
//! Invariants that the safety comments below refer to:
//!
//! * **A. A statement is finalized before its connection closes.** [`super::Connection`] drops its
//!   statements first, and [`Statement::prepare`] is called by nothing else.
//! * **B. One thread at a time.** Connections are opened `NOMUTEX`; [`Statement`] is `Send` and not
//!   `Sync`, and is only reached through a [`super::Connection`] that is not `Sync` either.
//! * **C. Borrowed parameters outlive their use.** A parameter is bound without copying for `'v`;
//!   stepping needs the [`Bound`] that carries `'v`, and dropping it clears them. [`Parameters`] is
//!   invariant in `'v`: if it could shrink, it would accept a value that dies before the next step.
//!   A leaked `Bound` leaves stale pointers behind; the next [`Statement::bound`] clears them and
//!   finalizing drops them, neither of which reads them.
//! * **D. A row is read between two steps.** [`RowRef`] borrows the `Bound` that `step` needs
//!   exclusively, so no column pointer survives the next step, reset or bind. What other statements
//!   of the connection do meanwhile does not move the registers of this one.

#![allow(unsafe_code)]

use std::{
    ffi::{CStr, c_char, c_int},
    marker::PhantomData,
    ptr::{self, NonNull},
    slice,
};

use rusqlite::ffi;

use super::Failure;
use crate::value::Cell;

/// A prepared statement.
#[derive(Debug)]
pub(crate) struct Statement {
    raw: NonNull<ffi::sqlite3_stmt>,
    /// Whether it is reset and without parameters: false while a `Bound` lives, or after one leaked.
    clean: bool,
    /// A statement is used from one thread at a time (invariant B).
    not_sync: PhantomData<std::cell::Cell<()>>,
}

// SAFETY: SQLite allows a statement to move between threads as long as it is used by one at a time
// (https://sqlite.org/threadsafe.html, multi-thread mode); not being `Sync` ensures that (invariant B).
unsafe impl Send for Statement {}

/// Whether a statement will be used again, which SQLite's allocator wants to know.
const PERSISTENT: u32 = ffi::SQLITE_PREPARE_PERSISTENT;

impl Statement {
    /// Compiles one statement.
    ///
    /// # Errors
    /// SQLite's message, also where the text holds no statement or more than one.
    pub(crate) fn prepare(connection: &rusqlite::Connection, sql: &str) -> Result<Self, Failure> {
        let (statement, mut rest) = Self::prepare_first(connection, sql)?;
        let Some(statement) = statement else {
            return Err(Failure { code: ffi::SQLITE_MISUSE, message: "no SQL statement".to_owned() });
        };
        // Comments and semicolons may follow, which only SQLite itself tells from statements.
        while !rest.trim_start().is_empty() {
            match Self::prepare_first(connection, rest) {
                Ok((None, next)) if next.len() < rest.len() => rest = next,
                _ => {
                    let message = "more than one SQL statement".to_owned();
                    return Err(Failure { code: ffi::SQLITE_MISUSE, message });
                }
            }
        }
        Ok(statement)
    }

    /// Compiles the first statement of a text, if there is one, and gives what follows it.
    fn prepare_first<'t>(
        connection: &rusqlite::Connection,
        sql: &'t str,
    ) -> Result<(Option<Self>, &'t str), Failure> {
        let Ok(length) = c_int::try_from(sql.len()) else {
            return Err(Failure { code: ffi::SQLITE_TOOBIG, message: "SQL text of over 2 GiB".to_owned() });
        };
        let mut raw = ptr::null_mut();
        let mut tail: *const c_char = ptr::null();
        // SAFETY: the handle is open for as long as `connection` is borrowed; text and length are
        // those of one `str`, which SQLite reads during the call only.
        let code = unsafe {
            ffi::sqlite3_prepare_v3(
                connection.handle(),
                sql.as_ptr().cast(),
                length,
                PERSISTENT,
                &raw mut raw,
                &raw mut tail,
            )
        };
        if code != ffi::SQLITE_OK {
            // SAFETY: as above; no other call was made on the handle since (invariant B).
            return Err(unsafe { failure(connection.handle(), code) });
        }
        let statement = NonNull::new(raw).map(|raw| Self { raw, clean: true, not_sync: PhantomData });
        let consumed = tail.addr().saturating_sub(sql.as_ptr().addr());
        Ok((statement, sql.get(consumed..).unwrap_or("")))
    }

    /// Makes the statement ready for parameters that live for `'v`.
    #[inline]
    pub(crate) fn bound<'v>(&mut self) -> Bound<'_, 'v> {
        if !self.clean {
            self.clear();
        }
        self.clean = false;
        Bound {
            statement: self,
            next: 0,
            refused: ffi::SQLITE_OK,
            #[cfg(feature = "tracing")]
            rows: 0,
            parameters: PhantomData,
        }
    }

    /// Ends the run and forgets the parameters.
    #[inline]
    fn clear(&mut self) {
        let raw = self.raw.as_ptr();
        // SAFETY: the statement is not finalized before it is dropped (invariant A). The results
        // repeat the last step's error, which `step` has reported.
        unsafe {
            ffi::sqlite3_reset(raw);
            ffi::sqlite3_clear_bindings(raw);
        }
        self.clean = true;
    }

    /// Number of columns that a row of it has; 0 for a statement that gives no rows.
    #[inline]
    pub(crate) fn columns(&self) -> usize {
        // SAFETY: the statement is not finalized before it is dropped (invariant A).
        let columns = unsafe { ffi::sqlite3_column_count(self.raw.as_ptr()) };
        usize::try_from(columns).unwrap_or(0)
    }

    /// The name of a column of the result.
    #[cold]
    fn column_name(&self, position: usize) -> String {
        let position = c_int::try_from(position).unwrap_or(c_int::MAX);
        // SAFETY: the statement is not finalized before it is dropped (invariant A); outside of the columns the
        // answer is null.
        unsafe { copied(ffi::sqlite3_column_name(self.raw.as_ptr(), position)) }.unwrap_or_default()
    }

    /// The declared type of a column of the result; `None` where it is no column of a table, or has none.
    #[cold]
    fn declared_type(&self, position: usize) -> Option<String> {
        let position = c_int::try_from(position).unwrap_or(c_int::MAX);
        // SAFETY: as for `column_name`.
        unsafe { copied(ffi::sqlite3_column_decltype(self.raw.as_ptr(), position)) }
    }

    #[cold]
    fn parameter_count(&self) -> usize {
        // SAFETY: the statement is not finalized before it is dropped (invariant A).
        let count = unsafe { ffi::sqlite3_bind_parameter_count(self.raw.as_ptr()) };
        usize::try_from(count).unwrap_or(0)
    }

    /// The name of a parameter, `:id` or `?2`, counted from 0; `None` for a plain `?`.
    #[cold]
    fn parameter_name(&self, position: usize) -> Option<String> {
        let position = c_int::try_from(position + 1).unwrap_or(c_int::MAX);
        // SAFETY: the statement is not finalized before it is dropped (invariant A); outside of the parameters the
        // answer is null.
        unsafe { copied(ffi::sqlite3_bind_parameter_name(self.raw.as_ptr(), position)) }
    }

    /// Whether it changes nothing in the database.
    #[cold]
    fn is_read_only(&self) -> bool {
        // SAFETY: the statement is not finalized before it is dropped (invariant A).
        unsafe { ffi::sqlite3_stmt_readonly(self.raw.as_ptr()) != 0 }
    }

    /// Where it is: no other one is there at the same time.
    pub(super) fn address(&self) -> usize {
        self.raw.addr().get()
    }

    /// Its text, with `?` for each value.
    pub(super) fn sql(&self) -> &str {
        // SAFETY: the statement is not finalized before it is dropped (invariant A), and keeps its text
        // unchanged until then. The text ends with a zero; it is null only where there is no statement.
        let text = unsafe {
            let text = ffi::sqlite3_sql(self.raw.as_ptr());
            if text.is_null() { c"" } else { CStr::from_ptr(text) }
        };
        text.to_str().unwrap_or_default()
    }

    #[cold]
    fn failure(&self, code: c_int) -> Failure {
        // SAFETY: a statement that is not finalized has an open connection (invariant A).
        unsafe { failure(ffi::sqlite3_db_handle(self.raw.as_ptr()), code) }
    }
}

impl Drop for Statement {
    fn drop(&mut self) {
        // SAFETY: finalized once, here. The result repeats the error of the last step, if it had one.
        unsafe { ffi::sqlite3_finalize(self.raw.as_ptr()) };
    }
}

/// A text of SQLite's as one of its own.
///
/// # Safety
/// `text` is null or ends with a zero, and nothing changes it during the call.
unsafe fn copied(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: by the caller's promise.
    Some(unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}

/// The last error of a connection.
///
/// # Safety
/// `handle` is open and used by this thread alone.
#[cold]
unsafe fn failure(handle: *mut ffi::sqlite3, code: c_int) -> Failure {
    // SAFETY: by the caller's promise; both answer a text that is never null, and the message is
    // copied before anything else is called.
    unsafe {
        let extended = ffi::sqlite3_extended_errcode(handle);
        let (code, message) = if extended & 0xff == code & 0xff {
            (extended, ffi::sqlite3_errmsg(handle))
        } else {
            // Another call has overwritten the connection's last error since.
            (code, ffi::sqlite3_errstr(code))
        };
        Failure { code, message: CStr::from_ptr(message).to_string_lossy().into_owned() }
    }
}

/// A statement with parameters that live for `'v`; resets it and forgets them when dropped.
#[derive(Debug)]
pub(crate) struct Bound<'s, 'v> {
    statement: &'s mut Statement,
    next: c_int,
    /// The first result of a bind that was not OK.
    refused: c_int,
    /// Rows that it has given.
    #[cfg(feature = "tracing")]
    rows: u64,
    parameters: PhantomData<&'v ()>,
}

impl<'v> Bound<'_, 'v> {
    /// The parameters, to be filled in order.
    #[inline]
    pub(crate) fn parameters(&mut self) -> Parameters<'_, 'v> {
        Parameters {
            raw: self.statement.raw,
            next: &mut self.next,
            refused: &mut self.refused,
            values: PhantomData,
        }
    }

    /// Goes to the next row: `false` where there is none. A step after that runs the statement anew.
    #[inline]
    pub(crate) fn step(&mut self) -> Result<bool, Failure> {
        if self.refused != ffi::SQLITE_OK {
            return Err(self.statement.failure(self.refused));
        }
        // SAFETY: the statement is not finalized (invariant A) and its parameters are alive (invariant
        // C); `&mut self` ends every borrow of the current row (invariant D).
        match unsafe { ffi::sqlite3_step(self.statement.raw.as_ptr()) } {
            ffi::SQLITE_ROW => {
                #[cfg(feature = "tracing")]
                {
                    self.rows += 1;
                }
                Ok(true)
            }
            ffi::SQLITE_DONE => Ok(false),
            code => Err(self.statement.failure(code)),
        }
    }

    /// The current row. Before the first row and after the last, every cell is NULL.
    #[inline]
    pub(crate) fn row(&self) -> RowRef<'_> {
        RowRef { raw: self.statement.raw, row: PhantomData }
    }

    /// Number of rows that it has given.
    #[cfg_attr(not(feature = "tracing"), allow(clippy::unused_self, reason = "as with the feature"))]
    pub(super) fn rows(&self) -> u64 {
        #[cfg(feature = "tracing")]
        return self.rows;
        #[cfg(not(feature = "tracing"))]
        0
    }

    /// Number of columns of a row.
    #[inline]
    pub(crate) fn columns(&self) -> usize {
        self.statement.columns()
    }

    /// The name of a column of the result.
    pub(crate) fn column_name(&self, position: usize) -> String {
        self.statement.column_name(position)
    }

    /// The declared type of a column of the result; `None` where it is no column of a table, or has none.
    pub(crate) fn declared_type(&self, position: usize) -> Option<String> {
        self.statement.declared_type(position)
    }

    pub(crate) fn parameter_count(&self) -> usize {
        self.statement.parameter_count()
    }

    /// The name of a parameter, `:id` or `?2`, counted from 0; `None` for a plain `?`.
    pub(crate) fn parameter_name(&self, position: usize) -> Option<String> {
        self.statement.parameter_name(position)
    }

    /// Whether it changes nothing in the database.
    pub(crate) fn is_read_only(&self) -> bool {
        self.statement.is_read_only()
    }
}

impl Drop for Bound<'_, '_> {
    #[inline]
    fn drop(&mut self) {
        self.statement.clear();
    }
}

/// The parameters of a statement: each call binds the next one.
#[derive(Debug)]
pub(crate) struct Parameters<'b, 'v> {
    raw: NonNull<ffi::sqlite3_stmt>,
    next: &'b mut c_int,
    refused: &'b mut c_int,
    /// Invariant in `'v` (invariant C).
    values: PhantomData<fn(&'v ()) -> &'v ()>,
}

impl<'v> Parameters<'_, 'v> {
    #[inline]
    fn bind(&mut self, bind: impl FnOnce(*mut ffi::sqlite3_stmt, c_int) -> c_int) {
        *self.next += 1;
        let code = bind(self.raw.as_ptr(), *self.next);
        if code != ffi::SQLITE_OK && *self.refused == ffi::SQLITE_OK {
            *self.refused = code;
        }
    }

    #[inline]
    pub(crate) fn null(&mut self) {
        // SAFETY: the statement is not finalized (invariant A); an index out of range is refused by SQLite.
        self.bind(|raw, at| unsafe { ffi::sqlite3_bind_null(raw, at) });
    }

    #[inline]
    pub(crate) fn integer(&mut self, value: i64) {
        // SAFETY: as for `null`.
        self.bind(|raw, at| unsafe { ffi::sqlite3_bind_int64(raw, at, value) });
    }

    #[inline]
    pub(crate) fn real(&mut self, value: f64) {
        // SAFETY: as for `null`.
        self.bind(|raw, at| unsafe { ffi::sqlite3_bind_double(raw, at, value) });
    }

    /// Text that stays where it is.
    #[inline]
    pub(crate) fn text(&mut self, value: &'v str) {
        self.text_with(value, ffi::SQLITE_STATIC());
    }

    /// Text that SQLite copies.
    #[inline]
    pub(crate) fn text_copied(&mut self, value: &str) {
        self.text_with(value, ffi::SQLITE_TRANSIENT());
    }

    /// Bytes that stay where they are.
    #[inline]
    pub(crate) fn blob(&mut self, value: &'v [u8]) {
        self.blob_with(value, ffi::SQLITE_STATIC());
    }

    /// Bytes that SQLite copies.
    #[inline]
    pub(crate) fn blob_copied(&mut self, value: &[u8]) {
        self.blob_with(value, ffi::SQLITE_TRANSIENT());
    }

    #[inline]
    fn text_with(&mut self, value: &str, destructor: ffi::sqlite3_destructor_type) {
        #[allow(clippy::cast_possible_truncation, reason = "the encoding is a constant that fits")]
        const UTF8: u8 = ffi::SQLITE_UTF8 as u8;
        let length = value.len() as u64;
        // SAFETY: as for `null`; pointer and length are those of one `str`, which SQLite copies
        // (TRANSIENT) or which lives for `'v` (STATIC, invariant C).
        self.bind(|raw, at| unsafe {
            ffi::sqlite3_bind_text64(raw, at, value.as_ptr().cast(), length, destructor, UTF8)
        });
    }

    #[inline]
    fn blob_with(&mut self, value: &[u8], destructor: ffi::sqlite3_destructor_type) {
        // SAFETY: as for `text_with`; the pointer of an empty slice is not null, so it binds an empty
        // blob and not NULL.
        self.bind(|raw, at| unsafe {
            ffi::sqlite3_bind_blob64(raw, at, value.as_ptr().cast(), value.len() as u64, destructor)
        });
    }
}

/// The current row of a statement.
#[derive(Clone, Copy, Debug)]
pub struct RowRef<'r> {
    raw: NonNull<ffi::sqlite3_stmt>,
    row: PhantomData<&'r ()>,
}

impl<'r> RowRef<'r> {
    /// The cell at a position, counted from 0; NULL outside the row.
    #[allow(clippy::inline_always, reason = "one call a cell: measured at 3 % of a load")]
    #[inline(always)]
    pub(crate) fn cell(self, position: usize) -> Cell<'r> {
        let position = c_int::try_from(position).unwrap_or(c_int::MAX);
        // SAFETY: the statement is not finalized (invariant A) and stays on its row for `'r` (invariant
        // D). `sqlite3_column_value` answers a NULL value outside the row. The value is read in its own
        // type only, so the one conversion (UTF-16 to UTF-8, or adding the final zero) happens the
        // first time and moves nothing later; pointers hold until the next step, and a length is asked
        // for after its pointer. The value is unprotected, which is about threads (invariant B).
        unsafe {
            let value = ffi::sqlite3_column_value(self.raw.as_ptr(), position);
            match ffi::sqlite3_value_type(value) {
                ffi::SQLITE_INTEGER => Cell::Integer(ffi::sqlite3_value_int64(value)),
                ffi::SQLITE_TEXT => {
                    let start = ffi::sqlite3_value_text(value);
                    if start.is_null() {
                        out_of_memory();
                    }
                    Cell::Text(bytes(start, value))
                }
                ffi::SQLITE_FLOAT => Cell::Real(ffi::sqlite3_value_double(value)),
                ffi::SQLITE_BLOB => Cell::Blob(bytes(ffi::sqlite3_value_blob(value).cast(), value)),
                _ => Cell::Null,
            }
        }
    }
}

/// An empty text has a pointer, so SQLite had no memory to convert it. Rust's own strings end the
/// process then; an empty text would pass for data.
#[cold]
fn out_of_memory() -> ! {
    std::alloc::handle_alloc_error(std::alloc::Layout::new::<u8>())
}

/// # Safety
/// `start` is null, for a blob of no bytes, or was just answered by `sqlite3_value_text` or `sqlite3_value_blob` for `value`, which stays
/// unchanged for `'r`.
#[inline]
unsafe fn bytes<'r>(start: *const u8, value: *mut ffi::sqlite3_value) -> &'r [u8] {
    if start.is_null() {
        return &[];
    }
    // SAFETY: by the caller's promise, the value has this many bytes at `start`.
    unsafe {
        let length = usize::try_from(ffi::sqlite3_value_bytes(value)).unwrap_or(0);
        slice::from_raw_parts(start, length)
    }
}

/// Bytes as text, if they are UTF-8. Most text is ASCII, which is told faster than UTF-8 is checked: a
/// quarter of what a lookup costs beside SQLite.
#[inline]
pub(crate) fn utf8(bytes: &[u8]) -> Option<&str> {
    if bytes.is_ascii() {
        // SAFETY: ASCII is UTF-8.
        return Some(unsafe { std::str::from_utf8_unchecked(bytes) });
    }
    std::str::from_utf8(bytes).ok()
}

/// Works with a connection that somebody else owns and closes.
///
/// # Errors
/// Those of `rusqlite`.
pub(crate) fn lent<R>(
    connection: &rusqlite::Connection,
    work: impl FnOnce(&super::Connection) -> R,
) -> rusqlite::Result<R> {
    // SAFETY: the handle is open for as long as `connection` is borrowed, which is longer than the second one lives;
    // that one does not close it, and finalizes its statements when it is dropped, here (invariant A). Neither can go
    // to another thread meanwhile: `connection` is not `Sync`, and the second one is only lent (invariant B).
    let beside = unsafe { rusqlite::Connection::from_handle(connection.handle()) }?;
    Ok(work(&super::Connection::new(beside)))
}

/// Number of rows that the last statement of a connection inserted, updated or deleted.
pub(crate) fn changes(connection: &rusqlite::Connection) -> u64 {
    // SAFETY: the handle is open for as long as `connection` is borrowed.
    let changes = unsafe { ffi::sqlite3_changes64(connection.handle()) };
    u64::try_from(changes).unwrap_or(0)
}

/// Number of rows that the statements of a connection have inserted, updated or deleted since it was
/// opened, those of triggers and foreign keys too.
pub(super) fn total_changes(connection: &rusqlite::Connection) -> u64 {
    // SAFETY: the handle is open for as long as `connection` is borrowed.
    let changes = unsafe { ffi::sqlite3_total_changes64(connection.handle()) };
    u64::try_from(changes).unwrap_or(0)
}

/// Texts of the statements that are prepared on a connection and not finalized.
pub(crate) fn open_statements(connection: &rusqlite::Connection) -> Vec<String> {
    let mut texts = Vec::new();
    // SAFETY: the handle is open for as long as `connection` is borrowed, and nothing finalizes a
    // statement meanwhile; a text is copied before the next call.
    unsafe {
        let handle = connection.handle();
        let mut statement = ffi::sqlite3_next_stmt(handle, ptr::null_mut());
        while !statement.is_null() {
            let text = ffi::sqlite3_sql(statement);
            if !text.is_null() {
                texts.push(CStr::from_ptr(text).to_string_lossy().into_owned());
            }
            statement = ffi::sqlite3_next_stmt(handle, statement);
        }
    }
    texts
}
