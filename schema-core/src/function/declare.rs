use std::{fmt, marker::PhantomData};

/// A function of the application: its name in SQL, the types of its arguments and of what it gives.
///
/// [`OpenOptions::function`](crate::OpenOptions::function) gives it its code, [`call`](Self::call) calls it in a query.
pub struct Function<A, R> {
    pub(super) name: &'static str,
    pub(super) is_changing: bool,
    pub(super) is_direct: bool,
    types: PhantomData<fn(A) -> R>,
}

impl<A, R> Clone for Function<A, R> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<A, R> Copy for Function<A, R> {}
impl<A, R> fmt::Debug for Function<A, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Function").field(&self.name).finish()
    }
}

impl<A, R> Function<A, R> {
    /// A function that gives the same for the same arguments, always and on every machine: it may stand in indexes,
    /// CHECKs and generated columns.
    pub const fn new(name: &'static str) -> Self {
        Self { name, is_changing: false, is_direct: false, types: PhantomData }
    }

    /// A function that may give something else at each call: a random value, the time.
    pub const fn changing(name: &'static str) -> Self {
        Self { is_changing: true, ..Self::new(name) }
    }

    /// Only queries may call it, no view, trigger or index of the database: for one that does more than to compute.
    pub const fn only_direct(self) -> Self {
        Self { is_direct: true, ..self }
    }
}

/// An aggregate of the application: its name in SQL, the types of its arguments and of what it gives.
///
/// [`OpenOptions::aggregate`](crate::OpenOptions::aggregate) gives it its code, [`of`](Self::of) stands in a query.
pub struct AggregateFunction<A, R> {
    pub(super) name: &'static str,
    types: PhantomData<fn(A) -> R>,
}

impl<A, R> Clone for AggregateFunction<A, R> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<A, R> Copy for AggregateFunction<A, R> {}
impl<A, R> fmt::Debug for AggregateFunction<A, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AggregateFunction").field(&self.name).finish()
    }
}

impl<A, R> AggregateFunction<A, R> {
    /// An aggregate.
    pub const fn new(name: &'static str) -> Self {
        Self { name, types: PhantomData }
    }
}
