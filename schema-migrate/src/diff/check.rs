use schema_core::model::{CheckDef, TableDef};

use super::change::Change;
use super::table::Context;
use crate::Result;

/// The CHECKs that differ. A name counts only where both sides give one: it is what an error names.
pub(super) fn changes(from: &TableDef, to: &TableDef) -> Result<Vec<Change>> {
    let table = to.name.to_string();
    let old = forms(from)?;
    let new = forms(to)?;
    let mut matched = vec![false; new.len()];
    let mut found = Vec::new();
    for (check, form) in &old {
        let equal = new
            .iter()
            .enumerate()
            .filter(|(position, (other, other_form))| {
                !matched[*position] && form == other_form && same_name(check, other)
            })
            .map(|(position, _)| position);
        // Of two texts that are equal the one of the same name is meant.
        let best = equal.min_by_key(|position| usize::from(new[*position].0.name != check.name));
        match best {
            Some(position) => matched[position] = true,
            None => found.push(Change::DropCheck { table: table.clone(), check: (*check).clone() }),
        }
    }
    for ((check, _), _) in new.iter().zip(&matched).filter(|(_, matched)| !**matched) {
        found.push(Change::AddCheck { table: table.clone(), check: (*check).clone() });
    }
    Ok(found)
}

fn forms(table: &TableDef) -> Result<Vec<(&CheckDef, String)>> {
    let context = Context::of(table);
    table.checks.iter().map(|check| Ok((check, context.fold(&check.expression)?))).collect()
}

fn same_name(left: &CheckDef, right: &CheckDef) -> bool {
    match (&left.name, &right.name) {
        (Some(left), Some(right)) => left.eq_ignore_ascii_case(right),
        _ => true,
    }
}
