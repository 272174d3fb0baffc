//! What ALTER TABLE does where the table stands.

mod columns;
mod constraints;
mod position;

use schema_core::dialect::quote_identifier;
use schema_core::model::{CheckDef, ColumnDef, Engine, GeneratedStorage, TableDef};

use super::add_column::{self, Attached};
use super::builder::{Builder, Built, TableSteps};
use crate::Result;
use crate::diff::{Change, ColumnAspect};
use crate::inspect::sqlite::definition::TableText;
use crate::plan::{Cost, EngineVersion, Step};

/// ALTER TABLE knows CHECK and NOT NULL from here.
const CONSTRAINTS: EngineVersion = EngineVersion::new(3, 53);
/// DROP CONSTRAINT takes foreign keys from here.
const FOREIGN_KEYS: EngineVersion = EngineVersion::new(3, 54);

/// The steps that change the table where it stands, or nothing where one change needs a rebuild.
pub(super) fn steps(
    builder: &Builder<'_>,
    old: &TableDef,
    new: &TableDef,
    changes: &[&Change],
    built: &mut Built,
) -> Result<Option<TableSteps>> {
    let work = Work {
        builder,
        old,
        new,
        changes,
        text: TableText::read(old.sql.as_deref().unwrap_or_default())?,
        table: quote_identifier(&new.name),
    };
    if work.drops_many() {
        return Ok(None);
    }
    let mut phases = Phases::default();
    for change in changes {
        if !work.change(change, &mut phases, built)? {
            return Ok(None);
        }
    }
    for (column, attached) in &phases.added {
        let step = match add_column::add(new, column, attached, &work.table)? {
            Some(sql) => Step::new(&new.name, sql, format!("add column {}.{}", new.name, column.name)),
            None => return Ok(None),
        };
        phases.add.push(if attached.checks.is_empty() { step } else { step.cost(Cost::ReadsRows) });
    }
    built.notes.extend(position::notes(&work, &phases));
    let steps =
        [phases.drop_constraint, phases.drop_column, phases.add, phases.values, phases.add_constraint];
    Ok(Some(TableSteps {
        before: phases.before,
        steps: steps.into_iter().flatten().collect(),
        indexes: phases.indexes,
        triggers: phases.triggers,
    }))
}

/// Steps in place, by the time at which they run.
#[derive(Default)]
struct Phases<'a> {
    before: Vec<Step>,
    drop_constraint: Vec<Step>,
    drop_column: Vec<Step>,
    added: Vec<(&'a ColumnDef, Attached<'a>)>,
    add: Vec<Step>,
    values: Vec<Step>,
    add_constraint: Vec<Step>,
    indexes: Vec<Step>,
    triggers: Vec<Step>,
}

/// One table on its way.
struct Work<'a> {
    builder: &'a Builder<'a>,
    old: &'a TableDef,
    new: &'a TableDef,
    changes: &'a [&'a Change],
    text: TableText,
    table: String,
}

impl<'a> Work<'a> {
    /// Whether more than one column with stored values goes: each drop writes the whole table anew,
    /// so one rebuild is less.
    fn drops_many(&self) -> bool {
        let dropped = self.changes.iter().filter(|change| match change {
            Change::DropColumn { column, .. } => {
                !column.generated.as_ref().is_some_and(|item| item.storage == GeneratedStorage::Virtual)
            }
            _ => false,
        });
        dropped.count() > 1
    }

    /// Plans one change; false where only a rebuild makes it.
    fn change(&self, change: &'a Change, phases: &mut Phases<'a>, built: &mut Built) -> Result<bool> {
        let name = &self.new.name;
        match change {
            Change::TableOption { .. } | Change::ChangePrimaryKey { .. } | Change::DropUnique { .. } => {
                return Ok(false);
            }
            Change::AddColumn { column, .. } => return Ok(self.add_column(column, phases)),
            Change::DropColumn { column, .. } => return Ok(self.drop_column(column, phases)),
            Change::AlterColumn { to, aspects, .. } => {
                return Ok(aspects == &[ColumnAspect::Nullability] && self.nullability(to, phases, built));
            }
            Change::RenameVariant { column, from, .. } => {
                return Ok(self.rename_variant(column, from, phases));
            }
            Change::AddCheck { check, .. } => return self.add_check(check, phases),
            Change::DropCheck { check, .. } => return Ok(self.drop_check(check, phases)),
            Change::AddForeignKey { key, .. } => return Ok(Self::add_foreign_key(key, phases)),
            Change::DropForeignKey { key, .. } => return Ok(self.drop_foreign_key(key, phases)),
            Change::AddUnique { unique, .. } => return Ok(self.add_unique(unique, phases)),
            Change::AddIndex { index, .. } => phases.indexes.push(create_index(name, index)),
            // One whose name a table takes is gone already.
            Change::DropIndex { index, .. } => {
                if self.old.indexes.iter().any(|known| known.name == index.name) {
                    phases.before.push(drop_index(name, &index.name));
                }
            }
            Change::ChangeIndex { from, to, .. } => {
                phases.before.push(drop_index(name, &from.name));
                phases.indexes.push(create_index(name, to));
            }
            Change::AddTrigger { trigger, .. } => phases.triggers.push(create_trigger(name, trigger)),
            Change::DropTrigger { trigger, .. } => phases.before.push(drop_trigger(name, &trigger.name)),
            Change::ChangeTrigger { from, to, .. } => {
                phases.before.push(drop_trigger(name, &from.name));
                phases.triggers.push(create_trigger(name, to));
            }
            Change::CreateTable { .. }
            | Change::DropTable { .. }
            | Change::RenameTable { .. }
            | Change::RenameColumn { .. }
            | Change::CreateView { .. }
            | Change::DropView { .. }
            | Change::ChangeView { .. }
            | Change::CreateVirtualTable { .. }
            | Change::DropVirtualTable { .. }
            | Change::ChangeVirtualTable { .. } => {}
        }
        Ok(true)
    }

    fn drops_check(&self, check: &CheckDef) -> bool {
        self.changes
            .iter()
            .any(|change| matches!(change, Change::DropCheck { check: dropped, .. } if dropped == check))
    }

    fn drops_column(&self, name: &str) -> bool {
        self.changes.iter().any(
            |change| matches!(change, Change::DropColumn { column, .. } if column.name.eq_ignore_ascii_case(name)),
        )
    }

    /// Whether the table has one constraint of this name: of two, DROP CONSTRAINT takes the first.
    fn is_only_name(&self, name: &str) -> bool {
        let columns = self.text.columns.iter().flat_map(|column| &column.constraints);
        let named = columns.chain(&self.text.constraints).filter(|constraint| {
            constraint.name.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name))
        });
        named.count() == 1
    }
}

fn create_index(table: &str, index: &schema_core::model::IndexDef) -> Step {
    let sql = index.sql.as_deref().unwrap_or_default();
    Step::new(table, sql, format!("create index {}", index.name)).cost(Cost::ReadsRows)
}

fn drop_index(table: &str, name: &str) -> Step {
    Step::new(table, format!("DROP INDEX {}", quote_identifier(name)), format!("drop index {name}"))
}

fn create_trigger(table: &str, trigger: &schema_core::model::TriggerDef) -> Step {
    let sql = trigger.sql.on(Engine::Sqlite).unwrap_or_default();
    Step::new(table, sql, format!("create trigger {}", trigger.name))
}

fn drop_trigger(table: &str, name: &str) -> Step {
    Step::new(table, format!("DROP TRIGGER {}", quote_identifier(name)), format!("drop trigger {name}"))
}
