use super::{Cell, Value};
use crate::engine::sqlite::RowRef;

/// The current row of a result, a variant an engine.
#[derive(Clone, Copy, Debug)]
pub enum Row<'r> {
    /// A row that SQLite holds.
    Sqlite(RowRef<'r>),
    /// Values that never were in a database: a row that is about to be inserted.
    Values(&'r [Value]),
}

impl<'r> Row<'r> {
    /// The cell at a position, counted from 0. A position outside the row gives NULL.
    #[allow(clippy::inline_always, reason = "one call a cell: measured at 3 % of a load")]
    #[inline(always)]
    pub fn cell(self, position: usize) -> Cell<'r> {
        match self {
            Self::Sqlite(row) => row.cell(position),
            Self::Values(values) => values.get(position).map_or(Cell::Null, Cell::from),
        }
    }
}
