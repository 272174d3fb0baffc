use std::collections::HashMap;

use crate::files::{FileStatement, Script};
use crate::sql::{Token, tokens};

/// What a statement does to tables as a whole. Views and virtual tables share their names and count
/// as tables here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Create(String),
    Drop(String),
    Rename { from: String, to: String },
    Other,
}

/// Reads the effect of a statement off its first tokens.
pub(super) fn effect(sql: &str) -> Effect {
    let all = tokens(sql).unwrap_or_default();
    let word = |position: usize, word: &str| all.get(position).is_some_and(|token| token.is(word));
    if word(0, "DROP") && (word(1, "TABLE") || word(1, "VIEW")) {
        let at = if word(2, "IF") { 4 } else { 2 };
        return name(&all, at).map_or(Effect::Other, |(name, _)| Effect::Drop(name));
    }
    let kind = if word(1, "VIRTUAL") { 2 } else { 1 };
    if word(0, "CREATE") && (word(kind, "TABLE") || word(1, "VIEW")) {
        let at = if word(kind + 1, "IF") { kind + 4 } else { kind + 1 };
        return name(&all, at).map_or(Effect::Other, |(name, _)| Effect::Create(name));
    }
    if word(0, "ALTER")
        && word(1, "TABLE")
        && let Some((from, next)) = name(&all, 2)
        && word(next, "RENAME")
        && word(next + 1, "TO")
        && let Some((to, _)) = name(&all, next + 2)
    {
        return Effect::Rename { from, to };
    }
    Effect::Other
}

/// The table, old and new name of a statement that renames a column.
pub(super) fn column_rename(sql: &str) -> Option<(String, String, String)> {
    let all = tokens(sql).ok()?;
    let word = |position: usize, word: &str| all.get(position).is_some_and(|token| token.is(word));
    if !(word(0, "ALTER") && word(1, "TABLE")) {
        return None;
    }
    let (table, next) = name(&all, 2)?;
    // `RENAME TO x` renames the table; a column of that name has to be in quotes.
    if !word(next, "RENAME") || word(next + 1, "TO") {
        return None;
    }
    let from = if word(next + 1, "COLUMN") && !word(next + 2, "TO") { next + 2 } else { next + 1 };
    if !word(from + 1, "TO") {
        return None;
    }
    let part = |position: usize| all.get(position).filter(|token| token.may_be_name());
    Some((table, part(from)?.name(), part(from + 2)?.name()))
}

/// The name at a position, without a schema in front of it, and the position behind it.
fn name(all: &[Token<'_>], at: usize) -> Option<(String, usize)> {
    let first = all.get(at).filter(|token| token.may_be_name())?;
    if all.get(at + 1).is_some_and(|token| token.is_symbol(".")) {
        let second = all.get(at + 2).filter(|token| token.may_be_name())?;
        return Some((second.name(), at + 3));
    }
    Some((first.name(), at + 1))
}

/// A table that a script works on as a whole, and the statement that does.
#[derive(Clone, Debug)]
pub(super) struct Touched<'a> {
    /// The name that the table had before the first script.
    pub(super) table: String,
    /// Position of the script.
    pub(super) script: usize,
    pub(super) statement: &'a FileStatement,
}

/// What scripts, run one after the other, do to the tables that were there before.
#[derive(Debug, Default)]
pub(super) struct Trace<'a> {
    /// Tables that are dropped, for good or in a rebuild.
    pub(super) dropped: Vec<Touched<'a>>,
    /// Names that are given to new tables while nothing has freed them.
    pub(super) claimed: Vec<Touched<'a>>,
}

/// What became of a name.
#[derive(Clone)]
enum Name {
    /// It is a table of before, under this name then.
    Old(String),
    /// It is a table that a script made.
    New,
    /// Nothing has it any more.
    Free,
}

impl<'a> Trace<'a> {
    pub(super) fn of(scripts: impl IntoIterator<Item = &'a Script>) -> Self {
        let mut trace = Self::default();
        let mut names: HashMap<String, Name> = HashMap::new();
        for (script, text) in scripts.into_iter().enumerate() {
            for statement in &text.statements {
                let touched = |table: String| Touched { table, script, statement };
                match effect(&statement.sql) {
                    Effect::Create(name) => {
                        if !names.contains_key(&name.to_ascii_lowercase()) {
                            trace.claimed.push(touched(name.clone()));
                        }
                        names.insert(name.to_ascii_lowercase(), Name::New);
                    }
                    Effect::Drop(name) => {
                        if let Name::Old(old) = known(&names, &name) {
                            trace.dropped.push(touched(old));
                        }
                        names.insert(name.to_ascii_lowercase(), Name::Free);
                    }
                    Effect::Rename { from, to } => {
                        let moved = known(&names, &from);
                        if !names.contains_key(&to.to_ascii_lowercase()) && !from.eq_ignore_ascii_case(&to) {
                            trace.claimed.push(touched(to.clone()));
                        }
                        names.insert(from.to_ascii_lowercase(), Name::Free);
                        names.insert(to.to_ascii_lowercase(), moved);
                    }
                    Effect::Other => {}
                }
            }
        }
        trace
    }
}

fn known(names: &HashMap<String, Name>, name: &str) -> Name {
    names.get(&name.to_ascii_lowercase()).cloned().unwrap_or_else(|| Name::Old(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(statements: &[&str]) -> Script {
        let statements =
            statements.iter().map(|sql| FileStatement { sql: (*sql).to_owned(), line: 1 }).collect();
        Script { statements, ..Script::default() }
    }

    #[test]
    fn a_rebuild_after_a_rename_drops_the_table_that_was_there_before() {
        let first = script(&["ALTER TABLE [old] RENAME TO \"new\""]);
        let second = script(&[
            "CREATE TABLE \"_new_new\"(a)",
            "drop table if exists main.\"NEW\"",
            "ALTER TABLE _new_new RENAME TO new",
        ]);
        let trace = Trace::of([&first, &second]);
        let names =
            |list: &[Touched<'_>]| list.iter().map(|touched| touched.table.clone()).collect::<Vec<_>>();
        assert_eq!(names(&trace.dropped), ["old"]);
        assert_eq!(names(&trace.claimed), ["new", "_new_new"]);
    }

    #[test]
    fn a_column_rename_is_no_rename_of_the_table() {
        assert_eq!(effect("ALTER TABLE t RENAME COLUMN a TO b"), Effect::Other);
        assert_eq!(effect("ALTER TABLE t RENAME a TO b"), Effect::Other);
        assert_eq!(effect("CREATE TABLE IF NOT EXISTS t(a)"), Effect::Create("t".to_owned()));
        assert_eq!(effect("CREATE VIRTUAL TABLE IF NOT EXISTS t USING x"), Effect::Create("t".to_owned()));
        assert_eq!(effect("create view main.t as select 1"), Effect::Create("t".to_owned()));
        assert_eq!(effect("DROP VIEW IF EXISTS t"), Effect::Drop("t".to_owned()));
    }
}
