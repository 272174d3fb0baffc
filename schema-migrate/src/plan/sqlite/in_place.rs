use schema_core::dialect::sqlite::constraint_name;
use schema_core::dialect::{quote_identifier, quote_text};
use schema_core::model::{CheckDef, ColumnDef, Engine, ForeignKeyDef, GeneratedStorage, TableDef, UniqueDef};

use super::builder::{Builder, Built, Direction, TableSteps};
use super::column::{self, Attached};
use super::mention::{check_mentions, generated_mentions, in_foreign_key, in_primary_key, in_unique};
use super::value;
use crate::Result;
use crate::diff::{Change, ColumnAspect};
use crate::inspect::sqlite::definition::{Clause, TableText};
use crate::plan::{Cost, EngineVersion, Step};
use crate::sql::strip_qualifier;

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
        let step = match column::add(new, column, attached, &work.table)? {
            Some(sql) => Step::new(&new.name, sql, format!("add column {}.{}", new.name, column.name)),
            None => return Ok(None),
        };
        phases.add.push(if attached.checks.is_empty() { step } else { step.cost(Cost::ReadsRows) });
    }
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
            Change::RenameVariant { column, from, to, .. } => {
                return Ok(self.rename_variant(column, from, to, phases));
            }
            Change::AddCheck { check, .. } => return self.add_check(check, phases),
            Change::DropCheck { check, .. } => return Ok(self.drop_check(check, phases)),
            Change::AddForeignKey { key, .. } => return Ok(self.add_foreign_key(key, phases)),
            Change::DropForeignKey { key, .. } => return Ok(self.drop_foreign_key(key, phases)),
            Change::AddUnique { unique, .. } => return Ok(self.add_unique(unique, phases)),
            Change::AddIndex { index, .. } => phases.indexes.push(create_index(name, index)),
            Change::DropIndex { index, .. } => phases.before.push(drop_index(name, &index.name)),
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
            | Change::RenameColumn { .. } => {}
        }
        Ok(true)
    }

    /// By rule, not by whether there are rows: what ADD COLUMN refuses on a filled table is
    /// refused here on an empty one too.
    fn add_column(&self, column: &'a ColumnDef, phases: &mut Phases<'a>) -> bool {
        let stored = column.generated.as_ref().is_some_and(|item| item.storage == GeneratedStorage::Stored);
        let has_default = value::default(column).is_some();
        let fills = self.builder.backfill(&self.new.name, &column.name).is_some();
        let possible = !stored
            && !fills
            && !in_primary_key(self.new, &column.name)
            && value::is_constant(&column.default)
            && (column.nullable || has_default || column.generated.is_some());
        if possible {
            phases.added.push((column, Attached::default()));
        }
        possible
    }

    fn drop_column(&self, column: &ColumnDef, phases: &mut Phases<'a>) -> bool {
        let name = column.name.as_ref();
        let in_other_check = self
            .old
            .checks
            .iter()
            .any(|check| check_mentions(check, name) && !is_own(check, name) && !self.drops_check(check));
        let in_other_key = self.text.constraints.iter().any(|constraint| {
            matches!(&constraint.clause, Clause::ForeignKey(key)
                if key.columns.iter().any(|part| part.eq_ignore_ascii_case(name)))
        });
        let in_generated =
            self.old.columns.iter().any(|other| other.name != column.name && generated_mentions(other, name));
        let in_kept_index = self.new.indexes.iter().any(|index| super::mention::index_mentions(index, name));
        let key_stays = in_other_key && self.builder.target < FOREIGN_KEYS;
        if in_primary_key(self.old, name)
            || in_unique(self.old, name)
            || in_other_check
            || key_stays
            || in_generated
            || in_kept_index
        {
            return false;
        }
        phases.drop_column.push(
            Step::new(
                &self.new.name,
                format!("ALTER TABLE {} DROP COLUMN {}", self.table, quote_identifier(name)),
                format!("drop column {}.{name}", self.new.name),
            )
            .cost(Cost::RewritesTable)
            .since(35),
        );
        true
    }

    fn drops_check(&self, check: &CheckDef) -> bool {
        self.changes
            .iter()
            .any(|change| matches!(change, Change::DropCheck { check: dropped, .. } if dropped == check))
    }

    fn nullability(&self, to: &ColumnDef, phases: &mut Phases<'a>, built: &mut Built) -> bool {
        let name = to.name.as_ref();
        let special = in_primary_key(self.new, name)
            || to.not_null_conflict.is_some()
            || to.generated.is_some()
            || self.builder.answers.convert_of(&self.new.name, name).is_some();
        if self.builder.target < CONSTRAINTS || special {
            return false;
        }
        let column = quote_identifier(name);
        if to.nullable {
            phases.drop_constraint.push(
                Step::new(
                    &self.new.name,
                    format!("ALTER TABLE {} ALTER COLUMN {column} DROP NOT NULL", self.table),
                    format!("admit NULL in {}.{name}", self.new.name),
                )
                .since(53),
            );
            return true;
        }
        // An UPDATE fires triggers, and a rebuild does not.
        if !self.old.triggers.is_empty() || !self.new.triggers.is_empty() {
            return false;
        }
        let Some(fill) = self.builder.fill(self.new, to, built) else { return false };
        phases.values.push(
            Step::new(
                &self.new.name,
                format!("UPDATE {} SET {column} = {fill} WHERE {column} IS NULL", self.table),
                format!("fill {}.{name} where it is NULL", self.new.name),
            )
            .cost(Cost::ReadsRows),
        );
        phases.add_constraint.push(
            Step::new(
                &self.new.name,
                format!("ALTER TABLE {} ALTER COLUMN {column} SET NOT NULL", self.table),
                format!("forbid NULL in {}.{name}", self.new.name),
            )
            .cost(Cost::ReadsRows)
            .since(53),
        );
        true
    }

    fn rename_variant(&self, column: &str, from: &str, to: &str, phases: &mut Phases<'a>) -> bool {
        let exchanged = |values: &[&Change]| {
            values.iter().any(|change| {
                matches!(change, Change::RenameVariant { column: other, to: taken, .. } if other == column && taken == from)
            })
        };
        if self.builder.target < CONSTRAINTS
            || !self.old.triggers.is_empty()
            || !self.new.triggers.is_empty()
            || in_foreign_key(self.old, column)
            || exchanged(self.changes)
        {
            return false;
        }
        let name = quote_identifier(column);
        let (from, to) = (quote_text(from), quote_text(to));
        phases.values.push(
            Step::new(
                &self.new.name,
                format!("UPDATE {} SET {name} = {to} WHERE {name} = {from}", self.table),
                format!("rename value {from} of {}.{column} to {to}", self.new.name),
            )
            .cost(Cost::ReadsRows),
        );
        true
    }

    fn add_check(&self, check: &'a CheckDef, phases: &mut Phases<'a>) -> Result<bool> {
        let on_new = self.changes.iter().any(|change| {
            matches!(change, Change::AddColumn { column, .. } if check_mentions(check, &column.name))
        });
        if on_new {
            // The last new column carries the CHECK: by then every column of it is there.
            let last = phases.added.iter_mut().rev().find(|(column, _)| check_mentions(check, &column.name));
            return Ok(match last {
                Some((_, attached)) => {
                    attached.checks.push(check);
                    true
                }
                None => false,
            });
        }
        if self.builder.target < CONSTRAINTS {
            return Ok(false);
        }
        let expression = check.expression.on(Engine::Sqlite).unwrap_or_default();
        let expression = strip_qualifier(expression, &self.new.name)?;
        let constraint = check.name.as_deref().map(|name| format!("CONSTRAINT {} ", quote_identifier(name)));
        phases.add_constraint.push(
            Step::new(
                &self.new.name,
                format!(
                    "ALTER TABLE {} ADD {}CHECK ({expression})",
                    self.table,
                    constraint.unwrap_or_default()
                ),
                format!("add check {}", check.name.as_deref().unwrap_or(&expression)),
            )
            .cost(Cost::ReadsRows)
            .since(53),
        );
        Ok(true)
    }

    fn drop_check(&self, check: &CheckDef, phases: &mut Phases<'a>) -> bool {
        let goes_with_column = check.column.as_deref().is_some_and(|column| self.drops_column(column));
        if goes_with_column {
            return true;
        }
        let Some(name) = check.name.as_deref().filter(|name| self.is_only_name(name)) else { return false };
        if self.builder.target < CONSTRAINTS {
            return false;
        }
        phases.drop_constraint.push(self.drop_constraint(name, "check").since(53));
        true
    }

    fn add_foreign_key(&self, key: &'a ForeignKeyDef, phases: &mut Phases<'a>) -> bool {
        let [column] = key.columns.as_ref() else { return false };
        let added = phases.added.iter_mut().find(|(added, _)| added.name.eq_ignore_ascii_case(column));
        match added {
            // With foreign keys on, a reference that existing rows would hold is refused.
            Some((added, attached)) if value::default(added).is_none() && added.generated.is_none() => {
                attached.foreign_keys.push(key);
                true
            }
            _ => false,
        }
    }

    fn drop_foreign_key(&self, key: &ForeignKeyDef, phases: &mut Phases<'a>) -> bool {
        let inline = self.text.columns.iter().any(|column| {
            self.drops_column(&column.name)
                && key.columns.len() == 1
                && key.columns[0].eq_ignore_ascii_case(&column.name)
                && column
                    .constraints
                    .iter()
                    .any(|constraint| matches!(constraint.clause, Clause::ForeignKey(_)))
        });
        if inline {
            return true;
        }
        let Some(name) = key.name.as_deref().filter(|name| self.is_only_name(name)) else { return false };
        if self.builder.target < FOREIGN_KEYS {
            return false;
        }
        phases.drop_constraint.push(self.drop_constraint(name, "foreign key").since(54));
        true
    }

    fn drop_constraint(&self, name: &str, kind: &str) -> Step {
        Step::new(
            &self.new.name,
            format!("ALTER TABLE {} DROP CONSTRAINT {}", self.table, quote_identifier(name)),
            format!("drop {kind} {name}"),
        )
    }

    /// A unique index does what the constraint does, and needs no rebuild.
    fn add_unique(&self, unique: &UniqueDef, phases: &mut Phases<'a>) -> bool {
        if unique.conflict.is_some() {
            return false;
        }
        let columns = unique.columns.iter().map(|column| column.name.as_ref());
        let wanted = match unique.name.as_deref() {
            Some(name) => name.to_owned(),
            None => constraint_name(&self.new.name, columns, "key"),
        };
        let name = self.builder.free_name(&wanted);
        let parts: Vec<String> = unique
            .columns
            .iter()
            .map(|column| {
                let collation =
                    column.collation.as_deref().map(|name| format!(" COLLATE {}", quote_identifier(name)));
                format!("{}{}", quote_identifier(&column.name), collation.unwrap_or_default())
            })
            .collect();
        phases.indexes.push(
            Step::new(
                &self.new.name,
                format!(
                    "CREATE UNIQUE INDEX {} ON {} ({})",
                    quote_identifier(&name),
                    self.table,
                    parts.join(", ")
                ),
                format!("create unique index {name}"),
            )
            .cost(Cost::ReadsRows),
        );
        true
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

impl Builder<'_> {
    /// What fills a column where it is NULL: what a person gave, its default, or on the way back an
    /// empty value.
    pub(super) fn fill(&self, table: &TableDef, column: &ColumnDef, built: &mut Built) -> Option<String> {
        let given = self.backfill(&table.name, &column.name).map(|sql| format!("({sql})"));
        if let Some(fill) = given.or_else(|| value::default(column)) {
            return Some(fill);
        }
        if self.direction == Direction::Up {
            return None;
        }
        let placeholder = value::placeholder(table, column)?;
        built
            .irreversible
            .push(format!("rows without a value in {}.{} get {placeholder}", table.name, column.name));
        Some(placeholder)
    }

    /// The expression that a person gave for a column's values.
    pub(super) fn backfill(&self, table: &str, column: &str) -> Option<&str> {
        let model = || {
            let values = self.comparison.values.iter().find(|values| {
                values.table.eq_ignore_ascii_case(table) && values.column.eq_ignore_ascii_case(column)
            });
            values.and_then(|values| values.backfill.as_deref())
        };
        self.answers.backfill_of(table, column).or_else(model)
    }

    /// A name that no table, index or view has on either side.
    pub(super) fn free_name(&self, wanted: &str) -> String {
        let mut taken = crate::diff::names_taken(&self.comparison.renamed);
        taken.extend(crate::diff::names_taken(self.to));
        let is_taken = |name: &str| taken.iter().any(|known| known.eq_ignore_ascii_case(name));
        let mut name = wanted.to_owned();
        let mut number = 2;
        while is_taken(&name) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        name
    }
}

fn is_own(check: &CheckDef, column: &str) -> bool {
    check.column.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(column))
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
