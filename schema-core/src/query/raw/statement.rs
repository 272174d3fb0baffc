use std::borrow::Cow;

use super::{
    Parameter, RawRow,
    parameters::{Parameters, bind},
    row::Layout,
    scan::first_word,
};
use crate::{
    database::Runs,
    engine::sqlite::{Bound, Connection, Failure, Source},
    error::{Error, Kind, Result},
    schema::Writable,
    value::SqlType,
};

/// A statement that a person has written, with the values of its parameters. Made by [`sql`].
#[derive(Clone, Debug)]
#[must_use = "nothing is run before `.all(&db)` or `.run(&db)`"]
pub struct RawSql {
    text: Cow<'static, str>,
    parameters: Parameters,
}

/// A statement for what the typed queries cannot say. The text is part of the program; values are bound to its
/// parameters, `?` or `:name`, and never written into it.
///
/// ```
/// # use schema_core::{Db, Row, Table, sql};
/// # #[derive(Table)]
/// # struct Book { #[column(primary_key)] id: i64, title: String, pages: i64 }
/// # schema_core::schema! { pub(crate) Library { Book } }
/// # let db = Db::<Library>::in_memory()?;
/// # db.sqlite_raw(|sqlite| sqlite.execute_batch("CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL, pages INTEGER NOT NULL)"))?;
/// #[derive(Row)]
/// struct Long { title: String, pages: i64 }
///
/// let long: Vec<Long> = sql("SELECT title, pages FROM books WHERE pages > ?").bind(900).all(&db)?;
/// let books: Vec<Book> = sql("SELECT * FROM books WHERE title LIKE :title").bind_named("title", "Dune%").all(&db)?;
/// let changed: u64 = sql("UPDATE books SET pages = pages + 1 WHERE id = ?").bind(1).run(&db)?;
/// # Ok::<(), schema_core::Error>(())
/// ```
pub fn sql(text: &'static str) -> RawSql {
    RawSql { text: Cow::Borrowed(text), parameters: Parameters::default() }
}

/// As [`sql`], with a text that was put together while the program runs: **whoever decides on a part of it decides on
/// the whole database**. Names go through [`quote_identifier`](crate::dialect::quote_identifier), values through `bind`.
pub fn sql_at_run_time(text: impl Into<String>) -> RawSql {
    RawSql { text: Cow::Owned(text.into()), parameters: Parameters::default() }
}

impl RawSql {
    /// The value of the next `?`.
    pub fn bind(mut self, value: impl Parameter) -> Self {
        self.parameters.push(value.into_value());
        self
    }

    /// The value of `:name`, `@name` or `$name`.
    pub fn bind_named(mut self, name: &'static str, value: impl Parameter) -> Self {
        self.parameters.push_named(name, value.into_value());
        self
    }

    /// The value of the next `?`, stored as `T` stores it: `bind_as::<Json<Vec<i64>>>(&ids)` for
    /// `IN (SELECT value FROM json_each(?))`, `bind_as::<Unix>(&instant)`.
    pub fn bind_as<T: SqlType>(mut self, value: &T::Rust) -> Self {
        self.parameters.push(T::to_value(value));
        self
    }

    /// The value of `:name`, stored as `T` stores it.
    pub fn bind_named_as<T: SqlType>(mut self, name: &'static str, value: &T::Rust) -> Self {
        self.parameters.push_named(name, T::to_value(value));
        self
    }

    /// Every row.
    ///
    /// # Errors
    /// `is_misuse`, before anything runs: the statement writes, the number or names of its parameters are others
    /// than those of the values, a column of `R` is missing, there twice, or of a type that never fits. `is_value`: a
    /// cell does not fit.
    pub fn all<R: RawRow>(&self, handle: &impl Runs) -> Result<Vec<R>> {
        let mut rows = Vec::new();
        self.for_each(handle, |row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Hands every row on as it is read, so that memory does not grow with their number.
    ///
    /// # Errors
    /// Those of [`all`](Self::all), and what `work` answered.
    pub fn for_each<R: RawRow>(
        &self,
        handle: &impl Runs,
        mut work: impl FnMut(R) -> Result<()>,
    ) -> Result<()> {
        self.read(handle, usize::MAX, &mut work)
    }

    /// The only row.
    ///
    /// # Errors
    /// Those of [`all`](Self::all); `is_not_found` where there is none, `is_too_many_rows` where there are several.
    pub fn one<R: RawRow>(&self, handle: &impl Runs) -> Result<R> {
        self.optional(handle)?
            .ok_or_else(|| Error::new(Kind::NotFound, "the statement gives no row, where one was asked for"))
    }

    /// The only row, or `None`.
    ///
    /// # Errors
    /// Those of [`all`](Self::all); `is_too_many_rows` where there are several.
    pub fn optional<R: RawRow>(&self, handle: &impl Runs) -> Result<Option<R>> {
        let mut rows = self.at_most(handle, 2)?;
        if rows.len() > 1 {
            return Err(Error::new(
                Kind::TooManyRows,
                "the statement gives several rows, where one was asked for: `first` takes the first, `all` every one",
            ));
        }
        Ok(rows.pop())
    }

    /// The first row, or `None`.
    ///
    /// # Errors
    /// Those of [`all`](Self::all).
    pub fn first<R: RawRow>(&self, handle: &impl Runs) -> Result<Option<R>> {
        Ok(self.at_most(handle, 1)?.pop())
    }

    /// The only column of every row.
    ///
    /// # Errors
    /// Those of [`all`](Self::all).
    pub fn scalars<T: SqlType<Rust = T>>(&self, handle: &impl Runs) -> Result<Vec<T>> {
        Ok(self.all::<(T,)>(handle)?.into_iter().map(|(value,)| value).collect())
    }

    /// The only column of the only row.
    ///
    /// # Errors
    /// Those of [`one`](Self::one).
    pub fn scalar<T: SqlType<Rust = T>>(&self, handle: &impl Runs) -> Result<T> {
        self.one::<(T,)>(handle).map(|(value,)| value)
    }

    /// Runs a statement that gives no rows, as one write. Gives the number of rows that it has inserted, updated or
    /// deleted.
    ///
    /// # Errors
    /// `violates` where a constraint refuses a row; nothing is changed then. `is_misuse`, before anything runs: it
    /// gives rows, begins or ends a transaction, or its values do not fit its parameters.
    pub fn run<H: Runs<Schema: Writable>>(&self, handle: &H) -> Result<u64> {
        let word = self.allowed()?;
        let run = |connection: &Connection| -> Result<u64, RawError> {
            connection.with(&Source::Text(&self.text), |bound| {
                if bound.columns() > 0 {
                    return Err(RawError(Error::misuse(
                        "the statement gives rows, which `run` does not read; nothing was run: `.all::<Row>(&db)` \
                         reads, `.run_returning::<Row>(&db)` writes and reads",
                    )));
                }
                let values = self.parameters.of(bound)?;
                bind(bound, values);
                while bound.step()? {}
                Ok(())
            })?;
            // Other statements leave the count of the one before.
            let counts = matches!(&*word, "INSERT" | "REPLACE" | "UPDATE" | "DELETE" | "WITH");
            Ok(if counts { connection.changes() } else { 0 })
        };
        handle.session().write(|connection| run(connection).map_err(|RawError(error)| error))
    }

    /// Runs a statement that writes, and gives the rows of its RETURNING.
    ///
    /// # Errors
    /// Those of [`run`](Self::run) and of [`all`](Self::all).
    pub fn run_returning<R: RawRow>(&self, handle: &impl Runs<Schema: Writable>) -> Result<Vec<R>> {
        self.allowed()?;
        handle.session().atomically(|connection| {
            let mut rows = Vec::new();
            self.rows(connection, usize::MAX, &mut |row| {
                rows.push(row);
                Ok(())
            })
            .map_err(|RawError(error)| error)?;
            Ok(rows)
        })
    }

    fn at_most<R: RawRow>(&self, handle: &impl Runs, most: usize) -> Result<Vec<R>> {
        let mut rows = Vec::new();
        self.read(handle, most, &mut |row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    fn read<R: RawRow>(
        &self,
        handle: &impl Runs,
        most: usize,
        work: &mut dyn FnMut(R) -> Result<()>,
    ) -> Result<()> {
        self.allowed()?;
        handle.session().read(|connection| {
            let is_read_only = connection.with(&Source::Text(&self.text), |bound| Ok(bound.is_read_only()));
            if !is_read_only.map_err(|RawError(error)| error)? {
                return Err(Error::misuse(
                    "the statement writes, and only reads are run here; nothing was changed: `.run(&db)`, or \
                     `.run_returning::<Row>(&db)` for the rows of its RETURNING",
                ));
            }
            self.rows(connection, most, work).map_err(|RawError(error)| error)
        })
    }

    fn rows<R: RawRow>(
        &self,
        connection: &Connection,
        most: usize,
        work: &mut dyn FnMut(R) -> Result<()>,
    ) -> Result<(), RawError> {
        connection.with(&Source::Text(&self.text), |bound: &mut Bound<'_, '_>| {
            if bound.columns() == 0 {
                return Err(RawError(Error::misuse(
                    "the statement gives no rows; nothing was run: `.run(&db)` runs it",
                )));
            }
            let layout = Layout::of::<R>(bound)?;
            let values = self.parameters.of(bound)?;
            bind(bound, values);
            let mut left = most;
            while left > 0 && bound.step()? {
                work(layout.read::<R>(bound)?)?;
                left -= 1;
            }
            Ok(())
        })
    }

    /// The first word of the statement, unless it would take the connection out of the handle's hands.
    fn allowed(&self) -> Result<String> {
        let word = first_word(&self.text);
        match &*word {
            "BEGIN" | "COMMIT" | "END" | "ROLLBACK" | "SAVEPOINT" | "RELEASE" => Err(Error::misuse(format!(
                "`{word}` would end or begin a transaction behind the handle's back; nothing was run: \
                 `db.transaction(|tx| ..)` and `tx.savepoint(|savepoint| ..)`"
            ))),
            // One that sets would stay in force on one of the handle's connections: foreign keys off, CHECKs off.
            "PRAGMA" => Err(Error::misuse(
                "a PRAGMA is for one of the handle's connections, and what it sets stays there; nothing was run: \
                 `SELECT * FROM pragma_table_info('books')` reads, `db.sqlite_raw(..)` is for what needs a connection",
            )),
            "ATTACH" | "DETACH" => Err(Error::misuse(format!(
                "`{word}` would be for one of the handle's connections; nothing was run: `db.sqlite_raw(..)` is for \
                 what needs one"
            ))),
            _ => Ok(word),
        }
    }
}

/// An error of a statement whose tables may be in no model.
struct RawError(Error);

impl From<Failure> for RawError {
    fn from(failure: Failure) -> Self {
        Self(Error::of_written(failure))
    }
}

impl From<Error> for RawError {
    fn from(error: Error) -> Self {
        Self(error)
    }
}
