use std::fmt;

use schema_core::model::{SchemaDef, TableDef};

use crate::diff::{Answers, Change, Comparison};
use crate::plan::Plan;

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The new schema, inspected.
    pub to: &'a SchemaDef,
    /// The models that it comes from; where there are none it is `to`.
    pub declared: &'a SchemaDef,
    /// The comparison of the old schema with the new one.
    pub comparison: &'a Comparison,
    /// The answers with which the two were compared.
    pub answers: &'a Answers,
    /// How the changes are made.
    pub plan: &'a Plan,
    /// What a live database tells about itself.
    pub figures: Figures<'a>,
}

/// Figures of a live database at the old schema, where there is one at hand. Nothing depends on them but
/// what a person is told.
#[derive(Clone, Copy, Default)]
pub struct Figures<'a>(Option<Rows<'a>>);

/// How many rows a table of the old schema has.
type Rows<'a> = &'a dyn Fn(&str) -> Option<u64>;

impl<'a> Figures<'a> {
    /// No database is at hand.
    pub const NONE: Self = Self(None);

    /// Figures that this function gives: how many rows a table of the old schema has.
    pub fn new(rows: &'a dyn Fn(&str) -> Option<u64>) -> Self {
        Self(Some(rows))
    }

    /// How many rows a table of the old schema has.
    pub fn rows(&self, table: &str) -> Option<u64> {
        self.0.and_then(|rows| rows(table))
    }
}

impl fmt::Debug for Figures<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_some() { "Figures(..)" } else { "Figures(none)" })
    }
}

impl Subject<'_> {
    /// The old schema under its new names.
    pub(super) fn before(&self) -> &SchemaDef {
        &self.comparison.renamed
    }

    pub(super) fn changes(&self) -> impl Iterator<Item = &Change> {
        self.comparison.changes.iter()
    }

    /// The table on both sides, where it is neither new nor gone.
    pub(super) fn both(&self, table: &str) -> Option<(&TableDef, &TableDef)> {
        Some((self.before().table(table)?, self.to.table(table)?))
    }

    /// How many rows a table has now, by its new name.
    pub(super) fn rows(&self, table: &str) -> Option<u64> {
        self.figures.rows(self.old_name(table))
    }

    /// The name that a table has in the old schema.
    pub(super) fn old_name<'t>(&'t self, table: &'t str) -> &'t str {
        let renamed = self.changes().find_map(|change| match change {
            Change::RenameTable { from, to } if to == table => Some(from.as_str()),
            _ => None,
        });
        renamed.unwrap_or_else(|| self.comparison.original(&[table]))
    }
}

/// A count with its noun and commas between thousands: `12,408 rows`.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + noun.len() + 4);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + " " + noun + if number == 1 { "" } else { "s" }
}

/// ` (12,408 rows in the database at hand)`, or nothing.
pub(super) fn at_hand(rows: Option<u64>) -> String {
    rows.map(|rows| format!(" ({} in the database at hand)", counted(rows, "row"))).unwrap_or_default()
}
