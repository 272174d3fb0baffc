use schema_core::model::{SchemaDef, VirtualTableDef};

use super::change::Change;
use crate::inspect::sqlite::definition::VirtualTableText;
use crate::inspect::{can_build, scratch};
use crate::sql::{Fold, fold};
use crate::{Error, Result};

/// The virtual tables that differ, and those that differ and are left alone: their module or its
/// tokenizer is not in this SQLite, so that nothing could be done about them.
pub(super) fn changes(from: &SchemaDef, to: &SchemaDef) -> Result<(Vec<Change>, Vec<String>)> {
    let mut found = Vec::new();
    for old in from.virtual_tables.iter().filter(|old| find(to, &old.name).is_none()) {
        found.push(Change::DropVirtualTable { table: old.clone() });
    }
    for new in to.virtual_tables.iter() {
        match find(from, &new.name) {
            None => found.push(Change::CreateVirtualTable { table: new.clone() }),
            Some(old) if old.sql == new.sql || form(old) == form(new) => {}
            Some(old) => found.push(Change::ChangeVirtualTable { from: old.clone(), to: new.clone() }),
        }
    }
    if found.is_empty() {
        return Ok((found, Vec::new()));
    }
    let known = modules()?;
    let is_known = |table: &VirtualTableDef| match VirtualTableText::read(&table.sql) {
        Some(text) => known.contains(&text.module) && can_build(table),
        None => false,
    };
    let (found, unknown): (Vec<Change>, Vec<Change>) = found.into_iter().partition(|change| match change {
        Change::ChangeVirtualTable { from, to } => is_known(from) && is_known(to),
        Change::CreateVirtualTable { table } | Change::DropVirtualTable { table } => is_known(table),
        _ => true,
    });
    Ok((found, unknown.iter().map(|change| change.table().to_owned()).collect()))
}

/// The virtual table of this name, compared as SQL does.
pub(super) fn find<'a>(schema: &'a SchemaDef, name: &str) -> Option<&'a VirtualTableDef> {
    schema.virtual_tables.iter().find(|table| table.name.eq_ignore_ascii_case(name))
}

/// The modules that this SQLite brings with it, in lower case.
fn modules() -> Result<Vec<String>> {
    scratch()?
        .prepare("SELECT lower(name) FROM pragma_module_list")
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
        .map_err(|error| Error::sqlite("list the modules", error))
}

/// The definition as it is compared. Of a full-text table the options count in any order and with
/// any quotes; what other modules make of their arguments is theirs to know.
fn form(table: &VirtualTableDef) -> String {
    let text = VirtualTableText::read(&table.sql).filter(VirtualTableText::is_full_text);
    let Some(text) = text else {
        return fold(&table.sql, Fold::default()).unwrap_or_else(|_| table.sql.to_string());
    };
    let columns: Vec<String> =
        text.columns.iter().map(|words| words.join(" ").to_ascii_lowercase()).collect();
    let mut options: Vec<String> = text
        .options
        .iter()
        .map(|(name, value)| match name.as_str() {
            "content" | "content_rowid" => format!("{name}={}", value.to_ascii_lowercase()),
            _ => format!("{name}={value}"),
        })
        .filter(|option| option != "content_rowid=rowid")
        .collect();
    options.sort();
    format!("{}({}) {}", text.module, columns.join(","), options.join(" "))
}
