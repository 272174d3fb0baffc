//! From a constraint to the columns of a model.

use crate::{
    engine::sqlite::Connection,
    error::{Error, Violation, ViolationKind},
    expr::{Alias, Place, Places},
    model::TableDef,
    record::{Record, Table},
};

/// Adds what SQLite's message leaves out.
#[cold]
pub(super) fn explain_violation(error: Error, _: &Connection, table: &'static TableDef) -> Error {
    match error.violation() {
        Some(_) => error.in_table(&table.name),
        None => error,
    }
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
