use std::{fmt, marker::PhantomData};

use super::{Columns, Mode};
use crate::record::Record;

/// Something of each row of a group: a value, a condition, an order. Only aggregates take it.
pub struct Each<X, L> {
    inner: X,
    level: PhantomData<fn() -> L>,
}

impl<X: Clone, L> Clone for Each<X, L> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), level: PhantomData }
    }
}

impl<X: fmt::Debug, L> fmt::Debug for Each<X, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Each").field(&self.inner).finish()
    }
}

impl<X, L> Each<X, L> {
    pub(super) fn into_inner(self) -> X {
        self.inner
    }
}

/// Says something of each row of a group, in a closure over groups:
/// `sum(each(b, |b| b.price * b.stock))`, `count(b).filter(each(b, |b| b.status.eq(Status::Late)))`.
///
/// Of several tables it takes a tuple: `each((b, a), |(b, a)| ..)`.
pub fn each<C: RowsOf, X>(columns: C, of: impl FnOnce(C::Rows) -> X) -> Each<X, C::Level> {
    Each { inner: of(columns.rows()), level: PhantomData }
}

/// The columns of a group, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no rows",
    label = "no columns of a group",
    note = "`each` takes what the closure was given: `each(b, |b| ..)`, or a tuple of them"
)]
pub trait RowsOf {
    /// The same columns in a row.
    type Rows;
    /// What an aggregate over them is.
    type Level;
    #[doc(hidden)]
    fn rows(self) -> Self::Rows;
}

#[diagnostic::do_not_recommend]
impl<C: Columns> RowsOf for C {
    type Rows = <C::Record as Record>::Columns<<C::Mode as Mode>::Row>;
    type Level = <C::Mode as Mode>::Level;
    fn rows(self) -> Self::Rows {
        C::Record::columns(self.alias())
    }
}

macro_rules! tuples {
    ($($name:ident $at:tt),*) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: RowsOf),*> RowsOf for ($($name,)*) {
            type Rows = ($($name::Rows,)*);
            type Level = A::Level;
            fn rows(self) -> Self::Rows {
                ($(self.$at.rows(),)*)
            }
        }
    };
}
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
