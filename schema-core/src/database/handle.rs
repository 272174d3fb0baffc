use super::{Db, ReadTx, Savepoint, Session, Tx};
use crate::schema::Schema;

/// What statements can be run on: [`Db`], [`Tx`], [`Savepoint`], [`ReadTx`], and a repository on one of them.
///
/// Nothing else can implement it but by handing on another handle's connection.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no database handle",
    label = "no database handle",
    note = "pass `&db`, `&tx` or `&savepoint`; `Db::<Library>::open(..)` gives a `Result` of one: `?` behind it takes it out"
)]
pub trait Handle {
    /// The schema of the database.
    type Schema: Schema;

    /// The connection that statements run on.
    #[doc(hidden)]
    fn session(&self) -> Session<'_>;
}

impl<S: Schema> Handle for Db<S> {
    type Schema = S;

    #[inline]
    fn session(&self) -> Session<'_> {
        Session::pool(self.shared(), self.context())
    }
}

impl<S: Schema> Handle for Tx<'_, S> {
    type Schema = S;

    #[inline]
    fn session(&self) -> Session<'_> {
        Session::transaction(self.connection(), self.context())
    }
}

impl<S: Schema> Handle for Savepoint<'_, S> {
    type Schema = S;

    #[inline]
    fn session(&self) -> Session<'_> {
        Session::transaction(self.connection(), self.context())
    }
}

impl<S: Schema> Handle for ReadTx<'_, S> {
    type Schema = S;

    #[inline]
    fn session(&self) -> Session<'_> {
        Session::snapshot(self.connection(), self.context())
    }
}

impl<H: Handle + ?Sized> Handle for &H {
    type Schema = H::Schema;

    #[inline]
    fn session(&self) -> Session<'_> {
        (**self).session()
    }
}

/// What a query is run on: a [`Handle`]. A trait of one impl, for rustc lists all of them where a type is none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no database handle",
    label = "no database handle",
    note = "pass `&db`, `&tx` or `&savepoint`; `Db::<Library>::open(..)` gives a `Result` of one: `?` behind it takes it out"
)]
pub trait Runs {
    /// The schema of the database.
    type Schema: Schema;

    /// The connection that statements run on.
    #[doc(hidden)]
    fn session(&self) -> Session<'_>;
}

#[diagnostic::do_not_recommend]
impl<H: Handle> Runs for H {
    type Schema = H::Schema;

    #[inline]
    fn session(&self) -> Session<'_> {
        Handle::session(self)
    }
}
