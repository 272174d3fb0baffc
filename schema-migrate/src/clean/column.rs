use schema_core::model::{ColumnDef, ColumnRole, SchemaDef, TableDef, TimeStorage};

use super::Rule;
use crate::diff::Path;
use crate::nearest::nearest;
use crate::{Error, ErrorKind, Result};

/// The column by which rows are old, and how it stores a time.
#[derive(Clone, Debug)]
pub(super) struct Aged {
    pub(super) table: String,
    pub(super) column: String,
    pub(super) storage: TimeStorage,
}

/// What a rule means by these models, on a database that holds `live`.
pub(super) fn aged(rule: &Rule, declared: &SchemaDef, live: &SchemaDef) -> Result<Aged> {
    let table = declared.table(&rule.table).ok_or_else(|| unknown(declared, &rule.table))?;
    if table.append_only {
        return Err(refused(format!("{} is append-only", table.name))
            .why("its trigger forbids to delete: the model says that every row stays"));
    }
    let column = column(rule, table)?;
    let storage = column.time.ok_or_else(|| {
        refused(format!("{} is no time", of(table, column)))
            .why("its Rust type is none: the age of a text or of a number is not guessed")
            .next("declare it as an OffsetDateTime, with `stored = \"unix\"` or `\"unix_ms\"` where it is a number")
            .next(named(table))
    })?;
    let is_there = live.table(&table.name).is_some_and(|table| table.column(&column.name).is_some());
    if !is_there {
        return Err(Error::new(ErrorKind::Preflight, format!("the database has no {}", of(table, column)))
            .why("the models are ahead of it")
            .state("nothing was changed")
            .next("db-migrate"));
    }
    Ok(Aged { table: table.name.to_string(), column: column.name.to_string(), storage })
}

fn column<'t>(rule: &Rule, table: &'t TableDef) -> Result<&'t ColumnDef> {
    let with_role = |role| table.columns.iter().find(|column| column.role == role);
    let soft_delete = with_role(ColumnRole::SoftDelete);
    match (&rule.by, rule.deleted) {
        (Some(_), true) => Err(refused("`deleted` and `by` are two different ages".to_owned())
            .why("rows are old since they were deleted, or by a column")),
        (Some(name), false) => {
            let is_named = |column: &&ColumnDef| {
                column.name.eq_ignore_ascii_case(name) || column.field.eq_ignore_ascii_case(name)
            };
            table.columns.iter().find(is_named).ok_or_else(|| {
                let error = refused(format!("{} has no column `{name}`", table.name));
                match nearest(name, table.columns.iter().map(|column| column.name.as_ref())) {
                    Some(meant) => error.next(format!("--by {meant}")),
                    None => error.next(named(table)),
                }
            })
        }
        (None, true) => soft_delete.ok_or_else(|| {
            refused(format!("no row of {} is kept after it was deleted", table.name))
                .why(format!("{} has no `soft_delete` column", model(table)))
                .next(named(table))
        }),
        (None, false) if soft_delete.is_some() => {
            Err(refused(format!("which rows of {} are to go?", table.name))
                .why("it keeps rows after they were deleted")
                .next("--deleted (those that were deleted so long ago)")
                .next(format!("{} (for good, deleted or not)", named(table))))
        }
        (None, false) => with_role(ColumnRole::CreatedAt).ok_or_else(|| {
            refused(format!("by which column are rows of {} old?", table.name))
                .why(format!("{} has no `created_at`", model(table)))
                .next(named(table))
        }),
    }
}

/// The flag that names one of the columns that hold a time.
fn named(table: &TableDef) -> String {
    let times =
        table.columns.iter().filter(|column| column.time.is_some() && column.role != ColumnRole::SoftDelete);
    let times: Vec<&str> = times.map(|column| column.name.as_ref()).collect();
    if times.is_empty() {
        format!("no column of {} is a time", table.name)
    } else {
        format!("--by {}", times.join(" | "))
    }
}

fn model(table: &TableDef) -> String {
    if table.model.is_empty() { format!("the model of {}", table.name) } else { format!("`{}`", table.model) }
}

fn of(table: &TableDef, column: &ColumnDef) -> Path {
    Path::new([table.name.as_ref(), column.name.as_ref()])
}

fn unknown(declared: &SchemaDef, name: &str) -> Error {
    let tables = || declared.tables.iter().map(|table| table.name.as_ref());
    let why = match nearest(name, tables()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("the models have {}", tables().collect::<Vec<_>>().join(", ")),
    };
    refused(format!("there is no model of a table `{name}`")).why(why)
}

fn refused(what: String) -> Error {
    Error::usage(what).state("nothing was changed")
}
