//! What generated code leans on. Not for people, and not stable.

use std::borrow::Cow;

use crate::{
    model::{KeyColumn, List, SchemaDef, TableDef, ViewDef},
    value::{Binder, ValueError},
};

pub use crate::{
    database::{Session, in_transaction_of, writes_on_this_thread},
    engine::sqlite::Slot,
    expr::Searched,
    group::{is_group, set_group},
    model::group::{
        GroupField, Texts, group_texts, group_width, names_differ, never_changes, roles_differ, with_groups,
    },
    query::Placed,
    record::{Changeable, Slots},
    reference::{Nothing, names_one_row, same_type},
    repository::deserialize_update,
    repository::join_checks,
    schema::{Lists, ListsView, Written},
};
pub use serde;
pub use serde_json;

/// Binds what a newtype holds. Its type is inferred, so that one that is no column type is reported where
/// it stands and not at the argument.
///
/// # Errors
/// Where no SQL value can hold it.
#[inline]
pub fn bind_inner<'b, 'v, R>(
    value: &'v R,
    to: &mut Binder<'b, 'v>,
    bind: impl FnOnce(&'v R, &mut Binder<'b, 'v>) -> Result<(), ValueError>,
) -> Result<(), ValueError> {
    bind(value, to)
}

/// What a field holds, again. Its type is inferred, as for [`bind_inner`].
#[inline]
pub fn copied<R>(value: &R, copy: impl FnOnce(&R) -> R) -> R {
    copy(value)
}

/// What a newtype holds, as it comes back from the database.
#[inline]
pub fn stored_inner<R>(value: R, stored: impl FnOnce(R) -> R) -> R {
    stored(value)
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

/// Whether no table has a column that a database may lack.
pub const fn has_every_column(schema: &'static SchemaDef) -> bool {
    let Cow::Borrowed(tables) = &schema.tables else { return true };
    let mut table = 0;
    while table < tables.len() {
        if let Cow::Borrowed(TableDef { columns: Cow::Borrowed(columns), .. }) = &tables[table] {
            let mut at = 0;
            while at < columns.len() {
                if columns[at].optional {
                    return false;
                }
                at += 1;
            }
        }
        table += 1;
    }
    true
}

/// The functions, aggregates and collating sequences that the connections of a handle have.
pub fn functions_of<S: crate::Schema>(db: &crate::Db<S>) -> crate::function::Functions {
    db.shared().functions().clone()
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
