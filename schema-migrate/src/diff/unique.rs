use schema_core::model::{IndexDef, IndexTarget, TableDef, UniqueDef};

use super::change::Change;
use crate::Result;

/// The UNIQUE constraints that differ. A unique index over whole columns does what the constraint
/// does, so either stands for the other.
pub(super) struct Uniques {
    pub(super) changes: Vec<Change>,
    /// Old indexes that stand for a constraint of the new table.
    pub(super) settled_from: Vec<String>,
    /// New indexes that a constraint of the old table stands for.
    pub(super) settled_to: Vec<String>,
}

pub(super) fn changes(from: &TableDef, to: &TableDef, strict: bool) -> Result<Uniques> {
    let index_for = |table, other, unique| if strict { None } else { index_for(table, other, unique) };
    let mut found = Uniques { changes: Vec::new(), settled_from: Vec::new(), settled_to: Vec::new() };
    for (position, unique) in to.uniques.iter().enumerate() {
        let is_twice =
            has(&TableDef { uniques: to.uniques[..position].to_vec().into(), ..to.clone() }, to, unique);
        if is_twice || is_the_key(to, unique) || has(from, to, unique) {
            continue;
        }
        match index_for(from, to, unique) {
            Some(index) => found.settled_from.extend(unless_in(to, index)),
            None => {
                found.changes.push(Change::AddUnique { table: to.name.to_string(), unique: unique.clone() });
            }
        }
    }
    for unique in from.uniques.iter().filter(|unique| !is_the_key(from, unique) && !has(to, from, unique)) {
        match index_for(to, from, unique) {
            Some(index) => found.settled_to.extend(unless_in(from, index)),
            None => found
                .changes
                .insert(0, Change::DropUnique { table: to.name.to_string(), unique: unique.clone() }),
        }
    }
    Ok(found)
}

/// Whether the primary key says the same: SQLite makes one index of both.
fn is_the_key(table: &TableDef, unique: &UniqueDef) -> bool {
    table.primary_key.as_ref().is_some_and(|key| {
        let as_unique = UniqueDef { name: None, columns: key.columns.clone(), conflict: key.conflict };
        // The clause of one of the two counts for the one index.
        let same_conflict = unique.conflict.is_none() || unique.conflict == key.conflict;
        !key.rowid_alias && same_conflict && form(table, &as_unique) == form(table, unique)
    })
}

fn unless_in(other: &TableDef, index: &IndexDef) -> Option<String> {
    let there = other.indexes.iter().any(|known| known.name.eq_ignore_ascii_case(&index.name));
    (!there).then(|| index.name.to_string())
}

fn has(table: &TableDef, own: &TableDef, wanted: &UniqueDef) -> bool {
    let form = form(own, wanted);
    table.uniques.iter().any(|unique| unique.conflict == wanted.conflict && self::form(table, unique) == form)
}

/// Name and collation of each column, in key order.
type Form = Vec<(String, String)>;

fn form(table: &TableDef, unique: &UniqueDef) -> Form {
    let parts = unique.columns.iter().map(|column| part(table, &column.name, column.collation.as_deref()));
    parts.collect()
}

fn part(table: &TableDef, name: &str, collation: Option<&str>) -> (String, String) {
    let own = table.column(name).and_then(|column| column.collation.as_deref());
    (name.to_ascii_lowercase(), collation.or(own).unwrap_or("BINARY").to_ascii_uppercase())
}

/// The index of the table that does what the constraint does; of several one that the other side does
/// not have under its name, since that one stands for itself there.
fn index_for<'a>(table: &'a TableDef, other: &TableDef, unique: &UniqueDef) -> Option<&'a IndexDef> {
    if unique.conflict.is_some() {
        return None;
    }
    let wanted = form(table, unique);
    let alike =
        || table.indexes.iter().filter(|index| index_form(table, index).is_some_and(|form| form == wanted));
    alike().find(|index| unless_in(other, index).is_some()).or_else(|| alike().next())
}

fn index_form(table: &TableDef, index: &IndexDef) -> Option<Form> {
    if !index.unique || index.filter.is_some() {
        return None;
    }
    let parts = index.parts.iter().map(|item| match &item.target {
        IndexTarget::Column(name) => Some(part(table, name, item.collation.as_deref())),
        IndexTarget::Expression(_) => None,
    });
    parts.collect()
}
