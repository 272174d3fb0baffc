//! What generated code leans on. Not for people, and not stable.

use std::borrow::Cow;

use crate::{
    model::{KeyColumn, List, TableDef, ViewDef},
    value::SqlType,
};

pub use crate::{
    database::{Session, writes_on_this_thread},
    engine::sqlite::Slot,
    record::Slots,
    repository::deserialize_update,
};
pub use serde;
pub use serde_json;

/// A table's name and columns, apart from its definition: two tables may reference each other, and a
/// constant that needs itself does not compile.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no table",
    label = "not a table",
    note = "derive `Table` for it"
)]
pub trait Named {
    /// The table's name in the database.
    const NAME: &'static str;
    /// Each field and its column's name.
    const COLUMNS: &'static [(&'static str, &'static str)];
}

/// What a `schema!` lists before its `;`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no table",
    label = "not a table",
    note = "derive `Table` for it; a view is listed as `views: [{Self}]`"
)]
pub trait ListedTable {
    /// The table as data.
    const TABLE: &'static TableDef;
}
#[diagnostic::do_not_recommend]
impl<T: crate::record::Table> ListedTable for T {
    const TABLE: &'static TableDef = T::DEF;
}

/// The connection that writes, for work that needs it alone: the runner, on a database in memory.
///
/// # Errors
/// As [`Db::sqlite_raw`](crate::Db::sqlite_raw).
pub fn with_own_connection<S: crate::Schema, R>(
    db: &crate::Db<S>,
    work: impl FnOnce(&mut rusqlite::Connection) -> R,
) -> crate::Result<R> {
    db.shared().with_own_connection(work)
}

/// The name of a declared view.
pub const fn view_name(view: &'static ViewDef) -> &'static str {
    match &view.name {
        Cow::Borrowed(name) => name,
        Cow::Owned(_) => "",
    }
}

/// Whether none of these has the name, letters compared without case as SQL does.
pub const fn is_free(name: &str, tables: &[&str], views: &[&str]) -> bool {
    !contains(tables, name) && !contains(views, name)
}

const fn contains(names: &[&str], name: &str) -> bool {
    let mut at = 0;
    while at < names.len() {
        if names[at].eq_ignore_ascii_case(name) {
            return true;
        }
        at += 1;
    }
    false
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

/// Whether columns are the primary key or a unique set of a table, in this order or another.
pub const fn is_unique(table: &'static TableDef, columns: &[&'static str]) -> bool {
    if let Some(key) = &table.primary_key
        && same_columns(&key.columns, columns)
    {
        return true;
    }
    let Cow::Borrowed(uniques) = &table.uniques else { return false };
    let mut at = 0;
    while at < uniques.len() {
        if same_columns(&uniques[at].columns, columns) {
            return true;
        }
        at += 1;
    }
    false
}

const fn same_columns(key: &'static List<KeyColumn>, columns: &[&'static str]) -> bool {
    let Cow::Borrowed(key) = key else { return false };
    let mut found = 0;
    let mut at = 0;
    while at < columns.len() {
        let mut other = 0;
        while other < key.len() {
            if let Cow::Borrowed(name) = &key[other].name
                && equal(name.as_bytes(), columns[at].as_bytes())
            {
                found += 1;
            }
            other += 1;
        }
        at += 1;
    }
    found == key.len() && found == columns.len()
}
