//! From a constraint to the columns of a model.

use super::{
    deleted_in_the_way,
    new_row::{Resolved, new_values},
    text,
};
use crate::{
    engine::sqlite::{Attempt, Change, Connection, NewColumns, explain_foreign_key},
    error::{Error, Violation, ViolationKind},
    expr::{Alias, Assign, KeyValue, Node, Place, Places},
    model::{IndexDef, IndexPart, TableDef, UniqueDef},
    query::ChangeQuery,
    record::{Record, Table},
    value::{Binder, Value},
};

/// Adds what SQLite's message leaves out about rows that were to be inserted.
#[cold]
pub(super) fn explain_insert<'r, T: Table>(
    error: Error,
    connection: &Connection,
    rows: impl IntoIterator<Item = (&'r T::New, &'r Resolved)>,
) -> Error
where
    T::New: 'r,
{
    let is_about_values = error.violation().is_some_and(|violation| {
        matches!(
            violation.kind,
            ViolationKind::ForeignKey | ViolationKind::Unique | ViolationKind::PrimaryKey
        )
    });
    if !is_about_values {
        return in_table::<T>(error);
    }
    let mut written = Vec::new();
    for (row, resolved) in rows {
        written.extend(new_values::<T>(row, resolved));
    }
    let columns: Vec<_> =
        written.iter().map(|row| |name: &str| row.get(T::DEF.position(name)?).cloned().flatten()).collect();
    let new: Vec<NewColumns<'_>> = columns.iter().map(|row| row as _).collect();
    let error = in_table::<T>(probe::<T>(error, connection, Change::Insert, &new, &[]));
    deleted_in_the_way::say::<T>(error, connection, &new)
}

/// What a column is set to; NULL where an expression is, whose value is not known: NULL is judged by nobody.
pub(crate) fn assigned<T: Table>(assigns: &[Assign]) -> impl Fn(&str) -> Option<Value> {
    |name| {
        let column = T::DEF.position(name)?;
        let assign = assigns.iter().find(|assign| usize::from(assign.column) == column)?;
        match &assign.value {
            Node::Value(value) => Some(value.clone()),
            _ => Some(Value::Null),
        }
    }
}

/// Adds what SQLite's message leaves out about the row of a key that was to be updated. `new`: what a
/// column was set to.
#[cold]
pub(crate) fn explain_update<T: Table>(
    error: Error,
    connection: &Connection,
    new: NewColumns<'_>,
    key: &[Value],
) -> Error {
    let error = in_table::<T>(probe::<T>(error, connection, Change::Update, &[new], key));
    deleted_in_the_way::say::<T>(error, connection, &[new])
}

/// Adds what SQLite's message leaves out about the row of a key that was to be deleted.
#[cold]
pub(crate) fn explain_delete<T: Table>(error: Error, connection: &Connection, key: &[Value]) -> Error {
    in_table::<T>(probe::<T>(error, connection, Change::Delete, &[], key))
}

/// Adds what SQLite's message leaves out about rows of which nothing is known: another query gave them.
#[cold]
pub(crate) fn violation_in<T: Table>(error: Error, connection: &Connection) -> Error {
    deleted_in_the_way::say::<T>(in_table::<T>(error), connection, &[])
}

/// Adds what SQLite's message leaves out about the rows that a query changes.
#[cold]
pub(crate) fn explain_change<C: ChangeQuery>(error: Error, connection: &Connection, query: &C) -> Error {
    // Where the condition cannot be written, the change could not be, and has not come here.
    let Ok(rows) = query.condition() else { return violation_in::<C::Table>(error, connection) };
    let new = query.assigns().map(assigned::<C::Table>);
    let attempt = Attempt {
        table: C::Table::DEF,
        change: if new.is_some() { Change::Update } else { Change::Delete },
        new: &new.iter().map(|new| new as NewColumns<'_>).collect::<Vec<_>>(),
        rows: &rows.sql,
        parameters: &rows.values,
    };
    violation_in::<C::Table>(explain_foreign_key(error, connection, &attempt), connection)
}

/// A key as values; empty where it has none that SQL can hold.
#[cold]
pub(super) fn key_values<K>(key: &impl KeyValue<K>) -> Vec<Value> {
    let mut values = Vec::new();
    match key.bind(&mut Binder::values(&mut values)) {
        Ok(()) => values,
        Err(_) => Vec::new(),
    }
}

fn probe<T: Table>(
    error: Error,
    connection: &Connection,
    change: Change,
    new: &[NewColumns<'_>],
    key: &[Value],
) -> Error {
    let rows = if key.is_empty() { String::new() } else { text::equals(text::key_names(T::DEF)) };
    explain_foreign_key(
        error,
        connection,
        &Attempt { table: T::DEF, change, new, rows: &rows, parameters: key },
    )
}

/// The table, where the message names none. The foreign key that was not found may be another table's.
fn in_table<T: Table>(error: Error) -> Error {
    match error.violation() {
        Some(violation) if violation.kind != ViolationKind::ForeignKey => {
            let index = unique_index(violation, T::DEF);
            let error = error.in_table(&T::DEF.name);
            match index {
                Some(index) => error.of_index(index),
                None => error,
            }
        }
        _ => error,
    }
}

/// The one unique index over the columns that SQLite's message names: of a partial one it does not say that it is
/// none of the column itself.
fn unique_index(violation: &Violation, table: &'static TableDef) -> Option<&'static str> {
    let is_ours = violation.kind == ViolationKind::Unique
        && violation.constraint.is_none()
        && violation.table.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(&table.name));
    let columns: Vec<&str> = violation.columns.iter().map(String::as_str).collect();
    let is_on_them = |index: &&IndexDef| {
        let parts: Option<Vec<&str>> = index.parts.iter().map(IndexPart::column_name).collect();
        index.unique && index.sql.is_none() && parts.as_ref() == Some(&columns)
    };
    let is_key = |key: &UniqueDef| key.columns.iter().map(|column| &*column.name).eq(columns.iter().copied());
    let mut indexes = table.indexes.iter().filter(is_on_them);
    let index = indexes.next()?;
    let is_only = is_ours && indexes.next().is_none() && !table.uniques.iter().any(is_key);
    is_only.then_some(&*index.name)
}

impl Error {
    /// Whether the constraint that refused a row stands on this column or unique set of `T`: its UNIQUE,
    /// PRIMARY KEY, NOT NULL, FOREIGN KEY, or a CHECK of the column's own.
    pub fn violates<T: Table>(&self, place: impl FnOnce(<T as Record>::Columns<Places>) -> Place) -> bool {
        let Some(violation) = self.violation() else { return false };
        if violation.table.as_ref().is_some_and(|table| !table.eq_ignore_ascii_case(&T::DEF.name)) {
            return false;
        }
        let place = place(T::columns::<Places>(Alias::TARGET));
        let names: Vec<&str> = place.columns().iter().filter_map(|index| T::SHAPE.column(*index)).collect();
        stands_on(violation, T::DEF, &names)
    }

    /// Whether the constraint that refused a row has this name: a CHECK of `#[table(check(..))]`, or a
    /// unique index.
    pub fn violates_constraint(&self, name: &str) -> bool {
        let constraint = self.violation().and_then(|violation| violation.constraint.as_deref());
        constraint.is_some_and(|constraint| constraint.eq_ignore_ascii_case(name))
    }
}

fn stands_on(violation: &Violation, table: &TableDef, names: &[&str]) -> bool {
    match (violation.kind, names) {
        (ViolationKind::Check, [column]) => violation.constraint.as_ref().is_some_and(|constraint| {
            *constraint == format!("{}_{column}_check", table.name)
                || table.checks.iter().any(|check| {
                    check.name.as_deref() == Some(constraint) && check.column.as_deref() == Some(column)
                })
        }),
        (ViolationKind::ForeignKey, [column]) => violation.columns.iter().any(|name| name == column),
        _ => {
            violation.columns.len() == names.len()
                && names.iter().all(|name| violation.columns.iter().any(|column| column == name))
        }
    }
}
