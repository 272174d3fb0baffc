use std::cell::RefCell;
use std::collections::HashMap;

use schema_core::rusqlite::{self, Connection, OptionalExtension as _, Params, Row, Statement};
use schema_core::{Schema, Tx};

use super::Batches;
use crate::run::{Event, Interrupt, Observer};
use crate::{Error, Result};

/// The transaction of a migration, as its Rust step sees it.
///
/// What it changes is committed together with the statements of the file and the row in the history,
/// or not at all. Tables are those that the file's statements have left, so the SQL is written out, or typed by
/// structs of that time ([`typed`](Self::typed)): the models of the program may be further on by the time it runs.
pub struct MigrationTx<'a> {
    connection: &'a Connection,
    revision: &'a str,
    observer: RefCell<&'a mut dyn Observer>,
    interrupt: &'a Interrupt,
    /// Statements that have run before, by their text.
    statements: RefCell<HashMap<String, Statement<'a>>>,
}

/// How many statements are kept.
const KEPT: usize = 64;

impl<'a> MigrationTx<'a> {
    pub(crate) fn new(
        connection: &'a Connection,
        revision: &'a str,
        observer: &'a mut dyn Observer,
        interrupt: &'a Interrupt,
    ) -> Self {
        Self {
            connection,
            revision,
            observer: RefCell::new(observer),
            interrupt,
            statements: RefCell::default(),
        }
    }

    /// Runs one statement with bound values. Gives the number of rows that it has changed.
    ///
    /// # Errors
    /// SQLite refuses the statement.
    pub fn execute(&self, sql: &str, values: impl Params) -> Result<usize> {
        self.prepared(sql, |statement| statement.execute(values))
    }

    /// Every row of a query with bound values. For more rows than fit into memory there are
    /// [`for_each`](Self::for_each) and [`batches`](Self::batches).
    ///
    /// # Errors
    /// SQLite refuses the query, or `read` a row.
    pub fn query<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        self.prepared(sql, |statement| statement.query_map(values, read).and_then(Iterator::collect))
    }

    /// The first row of a query with bound values, where there is one.
    ///
    /// # Errors
    /// SQLite refuses the query, or `read` the row.
    pub fn query_row<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        self.prepared(sql, |statement| statement.query_row(values, read).optional())
    }

    /// Works with a statement that is prepared once for all the times that it runs.
    fn prepared<T>(
        &self,
        sql: &str,
        work: impl FnOnce(&mut Statement<'a>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        self.interrupt.check()?;
        // Taken out while it runs: `read` may run others, and this one again.
        let known = self.statements.borrow_mut().remove(sql);
        let mut statement = match known {
            Some(statement) => statement,
            None => self.connection.prepare(sql).map_err(|error| refused(sql, error))?,
        };
        let done = work(&mut statement).map_err(|error| refused(sql, error));
        let mut statements = self.statements.borrow_mut();
        if statements.len() == KEPT {
            statements.clear();
        }
        statements.insert(sql.to_owned(), statement);
        done
    }

    /// Hands the rows of a query over one by one. What is read must not be changed meanwhile; that is
    /// what [`batches`](Self::batches) are for.
    ///
    /// # Errors
    /// SQLite refuses the query, or what `work` answered.
    pub fn for_each(
        &self,
        sql: &str,
        values: impl Params,
        mut work: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self.connection.prepare(sql).map_err(|error| refused(sql, error))?;
        let mut rows = statement.query(values).map_err(|error| refused(sql, error))?;
        while let Some(row) = rows.next().map_err(|error| refused(sql, error))? {
            self.interrupt.check()?;
            work(row)?;
        }
        Ok(())
    }

    /// Typed queries and repositories, on the structs of a schema that is as old as the revision:
    ///
    /// ```
    /// mod rekey {
    ///     use schema_core::{Table, Tx};
    ///     use schema_migrate::{MigrationTx, Result, migration};
    ///
    ///     // As the table is behind this revision's statements. It stays so when the model goes on.
    ///     #[derive(Table)]
    ///     #[table(name = "books")]
    ///     struct Book { #[column(primary_key)] id: i64, title: String, slug: Option<String> }
    ///     schema_core::schema! { Then { Book } }
    ///
    ///     #[migration("20251127143055_rekey")]
    ///     pub fn rekey(tx: &MigrationTx<'_>) -> Result<()> {
    ///         tx.typed(|tx: &Tx<'_, Then>| {
    ///             for book in Book::query().filter(|b| b.slug.is_null()).all(tx)? {
    ///                 let slug = book.title.to_lowercase().replace(' ', "-");
    ///                 BookRepository::new(tx).update(book.id, |b| b.slug.set(slug))?;
    ///             }
    ///             Ok(())
    ///         })
    ///     }
    /// }
    /// ```
    ///
    /// The models of the program are not meant: this revision is applied to other databases for years, and they
    /// are further on by then. Columns that the tables do not have at this revision are an error, so a step that
    /// uses them is found out before it changes anything.
    ///
    /// # Errors
    /// A table of the schema lacks a column, or what `work` answered.
    pub fn typed<S: Schema, R>(&self, work: impl FnOnce(&Tx<'_, S>) -> schema_core::Result<R>) -> Result<R> {
        self.interrupt.check()?;
        is_of_this_time::<S>(self.connection)?;
        let done = schema_core::private::in_transaction_of(self.connection, work);
        done.map_err(|error| {
            Error::failed("run a typed query of the Rust step").why(error.to_string()).source(error)
        })
    }

    /// Walks a table in batches, so that its rows can be changed on the way and never are in memory
    /// together.
    pub fn batches<'t>(&'t self, table: &'t str) -> Batches<'t, 'a> {
        Batches::new(self, table)
    }

    /// Shows how far the step is. [`batches`](Self::batches) does so by themselves.
    ///
    /// # Errors
    /// Somebody has asked to stop.
    pub fn progress(&self, what: &str, done: u64, total: u64) -> Result<()> {
        // An observer that calls into this transaction has shown the event already.
        if let Ok(mut observer) = self.observer.try_borrow_mut() {
            observer.event(&Event::Walked { what, done, total });
        }
        self.interrupt.check()
    }

    /// The revision that is being applied or taken back.
    pub fn revision(&self) -> &str {
        self.revision
    }

    /// The connection, for what is not here. Its transaction is the runner's: a step that ends it has
    /// failed.
    pub fn connection(&self) -> &Connection {
        self.connection
    }
}

impl std::fmt::Debug for MigrationTx<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("MigrationTx").field("revision", &self.revision).finish_non_exhaustive()
    }
}

/// Whether the tables have the columns of a schema's models.
fn is_of_this_time<S: Schema>(connection: &Connection) -> Result<()> {
    let unread = |error| Error::sqlite("read the columns of a table", error);
    let mut columns = connection.prepare("SELECT name FROM pragma_table_xinfo(?1)").map_err(unread)?;
    for table in S::DEF.tables.iter() {
        let found = columns
            .query_map([&*table.name], |row| row.get(0))
            .and_then(Iterator::collect::<rusqlite::Result<Vec<String>>>)
            .map_err(unread)?;
        let missing = if found.is_empty() {
            format!("there is no table `{}`", table.name)
        } else {
            let is_there = |name: &str| found.iter().any(|found| found.eq_ignore_ascii_case(name));
            match table.columns.iter().find(|column| !is_there(&column.name)) {
                Some(column) => format!("`{}` has no column `{}`", table.name, column.name),
                None => continue,
            }
        };
        return Err(Error::failed(format!("the models of `{}` are not those of this revision: {missing}", S::DEF.name))
            .why("a Rust step finds the tables as its revision has left them, on every database that it comes to")
            .next(
                "copy the struct as the table is at this revision into the module of the step, with a `schema!` of \
                 its own",
            ));
    }
    Ok(())
}

pub(super) fn refused(sql: &str, error: rusqlite::Error) -> Error {
    let why = format!("{error}\n{}", crate::recorded::shown(sql));
    Error::sqlite("run a statement of the Rust step", error).why(why)
}
