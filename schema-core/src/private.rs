//! What generated code leans on. Not for people, and not stable.

use crate::value::SqlType;

pub use crate::{database::Session, engine::sqlite::Slot, record::Slots, repository::deserialize_update};
pub use serde;
pub use serde_json;

/// A table's name and columns, apart from its definition: two tables may reference each other, and a
/// constant that needs itself does not compile.
pub trait Named {
    /// The table's name in the database.
    const NAME: &'static str;
    /// Each field and its column's name.
    const COLUMNS: &'static [(&'static str, &'static str)];
}

/// The column of a field.
pub const fn column_name(
    columns: &'static [(&'static str, &'static str)],
    field: &'static str,
) -> &'static str {
    let mut at = 0;
    while at < columns.len() {
        if equal(columns[at].0.as_bytes(), field.as_bytes()) {
            return columns[at].1;
        }
        at += 1;
    }
    field
}

pub(crate) const fn equal(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut at = 0;
    while at < left.len() {
        if left[at] != right[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// A column that can hold the key of the table that it references.
#[diagnostic::on_unimplemented(
    message = "this column is `{Self}`, the key that it references is `{P}`",
    label = "another type than the referenced key",
    note = "give the field the type of the key: `{P}`, or `Option<{P}>`"
)]
pub trait References<P> {}
#[diagnostic::do_not_recommend]
impl<T> References<T> for T {}

/// The column that a foreign key references has the child's type.
pub fn same_type<C, T: SqlType, K: crate::expr::ColumnKind>(_: impl FnOnce() -> crate::expr::Col<T, K>)
where
    C: References<T::Base>,
{
}
