use std::collections::BTreeMap;

use schema_core::dialect::quote_identifier;
use schema_core::model::SchemaDef;
use schema_migrate::diff::{Answers, compare};

use super::{Outcome, Step, Trial, failed, inspect, kind_of};
use crate::database;
use crate::schema::Table;
use crate::shape::shape;

impl Trial<'_> {
    pub(super) fn sound(&self, when: &str) -> Step<()> {
        let check = database::texts(&self.database, "PRAGMA integrity_check");
        match check {
            Ok(lines) if lines == ["'ok'"] => {}
            Ok(lines) => return failed(format!("{when}: integrity"), lines.join(", ")),
            Err(error) => return failed(format!("{when}: integrity"), error),
        }
        match database::is_sound(&self.database) {
            Ok(()) => Ok(()),
            Err(error) => failed(format!("{when}: a broken view or trigger"), error.to_string()),
        }
    }

    /// Whether the engine finds no difference any more.
    pub(super) fn equals(&self, wanted: &SchemaDef, when: &str) -> Step<()> {
        let live = inspect(&self.database)?;
        let answers = Answers { no_renames: true, ..Answers::default() };
        match compare(&live, wanted, wanted, &answers) {
            Ok(rest) if rest.is_empty() => Ok(()),
            Ok(rest) => {
                let first =
                    rest.changes.first().map(schema_migrate::diff::Change::action).unwrap_or_default();
                failed(format!("{when}: second diff, {first}"), format!("{:?}", rest.changes))
            }
            Err(error) => failed(kind_of(when, &error), error.to_string()),
        }
    }

    /// Whether SQLite's pragmas tell the same of both.
    pub(super) fn holds(&self, wanted: &crate::shape::Shape, when: &str) -> Step<()> {
        let found = match shape(&self.database) {
            Ok(found) => found,
            Err(error) => return failed(format!("{when}: the schema cannot be read"), error),
        };
        for (name, lines) in wanted {
            match found.get(name) {
                Some(there) if there == lines => {}
                Some(there) => {
                    let kind = name.split(' ').next().unwrap_or_default();
                    let gone: Vec<&String> = lines.difference(there).collect();
                    let new: Vec<&String> = there.difference(lines).collect();
                    let detail = format!("{name} lacks {gone:?} and has {new:?}");
                    return failed(format!("{when}: another {kind}"), detail);
                }
                None => return failed(format!("{when}: something is missing"), name),
            }
        }
        match found.keys().find(|name| !wanted.contains_key(*name)) {
            Some(name) => failed(format!("{when}: something is left"), name),
            None => Ok(()),
        }
    }

    /// Whether the highest ids ever given are known as before.
    pub(super) fn marks(&self, before: &BTreeMap<String, i64>) -> Step<()> {
        let after = database::marks(&self.database).map_err(Outcome::Invalid)?;
        let counted = |table: &Table| {
            table.constraints.iter().any(|constraint| {
                matches!(constraint.rule, crate::schema::Rule::PrimaryKey { autoincrement: true, .. })
            })
        };
        for (old, new) in self.case.tables() {
            let mark = before.get(&old.name.to_ascii_lowercase()).copied();
            let now = after.get(&new.name.to_ascii_lowercase()).copied();
            if counted(old) && counted(new) && mark != now {
                return failed("the highest id is another", format!("{}: {mark:?}, then {now:?}", new.name));
            }
        }
        let schema = &self.case.to;
        match after
            .keys()
            .find(|name| !schema.tables.iter().any(|table| table.name.eq_ignore_ascii_case(name)))
        {
            Some(name) => failed("a highest id of no table", name),
            None => Ok(()),
        }
    }

    /// Whether every cell of a column that stays what it was is still there, seen without the engine and
    /// without the reference.
    pub(super) fn survived(&self, before: &BTreeMap<String, Vec<database::Row>>, when: &str) -> Step<()> {
        let back = when == "after down";
        for pair @ (old, new) in self.case.tables() {
            let Some(rows) = before.get(&old.name) else { continue };
            let names = match database::columns(&self.database, if back { &old.name } else { &new.name }) {
                Ok(names) => names,
                Err(error) => return failed(format!("{when}: columns cannot be read"), error),
            };
            if names.is_empty() {
                return failed(format!("{when}: a table is gone"), &new.name);
            }
            for (name, after) in self.case.columns(pair) {
                let column =
                    |table: &Table, name: &str| table.columns.iter().position(|column| column.name == name);
                let (Some(place), Some(other)) = (column(old, name), column(new, after)) else { continue };
                let (was, is) = (&old.columns[place], &new.columns[other]);
                let same = was.sql_type == is.sql_type
                    && old.strict == new.strict
                    && was.generated.is_none()
                    && is.generated.is_none()
                    && (was.not_null.is_some() || is.not_null.is_none());
                if !same {
                    continue;
                }
                // The rows begin with the rowid where it can be read.
                let shift = rows.first().map_or(0, |row| row.len() - old.columns.len());
                let mut wanted: Vec<String> = rows.iter().map(|row| row[place + shift].clone()).collect();
                wanted.sort();
                let (table, column) = if back { (&old.name, name) } else { (&new.name, after) };
                let sql = format!("SELECT {} FROM {}", quote_identifier(column), quote_identifier(table));
                let found = match database::texts(&self.database, &sql) {
                    Ok(found) => found,
                    Err(error) => return failed(format!("{when}: a column cannot be read"), error),
                };
                if wanted != found {
                    let detail = format!("{table}.{column} held {wanted:?} and holds {found:?}");
                    return failed(format!("{when}: lost cells"), detail);
                }
            }
        }
        Ok(())
    }
}
