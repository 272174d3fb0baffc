use schema_core::dialect::{quote_identifier, quote_text};
use schema_core::model::{CheckDef, ColumnDef, GeneratedStorage};

use super::{CONSTRAINTS, FOREIGN_KEYS, Phases, Work};
use crate::diff::Change;
use crate::inspect::sqlite::definition::Clause;
use crate::plan::sqlite::add_column::Attached;
use crate::plan::sqlite::builder::Built;
use crate::plan::sqlite::mention::{
    check_mentions, generated_mentions, in_foreign_key, in_primary_key, in_unique, index_mentions, mentions,
};
use crate::plan::sqlite::value;
use crate::plan::{Cost, Step};

impl<'a> Work<'a> {
    /// By rule, not by whether there are rows: what ADD COLUMN refuses on a filled table is
    /// refused here on an empty one too.
    pub(super) fn add_column(&self, column: &'a ColumnDef, phases: &mut Phases<'a>) -> bool {
        let stored = column.generated.as_ref().is_some_and(|item| item.storage == GeneratedStorage::Stored);
        let has_default = value::default(column).is_some();
        let fills = self.builder.backfill(&self.new.name, &column.name).is_some();
        let possible = !stored
            && !fills
            && !in_primary_key(self.new, &column.name)
            && value::is_constant(column)
            && (column.nullable || has_default || column.generated.is_some());
        if possible {
            phases.added.push((column, Attached::default()));
        }
        possible
    }

    pub(super) fn drop_column(&self, column: &ColumnDef, phases: &mut Phases<'a>) -> bool {
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
        let in_kept_index = self.new.indexes.iter().any(|index| index_mentions(index, name));
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

    pub(super) fn nullability(&self, to: &ColumnDef, phases: &mut Phases<'a>, built: &mut Built) -> bool {
        let name = to.name.as_ref();
        let special = in_primary_key(self.new, name)
            || to.not_null_conflict.is_some()
            || to.generated.is_some()
            || self.builder.answers.convert_of(&self.new.name, name).is_some();
        if self.builder.target < CONSTRAINTS || special {
            return false;
        }
        let column = quote_identifier(name);
        if to.nullable && self.says_deferrable(name) {
            return false;
        }
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
        // With foreign keys on, SQLite refuses every UPDATE beside a key that points at none.
        built.foreign_keys_off |= self.has_foreign_keys();
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

    /// Whether a key on the column says when it is checked: beside NOT DEFERRABLE, SQLite overlooks the
    /// NOT NULL that it should drop.
    fn says_deferrable(&self, column: &str) -> bool {
        let text = self.old.sql.as_deref().unwrap_or_default();
        let own = self.text.column(column).and_then(|column| text.get(column.span.clone()));
        own.is_some_and(|own| mentions(own, "DEFERRABLE"))
    }

    /// Whether the table points at others, or others at it.
    fn has_foreign_keys(&self) -> bool {
        let name = &self.new.name;
        !self.new.foreign_keys.is_empty()
            || self
                .builder
                .to
                .tables
                .iter()
                .any(|table| table.foreign_keys.iter().any(|key| key.table.eq_ignore_ascii_case(name)))
    }

    /// One UPDATE for all renamed values of a column: of a chain or an exchange, each row is looked at
    /// once.
    pub(super) fn rename_variant(&self, column: &str, from: &str, phases: &mut Phases<'a>) -> bool {
        if !self.old.triggers.is_empty() || !self.new.triggers.is_empty() || in_foreign_key(self.old, column)
        {
            return false;
        }
        let renamed: Vec<(&str, &str)> = self
            .changes
            .iter()
            .filter_map(|change| match change {
                Change::RenameVariant { column: of, from, to, .. } if of == column => {
                    Some((from.as_str(), to.as_str()))
                }
                _ => None,
            })
            .collect();
        if renamed.first().is_none_or(|(first, _)| *first != from) {
            return true;
        }
        let meet = renamed.iter().any(|(_, to)| renamed.iter().any(|(from, _)| from == to));
        if meet && self.is_unique(column) {
            // Row by row, two would be the same for a while.
            return false;
        }
        let name = quote_identifier(column);
        let sql = match renamed.as_slice() {
            [(from, to)] => {
                let (from, to) = (quote_text(from), quote_text(to));
                format!("UPDATE {} SET {name} = {to} WHERE {name} = {from}", self.table)
            }
            several => {
                let cases: Vec<String> = several
                    .iter()
                    .map(|(from, to)| format!("WHEN {} THEN {}", quote_text(from), quote_text(to)))
                    .collect();
                let from: Vec<String> = several.iter().map(|(from, _)| quote_text(from)).collect();
                format!(
                    "UPDATE {} SET {name} = CASE {name} {} END WHERE {name} IN ({})",
                    self.table,
                    cases.join(" "),
                    from.join(", ")
                )
            }
        };
        let texts: Vec<String> = renamed.iter().map(|(from, to)| format!("'{from}' to '{to}'")).collect();
        let purpose = format!("rename values of {}.{column}: {}", self.new.name, texts.join(", "));
        phases.values.push(Step::new(&self.new.name, sql, purpose).cost(Cost::ReadsRows));
        true
    }

    fn is_unique(&self, column: &str) -> bool {
        let indexed = |table: &schema_core::model::TableDef| {
            in_primary_key(table, column)
                || in_unique(table, column)
                || table.indexes.iter().any(|index| index.unique && index_mentions(index, column))
        };
        indexed(self.old) || indexed(self.new)
    }
}

fn is_own(check: &CheckDef, column: &str) -> bool {
    check.column.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(column))
}
