use super::subject::counted;
use super::{Finding, Lint, Severity, Subject};

pub(super) const BIG: Lint = Lint {
    code: "L007",
    severity: Severity::Warning,
    what: "a big table is rebuilt",
    why: "every row is copied while nothing else can write to the database",
    instead: "a time at which nobody writes, or a change that SQLite makes in place (`target = \"3.54\"` knows more of them)",
};

/// Rows from which a rebuild is worth a word.
const MANY: u64 = 100_000;

/// Cells that a rebuild copies in a second. Measured: create, `INSERT .. SELECT`, drop, rename and COMMIT of
/// 1,000,000 rows of 6 columns and of 500,000 rows of 20 in a WAL file on a solid state disk gave 4.8 and 7.4
/// million.
const CELLS_A_SECOND: u64 = 5_000_000;

/// Columns that an index costs as much as, from the same tables: 2.4 to 6.
const COLUMNS_AN_INDEX: usize = 4;

pub(super) fn findings(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for name in &subject.plan.rebuilt {
        let (Some(rows), Some(table)) = (subject.rows(name), subject.to.table(name)) else { continue };
        if rows < MANY {
            continue;
        }
        let took = estimate(rows, table.columns.len(), table.indexes.len() + table.uniques.len());
        let text = format!("{} are rewritten, which takes about {took}", counted(rows, "row"));
        found.push(Finding::of(&BIG, &[name], text));
    }
}

/// Some seconds or minutes: the order of it, not more.
fn estimate(rows: u64, columns: usize, indexes: usize) -> String {
    let cells = rows.saturating_mul((columns + COLUMNS_AN_INDEX * indexes) as u64);
    match cells.div_ceil(CELLS_A_SECOND) {
        0 | 1 => "a second".to_owned(),
        seconds if seconds < 90 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", seconds.div_ceil(60)),
    }
}
