use std::fmt;

use schema_migrate::diff::Answers;
use schema_migrate::plan::EngineVersion;

use crate::database;
use crate::filling::{Filling, fill};
use crate::generate;
use crate::mutate;
use crate::random::Random;
use crate::schema::{Schema, Table};
use crate::write::Writer;

/// A filled schema and another one to go to.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The old schema.
    pub from: Schema,
    /// The new one.
    pub to: Schema,
    /// The rows of the old one.
    pub filling: Filling,
    /// Whether the renames are given as answers; otherwise they are drops and additions.
    pub told: bool,
    /// The oldest engine that may run the plan.
    pub target: EngineVersion,
}

/// What became of something, under its old and its new name.
pub(crate) type Pair<'a, T> = (&'a T, &'a T);

impl Case {
    /// The case of this number in the run of this seed.
    pub fn new(seed: u64, number: u64, target: EngineVersion) -> Self {
        let mut random = Random::new(seed, number);
        loop {
            let from = generate::schema(&mut random);
            if let Some(case) = from_schema(&mut random, from, target) {
                return case;
            }
        }
    }

    /// The statements of the old schema.
    pub fn from_statements(&self) -> Vec<String> {
        Writer::new(&self.from).statements()
    }

    /// The statements of the new schema.
    pub fn to_statements(&self) -> Vec<String> {
        Writer::new(&self.to).statements()
    }

    /// Whether something was taken away that is still named; making a case smaller does that.
    pub(crate) fn names_what_is_gone(&self) -> bool {
        let mut statements = self.from_statements();
        statements.extend(self.to_statements());
        statements.iter().any(|statement| statement.contains("(gone)"))
    }

    /// The tables that are there before and after.
    pub(crate) fn tables(&self) -> Vec<Pair<'_, Table>> {
        let known = |(table, other): &(&Table, &Table)| self.told && table.id == other.id;
        pairs(&self.from.tables, &self.to.tables, known, |table| &table.name)
    }

    /// The columns of a table that are there before and after, by name.
    pub(crate) fn columns<'a>(&self, (old, new): Pair<'a, Table>) -> Vec<(&'a str, &'a str)> {
        let known = |(column, other): &(&crate::schema::Column, &crate::schema::Column)| {
            self.told && column.id == other.id
        };
        let found = pairs(&old.columns, &new.columns, known, |column| &column.name);
        found.into_iter().map(|(before, after)| (before.name.as_str(), after.name.as_str())).collect()
    }

    /// The renames as the values of `--rename`.
    pub(crate) fn renames(&self) -> Vec<String> {
        use schema_migrate::diff::Path;
        let mut found = Vec::new();
        if !self.told {
            return found;
        }
        for pair @ (old, new) in self.tables() {
            if !old.name.eq_ignore_ascii_case(&new.name) {
                found.push(format!("{}:{}", Path::new([old.name.as_str()]), Path::new([new.name.as_str()])));
            }
            for (before, after) in self.columns(pair) {
                if !before.eq_ignore_ascii_case(after) {
                    let (from, to) = (Path::new([&old.name, before]), Path::new([&new.name, after]));
                    found.push(format!("{from}:{to}"));
                }
            }
        }
        found
    }

    /// Everything answered: the renames as they are told, every other disappearance a drop that is
    /// permitted.
    pub(crate) fn answers(&self) -> Result<Answers, String> {
        let mut answers = Answers { no_renames: true, allow_every_loss: true, ..Answers::default() };
        for rename in self.renames() {
            answers.rename(&rename).map_err(|error| error.to_string())?;
        }
        Ok(answers)
    }
}

fn pairs<'a, T>(
    old: &'a [T],
    new: &'a [T],
    known: impl Fn(&Pair<'a, T>) -> bool,
    name: impl Fn(&T) -> &str,
) -> Vec<Pair<'a, T>> {
    let mut found: Vec<Pair<'a, T>> = Vec::new();
    let mut free: Vec<&T> = new.iter().collect();
    let mut left = Vec::new();
    for item in old {
        match free.iter().position(|other| known(&(item, other))) {
            Some(position) => found.push((item, free.remove(position))),
            None => left.push(item),
        }
    }
    for item in left {
        if let Some(position) = free.iter().position(|other| name(other).eq_ignore_ascii_case(name(item))) {
            found.push((item, free.remove(position)));
        }
    }
    found
}

fn from_schema(random: &mut Random, from: Schema, target: EngineVersion) -> Option<Case> {
    let connection = builds(&from)?;
    let filling = fill(random, &from, &connection);
    let to = match random.below(20) {
        // The same in another style: no difference.
        0 => {
            let mut same = from.clone();
            same.style = random.bits() | 1;
            for table in &mut same.tables {
                table.constraints.iter_mut().for_each(|constraint| constraint.inline ^= true);
                table.comments ^= true;
                random.shuffle(&mut table.columns);
            }
            builds(&same).map(|_| same)?
        }
        1..=2 => {
            // Numbers that are the same by chance make renames of it.
            let other = generate::schema(random);
            builds(&other).map(|_| other)?
        }
        _ => {
            let mut to = from.clone();
            for _ in 0..random.between(1, 6) {
                let mut tried = to.clone();
                mutate::change(random, &mut tried);
                if builds(&tried).is_some() {
                    to = tried;
                }
            }
            to
        }
    };
    let (mut from, mut to) = (from, to);
    let told = random.percent(85);
    if !VIEWS_DIFFER {
        if !told {
            from.views.clear();
            to.views.clear();
        }
        only_common_views(&mut from, &mut to);
    }
    Some(Case { from, to, filling, told, target })
}

/// Whether the views of the two schemas may differ.
const VIEWS_DIFFER: bool = true;

fn only_common_views(from: &mut Schema, to: &mut Schema) {
    loop {
        let gone: Vec<_> =
            from.views.iter().filter(|view| !to.views.contains(view)).map(|view| view.id).collect();
        let new: Vec<_> =
            to.views.iter().filter(|view| !from.views.contains(view)).map(|view| view.id).collect();
        if gone.is_empty() && new.is_empty() {
            return;
        }
        gone.into_iter().for_each(|id| from.remove(id));
        new.into_iter().for_each(|id| to.remove(id));
    }
}

/// A database with the schema in it, where SQLite takes it.
fn builds(schema: &Schema) -> Option<schema_core::rusqlite::Connection> {
    let connection = database::open(None).ok()?;
    database::run(&connection, &Writer::new(schema).statements()).ok()?;
    database::is_sound(&connection).ok()?;
    Some(connection)
}

impl fmt::Display for Case {
    /// Two SQL scripts.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "-- the old schema, with its rows (target {})", self.target)?;
        for statement in self.from_statements().iter().chain(&self.filling.statements(&self.from)) {
            writeln!(formatter, "{statement};")?;
        }
        writeln!(formatter, "\n-- the new schema")?;
        for rename in self.renames() {
            writeln!(formatter, "-- --rename '{rename}'")?;
        }
        for statement in self.to_statements() {
            writeln!(formatter, "{statement};")?;
        }
        Ok(())
    }
}
