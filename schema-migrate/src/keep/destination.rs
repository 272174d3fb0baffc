use schema_core::model::SchemaDef;

use super::{KeptColumn, column, joined, kept_of, table, with_kept};
use crate::Result;
use crate::diff::{Answers, Change, Comparison, Keeping, Path, compare, names_taken};

/// Where a migration leads: the wanted schema and what is kept aside, and how the two were compared.
#[derive(Clone, Debug)]
pub struct Destination {
    /// The wanted schema, with the tables that keep what was dropped.
    pub schema: SchemaDef,
    /// The answers, with those that keeping brings.
    pub answers: Answers,
    /// The comparison of the old schema with this one.
    pub comparison: Comparison,
}

/// Compares two inspected schemas for a migration. Kept tables stay, unless the answers ask them to go;
/// what is dropped is kept aside where they ask for that.
pub fn destination(
    from: &SchemaDef,
    to: &SchemaDef,
    hints: &SchemaDef,
    answers: &Answers,
) -> Result<Destination> {
    let mut answers = answers.clone();
    let wanted = if answers.keeping == Keeping::DropKept {
        answers.drops.extend(kept_of(from, to).map(|table| Path::new([table.name.as_ref()])));
        to.clone()
    } else {
        with_kept(from, to).into_owned()
    };
    let comparison = compare(from, &wanted, hints, &answers)?;
    if answers.keeping != Keeping::KeepDropped || !comparison.questions.is_empty() {
        return Ok(Destination { schema: wanted, answers, comparison });
    }
    let mut taken = names_taken(from);
    taken.extend(names_taken(&wanted));
    let dropped: Vec<(&str, String)> = comparison
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::DropTable { table } => Some(comparison.original(&[table])),
            _ => None,
        })
        .map(|name| (name, fresh(&mut taken, &[name])))
        .collect();
    let columns = column::kept(from, &wanted, &comparison, |parts| fresh(&mut taken, parts));
    if dropped.is_empty() && columns.is_empty() {
        return Ok(Destination { schema: wanted, answers, comparison });
    }
    for (name, kept) in &dropped {
        answers.renames.push((Path::new([*name]), Path::new([kept.as_str()])));
    }
    let mut tables = table::kept(from, &wanted, &dropped)?;
    tables.extend(column::tables(&columns)?);
    let schema = joined(&wanted, tables);
    let mut comparison = compare(from, &schema, hints, &answers)?;
    comparison.kept = columns;
    Ok(Destination { schema, answers, comparison })
}

impl Comparison {
    /// How the values of a column are kept that goes with this change. The names are those that table
    /// and column have once the renames are done.
    pub(crate) fn keeps(&self, table: &str, column: &str) -> Option<&KeptColumn> {
        self.kept.iter().find(|kept| kept.table == table && kept.column == column)
    }
}

/// A name that nothing has: `_kept_users`, `_kept_users_name`, or one of these with a number.
fn fresh(taken: &mut Vec<String>, parts: &[&str]) -> String {
    let wanted = format!("{}{}", super::PREFIX, parts.join("_"));
    let mut name = wanted.clone();
    let mut number = 2;
    while taken.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
        name = format!("{wanted}_{number}");
        number += 1;
    }
    taken.push(name.clone());
    name
}
