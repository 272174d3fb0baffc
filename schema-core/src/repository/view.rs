use std::{fmt, marker::PhantomData};

use crate::{
    database::{Handle, Session},
    error::Result,
    query::{InSchema, Query},
    schema::{HasView, Schema},
    view::{View, WritableView},
};

/// Reads the rows of the view `V`.
///
/// The derive wraps it as `TopAuthorsRepository<'h, S>`, on which an application writes methods of its own.
pub struct ViewRepository<'h, V, S> {
    session: Session<'h>,
    types: PhantomData<fn() -> (V, S)>,
}

impl<V, S> Clone for ViewRepository<'_, V, S> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<V, S> Copy for ViewRepository<'_, V, S> {}

impl<V: View, S> fmt::Debug for ViewRepository<'_, V, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ViewRepository").field("view", &V::DEF.name).finish_non_exhaustive()
    }
}

impl<'h, V: View, S: Schema> ViewRepository<'h, V, S> {
    /// A repository on a handle whose schema has the view.
    pub fn new<H: Handle<Schema = S> + ?Sized>(handle: &'h H) -> Self
    where
        S: HasView<V>,
    {
        Self { session: handle.session(), types: PhantomData }
    }

    /// A query over the view.
    pub fn query(&self) -> Query<V> {
        V::query()
    }

    /// Every row, in the view's own order.
    pub fn list(&self) -> Result<Vec<V>>
    where
        V: InSchema<S>,
    {
        V::query().all(self)
    }

    /// Number of rows.
    pub fn count(&self) -> Result<u64>
    where
        V: InSchema<S>,
    {
        V::query().count(self)
    }
}

/// What a repository of a table has and one of a view has not: each call is refused by the compiler,
/// which says why.
#[doc(hidden)]
impl<V: View, S> ViewRepository<'_, V, S> {
    pub fn insert<N, T>(&self, _: N) -> T
    where
        V: WritableView,
    {
        V::never()
    }
    pub fn insert_many<N, T>(&self, _: N) -> T
    where
        V: WritableView,
    {
        V::never()
    }
    pub fn insert_from<C, Q, T>(&self, _: C, _: Q) -> T
    where
        V: WritableView,
    {
        V::never()
    }
    pub fn get_or_insert<U, N, T>(&self, _: U, _: N) -> T
    where
        V: WritableView,
    {
        V::never()
    }
    pub fn upsert<N, T>(&self, _: N) -> T
    where
        V: WritableView,
    {
        V::never()
    }
    pub fn upsert_many<N, T>(&self, _: N) -> T
    where
        V: WritableView,
    {
        V::never()
    }
    pub fn save<N, T>(&self, _: N) -> T
    where
        V: WritableView,
    {
        V::never()
    }
    pub fn patch<K, N, T>(&self, _: K, _: N) -> T
    where
        V: WritableView,
    {
        V::never()
    }
    pub fn update<K, F, T>(&self, _: K, _: F) -> T
    where
        V: WritableView,
    {
        V::never()
    }
    pub fn update_returning<K, F, T>(&self, _: K, _: F) -> T
    where
        V: WritableView,
    {
        V::never()
    }
    pub fn delete<K, T>(&self, _: K) -> T
    where
        V: WritableView,
    {
        V::never()
    }
    pub fn delete_forever<K, T>(&self, _: K) -> T
    where
        V: WritableView,
    {
        V::never()
    }
    pub fn restore<K, T>(&self, _: K) -> T
    where
        V: WritableView,
    {
        V::never()
    }
}

impl<S: Schema, V> Handle for ViewRepository<'_, V, S> {
    type Schema = S;
    fn session(&self) -> Session<'_> {
        self.session
    }
}
