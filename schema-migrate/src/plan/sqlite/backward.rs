use crate::diff::{Answers, Change, Comparison, Path};

/// The answers with which the way back is compared: every rename the other way round, and nothing
/// left to ask. What the way forward added may go.
pub(super) fn answers(comparison: &Comparison, strict_unique: bool) -> Answers {
    let mut renames = Vec::new();
    let old_table = |table: &str| -> String {
        let renamed = comparison.changes.iter().find_map(|change| match change {
            Change::RenameTable { from, to } if to == table => Some(from.clone()),
            _ => None,
        });
        renamed.unwrap_or_else(|| table.to_owned())
    };
    let old_column = |table: &str, column: &str| -> String {
        let renamed = comparison.changes.iter().find_map(|change| match change {
            Change::RenameColumn { table: changed, from, to } if changed == table && to == column => {
                Some(from.clone())
            }
            _ => None,
        });
        renamed.unwrap_or_else(|| column.to_owned())
    };
    for change in &comparison.changes {
        match change {
            Change::RenameTable { from, to } => {
                renames.push((Path::new([to.as_str()]), Path::new([from.as_str()])));
            }
            Change::RenameColumn { table, from, to } => renames.push((
                Path::new([table.as_str(), to.as_str()]),
                Path::new([old_table(table).as_str(), from.as_str()]),
            )),
            Change::RenameVariant { table, column, from, to } => {
                let (old_table, old_column) = (old_table(table), old_column(table, column));
                renames.push((
                    Path::new([old_table.as_str(), old_column.as_str(), to.as_str()]),
                    Path::new([old_table.as_str(), old_column.as_str(), from.as_str()]),
                ));
            }
            _ => {}
        }
    }
    Answers { renames, no_renames: true, allow_every_loss: true, strict_unique, ..Answers::default() }
}
