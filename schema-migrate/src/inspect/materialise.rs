use std::borrow::Cow;

use schema_core::dialect::sqlite::{create_statements, full_text_statements};
use schema_core::model::{SchemaDef, TableDef, VirtualTableDef};

use super::{agree, declared_views, execute, scratch, sqlite};
use crate::{Error, Result};

/// Tables a scratch database: SQLite's cost of one database grows with the square of its tables.
const TABLES_A_DATABASE: usize = 100;

/// The declared schema as SQLite understands it: built on scratch databases in memory and
/// inspected. The names of models, fields and source lines stay those of the declaration.
pub fn materialise(declared: &SchemaDef) -> Result<SchemaDef> {
    let mut tables: Vec<Cow<'static, TableDef>> = Vec::with_capacity(declared.tables.len());
    let mut virtual_tables: Vec<VirtualTableDef> = Vec::new();
    for chunk in declared.tables.chunks(TABLES_A_DATABASE) {
        let connection = scratch()?;
        for table in chunk {
            for statement in create_statements(table).into_iter().chain(full_text_statements(table)) {
                execute(&connection, &statement).map_err(|error| explain(&error, table, &statement))?;
            }
        }
        let inspected = sqlite::schema(&connection)?;
        for table in inspected.tables.iter() {
            let named = match chunk.iter().find(|declared| declared.name == table.name) {
                Some(declared) => {
                    agree::with_statement(declared, table)?;
                    keep_names(table.as_ref().clone(), declared)
                }
                None => table.as_ref().clone(),
            };
            tables.push(Cow::Owned(named));
        }
        virtual_tables.extend(inspected.virtual_tables.into_owned());
    }
    for chunk in declared.virtual_tables.chunks(TABLES_A_DATABASE) {
        let connection = scratch()?;
        for table in chunk {
            execute(&connection, &table.sql).map_err(|error| explain_virtual(&error, table))?;
        }
        virtual_tables.extend(sqlite::schema(&connection)?.virtual_tables.into_owned());
    }
    tables.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(SchemaDef {
        name: declared.name.clone(),
        doc: declared.doc.clone(),
        owner: declared.owner,
        tables: tables.into(),
        views: declared_views::build(declared)?.into(),
        virtual_tables: virtual_tables.into(),
    })
}

fn keep_names(mut table: TableDef, declared: &TableDef) -> TableDef {
    table.model.clone_from(&declared.model);
    table.source.clone_from(&declared.source);
    table.doc.clone_from(&declared.doc);
    for column in table.columns.to_mut() {
        if let Some(declared) = declared.column(&column.name) {
            column.field = declared.field.clone();
            column.doc = declared.doc.clone();
            column.role = declared.role;
            column.time = declared.time;
        }
    }
    table
}

fn explain_virtual(error: &Error, table: &VirtualTableDef) -> Error {
    Error::failed(format!("SQLite refuses the definition of virtual table `{}`", table.name))
        .why(format!("{}\n{}", error.reason().unwrap_or_default(), table.sql))
        .state("nothing was changed")
        .next("correct the definition; a module that this program does not bring cannot be declared")
}

fn explain(error: &Error, table: &TableDef, statement: &str) -> Error {
    let model = if table.model.is_empty() {
        format!("table `{}`", table.name)
    } else {
        format!("`{}` (table `{}`)", table.model, table.name)
    };
    let explained = Error::failed(format!("SQLite refuses the definition of {model}"))
        .why(format!("{}\n{statement}", error.reason().unwrap_or_default()))
        .state("nothing was changed")
        .next("correct the model and run the command again");
    if table.source.is_empty() { explained } else { explained.place(table.source.to_string()) }
}
