use std::cell::RefCell;
use std::collections::HashMap;

use schema_core::dialect::quote_identifier;
use schema_core::model::{Engine, SchemaDef, TriggerDef};
use schema_core::query::Plan;
use schema_core::rusqlite::{self, Connection};

use super::aliases::{aliases, texts};
use super::candidate::Search;
use super::compared::{compared, first_by};
use super::copy::{Copy, Line, planned};
use super::programs::{firing, lines_of};
use super::statistics::statistics;
use super::{Compared, Help, Scan, Statement, StatementKind, Statistics};
use crate::inspect::sqlite;
use crate::lint::{Allowance, Finding, Findings, lint_schema};
use crate::{Error, Result};

/// What is looked at, besides what the database holds.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The models; what they allow is not told.
    pub declared: &'a SchemaDef,
    /// Codes of lints that nobody wants to see.
    pub allow: &'a [String],
    /// A table is big that has more rows than this.
    pub big: u64,
    /// The application's own statements, and those that a person gives.
    pub statements: &'a [Statement],
}

/// What was looked at, and what was found.
#[derive(Clone, Debug)]
pub struct Advice {
    /// How many rows each table has.
    pub rows: Vec<(String, u64)>,
    /// Every plan that was read: those of the statements, of views and of triggers.
    pub plans: Vec<(Statement, Plan)>,
    /// Foreign keys without an index, and indexes that nobody needs.
    pub indexes: Findings,
    /// Tables of which SQLite knows too little.
    pub statistics: Vec<Statistics>,
    /// Big tables that are read from end to end.
    pub scans: Vec<Scan>,
    /// Statements without a plan.
    pub unplanned: Vec<Unplanned>,
}

/// A statement that SQLite has no plan for: it would fail.
#[derive(Clone, Debug)]
pub struct Unplanned {
    /// The statement.
    pub statement: Statement,
    /// What SQLite says.
    pub why: String,
}

impl Advice {
    /// How many places want attention.
    pub fn findings(&self) -> usize {
        self.indexes.shown.len()
            + self.statistics.len()
            + self.scans.iter().filter(|scan| scan.is_finding()).count()
            + self.unplanned.len()
    }
}

/// Looks for what would make a database faster. Reads it, and writes nothing.
///
/// # Errors
/// The database cannot be read; a code of `allow` is none.
pub fn advise(live: &Connection, request: &Request<'_>) -> Result<Advice> {
    // Everything is of one moment.
    let moment = live.unchecked_transaction().map_err(|error| Error::sqlite("read the schema", error))?;
    let schema = sqlite::schema(&moment)?;
    let mut rows = Vec::with_capacity(schema.tables.len());
    for table in schema.tables.iter() {
        let sql = format!("SELECT count(*) FROM main.{}", quote_identifier(&table.name));
        let counted: i64 = moment
            .query_row(&sql, [], |row| row.get(0))
            .map_err(|error| Error::sqlite(format!("count the rows of {}", table.name), error))?;
        rows.push((table.name.to_string(), u64::try_from(counted).unwrap_or(0)));
    }
    let looking = Looking {
        live: &moment,
        copy: &Copy::of(&moment, &schema)?,
        schema: &schema,
        rows: rows.iter().cloned().collect(),
        big: request.big,
        values: RefCell::default(),
    };
    let mut advice = Advice {
        plans: Vec::new(),
        indexes: indexes(&schema, request)?,
        statistics: statistics(&moment, &schema, &looking.rows, request.big)?,
        scans: Vec::new(),
        unplanned: Vec::new(),
        rows,
    };
    for statement in request.statements {
        looking.statement(statement, &mut advice);
    }
    looking.views(&mut advice);
    looking.triggers(&mut advice);
    Ok(advice)
}

/// What the lints say of keys and indexes.
fn indexes(schema: &SchemaDef, request: &Request<'_>) -> Result<Findings> {
    let is_ours = |finding: &Finding| ["L010", "L011"].contains(&finding.code());
    let found = lint_schema(schema, schema).into_iter().filter(is_ours).collect();
    Ok(Allowance::new(request.allow, request.declared)?.settle(found))
}

/// What the plans of one database are read by.
struct Looking<'a> {
    live: &'a Connection,
    copy: &'a Copy,
    schema: &'a SchemaDef,
    rows: HashMap<String, u64>,
    big: u64,
    values: RefCell<HashMap<String, Option<u64>>>,
}

impl Looking<'_> {
    fn statement(&self, statement: &Statement, advice: &mut Advice) {
        let texts = texts(self.schema, &statement.sql);
        let aliases = aliases(self.schema, &texts);
        match self.copy.lines(&statement.sql) {
            Ok(lines) => {
                let again = || Some(planned(&self.copy.lines(&statement.sql).ok()?, &aliases));
                self.scans(statement, &texts, &aliases, &lines, &again, advice);
            }
            Err(error) => {
                let why = match error {
                    // Without the statement, which is told already.
                    rusqlite::Error::SqlInputError { msg, .. } => msg,
                    error => error.to_string(),
                };
                advice.unplanned.push(Unplanned { statement: statement.clone(), why });
            }
        }
    }

    fn views(&self, advice: &mut Advice) {
        for view in self.schema.views.iter() {
            let sql = format!("SELECT * FROM {}", quote_identifier(&view.name));
            let statement = Statement { kind: StatementKind::View, name: view.name.to_string(), sql };
            let texts = texts(self.schema, &statement.sql);
            let aliases = aliases(self.schema, &texts);
            // What is wrong with a view, db-check says.
            if let Ok(lines) = self.copy.lines(&statement.sql) {
                let again = || Some(planned(&self.copy.lines(&statement.sql).ok()?, &aliases));
                self.scans(&statement, &texts, &aliases, &lines, &again, advice);
            }
        }
    }

    fn triggers(&self, advice: &mut Advice) {
        let on_tables = self.schema.tables.iter().map(|table| (&table.name, &table.triggers));
        let on_views = self.schema.views.iter().map(|view| (&view.name, &view.triggers));
        for (on, triggers) in on_tables.chain(on_views) {
            for trigger in triggers.iter() {
                self.trigger(on, trigger, advice);
            }
        }
    }

    fn trigger(&self, on: &str, trigger: &TriggerDef, advice: &mut Advice) {
        let sql = trigger.sql.on(Engine::Sqlite).unwrap_or_default().to_owned();
        let statement = Statement { kind: StatementKind::Trigger, name: trigger.name.to_string(), sql };
        let texts = texts(self.schema, &statement.sql);
        let aliases = aliases(self.schema, &texts);
        // One of them fires it; an UPDATE of every column does so for `UPDATE OF`, too.
        for firing in firing(self.schema, on) {
            let lines = lines_of(self.copy, &firing, trigger);
            if !lines.is_empty() {
                let again = || Some(planned(&lines_of(self.copy, &firing, trigger), &aliases));
                self.scans(&statement, &texts, &aliases, &lines, &again, advice);
                return;
            }
        }
    }

    fn scans(
        &self,
        statement: &Statement,
        texts: &[String],
        aliases: &[(String, String)],
        lines: &[Line],
        again: &dyn Fn() -> Option<Plan>,
        advice: &mut Advice,
    ) {
        let plan = planned(lines, aliases);
        // Under the names that the statement itself gives them.
        let unnamed = planned(lines, &[]);
        let mut seen: Vec<&str> = Vec::new();
        for name in plan.scans() {
            let Some(table) = self.schema.table(name) else { continue };
            let rows = self.rows_of(name);
            if rows <= self.big || seen.contains(&table.name.as_ref()) {
                continue;
            }
            seen.push(&table.name);
            let is_it = |called: &&str| {
                let alias = aliases.iter().find(|(alias, _)| alias == called);
                alias.map_or(*called, |(_, table)| table).eq_ignore_ascii_case(&table.name)
            };
            let own: Vec<&str> = unnamed.scans().filter(is_it).collect();
            let compared = compared(table, &own, texts);
            let search = Search {
                live: self.live,
                copy: self.copy,
                table,
                rows,
                scans: &|plan| plan.scans().filter(|name| self.rows_of(name) > self.big).count(),
                plan: again,
                values: &self.values,
            };
            let wanted = first_by(table, &own, &statement.sql);
            let in_order = |compared: &[Compared]| match wanted.is_empty() || !plan.sorts() {
                true => None,
                false => search.order(compared, &wanted),
            };
            let found = || if compared.is_empty() { Help::Whole } else { search.help(&compared, &plan) };
            // The first rows of one value are found at once where an index has them in their order.
            let of_a_value =
                compared.iter().any(Compared::is_equality).then(|| in_order(&compared)).flatten();
            let (help, by_order) = match of_a_value {
                Some(help) => (help, true),
                None => match found() {
                    help @ Help::Indexes(..) => (help, false),
                    help if wanted.is_empty() => (help, false),
                    // Read in that order, it ends with the last row that is wanted.
                    _ if !plan.sorts() => (Help::Whole, true),
                    _ => (in_order(&[]).unwrap_or(Help::None), true),
                },
            };
            let ordered = if by_order { wanted } else { Vec::new() };
            advice.scans.push(Scan {
                statement: statement.clone(),
                table: table.name.to_string(),
                rows,
                compared,
                ordered,
                plan: plan.clone(),
                help,
            });
        }
        advice.plans.push((statement.clone(), plan));
    }

    fn rows_of(&self, table: &str) -> u64 {
        let table = self.schema.table(table).map_or(table, |table| &table.name);
        self.rows.get(table).copied().unwrap_or(0)
    }
}
