use std::path::Path;
use std::time::{Duration, Instant};

use crate::case::Case;
use crate::schema::{Rule, Schema};
use crate::template::Id;
use crate::trial::{Outcome, run};

/// How long a case is made smaller.
const PATIENCE: Duration = Duration::from_secs(20);

/// A smaller case that fails in the same way.
pub fn shrink(case: &Case, kind: &str, folder: &Path) -> Case {
    let begun = Instant::now();
    let fails = |tried: &Case| {
        begun.elapsed() < PATIENCE
            && matches!(run(tried, folder), Outcome::Failed(failure) if failure.kind == kind)
    };
    let mut smallest = case.clone();
    loop {
        let mut smaller = false;
        let mut position = 0;
        // Each candidate is made from the smallest so far, so that what works adds up.
        while let Some(tried) = candidate(&smallest, position) {
            if tried != smallest && fails(&tried) {
                smallest = tried;
                smaller = true;
            } else {
                position += 1;
            }
        }
        if !smaller || begun.elapsed() >= PATIENCE {
            return smallest;
        }
    }
}

/// The case with one thing less; none where the numbers end.
fn candidate(case: &Case, position: usize) -> Option<Case> {
    let mut number = position;
    let mut tried = case.clone();
    for ids in [tables(case), columns(case)] {
        // From both sides, from the old one, from the new one.
        if number < ids.len() * 3 {
            let id = ids[number / 3];
            if number % 3 != 2 {
                tried.from.remove(id);
            }
            if number % 3 != 1 {
                tried.to.remove(id);
            }
            return Some(tried);
        }
        number -= ids.len() * 3;
    }
    let rows = tried.filling.rows.len();
    if number < 3 {
        // Half of the rows, then one by one.
        match number {
            0 => tried.filling.rows.clear(),
            1 => tried.filling.rows.truncate(rows / 2),
            _ => drop(tried.filling.rows.drain(..rows / 2)),
        }
        return Some(tried);
    }
    number -= 3;
    if number < rows {
        tried.filling.rows.remove(number);
        return Some(tried);
    }
    number -= rows;
    if number == 0 {
        tried.filling.marks.clear();
        return Some(tried);
    }
    number -= 1;
    for both in [true, false] {
        for is_new in [false, true] {
            let pieces = pieces(if is_new { &tried.to } else { &tried.from });
            if number < pieces {
                let other = if both {
                    if is_new { Some(&mut tried.from) } else { Some(&mut tried.to) }
                } else {
                    None
                };
                if let Some(other) = other {
                    take(other, number);
                }
                take(if is_new { &mut tried.to } else { &mut tried.from }, number);
                return Some(tried);
            }
            number -= pieces;
        }
    }
    let tables = tried.from.tables.len();
    if number < tables {
        // The same table on both sides but for its name, or wholly.
        let table = tried.from.tables[number].clone();
        if let Some(other) = tried.to.tables.iter_mut().find(|other| other.id == table.id) {
            *other = table;
        }
        return Some(tried);
    }
    None
}

fn tables(case: &Case) -> Vec<Id> {
    let all = case.from.tables.iter().chain(&case.to.tables).map(|table| table.id);
    let views = case.from.views.iter().chain(&case.to.views).map(|view| view.id);
    unique(all.chain(views).collect())
}

fn columns(case: &Case) -> Vec<Id> {
    let all = case.from.tables.iter().chain(&case.to.tables).flat_map(|table| &table.columns);
    unique(all.map(|column| column.id).collect())
}

fn unique(mut ids: Vec<Id>) -> Vec<Id> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// How many clauses, indexes, triggers and options there are.
fn pieces(schema: &Schema) -> usize {
    let mut count = 0;
    while take(&mut schema.clone(), count) {
        count += 1;
    }
    count
}

/// Takes one piece away; false where there is none of that number.
fn take(schema: &mut Schema, position: usize) -> bool {
    let mut left = position;
    let mut is_it = || {
        let found = left == 0;
        left = left.wrapping_sub(1);
        found
    };
    if is_it() {
        schema.style = 0;
        return true;
    }
    for view in &mut schema.views {
        for trigger in 0..view.triggers.len() {
            if is_it() {
                view.triggers.remove(trigger);
                return true;
            }
        }
    }
    for table in &mut schema.tables {
        for flag in [&mut table.strict, &mut table.without_rowid, &mut table.comments] {
            if is_it() {
                *flag = false;
                return true;
            }
        }
        if is_it() {
            table.name = format!("t{}", table.id);
            return true;
        }
        for index in 0..table.constraints.len() {
            if is_it() {
                table.constraints.remove(index);
                return true;
            }
            if is_it() {
                table.constraints[index].name = None;
                return true;
            }
            if is_it() {
                match &mut table.constraints[index].rule {
                    Rule::PrimaryKey { autoincrement, conflict, parts } => {
                        (*autoincrement, *conflict) = (false, "");
                        parts.iter_mut().for_each(|part| (part.collation, part.descending) = (None, false));
                    }
                    Rule::Unique { conflict, parts } => {
                        *conflict = "";
                        parts.iter_mut().for_each(|part| (part.collation, part.descending) = (None, false));
                    }
                    Rule::ForeignKey { actions, .. } => actions.clear(),
                    Rule::Check { .. } => {}
                }
                return true;
            }
        }
        for index in 0..table.indexes.len() {
            if is_it() {
                table.indexes.remove(index);
                return true;
            }
            if is_it() {
                table.indexes[index].filter = None;
                return true;
            }
            if is_it() {
                table.indexes[index].parts.truncate(1);
                return true;
            }
            if is_it() {
                table.indexes[index].unique = false;
                return true;
            }
        }
        for index in 0..table.triggers.len() {
            if is_it() {
                table.triggers.remove(index);
                return true;
            }
        }
        for column in &mut table.columns {
            if is_it() {
                column.not_null = None;
                return true;
            }
            if is_it() {
                column.default = None;
                return true;
            }
            if is_it() {
                column.collation = None;
                return true;
            }
            if is_it() {
                column.generated = None;
                return true;
            }
            if is_it() {
                column.name = format!("c{}", column.id);
                return true;
            }
            if is_it() {
                column.sql_type = if table.strict { "ANY".to_owned() } else { String::new() };
                return true;
            }
        }
    }
    false
}
