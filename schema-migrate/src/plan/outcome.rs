use super::{Blocked, Cost, EngineVersion, Expectation, Loss, Step};
use crate::diff::Change;

/// Ordered steps for one engine version, and what a person should know about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// From the old schema to the new one.
    pub up: Vec<Step>,
    /// Back again. Empty while `blocked` is not.
    pub down: Vec<Step>,
    /// The oldest engine that runs every step.
    pub minimum_engine: EngineVersion,
    /// Whether foreign keys must be off, from before BEGIN, while the steps up or down run.
    pub foreign_keys_off: bool,
    /// Tables that are rebuilt on the way up: created anew, copied and exchanged.
    pub rebuilt: Vec<String>,
    /// What a person should know.
    pub notes: Vec<String>,
    /// Values that are thrown away on the way up.
    pub losses: Vec<Loss>,
    /// Changes that wait for a value.
    pub blocked: Vec<Blocked>,
    /// What the way up expects of the rows that are there.
    pub expectations: Vec<Expectation>,
    /// What the way down expects of the rows that are there then.
    pub down_expectations: Vec<Expectation>,
    /// What the way down cannot bring back or may fail at.
    pub irreversible: Vec<String>,
}

impl Plan {
    /// The losses that nobody has permitted.
    pub fn open_losses(&self) -> impl Iterator<Item = &Loss> {
        self.losses.iter().filter(|loss| !loss.permitted)
    }

    /// What a change costs in this plan.
    pub fn cost(&self, change: &Change) -> Cost {
        if matches!(change, Change::RenameTable { .. } | Change::RenameColumn { .. }) {
            return Cost::Instant;
        }
        if self.rebuilt.iter().any(|table| table.eq_ignore_ascii_case(change.table())) {
            return Cost::RewritesTable;
        }
        match change {
            Change::AddIndex { .. }
            | Change::ChangeIndex { .. }
            | Change::AddUnique { .. }
            | Change::AddCheck { .. } => Cost::ReadsRows,
            Change::AlterColumn { to, .. } if !to.nullable => Cost::ReadsRows,
            Change::DropColumn { .. } | Change::RenameVariant { .. } => Cost::RewritesTable,
            Change::CreateVirtualTable { table } | Change::ChangeVirtualTable { to: table, .. } => {
                let own = self.up.iter().filter(|step| step.table == table.name);
                own.map(|step| step.cost).max().unwrap_or(Cost::Instant)
            }
            _ => Cost::Instant,
        }
    }
}

/// Steps as they stand in a migration file: each with its notes as comments and its semicolon.
pub fn script(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        for line in step.notes.iter().flat_map(|note| note.lines()) {
            text.push_str("-- ");
            text.push_str(line);
            text.push('\n');
        }
        text.push_str(&step.sql);
        text.push_str(";\n");
    }
    text
}
