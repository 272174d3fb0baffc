use std::collections::HashSet;

use schema_core::dialect::quote_identifier;
use schema_core::model::{Engine, SchemaDef, TableDef};

use super::copy::or_none;
use super::expect::altered_values;
use super::{in_place, kept, rebuild, views, virtual_tables};
use crate::Result;
use crate::diff::{Answers, Change, Comparison, Path, Rename};
use crate::plan::{Blocked, Cost, EngineVersion, Expectation, Loss, LossKind, Step};

/// Which way the steps lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// A person's changes: what cannot be decided by rule is asked for.
    Up,
    /// Back again: what is gone is stood in for, and said.
    Down,
}

/// What every part of the planner looks at.
pub(super) struct Builder<'a> {
    pub(super) direction: Direction,
    pub(super) to: &'a SchemaDef,
    pub(super) comparison: &'a Comparison,
    pub(super) answers: &'a Answers,
    pub(super) target: EngineVersion,
    /// Names that no new object may have.
    pub(super) taken: &'a [String],
}

/// What the planner has put together.
#[derive(Debug, Default)]
pub(super) struct Built {
    pub(super) steps: Vec<Step>,
    pub(super) notes: Vec<String>,
    pub(super) losses: Vec<Loss>,
    pub(super) blocked: Vec<Blocked>,
    pub(super) irreversible: Vec<String>,
    pub(super) expectations: Vec<Expectation>,
    pub(super) rebuilt: Vec<String>,
    pub(super) foreign_keys_off: bool,
}

/// The steps of one table, by the time at which they run.
#[derive(Debug, Default)]
pub(super) struct TableSteps {
    /// Triggers and indexes that go first: they would keep a column from being dropped.
    pub(super) before: Vec<Step>,
    /// The table itself.
    pub(super) steps: Vec<Step>,
    /// Indexes, then triggers.
    pub(super) indexes: Vec<Step>,
    pub(super) triggers: Vec<Step>,
}

impl<'a> Builder<'a> {
    /// The steps in the order in which they run: views that stand in the way, renames, views and what else goes away, new
    /// tables, changed tables, dropped tables, indexes, virtual tables, triggers, views.
    ///
    /// The tables in `rebuild` are rebuilt whatever could be done in place.
    pub(super) fn build(&self, rebuild: &[String]) -> Result<Built> {
        let mut built = Built::default();
        let mut views = views::steps(self);
        let mut virtual_tables = virtual_tables::steps(self, &mut built);
        built.steps.append(&mut views.first);
        for rename in &self.comparison.renames {
            built.steps.push(rename_step(rename));
        }
        built.steps.append(&mut views.drop);
        let mut work = Vec::new();
        for table in self.to.tables.iter() {
            if let Some(old) = self.comparison.renamed.table(&table.name) {
                let changes: Vec<&Change> = self.changes_of(&table.name).collect();
                // What a person gave for a column is used, whatever else could be done in place.
                let converts = table.columns.iter().any(|column| {
                    old.column(&column.name).is_some()
                        && column.generated.is_none()
                        && self.answers.convert_of(&table.name, &column.name).is_some()
                });
                if !changes.is_empty() || converts {
                    let in_place = !converts && !rebuild.iter().any(|name| *name == table.name);
                    work.push(self.table(old, table, &changes, in_place, &mut built)?);
                }
            }
        }
        let created: Vec<&TableDef> = self.created();
        for table in &mut work {
            built.steps.append(&mut table.before);
        }
        built.steps.append(&mut virtual_tables.drop);
        self.make_room(&created, &mut built);
        for table in &created {
            built.steps.push(create_table(table));
        }
        built.steps.extend(self.comparison.kept.iter().map(kept::keep));
        for table in &mut work {
            built.steps.append(&mut table.steps);
        }
        self.drop_tables(&mut built);
        let triggers =
            work.iter_mut().flat_map(|table| std::mem::take(&mut table.triggers)).collect::<Vec<_>>();
        for table in &mut work {
            built.steps.append(&mut table.indexes);
        }
        for table in &created {
            built.steps.extend(indexes_of(table, table, &[]));
        }
        built.steps.append(&mut virtual_tables.create);
        built.steps.extend(triggers);
        for table in &created {
            built.steps.extend(triggers_of(table, table, &[]));
        }
        built.steps.append(&mut views.create);
        built.steps.append(&mut virtual_tables.fill);
        self.losses(&mut built);
        self.check_target(&mut built);
        Ok(built)
    }

    /// The changes of a table, other than renames.
    fn changes_of(&self, table: &str) -> impl Iterator<Item = &'a Change> {
        self.comparison.changes.iter().filter(move |change| {
            let rename = matches!(change, Change::RenameTable { .. } | Change::RenameColumn { .. });
            !rename && change.table().eq_ignore_ascii_case(table)
        })
    }

    fn table(
        &self,
        old: &TableDef,
        new: &TableDef,
        changes: &[&Change],
        in_place: bool,
        built: &mut Built,
    ) -> Result<TableSteps> {
        let mut found = Built::default();
        if in_place && let Some(steps) = in_place::steps(self, old, new, changes, &mut found)? {
            built.absorb(found);
            return Ok(steps);
        }
        built.foreign_keys_off = true;
        built.rebuilt.push(new.name.to_string());
        rebuild::steps(self, old, new, changes, built)
    }

    /// The new tables, parents before their children.
    fn created(&self) -> Vec<&'a TableDef> {
        let is_new = |table: &str| {
            self.comparison
                .changes
                .iter()
                .any(|change| matches!(change, Change::CreateTable { table: created } if created == table))
        };
        let mut tables: Vec<&TableDef> =
            self.to.tables.iter().map(AsRef::as_ref).filter(|table| is_new(&table.name)).collect();
        let mut sorted = Vec::with_capacity(tables.len());
        while !tables.is_empty() {
            let next = tables.iter().position(|child| !tables.iter().any(|parent| refers(child, parent)));
            sorted.push(tables.remove(next.unwrap_or(0)));
        }
        sorted
    }

    /// Drops the indexes that have the name of a new table. They would go with their own tables, but
    /// only later.
    fn make_room(&self, created: &[&TableDef], built: &mut Built) {
        for table in self.comparison.renamed.tables.iter() {
            for index in table.indexes.iter() {
                let is_in_the_way = created.iter().any(|new| new.name.eq_ignore_ascii_case(&index.name));
                let sql = format!("DROP INDEX {}", quote_identifier(&index.name));
                if is_in_the_way && !built.steps.iter().any(|step| step.sql == sql) {
                    built.steps.push(Step::new(&table.name, sql, format!("drop index {}", index.name)));
                }
            }
        }
    }

    /// Drops what is gone, children before their parents.
    fn drop_tables(&self, built: &mut Built) {
        let renamed = &self.comparison.renamed;
        let is_gone = |table: &TableDef| self.to.table(&table.name).is_none();
        let (mut gone, kept): (Vec<&TableDef>, Vec<&TableDef>) =
            renamed.tables.iter().map(AsRef::as_ref).partition(|table| is_gone(table));
        while !gone.is_empty() {
            let next = gone.iter().position(|parent| !gone.iter().any(|child| refers(child, parent)));
            let table = gone.remove(next.unwrap_or(0));
            // DROP TABLE deletes the rows first, and that cascades wherever a table points here.
            built.foreign_keys_off |= next.is_none() || kept.iter().any(|child| refers(child, table));
            let name = self.comparison.original(&[&table.name]);
            built.steps.push(Step::new(
                &table.name,
                format!("DROP TABLE {}", quote_identifier(&table.name)),
                format!("drop table {name}"),
            ));
        }
    }

    fn losses(&self, built: &mut Built) {
        for change in &self.comparison.changes {
            let (path, permitted) = match change {
                Change::DropTable { table } => {
                    let name = self.comparison.original(&[table]);
                    (Path::new([name]), self.answers.permits(&[name]))
                }
                // A column that is computed from now on keeps none of the values that it stored.
                Change::DropColumn { table, column } | Change::AlterColumn { table, from: column, .. }
                    if column.generated.is_none() && !keeps_values(change) =>
                {
                    let name = self.comparison.original(&[table, &column.name]);
                    let before = self.old_name(table);
                    let permitted =
                        self.answers.permits(&[table, name]) || self.answers.permits(&[before, name]);
                    (Path::new([before, name]), permitted)
                }
                _ => continue,
            };
            if self.direction == Direction::Down || self.is_kept(change) {
                continue;
            }
            built.irreversible.push(match path.0.len() {
                1 => format!("the rows of {path} cannot come back: the table comes back empty"),
                _ => format!("the values of {path} cannot come back"),
            });
            built.losses.push(Loss::gone(path, permitted));
        }
        if self.direction == Direction::Up {
            self.alterations(built);
        }
    }

    /// Columns whose values another type can change for good. That it can is what counts, and not
    /// whether the rows of some database are among those.
    fn alterations(&self, built: &mut Built) {
        for table in self.changed_tables() {
            let Some(old) = self.comparison.renamed.table(&table.name) else { continue };
            for column in table.columns.iter() {
                let Some(before) = old.column(&column.name) else { continue };
                let Some(query) = altered_values(self, table, column) else { continue };
                let path = Path::new([table.name.as_ref(), column.name.as_ref()]);
                let permitted = self.answers.permits(&[&table.name, &column.name])
                    || self.answers.permits(&[self.old_name(&table.name), &column.name]);
                built
                    .irreversible
                    .push(format!("values of {path} that change with its type cannot come back"));
                built.losses.push(Loss {
                    what: path,
                    kind: LossKind::Changed {
                        types: [&before.sql_type, &column.sql_type].map(|name| or_none(name).to_owned()),
                        consequence: self.consequence(table, before, column),
                    },
                    permitted,
                    query: Some(query),
                });
            }
        }
    }

    /// The new schema's tables of which something changes, in its order.
    pub(super) fn changed_tables(&self) -> Vec<&'a TableDef> {
        let names: HashSet<String> =
            self.comparison.changes.iter().map(|change| change.table().to_ascii_lowercase()).collect();
        let tables = self.to.tables.iter().map(AsRef::as_ref);
        tables.filter(|table: &&TableDef| names.contains(&table.name.to_ascii_lowercase())).collect()
    }

    /// Whether the values that the change takes are kept aside.
    fn is_kept(&self, change: &Change) -> bool {
        match change {
            Change::DropColumn { table, column } | Change::AlterColumn { table, from: column, .. } => {
                self.comparison.keeps(table, &column.name).is_some()
            }
            _ => false,
        }
    }

    /// The name that a table has in the old schema.
    fn old_name<'t>(&self, table: &'t str) -> &'t str
    where
        'a: 't,
    {
        let renamed = self.comparison.changes.iter().find_map(|change| match change {
            Change::RenameTable { from, to } if to == table => Some(from.as_str()),
            _ => None,
        });
        renamed.unwrap_or(table)
    }

    fn check_target(&self, built: &mut Built) {
        if let Some(step) = built.steps.iter().find(|step| step.engine > self.target) {
            built.notes.push(format!(
                "{} needs SQLite {}, and the target is {}",
                step.purpose, step.engine, self.target
            ));
        }
    }
}

impl Built {
    pub(super) fn absorb(&mut self, other: Self) {
        self.notes.extend(other.notes);
        self.blocked.extend(other.blocked);
        self.irreversible.extend(other.irreversible);
        self.foreign_keys_off |= other.foreign_keys_off;
    }
}

/// Whether the column of a change still stores what it stored.
fn keeps_values(change: &Change) -> bool {
    matches!(change, Change::AlterColumn { to, .. } if to.generated.is_none())
}

/// Whether a foreign key of the child points at the other table.
fn refers(child: &TableDef, parent: &TableDef) -> bool {
    child.name != parent.name
        && child.foreign_keys.iter().any(|key| key.table.eq_ignore_ascii_case(&parent.name))
}

fn rename_step(rename: &Rename) -> Step {
    match rename {
        Rename::Table { from, to } => {
            Step::new(to, rename.sql(), format!("rename table {from} to {to}")).since(26)
        }
        Rename::Column { table, from, to } => {
            Step::new(table, rename.sql(), format!("rename column {table}.{from} to {to}")).since(26)
        }
        Rename::MakeRoom { table, index } => Step::new(table, rename.sql(), format!("drop index {index}")),
    }
}

fn create_table(table: &TableDef) -> Step {
    let sql = table.sql.as_deref().unwrap_or_default();
    let step = Step::new(&table.name, sql, format!("create table {}", table.name));
    match (table.strict, table.columns.iter().any(|column| column.generated.is_some())) {
        (true, _) => step.since(37),
        (false, true) => step.since(31),
        _ => step,
    }
}

/// Every index of `new`, in the text of `old` for those that stay.
pub(super) fn indexes_of(new: &TableDef, old: &TableDef, changes: &[&Change]) -> Vec<Step> {
    let changed = |name: &str| {
        changes.iter().any(|change| matches!(change, Change::ChangeIndex { to, .. } if to.name == name))
    };
    let indexes = new.indexes.iter().map(|index| {
        let kept = old
            .indexes
            .iter()
            .find(|kept| kept.name.eq_ignore_ascii_case(&index.name) && !changed(&index.name))
            .unwrap_or(index);
        let sql = kept.sql.as_deref().unwrap_or_default();
        Step::new(&new.name, sql, format!("create index {}", index.name)).cost(Cost::ReadsRows)
    });
    indexes.collect()
}

/// Every trigger of `new`, in the text of `old` for those that stay.
pub(super) fn triggers_of(new: &TableDef, old: &TableDef, changes: &[&Change]) -> Vec<Step> {
    let changed = |name: &str| {
        changes.iter().any(|change| matches!(change, Change::ChangeTrigger { to, .. } if to.name == name))
    };
    let triggers = new.triggers.iter().map(|trigger| {
        let kept = old
            .triggers
            .iter()
            .find(|kept| kept.name.eq_ignore_ascii_case(&trigger.name) && !changed(&trigger.name))
            .unwrap_or(trigger);
        let sql = kept.sql.on(Engine::Sqlite).unwrap_or_default();
        Step::new(&new.name, sql, format!("create trigger {}", trigger.name))
    });
    triggers.collect()
}
