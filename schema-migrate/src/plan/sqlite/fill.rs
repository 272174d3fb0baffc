use schema_core::model::{ColumnDef, TableDef};

use super::builder::{Builder, Built, Direction};
use super::value;

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
        let is_taken = |name: &str| self.taken.iter().any(|known| known.eq_ignore_ascii_case(name));
        let mut name = wanted.to_owned();
        let mut number = 2;
        while is_taken(&name) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        name
    }
}
