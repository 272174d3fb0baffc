use std::{fmt, marker::PhantomData};

use crate::{
    database::{Handle, Session},
    query::Query,
    record::Table,
    schema::{Has, Schema},
};

/// Reads and writes the rows of `T`.
///
/// The derive wraps it as `BookRepository<'h, S>`, on which an application writes methods of its own:
/// `impl BookRepository<'_, Library> { .. }`. It stands on a database, a transaction or a savepoint alike.
pub struct Repository<'h, T, S> {
    pub(super) session: Session<'h>,
    types: PhantomData<fn() -> (T, S)>,
}

impl<T, S> Clone for Repository<'_, T, S> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T, S> Copy for Repository<'_, T, S> {}

impl<T: Table, S> fmt::Debug for Repository<'_, T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Repository").field("table", &T::DEF.name).finish_non_exhaustive()
    }
}

impl<'h, T: Table, S: Schema> Repository<'h, T, S> {
    /// A repository on a handle whose schema has the table.
    pub fn new<H: Handle<Schema = S> + ?Sized>(handle: &'h H) -> Self
    where
        S: Has<T>,
    {
        Self { session: handle.session(), types: PhantomData }
    }

    /// A repository on the connection of a call that is under way.
    pub(super) fn on(session: Session<'h>) -> Self {
        Self { session, types: PhantomData }
    }

    /// A query over the table.
    pub fn query(&self) -> Query<T> {
        T::query()
    }
}

impl<S: Schema, T> Handle for Repository<'_, T, S> {
    type Schema = S;
    fn session(&self) -> Session<'_> {
        self.session
    }
}
