use super::{Db, ReadTx, Savepoint, Session, Tx};
use crate::schema::Schema;

/// What statements can be run on: [`Db`], [`Tx`], [`Savepoint`], [`ReadTx`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no database handle",
    label = "no database handle",
    note = "pass `&db`, `&tx` or `&savepoint`"
)]
pub trait Handle: sealed::Sealed {
    /// The schema of the database.
    type Schema: Schema;

    /// The connection that statements run on.
    #[doc(hidden)]
    fn session(&self) -> Session<'_>;
}

mod sealed {
    #[diagnostic::on_unimplemented(message = "`{Self}` is no database handle")]
    pub trait Sealed {}
}

impl<S: Schema> sealed::Sealed for Db<S> {}
impl<S: Schema> Handle for Db<S> {
    type Schema = S;

    #[inline]
    fn session(&self) -> Session<'_> {
        Session::pool(self.shared())
    }
}

impl<S: Schema> sealed::Sealed for Tx<'_, S> {}
impl<S: Schema> Handle for Tx<'_, S> {
    type Schema = S;

    #[inline]
    fn session(&self) -> Session<'_> {
        Session::transaction(self.connection())
    }
}

impl<S: Schema> sealed::Sealed for Savepoint<'_, S> {}
impl<S: Schema> Handle for Savepoint<'_, S> {
    type Schema = S;

    #[inline]
    fn session(&self) -> Session<'_> {
        Session::transaction(self.connection())
    }
}

impl<S: Schema> sealed::Sealed for ReadTx<'_, S> {}
impl<S: Schema> Handle for ReadTx<'_, S> {
    type Schema = S;

    #[inline]
    fn session(&self) -> Session<'_> {
        Session::snapshot(self.connection())
    }
}

impl<H: Handle + ?Sized> sealed::Sealed for &H {}
impl<H: Handle + ?Sized> Handle for &H {
    type Schema = H::Schema;

    #[inline]
    fn session(&self) -> Session<'_> {
        (**self).session()
    }
}
