use schema_core::dialect::quote_identifier;
use schema_core::dialect::sqlite::constraint_name;
use schema_core::model::{CheckDef, Engine, ForeignKeyDef, UniqueDef};

use super::{CONSTRAINTS, FOREIGN_KEYS, Phases, Work};
use crate::Result;
use crate::diff::Change;
use crate::inspect::sqlite::definition::Clause;
use crate::plan::sqlite::mention::check_mentions;
use crate::plan::sqlite::value;
use crate::plan::{Cost, Step};
use crate::sql::strip_qualifier;

impl<'a> Work<'a> {
    pub(super) fn add_check(&self, check: &'a CheckDef, phases: &mut Phases<'a>) -> Result<bool> {
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

    pub(super) fn drop_check(&self, check: &CheckDef, phases: &mut Phases<'a>) -> bool {
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

    pub(super) fn add_foreign_key(key: &'a ForeignKeyDef, phases: &mut Phases<'a>) -> bool {
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

    pub(super) fn drop_foreign_key(&self, key: &ForeignKeyDef, phases: &mut Phases<'a>) -> bool {
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
    pub(super) fn add_unique(&self, unique: &UniqueDef, phases: &mut Phases<'a>) -> bool {
        if unique.conflict.is_some() || self.builder.answers.strict_unique {
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
}
