use super::trace::{Effect, column_rename, effect};
use crate::files::Script;

/// The names that tables and columns of before have after a script.
#[derive(Debug, Default)]
pub(super) struct Renames {
    tables: Vec<Table>,
}

#[derive(Debug)]
struct Table {
    old: String,
    new: String,
    /// Old and new name of its columns, where they differ.
    columns: Vec<(String, String)>,
    /// Whether it is dropped and nothing has taken its place yet.
    is_dropped: bool,
}

impl Renames {
    pub(super) fn of(script: &Script) -> Self {
        let mut renames = Self::default();
        for statement in &script.statements {
            if let Some((table, from, to)) = column_rename(&statement.sql) {
                renames.column(&table, &from, to);
                continue;
            }
            match effect(&statement.sql) {
                Effect::Drop(name) => renames.entry(&name).is_dropped = true,
                Effect::Rename { from, to } => renames.table(&from, &to),
                // A table that is made anew is the one of before once it takes its name.
                Effect::Create(name) => renames.created(&name),
                Effect::Other => {}
            }
        }
        renames
    }

    /// What the table is called after the script.
    pub(super) fn new_table<'a>(&'a self, old: &'a str) -> &'a str {
        self.find_old(old).map_or(old, |table| &table.new)
    }

    /// What a column of the table of before is called after the script.
    pub(super) fn new_column<'a>(&'a self, old_table: &str, old: &'a str) -> &'a str {
        let renamed = self.find_old(old_table).and_then(|table| {
            table.columns.iter().find(|(known, _)| known.eq_ignore_ascii_case(old)).map(|(_, new)| new)
        });
        renamed.map_or(old, String::as_str)
    }

    /// What the table that has this name after the script was called before.
    pub(super) fn old_table<'a>(&'a self, new: &'a str) -> &'a str {
        self.find_new(new).map_or(new, |table| &table.old)
    }

    /// What a column of the table that has this name after the script was called before.
    pub(super) fn old_column<'a>(&'a self, new_table: &str, new: &'a str) -> &'a str {
        let renamed = self.find_new(new_table).and_then(|table| {
            table.columns.iter().find(|(_, known)| known.eq_ignore_ascii_case(new)).map(|(old, _)| old)
        });
        renamed.map_or(new, String::as_str)
    }

    fn find_new(&self, new: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.new.eq_ignore_ascii_case(new) && !table.old.is_empty())
    }

    fn find_old(&self, old: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.old.eq_ignore_ascii_case(old))
    }

    /// The table that has the name now; one that nothing is known of has had it from the start.
    fn entry(&mut self, name: &str) -> &mut Table {
        let known = self.tables.iter().position(|table| table.new.eq_ignore_ascii_case(name));
        let position = known.unwrap_or_else(|| {
            self.tables.push(Table {
                old: name.to_owned(),
                new: name.to_owned(),
                columns: Vec::new(),
                is_dropped: false,
            });
            self.tables.len() - 1
        });
        &mut self.tables[position]
    }

    fn created(&mut self, name: &str) {
        match self.tables.iter_mut().find(|table| table.new.eq_ignore_ascii_case(name)) {
            Some(table) => table.is_dropped = false,
            // No table of before has an empty name.
            None => self.tables.push(Table {
                old: String::new(),
                new: name.to_owned(),
                columns: Vec::new(),
                is_dropped: false,
            }),
        }
    }

    fn table(&mut self, from: &str, to: &str) {
        let is_new = self.entry(from).old.is_empty();
        let replaced =
            self.tables.iter().position(|table| table.is_dropped && table.new.eq_ignore_ascii_case(to));
        match replaced {
            // The successor of a rebuild: the table of before goes on under its name.
            Some(position) if is_new => {
                self.tables[position].is_dropped = false;
                self.tables.retain(|table| !table.new.eq_ignore_ascii_case(from));
            }
            // Another table of before takes the name of one that is gone for good.
            Some(position) => {
                self.tables[position].new.clear();
                to.clone_into(&mut self.entry(from).new);
            }
            None => to.clone_into(&mut self.entry(from).new),
        }
    }

    fn column(&mut self, table: &str, from: &str, to: String) {
        let table = self.entry(table);
        match table.columns.iter_mut().find(|(_, new)| new.eq_ignore_ascii_case(from)) {
            Some((_, new)) => *new = to,
            None => table.columns.push((from.to_owned(), to)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::FileStatement;

    fn renames(statements: &[&str]) -> Renames {
        let statements =
            statements.iter().map(|sql| FileStatement { sql: (*sql).to_owned(), line: 1 }).collect();
        Renames::of(&Script { statements, ..Script::default() })
    }

    #[test]
    fn names_are_followed_through_exchanges_and_rebuilds() {
        let names = renames(&[
            "ALTER TABLE a RENAME TO aside",
            "ALTER TABLE b RENAME TO a",
            "ALTER TABLE aside RENAME TO b",
            "ALTER TABLE b RENAME COLUMN x TO y",
            "ALTER TABLE b RENAME y TO z",
            "CREATE TABLE _new_b(z)",
            "DROP TABLE b",
            "ALTER TABLE _new_b RENAME TO b",
        ]);
        assert_eq!((names.new_table("A"), names.new_table("b")), ("b", "a"));
        assert_eq!(names.new_column("a", "X"), "z");
        assert_eq!(names.new_column("b", "x"), "x");
        assert_eq!(names.new_table("other"), "other");
    }

    #[test]
    fn a_table_that_takes_the_name_of_a_dropped_one_does_not_become_it() {
        let names = renames(&["DROP TABLE a", "ALTER TABLE b RENAME TO a"]);
        assert_eq!(names.new_table("b"), "a");
        assert_ne!(names.new_table("a"), "a");
    }
}
