//! A row in the way that nobody sees, because it is soft-deleted.

use super::text;
use crate::{
    dialect::quote_identifier,
    engine::sqlite::{Connection, NewColumns, Source},
    error::{Error, ViolationKind},
    record::Table,
    value::{Binder, Value},
};

/// Says of a UNIQUE or PRIMARY KEY that refused a row where the row in the way is soft-deleted. `new`: the rows that
/// were to be written; where none is known, that one may be.
#[cold]
pub(super) fn say<T: Table>(error: Error, connection: &Connection, new: &[NewColumns<'_>]) -> Error {
    let Some((_, mark)) = text::soft_delete(T::DEF) else { return error };
    let Some(violation) = error.violation() else { return error };
    let is_unique = matches!(violation.kind, ViolationKind::Unique | ViolationKind::PrimaryKey);
    let is_ours = violation.table.as_ref().is_none_or(|table| table.eq_ignore_ascii_case(&T::DEF.name));
    if !is_unique || !is_ours {
        return error;
    }
    let columns = &violation.columns;
    if new.is_empty() || columns.is_empty() {
        return error.hint(
            "; the row in the way may be a soft-deleted one: `with_deleted()` shows it, `restore` brings it back, \
             `delete_forever` removes it",
        );
    }
    for row in new {
        let wanted: Option<Vec<Value>> = columns.iter().map(|name| row(name)).collect();
        let Some(wanted) = wanted else { continue };
        if let Some(key) = deleted::<T>(connection, columns, &wanted, &mark.name) {
            return error.hint(&format!(
                "; the row in the way ({key}) is soft-deleted: `restore` brings it back, `delete_forever` removes it, \
                 `with_deleted()` shows it"
            ));
        }
    }
    error
}

/// The key of the soft-deleted row that has these values.
fn deleted<T: Table>(
    connection: &Connection,
    columns: &[String],
    wanted: &[Value],
    mark: &str,
) -> Option<String> {
    let key: Vec<&str> = text::key_names(T::DEF).collect();
    let selected = if key.is_empty() { columns.iter().map(String::as_str).collect() } else { key };
    let quoted: Vec<String> = selected.iter().map(|name| quote_identifier(name)).collect();
    let sql = format!(
        "SELECT {} FROM {} WHERE {} AND {} IS NOT NULL LIMIT 1",
        quoted.join(", "),
        quote_identifier(&T::DEF.name),
        text::equals(columns.iter().map(String::as_str)),
        quote_identifier(mark)
    );
    let found = connection.with(&Source::Text(&sql), |bound| {
        let mut binder = Binder::sqlite(bound.parameters());
        wanted.iter().for_each(|value| binder.value(value));
        if !bound.step()? {
            return Ok(None);
        }
        let row = bound.row();
        let parts =
            selected.iter().enumerate().map(|(at, name)| format!("{name} = {}", row.cell(at).to_value()));
        Ok::<_, Error>(Some(parts.collect::<Vec<_>>().join(", ")))
    });
    // What was asked for besides is no reason for another error.
    found.ok().flatten()
}
