use schema_core::model::{SchemaDef, VirtualTableDef};

use super::change::Change;
use crate::inspect::can_build;
use crate::inspect::sqlite::definition::VirtualTableText;
use crate::sql::{Fold, fold};

/// The virtual tables that differ, and those that differ and are left alone: their module or its
/// tokenizer is not in this SQLite, so that nothing could be done about them.
pub(super) fn changes(from: &SchemaDef, to: &SchemaDef) -> (Vec<Change>, Vec<String>) {
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
    let (mut changes, mut left_alone) = (Vec::new(), Vec::new());
    for change in found {
        let possible = match &change {
            Change::ChangeVirtualTable { from, to } => can_build(from) && can_build(to),
            Change::CreateVirtualTable { table } | Change::DropVirtualTable { table } => can_build(table),
            _ => true,
        };
        if possible {
            changes.push(change);
        } else {
            left_alone.push(change.table().to_owned());
        }
    }
    (changes, left_alone)
}

/// The virtual table of this name, compared as SQL does.
pub(super) fn find<'a>(schema: &'a SchemaDef, name: &str) -> Option<&'a VirtualTableDef> {
    schema.virtual_tables.iter().find(|table| table.name.eq_ignore_ascii_case(name))
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
