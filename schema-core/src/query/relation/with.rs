use std::fmt;

use super::load::{Loads, Nested};
use crate::{
    database::{Db, Runs, Session},
    error::{Error, Kind, Result},
    expr::Required,
    query::{Query, Reads, SelectTree, Writer, fetch_all},
    record::{Record, Table},
    value::{CellError, Row, SqlType as _, Value},
};

/// A query whose rows come with others beside them: made by [`with`](Query::with).
pub struct WithQuery<T: Table, W> {
    query: Query<T>,
    with: W,
}

impl<T: Table, W: Clone> Clone for WithQuery<T, W> {
    fn clone(&self) -> Self {
        // The relations name the columns of this query by its number; they say nothing else of it.
        Self { query: self.query.clone(), with: self.with.clone() }
    }
}

impl<T: Table, W> fmt::Debug for WithQuery<T, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WithQuery").field("query", &self.query).finish_non_exhaustive()
    }
}

impl<T: Table> Query<T> {
    /// Loads the rows of a relation beside each row: `Author::query().with(|a| a.books()).all(&db)` gives
    /// `Vec<(Author, Vec<Book>)>`, in one query for the authors and one for all their books.
    ///
    /// Several stand side by side: `.with(|b| b.author()).with(|b| b.reviews())`.
    pub fn with<R: Loads>(
        self,
        relation: impl FnOnce(<T as Record>::Columns<Required>) -> R,
    ) -> WithQuery<T, (R,)> {
        let relation = relation(self.cols());
        WithQuery { query: self, with: (relation,) }
    }
}

impl<T: Table, W: Nested<T>> WithQuery<T, W> {
    /// Loads the rows of one relation more.
    pub fn with<R: Loads>(
        self,
        relation: impl FnOnce(<T as Record>::Columns<Required>) -> R,
    ) -> WithQuery<T, W::Push<R>> {
        let relation = relation(self.query.cols());
        WithQuery { query: self.query, with: self.with.push(relation) }
    }

    /// At most this many rows, whatever stands beside them.
    pub fn limit(mut self, rows: u64) -> Self {
        self.query = self.query.limit(rows);
        self
    }

    /// Leaves out this many rows.
    pub fn offset(mut self, rows: u64) -> Self {
        self.query = self.query.offset(rows);
        self
    }

    /// Every row with what stands beside it, all of one state of the database.
    pub fn all<H: Runs>(self, handle: &H) -> Result<Vec<W::Row>>
    where
        Db<H::Schema>: Reads<T>,
        W::Tables: LoadedWithin<H::Schema>,
    {
        handle.session().on_one_state(|session| self.load(session))
    }

    /// The first row of the order, or `None`.
    pub fn first<H: Runs>(mut self, handle: &H) -> Result<Option<W::Row>>
    where
        Db<H::Schema>: Reads<T>,
        W::Tables: LoadedWithin<H::Schema>,
    {
        self.query = self.query.limit(1);
        Ok(self.all(handle)?.into_iter().next())
    }

    /// The only row.
    ///
    /// # Errors
    /// `is_not_found` where there is none, `is_too_many_rows` where there are several.
    pub fn one<H: Runs>(mut self, handle: &H) -> Result<W::Row>
    where
        Db<H::Schema>: Reads<T>,
        W::Tables: LoadedWithin<H::Schema>,
    {
        self.query = self.query.limit(2);
        let mut rows = self.all(handle)?;
        match (rows.pop(), rows.is_empty()) {
            (Some(row), true) => Ok(row),
            (None, _) => Err(Error::new(Kind::NotFound, "the query gives no row, where one was asked for")),
            (Some(_), false) => {
                Err(Error::new(Kind::TooManyRows, "the query gives several rows, where one was asked for"))
            }
        }
    }

    pub(super) fn into_parts(self) -> (Query<T>, W) {
        (self.query, self.with)
    }

    fn load(&self, session: Session<'_>) -> Result<Vec<W::Row>> {
        let mut tree: SelectTree = self.query.tree.same();
        let width = u16::try_from(T::SHAPE.width()).unwrap_or(u16::MAX);
        let alias = tree.alias(0);
        tree.select = (0..width).map(|index| crate::expr::Node::Column(alias, index)).collect();
        let mut writer = Writer::default();
        writer.select(&tree);
        let keys: Vec<usize> = self.with.outer().into_iter().map(|(_, column)| usize::from(column)).collect();
        let read = |row: Row<'_>, at: usize| -> Result<(T, Vec<Value>), CellError> {
            let keys = keys.iter().map(|key| Value::read(row, *key)).collect::<Result<_, _>>()?;
            Ok((<T as Record>::read(row, at)?, keys))
        };
        let found = fetch_all(session, &writer.finish()?, &tree, read)?;
        self.with.load(session, found)
    }
}

/// Tables of relations that are all in a schema.
#[diagnostic::on_unimplemented(message = "a table of this relation is not in schema `{D}`")]
pub trait LoadedWithin<D> {}
#[diagnostic::do_not_recommend]
impl<D> LoadedWithin<D> for () {}
impl<D, T, W: LoadedWithin<D>> LoadedWithin<D> for Loaded<T, W> where Db<D>: Reads<T> {}
impl<D, A: LoadedWithin<D>, B: LoadedWithin<D>> LoadedWithin<D> for (A, B) {}

/// A table and those that are loaded beside its rows.
#[derive(Debug)]
pub struct Loaded<T, W>(std::marker::PhantomData<fn() -> (T, W)>);
