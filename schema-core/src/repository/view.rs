use std::{fmt, marker::PhantomData};

use crate::{
    database::{Handle, Session},
    error::{Error, Result},
    expr::Required,
    query::{InSchema, Query},
    record::Record,
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
impl<V: WritableView, S> ViewRepository<'_, V, S> {
    fn refused<T>() -> Result<T> {
        Err(Error::misuse(format!("view `{}` is read-only; nothing was changed", V::DEF.name)))
    }
}

#[doc(hidden)]
impl<V: View, S> ViewRepository<'_, V, S> {
    pub fn insert<N>(&self, _: N) -> Result<()>
    where
        V: WritableView,
    {
        Self::refused()
    }
    pub fn insert_many<N>(&self, _: N) -> Result<()>
    where
        V: WritableView,
    {
        Self::refused()
    }
    pub fn save<N>(&self, _: N) -> Result<()>
    where
        V: WritableView,
    {
        Self::refused()
    }
    pub fn patch<K, N>(&self, _: K, _: N) -> Result<()>
    where
        V: WritableView,
    {
        Self::refused()
    }
    pub fn delete<K>(&self, _: K) -> Result<()>
    where
        V: WritableView,
    {
        Self::refused()
    }
    pub fn delete_forever<K>(&self, _: K) -> Result<()>
    where
        V: WritableView,
    {
        Self::refused()
    }
    pub fn restore<K>(&self, _: K) -> Result<()>
    where
        V: WritableView,
    {
        Self::refused()
    }

    pub fn update<K, A>(&self, _: K, _: impl FnOnce(<V as Record>::Columns<Required>) -> A) -> Result<()>
    where
        V: WritableView,
    {
        Self::refused()
    }
}

impl<S: Schema, V> Handle for ViewRepository<'_, V, S> {
    type Schema = S;
    fn session(&self) -> Session<'_> {
        self.session
    }
}
