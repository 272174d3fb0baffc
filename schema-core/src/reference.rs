//! What a foreign key asks of the column that it references.

use crate::value::SqlType;

/// A column that can hold the key of the table that it references.
#[diagnostic::on_unimplemented(
    message = "this column is `{Self}`, the key that it references is `{P}`",
    label = "another type than the referenced key",
    note = "give the field the type of the key: `{P}`, or `Option<{P}>`"
)]
pub trait References<P> {}
#[diagnostic::do_not_recommend]
impl<T> References<T> for T {}

/// With one impl only, the compiler would take a referenced type that it does not know yet to be the
/// child's, and report the difference elsewhere.
#[derive(Debug)]
pub struct Nothing<T>(std::marker::PhantomData<T>);
#[diagnostic::do_not_recommend]
impl<T> References<Nothing<T>> for T {}

/// The column that a foreign key references has the child's type.
pub fn same_type<C, B: SqlType, T: SqlType<Base = B>, K: crate::expr::ColumnKind>(_: crate::expr::Col<T, K>)
where
    C: References<B>,
{
}

/// A kind of column that a foreign key may reference by itself.
#[diagnostic::on_unimplemented(
    message = "a foreign key references a unique column, and this one is not",
    label = "not unique",
    note = "mark it `#[column(unique)]` in the parent, or reference the parent's key: `references = Author`"
)]
pub trait Referable {}
#[diagnostic::do_not_recommend]
impl Referable for crate::expr::Unique {}

/// The column that a foreign key references names one row.
pub fn names_one_row<T: SqlType, K: crate::expr::ColumnKind + Referable>(_: crate::expr::Col<T, K>) {}
