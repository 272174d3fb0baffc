use schema_core::model::{ColumnDef, TableDef};

use crate::{Error, Result};

/// Compares the fields of a model with the table that its own statement creates: rows are read and
/// written by the fields, so that a column without one, or a field without a column, would be found
/// only at the first query.
///
/// A table whose statement the framework wrote agrees by itself.
///
/// # Errors
/// Every difference, at the place of the model.
pub(super) fn with_statement(declared: &TableDef, built: &TableDef) -> Result<()> {
    if declared.sql.is_none() || declared.model.is_empty() {
        return Ok(());
    }
    let mut differences: Vec<String> = Vec::new();
    for field in declared.columns.iter() {
        match built.column(&field.name) {
            None => differences.push(format!(
                "field `{}` has no column: the statement has none named `{}`",
                field.field, field.name
            )),
            Some(column) => differences.extend(kind(field, column)),
        }
    }
    for column in built.columns.iter().filter(|column| declared.column(&column.name).is_none()) {
        differences.push(format!("column `{}` has no field", column.name));
    }
    if declared.without_rowid != built.without_rowid {
        let word = "`without_rowid`";
        differences.push(match built.without_rowid {
            true => format!("the statement says WITHOUT ROWID, the struct does not: write {word}"),
            false => format!("the struct says {word}, the statement does not"),
        });
    }
    differences.extend(key(declared, built));
    if differences.is_empty() {
        return Ok(());
    }
    let error = Error::failed(format!(
        "`{}` and its CREATE TABLE of `{}` do not agree",
        declared.model, declared.name
    ))
    .why(differences.join("\n"))
    .state("nothing was changed")
    .next("correct the fields or the statement, and run the command again");
    Err(if declared.source.is_empty() { error } else { error.place(declared.source.to_string()) })
}

fn kind(field: &ColumnDef, column: &ColumnDef) -> Option<String> {
    match (field.generated.is_some(), column.generated.is_some()) {
        (false, true) => Some(format!(
            "column `{}` is generated: its field needs `generated = \"..\"`, or every insert would fail",
            column.name
        )),
        (true, false) => Some(format!(
            "field `{}` is `generated`, its column is not: no insert would ever fill it",
            field.field
        )),
        _ => None,
    }
}

/// A key is what `get`, `update` and `delete` find a row by, and the rowid is left to the database.
fn key(declared: &TableDef, built: &TableDef) -> Option<String> {
    let names = |table: &TableDef| -> Vec<String> {
        let key = table.primary_key.as_ref();
        let mut names: Vec<String> = key
            .map(|key| key.columns.iter().map(|column| column.name.to_ascii_lowercase()).collect())
            .unwrap_or_default();
        names.sort();
        names
    };
    let said = |names: &[String]| match names {
        [] => "no primary key".to_owned(),
        names => format!("the primary key `{}`", names.join("`, `")),
    };
    let (of_struct, of_statement) = (names(declared), names(built));
    if of_struct != of_statement {
        return Some(format!("the struct has {}, the statement {}", said(&of_struct), said(&of_statement)));
    }
    let is_rowid = |table: &TableDef| table.primary_key.as_ref().is_some_and(|key| key.rowid_alias);
    match (is_rowid(declared), is_rowid(built)) {
        // A newtype's key is the rowid without the struct's saying so: it is then given by the application.
        (true, false) => Some(format!(
            "the struct takes `{}` for the rowid, which the database gives; of the statement it is a column like others: \
             write `sql_type = \"..\"` on its field as the statement has it, or `sql_type = \"INT\"`",
            of_struct.join("`, `")
        )),
        _ => None,
    }
}
