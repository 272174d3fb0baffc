use schema_core::dialect::{quote_identifier, quote_text};
use schema_core::model::{ColumnDef, TableDef};

use super::builder::{Builder, Built, Direction};
use super::conversion::consequence;
use super::expect::{altered_values, unfilled_rows};
use super::mention::{in_foreign_key, in_primary_key, in_unique};
use crate::diff::{Change, ColumnAspect};
use crate::plan::Blocked;

/// The statement that copies every row of a table into its successor.
#[derive(Debug)]
pub(super) struct Copy {
    pub(super) sql: String,
    pub(super) notes: Vec<String>,
}

/// Where a column of the new table gets its value.
enum Source {
    /// From an expression over the old row.
    Expression(String),
    /// From its default, or nowhere: it is left out of the INSERT.
    Default,
}

/// Writes the copy. ABORT, since a conflict clause in the new table would otherwise drop rows
/// without a word.
pub(super) fn copy(
    builder: &Builder<'_>,
    old: &TableDef,
    new: &TableDef,
    successor: &str,
    changes: &[&Change],
    built: &mut Built,
) -> Copy {
    let mut notes = Vec::new();
    let (mut targets, mut sources) = (Vec::new(), Vec::new());
    if let Some((target, source)) = rowid(builder, old, new, &mut notes, built) {
        targets.push(target);
        sources.push(source);
    }
    for column in new.columns.iter().filter(|column| column.generated.is_none()) {
        let source = match old.column(&column.name) {
            Some(before) => {
                Source::Expression(kept(builder, new, before, column, changes, built, &mut notes))
            }
            None => added(builder, old, new, column, built, &mut notes),
        };
        if let Source::Expression(expression) = source {
            targets.push(quote_identifier(&column.name));
            sources.push(expression);
        }
    }
    let (successor, table) = (quote_identifier(successor), quote_identifier(&new.name));
    if targets.is_empty()
        && let Some(column) = new.columns.iter().find(|column| column.generated.is_none())
    {
        // Nothing is carried over, and the rows are there all the same.
        targets.push(quote_identifier(&column.name));
        sources.push(super::value::default(column).unwrap_or_else(|| "NULL".to_owned()));
    }
    let sql = format!(
        "INSERT OR ABORT INTO {successor} ({})\nSELECT {}\nFROM {table}",
        targets.join(", "),
        sources.join(", ")
    );
    Copy { sql, notes }
}

/// The rowid on both sides, where it is not a column's value anyway.
fn rowid(
    builder: &Builder<'_>,
    old: &TableDef,
    new: &TableDef,
    notes: &mut Vec<String>,
    built: &mut Built,
) -> Option<(String, String)> {
    if old.without_rowid || new.without_rowid {
        return None;
    }
    if new.primary_key.as_ref().is_some_and(|key| key.rowid_alias) {
        return None;
    }
    let name =
        |table: &TableDef| ["_rowid_", "oid", "rowid"].into_iter().find(|name| table.column(name).is_none());
    let (Some(target), Some(source)) = (name(new), name(old)) else {
        notes.push(format!(
            "{} has columns named rowid, _rowid_ and oid, which hide its rowids: they are numbered anew",
            new.name
        ));
        if builder.direction == Direction::Up {
            built.irreversible.push(format!(
                "the rowids of {} cannot come back: columns named rowid, _rowid_ and oid hide them, and its rows \
                 are numbered anew",
                new.name
            ));
        }
        return None;
    };
    Some((target.to_owned(), format!("{}.{source}", quote_identifier(&new.name))))
}

/// A column that was there before.
fn kept(
    builder: &Builder<'_>,
    new: &TableDef,
    before: &ColumnDef,
    column: &ColumnDef,
    changes: &[&Change],
    built: &mut Built,
    notes: &mut Vec<String>,
) -> String {
    let own = format!("{}.{}", quote_identifier(&new.name), quote_identifier(&before.name));
    let type_changed = changes.iter().any(|change| {
        matches!(change, Change::AlterColumn { to, aspects, .. }
            if to.name == column.name && aspects.contains(&ColumnAspect::Type))
    });
    let mut expression = own.clone();
    if let Some(convert) = builder.convert(new, column, type_changed) {
        expression = format!("({convert})");
        // Whether an expression can be undone, nobody but its author knows.
        if builder.direction == Direction::Up {
            built.irreversible.push(converted(new, column));
        }
    // What can change for good is a loss, and told as one.
    } else if type_changed && altered_values(builder, new, column).is_none() {
        built.notes.push(format!(
            "{}.{} goes from {} to {}: {}",
            new.name,
            column.name,
            or_none(&before.sql_type),
            or_none(&column.sql_type),
            builder.consequence(new, before, column)
        ));
    }
    let variants: Vec<String> = builder
        .comparison
        .variants
        .iter()
        .filter(|variant| variant.table == new.name && variant.column == column.name)
        .map(|variant| format!(" WHEN {} THEN {}", quote_text(&variant.from), quote_text(&variant.to)))
        .collect();
    if !variants.is_empty() {
        expression = format!("CASE {expression}{} ELSE {expression} END", variants.concat());
    }
    if before.nullable && !column.nullable {
        let is_rowid = new.primary_key.as_ref().is_some_and(|key| key.rowid_alias);
        if in_primary_key(new, &column.name) {
            // Nothing stands in for a key but what a person gave.
            if let Some(backfill) = builder.backfill(&new.name, &column.name) {
                notes.push(format!("{}.{} gets {backfill} where it is NULL", new.name, column.name));
                expression = format!("coalesce({expression}, ({backfill}))");
            } else if is_rowid {
                // SQLite would invent a key; a text is none, and fails.
                expression = format!("coalesce({expression}, 'NULL is no key')");
            }
        } else if let Some(fill) = builder.fill(new, column, built) {
            notes.push(format!("{}.{} gets {fill} where it is NULL", new.name, column.name));
            expression = format!("coalesce({expression}, {fill})");
        } else if builder.direction == Direction::Up {
            built.blocked.push(blocked(
                new,
                column,
                "it forbids NULL from now on and has no default for the rows that hold it",
                &own,
                builder,
            ));
        } else {
            let why = format!("{}.{} must hold no NULL", new.name, column.name);
            notes.push(format!("fails unless it is so: {why}"));
            built.irreversible.push(why);
        }
    }
    expression
}

/// What a person should know about a column whose values an expression replaces.
pub(super) fn converted(table: &TableDef, column: &ColumnDef) -> String {
    let path = crate::diff::Path::new([table.name.as_ref(), column.name.as_ref()]);
    format!("the values of {path} before their conversion cannot come back")
}

/// A column that is new.
fn added(
    builder: &Builder<'_>,
    old: &TableDef,
    new: &TableDef,
    column: &ColumnDef,
    built: &mut Built,
    notes: &mut Vec<String>,
) -> Source {
    if let Some(backfill) = builder.backfill(&new.name, &column.name) {
        return Source::Expression(format!("({backfill})"));
    }
    let is_rowid =
        in_primary_key(new, &column.name) && new.primary_key.as_ref().is_some_and(|key| key.rowid_alias);
    if is_rowid {
        let name = ["_rowid_", "oid", "rowid"].into_iter().find(|name| old.column(name).is_none());
        return match name.filter(|_| !old.without_rowid) {
            Some(name) => Source::Expression(format!("{}.{name}", quote_identifier(&new.name))),
            None => Source::Default,
        };
    }
    if column.nullable || super::value::default(column).is_some() {
        return Source::Default;
    }
    if builder.direction == Direction::Up {
        built.blocked.push(blocked(
            new,
            column,
            "it is NOT NULL and has no default for the rows that exist",
            "...",
            builder,
        ));
        return Source::Default;
    }
    if let Some(fill) = builder.fill(new, column, built) {
        notes.push(format!(
            "the values of {}.{} cannot come back: every row gets {fill}",
            new.name, column.name
        ));
        return Source::Expression(fill);
    }
    let why = format!(
        "the values of {}.{} cannot come back, and nothing can stand in for them",
        new.name, column.name
    );
    notes.push(format!("{why}: fails on a table with rows"));
    built.irreversible.push(why);
    Source::Expression("NULL".to_owned())
}

impl Builder<'_> {
    /// What becomes of the values of a column that gets another type.
    pub(super) fn consequence(&self, table: &TableDef, before: &ColumnDef, column: &ColumnDef) -> String {
        let old = self.comparison.renamed.table(&table.name).unwrap_or(table);
        consequence(old, table, &before.sql_type, &column.sql_type)
    }

    /// The expression that a person gave for a column's new value. What the model says counts when
    /// the type changes.
    pub(super) fn convert(&self, table: &TableDef, column: &ColumnDef, type_changed: bool) -> Option<&str> {
        let model = || {
            let values = self.comparison.values.iter().find(|values| {
                values.table.eq_ignore_ascii_case(&table.name)
                    && values.column.eq_ignore_ascii_case(&column.name)
            });
            values.and_then(|values| values.convert.as_deref()).filter(|_| type_changed)
        };
        self.answers.convert_of(&table.name, &column.name).or_else(model)
    }
}

fn blocked(table: &TableDef, column: &ColumnDef, why: &str, example: &str, builder: &Builder<'_>) -> Blocked {
    let path = crate::diff::Path::new([table.name.as_ref(), column.name.as_ref()]);
    let example = if example == "..." { "SQL expression" } else { "SQL expression for rows that hold NULL" };
    let keys = in_unique(table, &column.name) || in_foreign_key(table, &column.name);
    let hint = if keys { ", a value of its own for each row where the column is a key" } else { "" };
    Blocked {
        table: table.name.to_string(),
        column: column.name.to_string(),
        why: format!("{why}{hint}"),
        flags: vec![format!("--backfill {path}=\"{example}\"")],
        query: unfilled_rows(builder, table, &column.name),
    }
}

pub(super) fn or_none(text: &str) -> &str {
    if text.is_empty() { "no type" } else { text }
}
