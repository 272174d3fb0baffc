use super::column::collation_name;
use crate::dialect::{quote_identifier, quote_text};
use crate::model::{
    CheckDef, ColumnDef, ConflictClause, Deferrable, Domain, Engine, ForeignKeyAction, ForeignKeyDef,
    KeyColumn, PrimaryKeyDef, TableDef, Text, UniqueDef,
};

/// The name of a constraint that the model gives none: `<table>_<columns>_<kind>`, where `kind` is
/// `key`, `fkey` or `check`.
pub fn constraint_name<'a>(table: &str, columns: impl IntoIterator<Item = &'a str>, kind: &str) -> String {
    let mut name = table.to_owned();
    for column in columns {
        name.push('_');
        name.push_str(column);
    }
    name.push('_');
    name.push_str(kind);
    name
}

/// The table constraints of a `CREATE TABLE`, one text each.
pub(super) fn definitions(table: &TableDef) -> Vec<String> {
    let mut names = Names::default();
    let mut lines = Vec::new();
    if let Some(key) = &table.primary_key
        && !is_inline(key)
    {
        let name = key.name.as_deref().map(constraint);
        lines.push(format!(
            "{}PRIMARY KEY ({}){}",
            name.unwrap_or_default(),
            key_columns(&key.columns),
            conflict(key.conflict)
        ));
    }
    for unique in table.uniques.iter() {
        let name = names.fresh(&unique_name(table, unique));
        let columns = key_columns(&unique.columns);
        lines.push(format!("{}UNIQUE ({columns}){}", constraint(&name), conflict(unique.conflict)));
    }
    for key in table.foreign_keys.iter() {
        let name = names.fresh(&foreign_key_name(table, key));
        lines.push(format!("{}{}", constraint(&name), foreign_key(key)));
    }
    for (name, expression) in checks(table) {
        let name = names.fresh(&name);
        lines.push(format!("{}CHECK ({expression})", constraint(&name)));
    }
    lines
}

/// PRIMARY KEY as it is written on its column, if it is.
pub(super) fn inline_primary_key(table: &TableDef, column: &ColumnDef) -> Option<String> {
    let key = table.primary_key.as_ref().filter(|key| is_inline(key))?;
    if !key.columns.first()?.name.eq_ignore_ascii_case(&column.name) {
        return None;
    }
    let name = key.name.as_deref().map(constraint);
    let autoincrement = if key.autoincrement { " AUTOINCREMENT" } else { "" };
    Some(format!("{}PRIMARY KEY{}{autoincrement}", name.unwrap_or_default(), conflict(key.conflict)))
}

/// An ON CONFLICT clause with a space before it; nothing where it says what holds anyway.
pub(super) fn conflict(clause: Option<ConflictClause>) -> &'static str {
    match clause {
        None => "",
        Some(ConflictClause::Rollback) => " ON CONFLICT ROLLBACK",
        Some(ConflictClause::Abort) => " ON CONFLICT ABORT",
        Some(ConflictClause::Fail) => " ON CONFLICT FAIL",
        Some(ConflictClause::Ignore) => " ON CONFLICT IGNORE",
        Some(ConflictClause::Replace) => " ON CONFLICT REPLACE",
    }
}

fn is_inline(key: &PrimaryKeyDef) -> bool {
    matches!(key.columns.as_ref(), [column] if column.collation.is_none() && !column.descending)
}

fn constraint(name: &str) -> String {
    format!("CONSTRAINT {} ", quote_identifier(name))
}

fn key_columns(columns: &[KeyColumn]) -> String {
    let columns: Vec<String> = columns
        .iter()
        .map(|column| {
            let mut sql = quote_identifier(&column.name);
            if let Some(collation) = &column.collation {
                sql.push_str(" COLLATE ");
                sql.push_str(&collation_name(collation));
            }
            if column.descending {
                sql.push_str(" DESC");
            }
            sql
        })
        .collect();
    columns.join(", ")
}

fn unique_name(table: &TableDef, unique: &UniqueDef) -> String {
    unique.name.as_deref().map_or_else(
        || constraint_name(&table.name, unique.columns.iter().map(|column| column.name.as_ref()), "key"),
        str::to_owned,
    )
}

fn foreign_key_name(table: &TableDef, key: &ForeignKeyDef) -> String {
    key.name.as_deref().map_or_else(
        || constraint_name(&table.name, key.columns.iter().map(AsRef::as_ref), "fkey"),
        str::to_owned,
    )
}

fn foreign_key(key: &ForeignKeyDef) -> String {
    let mut words =
        vec![format!("FOREIGN KEY ({}) REFERENCES {}", names(&key.columns), quote_identifier(&key.table))];
    if !key.references.is_empty() {
        words.push(format!("({})", names(&key.references)));
    }
    for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        let action = match action {
            ForeignKeyAction::NoAction => continue,
            ForeignKeyAction::Restrict => "RESTRICT",
            ForeignKeyAction::SetNull => "SET NULL",
            ForeignKeyAction::SetDefault => "SET DEFAULT",
            ForeignKeyAction::Cascade => "CASCADE",
        };
        words.push(format!("ON {event} {action}"));
    }
    words.extend(match key.deferrable {
        Deferrable::Not => None,
        Deferrable::InitiallyImmediate => Some("DEFERRABLE INITIALLY IMMEDIATE".to_owned()),
        Deferrable::InitiallyDeferred => Some("DEFERRABLE INITIALLY DEFERRED".to_owned()),
    });
    words.join(" ")
}

fn names(columns: &[Text]) -> String {
    columns.iter().map(|column| quote_identifier(column)).collect::<Vec<_>>().join(", ")
}

/// Name and expression of every CHECK: those of the columns' domains first, then the model's own.
fn checks(table: &TableDef) -> Vec<(String, String)> {
    let mut checks: Vec<(String, String)> = table
        .columns
        .iter()
        .filter_map(|column| {
            let values = match &column.domain {
                Domain::Any => return None,
                Domain::Boolean => "0, 1".to_owned(),
                Domain::Variants(variants) => {
                    variants.iter().map(|variant| quote_text(&variant.value)).collect::<Vec<_>>().join(", ")
                }
            };
            let name = constraint_name(&table.name, [column.name.as_ref()], "check");
            Some((name, format!("{} IN ({values})", quote_identifier(&column.name))))
        })
        .collect();
    checks.extend(table.checks.iter().filter_map(|check| {
        Some((check_name(table, check), check.expression.on(Engine::Sqlite)?.to_owned()))
    }));
    checks
}

fn check_name(table: &TableDef, check: &CheckDef) -> String {
    check
        .name
        .as_deref()
        .map_or_else(|| constraint_name(&table.name, check.column.as_deref(), "check"), str::to_owned)
}

/// The names given so far. Of two constraints of one name SQLite can only drop the first.
#[derive(Default)]
struct Names(Vec<String>);

impl Names {
    fn fresh(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = 2;
        while self.0.iter().any(|taken| taken.eq_ignore_ascii_case(&name)) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        self.0.push(name.clone());
        name
    }
}
