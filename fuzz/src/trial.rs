use std::collections::BTreeMap;
use std::path::Path;

use schema_core::dialect::quote_identifier;
use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;
use schema_migrate::diff::{Answers, compare};
use schema_migrate::diff_apply;
use schema_migrate::inspect::sqlite;
use schema_migrate::plan::{self, Plan};
use schema_migrate::run::{Event, Observer, Target};
use schema_migrate::{Error, ErrorKind};

use crate::case::Case;
use crate::database;
use crate::reference::{Backfills, Reference};
use crate::schema::Table;
use crate::shape::shape;

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There was nothing to do.
    Same,
    /// Up and down were applied, and everything holds.
    Applied,
    /// Up was applied and everything holds; the way down was refused, as the plan had announced.
    AppliedUp,
    /// A refusal with its reason; nothing was changed.
    Refused(&'static str),
    /// Something that may not be.
    Failed(Failure),
    /// SQLite does not take one of the schemas.
    Invalid(String),
}

/// What may not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// In a few words that are the same for every case of one fault.
    pub kind: String,
    /// What was seen.
    pub detail: String,
}

impl Failure {
    fn new(kind: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { kind: kind.into(), detail: detail.into() }
    }
}

type Step<T> = Result<T, Outcome>;

fn failed<T>(kind: impl Into<String>, detail: impl Into<String>) -> Step<T> {
    Err(Outcome::Failed(Failure::new(kind, detail)))
}

struct Silent;

impl Observer for Silent {
    fn event(&mut self, _: &Event<'_>) {}
}

/// Goes through the case in a folder that may be written to, and looks at everything that has to hold.
pub fn run(case: &Case, folder: &Path) -> Outcome {
    match Trial::new(case, folder).and_then(|trial| trial.go()) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

struct Trial<'a> {
    case: &'a Case,
    target: Target,
    database: Connection,
}

impl<'a> Trial<'a> {
    fn new(case: &'a Case, folder: &Path) -> Step<Self> {
        let path = folder.join("case.db");
        for suffix in ["", "-journal", "-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.join(format!("case.db{suffix}")));
        }
        let invalid = |error: String| Outcome::Invalid(error);
        if case.names_what_is_gone() {
            return Err(invalid("something is named that is not there".to_owned()));
        }
        let database = database::open(Some(&path)).map_err(|error| invalid(error.to_string()))?;
        database::run(&database, &case.from_statements()).map_err(invalid)?;
        database
            .set_db_config(schema_core::rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)
            .map_err(|error| invalid(error.to_string()))?;
        database::run(&database, &case.filling.statements(&case.from)).map_err(invalid)?;
        database::is_sound(&database).map_err(|error| invalid(error.to_string()))?;
        let integrity = database::texts(&database, "PRAGMA integrity_check").map_err(invalid)?;
        if integrity != ["'ok'"] {
            return Err(Outcome::Invalid(integrity.join(", ")));
        }
        Ok(Self { case, target: Target::new(path, folder), database })
    }

    fn go(&self) -> Step<Outcome> {
        let wanted = database::open(None).map_err(|error| Outcome::Invalid(error.to_string()))?;
        database::run(&wanted, &self.case.to_statements()).map_err(Outcome::Invalid)?;
        database::is_sound(&wanted).map_err(|error| Outcome::Invalid(error.to_string()))?;
        let (from, to) = (inspect(&self.database)?, inspect(&wanted)?);
        let before = self.everything()?;
        let old_shape = shape(&self.database).map_err(Outcome::Invalid)?;
        let old_orphans = database::orphans(&self.database).map_err(Outcome::Invalid)?;
        let old_marks = database::marks(&self.database).map_err(Outcome::Invalid)?;
        let mut answers = self.case.answers().or_else(|error| failed("an answer is refused", error))?;
        let (plan, backfills) = self.plan(&from, &to, &mut answers)?;
        if plan.up.is_empty() {
            self.holds(&shape(&wanted).map_err(Outcome::Invalid)?, "without a step")?;
            return Ok(Outcome::Same);
        }
        let reference =
            Reference::build(self.case, &self.target.database, &backfills).map_err(Outcome::Invalid)?;
        if let Err(error) = diff_apply::apply(&self.target, &from, &plan, &mut Silent) {
            return match self.refused(&error, &before, &reference, &old_orphans) {
                Err(Outcome::Failed(failure)) => {
                    let detail = format!("{}\n\nthe plan:\n{}", failure.detail, plan::script(&plan.up));
                    failed(failure.kind, detail)
                }
                other => other,
            };
        }
        if let Some(misfit) = &reference.misfit {
            return failed("applied, although the rows do not fit", misfit);
        }
        self.sound("after up")?;
        self.equals(&to, "after up")?;
        self.holds(&shape(&wanted).map_err(Outcome::Invalid)?, "after up")?;
        self.marks(&old_marks)?;
        let difference = reference.difference(&self.database);
        if let Some(difference) =
            difference.or_else(|error| failed("after up: tables cannot be read", error))?
        {
            return failed("after up: cells differ", difference);
        }
        self.survived(&before, "after up")?;
        let orphans = old_orphans.values().any(|count| *count > 0)
            || database::has_mismatch(&before_database(self.case)?).map_err(Outcome::Invalid)?;
        self.down(&from, &plan, &before, &old_shape, orphans)
    }

    fn everything(&self) -> Step<BTreeMap<String, Vec<database::Row>>> {
        database::everything(&self.database).map_err(Outcome::Invalid)
    }

    /// The plan, with a value for every column that waits for one.
    fn plan(&self, from: &SchemaDef, to: &SchemaDef, answers: &mut Answers) -> Step<(Plan, Backfills)> {
        let mut backfills = Backfills::new();
        for _ in 0..30 {
            let comparison = match compare(from, to, to, answers) {
                Ok(comparison) => comparison,
                Err(error) if error.what().contains("hides the rowid") => {
                    return Err(Outcome::Refused("SQLite renames no column to or from a name of the rowid"));
                }
                // Of a key that is there twice SQLite renames only one.
                Err(error) if error.what().starts_with("SQLite cannot make a rename") => {
                    return Err(Outcome::Refused("SQLite itself cannot do the rename"));
                }
                Err(error) => return failed(kind_of("compare", &error), error.to_string()),
            };
            if let Some(question) = comparison.questions.first() {
                return failed("a question that was answered", question.to_string());
            }
            let plan = match plan::sqlite(from, to, &comparison, answers, self.case.target) {
                Ok(plan) => plan,
                Err(error) if error.what().contains("would be broken") => {
                    return Err(Outcome::Refused("a view or trigger would be broken"));
                }
                Err(error) if error.to_string().contains("are no key") => {
                    return Err(Outcome::Refused("a foreign key would point at what is no key"));
                }
                Err(error) => return failed(kind_of("plan", &error), error.to_string()),
            };
            if plan.blocked.is_empty() {
                if plan.minimum_engine > self.case.target {
                    return failed("a plan for a newer engine", plan.minimum_engine.to_string());
                }
                return Ok((plan, backfills));
            }
            for blocked in &plan.blocked {
                let value = self.backfill(&blocked.table, &blocked.column);
                let path = schema_migrate::diff::Path::new([blocked.table.as_str(), blocked.column.as_str()]);
                let read = answers.backfill(&format!("{path}={value}"));
                read.or_else(|error| failed("an answer is refused", error.to_string()))?;
                if backfills.insert((blocked.table.clone(), blocked.column.clone()), value).is_some() {
                    return failed("a question that was answered", blocked.to_string());
                }
            }
        }
        failed("questions without an end", String::new())
    }

    /// A value for the column that differs from row to row where a rowid is at hand.
    fn backfill(&self, table: &str, column: &str) -> String {
        let pair = self.case.tables().into_iter().find(|(_, new)| new.name == table);
        let has_rowid = pair.is_some_and(|(old, new)| {
            let named = |table: &Table| {
                table.columns.iter().any(|column| {
                    ["rowid", "oid", "_rowid_"].iter().any(|name| column.name.eq_ignore_ascii_case(name))
                })
            };
            !old.without_rowid && !named(old) && !named(new)
        });
        let found = pair.and_then(|(_, new)| new.columns.iter().find(|found| found.name == column));
        let kind = found.map(|column| column.sql_type.to_ascii_uppercase()).unwrap_or_default();
        match (has_rowid, kind.as_str()) {
            (true, "TEXT") => "'filled ' || _rowid_",
            (true, "BLOB") => "CAST(_rowid_ AS BLOB)",
            (true, _) => "_rowid_",
            (false, "TEXT") => "'filled'",
            (false, "BLOB") => "x'aa'",
            (false, "REAL") => "2.5",
            (false, _) => "77",
        }
        .to_owned()
    }

    /// Whether a refusal is one that has to be, and left everything as it was.
    fn refused(
        &self,
        error: &Error,
        before: &BTreeMap<String, Vec<database::Row>>,
        reference: &Reference,
        old_orphans: &BTreeMap<database::Key, usize>,
    ) -> Step<Outcome> {
        if self.everything()? != *before {
            return failed("a refusal that changed something", error.to_string());
        }
        let text = error.to_string();
        let parents = ["have no row in", "has its row in", "are no key", "FOREIGN KEY constraint failed"];
        if parents.iter().any(|words| text.contains(words)) {
            let now = database::orphans(&reference.connection).map_err(Outcome::Invalid)?;
            let known = self.renamed(old_orphans);
            let more = reference.misfit.is_some()
                || text.contains("are no key")
                || database::has_mismatch(&before_database(self.case)?).map_err(Outcome::Invalid)?
                || self.loses()
                || now.iter().any(|(key, count)| *count > known.get(key).copied().unwrap_or(0));
            return if more {
                Ok(Outcome::Refused("rows would be left without their parent"))
            } else {
                failed("refused for parents that are there", text)
            };
        }
        if reference.misfit.is_some() {
            return Ok(Outcome::Refused("the rows do not fit"));
        }
        if error.kind() == ErrorKind::Preflight && text.contains("is broken") {
            return failed("a sound database is called broken", text);
        }
        failed(kind_of("refused, although the rows fit", error), text)
    }

    /// The keys under the names that they have afterwards; those that are gone are left out.
    fn renamed(&self, orphans: &BTreeMap<database::Key, usize>) -> BTreeMap<database::Key, usize> {
        let tables = self.case.tables();
        let pair = |name: &str| tables.iter().find(|(old, _)| old.name.eq_ignore_ascii_case(name)).copied();
        let renamed = |pair, names: &[String]| -> Option<Vec<String>> {
            let columns = self.case.columns(pair);
            let after = |name: &String| {
                let found = columns.iter().find(|(before, _)| before.eq_ignore_ascii_case(name));
                found.map(|(_, after)| after.to_ascii_lowercase())
            };
            names.iter().map(after).collect()
        };
        let mut found = BTreeMap::new();
        for ((table, key, parent, references), count) in orphans {
            let Some(child) = pair(table) else { continue };
            // A parent that is not there has no columns to follow.
            let (parent, references) = match pair(parent) {
                Some(known) => (known.1.name.to_ascii_lowercase(), renamed(known, references)),
                None => (parent.clone(), Some(references.clone())),
            };
            if let (Some(key), Some(references)) = (renamed(child, key), references) {
                *found.entry((child.1.name.to_ascii_lowercase(), key, parent, references)).or_default() +=
                    count;
            }
        }
        found
    }

    fn sound(&self, when: &str) -> Step<()> {
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
    fn equals(&self, wanted: &SchemaDef, when: &str) -> Step<()> {
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
    fn holds(&self, wanted: &crate::shape::Shape, when: &str) -> Step<()> {
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
    fn marks(&self, before: &BTreeMap<String, i64>) -> Step<()> {
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
    fn survived(&self, before: &BTreeMap<String, Vec<database::Row>>, when: &str) -> Step<()> {
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
                let column = |table: &'a Table, name: &str| {
                    table.columns.iter().position(|column| column.name == name)
                };
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

    fn down(
        &self,
        from: &SchemaDef,
        plan: &Plan,
        before: &BTreeMap<String, Vec<database::Row>>,
        old_shape: &crate::shape::Shape,
        had_orphans: bool,
    ) -> Step<Outcome> {
        if plan.down.is_empty()
            && plan.irreversible.iter().any(|why| why.contains("SQLite cannot make a rename"))
        {
            return Ok(Outcome::AppliedUp);
        }
        if plan.down.is_empty() {
            return failed("there is no way down", format!("{:?}", plan.irreversible));
        }
        let changed = self.everything()?;
        let back = Plan {
            up: plan.down.clone(),
            losses: Vec::new(),
            expectations: plan.down_expectations.clone(),
            ..plan.clone()
        };
        if let Err(error) = diff_apply::apply(&self.target, &inspect(&self.database)?, &back, &mut Silent) {
            if self.everything()? != changed {
                return failed("a refusal of down that changed something", error.to_string());
            }
            // A reference that comes back finds the rows without a parent that it left.
            let text = error.to_string();
            let known = had_orphans
                && (["have no row in", "has its row in", "are no key"]
                    .iter()
                    .any(|words| text.contains(words)));
            return if plan.irreversible.is_empty() && !self.loses() && !known {
                failed(kind_of("down refused without a warning", &error), error.to_string())
            } else {
                Ok(Outcome::AppliedUp)
            };
        }
        self.sound("after down")?;
        self.equals(from, "after down")?;
        self.holds(old_shape, "after down")?;
        self.survived(before, "after down")?;
        Ok(Outcome::Applied)
    }

    /// Whether a change of type or computation may have made other values of the old ones.
    fn loses(&self) -> bool {
        self.case.tables().into_iter().any(|pair @ (old, new)| {
            old.strict != new.strict
                || self.case.columns(pair).iter().any(|(before, after)| {
                    let was = old.columns.iter().find(|column| column.name == *before);
                    let is = new.columns.iter().find(|column| column.name == *after);
                    was.zip(is).is_some_and(|(was, is)| {
                        was.sql_type != is.sql_type
                            || was.generated.is_some()
                            || is.generated.is_some()
                            || (was.not_null.is_none() && is.not_null.is_some())
                    })
                })
        })
    }
}

/// The old schema without rows.
fn before_database(case: &Case) -> Step<Connection> {
    let connection = database::open(None).map_err(|error| Outcome::Invalid(error.to_string()))?;
    database::run(&connection, &case.from_statements()).map_err(Outcome::Invalid)?;
    Ok(connection)
}

fn inspect(connection: &Connection) -> Step<SchemaDef> {
    sqlite::schema(connection).or_else(|error| failed(kind_of("inspect", &error), error.to_string()))
}

/// The kind of failure that an error is: its first words, without names.
fn kind_of(when: &str, error: &Error) -> String {
    let words: Vec<&str> =
        error.what().split(['`', ':', '"']).next().unwrap_or_default().split(' ').collect();
    let reason = error.reason().unwrap_or_default();
    let reason = reason.split(['`', ':', '"', '\n']).next().unwrap_or_default();
    // Numbers differ from case to case of one fault, and what comes behind ` of ` are names.
    let reason = reason.split(" of ").next().unwrap_or_default().split(" where ").next().unwrap_or_default();
    let plain: String = reason.chars().filter(|character| !character.is_ascii_digit()).take(50).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| word.parse::<u64>().is_err()).collect();
    format!("{when}: {} ({plain})", words.join(" "))
}
