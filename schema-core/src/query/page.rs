//! Pages by the values that rows are ordered by, which stay right while rows come and go.

mod keyset;

use std::{fmt, marker::PhantomData};

use self::keyset::Keyset;
use super::{Cursor, Query, Scope, Select, Within, fetch_all, run::rows};
use crate::{
    database::{Runs, Session},
    error::{Error, Result},
    value::{Cell, Row, SqlType, Value},
};

/// What `after` and `before` take: a [`Cursor`], or an `Option` of one as a [`Page`] has it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no cursor",
    label = "no cursor",
    note = "`.after(page.next)` goes on behind a page, `.before(page.previous)` in front of it, `.after(None)` begins; borrowed ones are cloned",
    note = "a text is read by `text.parse::<Cursor>()?`, an `Option` of one by `text.map(|text| text.parse::<Cursor>()).transpose()?`"
)]
pub trait IntoCursor {
    #[doc(hidden)]
    fn into_cursor(self) -> Option<Cursor>;
}
#[diagnostic::do_not_recommend]
impl<C: Into<Option<Cursor>>> IntoCursor for C {
    fn into_cursor(self) -> Option<Cursor> {
        self.into()
    }
}

/// A part of a query's rows, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<O> {
    /// The rows.
    pub rows: Vec<O>,
    /// What [`after`](Query::after) takes for the page behind this one; `None` on the last.
    pub next: Option<Cursor>,
    /// What [`before`](Query::before) takes for the page in front of this one; `None` on the first.
    pub previous: Option<Cursor>,
}

/// A query that is read page by page: made by `after` and `before`.
pub struct Paged<O, Z, T = O> {
    select: Select<O, Z, T>,
    from: Option<Cursor>,
    is_backwards: bool,
    types: PhantomData<fn() -> Z>,
}

impl<O, Z, T> Clone for Paged<O, Z, T> {
    fn clone(&self) -> Self {
        let Self { select, from, is_backwards, types } = self;
        Self { select: select.clone(), from: from.clone(), is_backwards: *is_backwards, types: *types }
    }
}

impl<O, Z, T> fmt::Debug for Paged<O, Z, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Paged")
            .field("select", &self.select)
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

impl<S: Scope> Query<S> {
    /// Goes on behind a page: with its `next`. `None` is the first page.
    ///
    /// The rows keep the query's order, made total by the primary keys of its tables. Filters may have
    /// changed since; the order may not.
    pub fn after(self, cursor: impl IntoCursor) -> Paged<S::Out, S::Tables> {
        self.select_all().after(cursor)
    }

    /// Goes back in front of a page: with its `previous`. `None` is the last page.
    pub fn before(self, cursor: impl IntoCursor) -> Paged<S::Out, S::Tables> {
        self.select_all().before(cursor)
    }

    /// The first page: as many rows as `limit` says, and cursors for the pages around it.
    ///
    /// # Errors
    /// As [`Paged::page`].
    pub fn page<H: Runs>(self, handle: &H) -> Result<Page<S::Out>>
    where
        S::Tables: Within<H::Schema>,
    {
        self.select_all().page(handle)
    }

    /// The rows within `limit` and `offset`, and how many the same filters give without them; both of
    /// one state of the database.
    pub fn all_and_total<H: Runs>(self, handle: &H) -> Result<(Vec<S::Out>, u64)>
    where
        S::Tables: Within<H::Schema>,
    {
        self.select_all().all_and_total(handle)
    }
}

impl<O, Z, T> Select<O, Z, T> {
    /// Goes on behind a page: with its `next`. `None` is the first page.
    pub fn after(self, cursor: impl IntoCursor) -> Paged<O, Z, T> {
        Paged { select: self, from: cursor.into_cursor(), is_backwards: false, types: PhantomData }
    }

    /// Goes back in front of a page: with its `previous`. `None` is the last page.
    pub fn before(self, cursor: impl IntoCursor) -> Paged<O, Z, T> {
        Paged { select: self, from: cursor.into_cursor(), is_backwards: true, types: PhantomData }
    }

    /// The first page: as many rows as `limit` says, and cursors for the pages around it.
    ///
    /// # Errors
    /// As [`Paged::page`].
    pub fn page<H: Runs>(self, handle: &H) -> Result<Page<O>>
    where
        Z: Within<H::Schema>,
    {
        self.after(None).page(handle)
    }

    /// The rows within `limit` and `offset`, and how many the same filters give without them; both of
    /// one state of the database.
    pub fn all_and_total<H: Runs>(&self, handle: &H) -> Result<(Vec<O>, u64)>
    where
        Z: Within<H::Schema>,
    {
        self.rows_and_total(handle.session())
    }

    pub(super) fn rows_and_total(&self, session: Session<'_>) -> Result<(Vec<O>, u64)> {
        let (statement, counting) = (self.statement()?, self.counting(true)?);
        session.read_together(|connection| {
            let all = rows(connection, &statement, &self.tree, self.read)?;
            let total = rows(connection, &counting, &self.tree, |row, at| Ok(whole(row.cell(at))))?;
            Ok((all, total.first().copied().unwrap_or(0)))
        })
    }
}

pub(super) fn whole(cell: Cell<'_>) -> u64 {
    match cell {
        Cell::Integer(rows) => u64::try_from(rows).unwrap_or(0),
        _ => 0,
    }
}

impl<O, Z, T> Paged<O, Z, T> {
    /// At most this many rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.select = self.select.limit(rows);
        self
    }

    /// The statement's text, with `?` for each value. Where it cannot be written, what is wrong with it,
    /// as a comment.
    pub fn to_sql(&self) -> String {
        let tree = &self.select.tree;
        let statement = Keyset::new(tree).and_then(|mut plan| {
            if let Some(cursor) = &self.from {
                plan.from = Some(cursor.values(&plan.text, plan.keys.len(), None)?);
            }
            plan.statement(tree.width(), tree.limit.unwrap_or(0).saturating_add(1), self.is_backwards)
        });
        match statement {
            Ok(statement) => statement.sql,
            Err(error) => format!("-- {error}"),
        }
    }

    /// The page.
    ///
    /// # Errors
    /// `is_value`: the cursor was made in another order, was changed, or is not signed by the handle's key.
    /// `is_misuse`: there is no `limit`, an `offset`, or no way to tell the query's rows apart.
    pub fn page<H: Runs>(&self, handle: &H) -> Result<Page<O>>
    where
        Z: Within<H::Schema>,
    {
        self.read(handle.session())
    }

    pub(super) fn read(&self, session: Session<'_>) -> Result<Page<O>> {
        let tree = &self.select.tree;
        let limit = tree.limit.ok_or_else(|| Error::misuse("a page needs to know its size: `.limit(50)`"))?;
        let mut plan = Keyset::new(tree)?;
        let context = session.context();
        let key = context.cursor_key.as_ref();
        if let Some(cursor) = &self.from {
            plan.from = Some(cursor.values(&plan.text, plan.keys.len(), key)?);
        }
        let width = tree.width();
        let positions: Vec<usize> = plan.keys.iter().map(|key| key.position(width)).collect();
        let statement = plan.statement(width, limit.saturating_add(1), self.is_backwards)?;
        let mut found = fetch_all(session, &statement, &plan.inner, |row: Row<'_>, at| {
            let values: Vec<Value> =
                positions.iter().map(|position| Value::read(row, *position)).collect::<Result<_, _>>()?;
            Ok(((self.select.read)(row, at)?, values))
        })?;
        let is_more = found.len() as u64 > limit;
        if is_more {
            found.pop();
        }
        let cursor = |row: Option<&(O, Vec<Value>)>, is_there: bool| {
            row.filter(|_| is_there).map(|(_, values)| Cursor::new(&plan.text, values, key)).transpose()
        };
        if self.is_backwards {
            found.reverse();
        }
        // What a page was read from lies on its other side.
        let came_from = self.from.is_some();
        let (is_behind, is_before) =
            if self.is_backwards { (came_from, is_more) } else { (is_more, came_from) };
        let (next, previous) = (cursor(found.last(), is_behind)?, cursor(found.first(), is_before)?);
        Ok(Page { rows: found.into_iter().map(|(row, _)| row).collect(), next, previous })
    }
}
