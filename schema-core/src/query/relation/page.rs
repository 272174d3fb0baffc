//! Pages of rows that come with others beside them.

use std::fmt;

use super::{
    load::Nested,
    with::{LoadedWithin, WithQuery},
};
use crate::{
    database::{Runs, Session},
    error::Result,
    query::{IntoCursor, Page, Paged, Select, Within},
    record::{Record, Table},
    value::{CellError, Row, SqlType as _, Value},
};

/// A row, and its columns as the values that relations are found by.
type WithValues<T> = (T, Vec<Value>);

/// A query with relations that is read page by page: made by `after` and `before`.
pub struct PagedWith<T: Table, W> {
    paged: Paged<WithValues<T>, (T, ())>,
    with: W,
}

impl<T: Table, W: Clone> Clone for PagedWith<T, W> {
    fn clone(&self) -> Self {
        Self { paged: self.paged.clone(), with: self.with.clone() }
    }
}

impl<T: Table, W> fmt::Debug for PagedWith<T, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PagedWith").field("paged", &self.paged).finish_non_exhaustive()
    }
}

impl<T: Table, W: Nested<T>> WithQuery<T, W> {
    /// Goes on behind a page: with its `next`. `None` is the first page.
    pub fn after(self, cursor: impl IntoCursor) -> PagedWith<T, W> {
        let (select, with) = self.into_select();
        PagedWith { paged: select.after(cursor), with }
    }

    /// Goes back in front of a page: with its `previous`. `None` is the last page.
    pub fn before(self, cursor: impl IntoCursor) -> PagedWith<T, W> {
        let (select, with) = self.into_select();
        PagedWith { paged: select.before(cursor), with }
    }

    /// The first page: as many rows as `limit` says, each with what stands beside it, and cursors for the pages around
    /// it; all of one state of the database.
    ///
    /// # Errors
    /// As [`Paged::page`].
    pub fn page<H: Runs>(self, handle: &H) -> Result<Page<W::Row>>
    where
        (T, ()): Within<H::Schema>,
        W::Tables: LoadedWithin<H::Schema>,
    {
        self.after(None).page(handle)
    }

    /// The rows within `limit` and `offset` with what stands beside them, and how many the same filters give without
    /// them; all of one state of the database.
    pub fn all_and_total<H: Runs>(self, handle: &H) -> Result<(Vec<W::Row>, u64)>
    where
        (T, ()): Within<H::Schema>,
        W::Tables: LoadedWithin<H::Schema>,
    {
        let (select, with) = self.into_select();
        handle.session().on_one_state(|session| {
            let (rows, total) = select.rows_and_total(session)?;
            Ok((beside::<T, W>(&with, session, rows)?, total))
        })
    }

    fn into_select(self) -> (Select<WithValues<T>, (T, ())>, W) {
        let (query, with) = self.into_parts();
        let select = query.rows();
        (Select::new(select.tree, with_values::<T>), with)
    }
}

impl<T: Table, W: Nested<T>> PagedWith<T, W> {
    /// At most this many rows, whatever stands beside them.
    pub fn limit(mut self, rows: u64) -> Self {
        self.paged = self.paged.limit(rows);
        self
    }

    /// The page, each row with what stands beside it; all of one state of the database.
    ///
    /// # Errors
    /// As [`Paged::page`].
    pub fn page<H: Runs>(&self, handle: &H) -> Result<Page<W::Row>>
    where
        (T, ()): Within<H::Schema>,
        W::Tables: LoadedWithin<H::Schema>,
    {
        handle.session().on_one_state(|session| {
            let Page { rows, next, previous } = self.paged.read(session)?;
            Ok(Page { rows: beside::<T, W>(&self.with, session, rows)?, next, previous })
        })
    }
}

fn with_values<T: Table>(row: Row<'_>, at: usize) -> Result<WithValues<T>, CellError> {
    let columns = at..at + T::SHAPE.width();
    let values = columns.map(|column| Value::read(row, column)).collect::<Result<_, _>>()?;
    Ok((<T as Record>::read(row, at)?, values))
}

fn beside<T: Table, W: Nested<T>>(
    with: &W,
    session: Session<'_>,
    rows: Vec<WithValues<T>>,
) -> Result<Vec<W::Row>> {
    let keys: Vec<usize> = with.outer().into_iter().map(|(_, column)| usize::from(column)).collect();
    let keyed = |(row, values): WithValues<T>| {
        (row, keys.iter().map(|key| values.get(*key).cloned().unwrap_or_default()).collect())
    };
    with.load(session, rows.into_iter().map(keyed).collect())
}
