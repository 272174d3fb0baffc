use schema_core::dialect::{quote_identifier, quote_text};
use schema_core::model::{SchemaDef, TableDef};
use schema_core::rusqlite::types::Value;
use schema_core::rusqlite::{Connection, Row};

use crate::diff::{Answers, Change, ColumnAspect, Comparison, Rename};
use crate::keep::KeptColumn;
use crate::{Error, Result};

/// Columns that are read at once.
const TOGETHER: usize = 1_000;

/// A column whose values have to come through a migration.
#[derive(Clone, Debug)]
pub(super) struct Survivor {
    before: String,
    after: String,
    /// The value may become another where it was NULL.
    may_be_filled: bool,
    /// Stored texts that become others.
    variants: Vec<(String, String)>,
}

/// A table whose rows have to come through a migration.
#[derive(Clone, Debug)]
pub(crate) struct Surviving {
    pub(crate) before: String,
    pub(super) after: String,
    /// Whether rowids have to be the same too.
    rowid: bool,
    columns: Vec<Survivor>,
}

/// What has to come through, by the old names and the new ones.
pub(super) fn surviving(
    from: &SchemaDef,
    to: &SchemaDef,
    comparison: &Comparison,
    answers: &Answers,
) -> Vec<Surviving> {
    let tables = from.tables.iter().filter_map(|old| {
        let (name, columns) = follow(old, &comparison.renames);
        let new = to.table(&name)?;
        let changes: Vec<&Change> =
            comparison.changes.iter().filter(|change| change.table().eq_ignore_ascii_case(&name)).collect();
        let key_changes = changes.iter().any(|change| matches!(change, Change::ChangePrimaryKey { .. }));
        let hidden = |table: &TableDef| table.without_rowid || table.column("_rowid_").is_some();
        let columns = old
            .columns
            .iter()
            .zip(columns)
            .filter(|(column, _)| column.generated.is_none())
            .filter_map(|(column, after)| survivor(&column.name, &after, new, &changes, answers))
            .collect();
        Some(Surviving {
            before: old.name.to_string(),
            after: new.name.to_string(),
            rowid: !hidden(old) && !hidden(new) && !key_changes,
            columns,
        })
    });
    tables.collect()
}

/// Every table with every value that is stored in it, for two databases of this schema. Which rowid a row
/// has is no matter where no column is it.
pub(crate) fn whole(schema: &SchemaDef) -> Vec<Surviving> {
    let columns = |table: &TableDef| {
        table
            .columns
            .iter()
            .filter(|column| column.generated.is_none())
            .map(|column| Survivor {
                before: column.name.to_string(),
                after: column.name.to_string(),
                may_be_filled: false,
                variants: Vec::new(),
            })
            .collect()
    };
    schema
        .tables
        .iter()
        .map(|table| Surviving {
            before: table.name.to_string(),
            after: table.name.to_string(),
            rowid: false,
            columns: columns(table),
        })
        .collect()
}

impl Surviving {
    /// Leaves out the columns whose values differ between two runs of the same statements: the time of
    /// the run, or what is random.
    pub(crate) fn without_volatile(&mut self, one: &Cells, other: &Cells) {
        let differs = |position: usize| {
            let value = |row: &Vec<Value>| row.get(position + usize::from(self.rowid)).cloned();
            one.0.iter().map(value).ne(other.0.iter().map(value))
        };
        let differing: Vec<bool> = (0..self.columns.len()).map(differs).collect();
        let mut differing = differing.into_iter();
        self.columns.retain(|_| !differing.next().unwrap_or(false));
    }
}

/// The same, with the columns that are kept aside and come back on the way down. Only under the old names.
pub(super) fn returning(survivors: &[Surviving], kept: &[KeptColumn]) -> Vec<Surviving> {
    let mut returning = survivors.to_vec();
    for column in kept {
        let Some(table) = returning.iter_mut().find(|table| table.before == column.old_table) else {
            continue;
        };
        table.columns.push(Survivor {
            before: column.old_column.clone(),
            after: column.old_column.clone(),
            may_be_filled: false,
            variants: Vec::new(),
        });
    }
    returning
}

/// The names that a table and its columns have after the renames, one after the other.
fn follow(old: &TableDef, renames: &[Rename]) -> (String, Vec<String>) {
    let mut table = old.name.to_string();
    let mut columns: Vec<String> = old.columns.iter().map(|column| column.name.to_string()).collect();
    for rename in renames {
        match rename {
            Rename::Table { from, to } if *from == table => table.clone_from(to),
            Rename::Column { table: of, from, to } if *of == table => {
                if let Some(column) = columns.iter_mut().find(|column| *column == from) {
                    column.clone_from(to);
                }
            }
            _ => {}
        }
    }
    (table, columns)
}

fn survivor(
    before: &str,
    after: &str,
    new: &TableDef,
    changes: &[&Change],
    answers: &Answers,
) -> Option<Survivor> {
    let column = new.column(after)?;
    if column.generated.is_some() || answers.convert_of(&new.name, after).is_some() {
        return None;
    }
    let mut found = Survivor {
        before: before.to_owned(),
        after: column.name.to_string(),
        may_be_filled: false,
        variants: Vec::new(),
    };
    for change in changes {
        match change {
            Change::AlterColumn { to, aspects, .. } if to.name == column.name => {
                if aspects.contains(&ColumnAspect::Type) || aspects.contains(&ColumnAspect::Generated) {
                    return None;
                }
                found.may_be_filled |= !to.nullable;
            }
            Change::RenameVariant { column: of, from, to, .. } if *of == column.name => {
                found.variants.push((from.clone(), to.clone()));
            }
            // A key that becomes WITHOUT ROWID or STRICT admits NULL no more.
            Change::ChangePrimaryKey { .. } | Change::TableOption { .. } => found.may_be_filled = true,
            _ => {}
        }
    }
    Some(found)
}

/// The cells of a table, a row each, in an order that both sides share. `after` says which names.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cells(Vec<Vec<Value>>);

/// Reads what has to come through, under the old names or the new ones.
pub(crate) fn read(connection: &Connection, table: &Surviving, is_after: bool) -> Result<Cells> {
    let (name, mut expressions) = if is_after {
        (&table.after, table.columns.iter().map(|column| quote_identifier(&column.after)).collect::<Vec<_>>())
    } else {
        (&table.before, table.columns.iter().map(Survivor::renamed).collect())
    };
    if table.rowid {
        expressions.insert(0, "_rowid_".to_owned());
    }
    if expressions.is_empty() {
        expressions.push("1".to_owned());
    }
    // With rowids the rows pair up by them; without, by the values that may not change at all.
    let mut order: Vec<usize> = (0..table.columns.len()).collect();
    order.sort_by_key(|position| table.columns[*position].may_be_filled);
    let order: Vec<String> = if table.rowid {
        vec!["_rowid_".to_owned()]
    } else {
        order.iter().map(|position| (position + 1).to_string() + " COLLATE BINARY").collect()
    };
    let order = if order.is_empty() { String::new() } else { format!(" ORDER BY {}", order.join(", ")) };
    // A table has as many columns as a result may have, and the rowid is one more.
    let together = if table.rowid { TOGETHER } else { expressions.len() };
    let mut rows: schema_core::rusqlite::Result<Vec<Vec<Value>>> = Ok(Vec::new());
    for (number, expressions) in expressions.chunks(together).enumerate() {
        let sql = format!("SELECT {} FROM {}{order}", expressions.join(", "), quote_identifier(name));
        let part: schema_core::rusqlite::Result<Vec<Vec<Value>>> =
            connection.prepare(&sql).and_then(|mut statement| {
                let cells =
                    |row: &Row<'_>| (0..expressions.len()).map(|position| row.get(position)).collect();
                statement.query_map([], cells)?.collect()
            });
        rows = match (rows, part) {
            (Ok(_), Ok(part)) if number == 0 => Ok(part),
            (Ok(rows), Ok(part)) => {
                Ok(rows.into_iter().zip(part).map(|(row, more)| [row, more].concat()).collect())
            }
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
    }
    rows.map(Cells).map_err(|error| Error::sqlite(format!("read {name} on a scratch database"), error))
}

impl Survivor {
    /// The old value as it is expected to be.
    fn renamed(&self) -> String {
        let own = quote_identifier(&self.before);
        let cases: Vec<String> = self
            .variants
            .iter()
            .map(|(from, to)| format!(" WHEN {} THEN {}", quote_text(from), quote_text(to)))
            .collect();
        if cases.is_empty() { own } else { format!("CASE {own}{} ELSE {own} END", cases.concat()) }
    }
}

/// The first difference that is one, in words.
pub(crate) fn difference(table: &Surviving, before: &Cells, after: &Cells) -> Option<String> {
    if before.0.len() != after.0.len() {
        return Some(format!("{} has {} rows, and had {}", table.after, after.0.len(), before.0.len()));
    }
    let shift = usize::from(table.rowid);
    for (old, new) in before.0.iter().zip(&after.0) {
        if table.rowid && old.first() != new.first() {
            return Some(format!(
                "a row of {} has another rowid: {:?}, and had {:?}",
                table.after,
                new.first(),
                old.first()
            ));
        }
        for (column, (old, new)) in
            table.columns.iter().zip(old.iter().skip(shift).zip(new.iter().skip(shift)))
        {
            let may_differ = column.may_be_filled && *old == Value::Null;
            if !same(old, new) && !may_differ {
                return Some(format!("{}.{} holds {new:?}, and held {old:?}", table.after, column.after));
            }
        }
    }
    None
}

fn same(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Real(old), Value::Real(new)) => old.to_bits() == new.to_bits(),
        _ => old == new,
    }
}
