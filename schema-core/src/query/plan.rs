//! What SQLite will do for a query, in words.

use std::fmt;

use super::{
    Assigned, ChangeQuery as _, DeleteQuery, Query, Scope, Select, UpdateQuery, Within,
    writer::{Origin, Statement},
};
use crate::{
    database::{Handle, Session},
    engine::sqlite::Source,
    error::{Error, Result},
    record::Mutable,
    value::Cell,
};

/// How SQLite finds the rows of a query: [`Query::explain`](super::Query::explain).
///
/// Printed it is a tree, where `FULL SCAN` stands before whatever reads a table or an index from its beginning
/// to its end:
///
/// ```text
/// - finds rows of `books` by the index `books_author_id` (author_id=?)
/// - FULL SCAN: reads every row of `reviews`
/// - sorts: ORDER BY
/// ```
#[derive(Clone, Debug)]
pub struct Plan {
    steps: Vec<Step>,
}

/// One line of a plan.
#[derive(Clone, Debug)]
struct Step {
    /// SQLite's number of it, and of the step that it is a part of.
    number: i64,
    parent: i64,
    words: String,
    /// The table that it reads from beginning to end.
    scans: Option<String>,
    index: Option<String>,
}

impl Plan {
    /// The tables that are read from beginning to end, or through an index from beginning to end, or of which an
    /// index is made for this query alone. A table stands there as often as that is done.
    ///
    /// A full-text search and the rows of a subquery are none.
    pub fn scans(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(|step| step.scans.as_deref())
    }

    /// The indexes that are used, to find rows or to read them in its order.
    pub fn indexes(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(|step| step.index.as_deref())
    }

    /// Whether rows are sorted for the ORDER BY, because no index has them in that order.
    pub fn sorts(&self) -> bool {
        self.steps.iter().any(|step| step.words.starts_with("sorts: ") && step.words.ends_with("ORDER BY"))
    }

    /// Whether the index of this name is used. `sqlite_autoindex_books_1` is the first that SQLite has made for a
    /// UNIQUE or PRIMARY KEY of `books`.
    pub fn uses_index(&self, name: &str) -> bool {
        self.indexes().any(|index| index.eq_ignore_ascii_case(name))
    }

    /// Asks for the plan of a statement.
    pub(super) fn of(session: Session<'_>, statement: &Statement, origins: &[Origin]) -> Result<Self> {
        let sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
        session.read(|connection| {
            let lines = connection.with(&Source::Text(&sql), |bound| -> Result<Vec<_>> {
                let mut lines = Vec::new();
                while bound.step()? {
                    let row = bound.row();
                    let (Cell::Integer(number), Cell::Integer(parent), Cell::Text(detail)) =
                        (row.cell(0), row.cell(1), row.cell(3))
                    else {
                        return Err(Error::misuse("SQLite has answered no plan for the statement"));
                    };
                    lines.push((number, parent, String::from_utf8_lossy(detail).into_owned()));
                }
                Ok(lines)
            })?;
            Ok(Self::read(&lines, origins))
        })
    }

    /// Reads what SQLite has answered to an `EXPLAIN QUERY PLAN`: number, number of the step that it is a part of,
    /// words. `tables` are the tables of the statement by their aliases.
    #[doc(hidden)]
    pub fn of_lines(lines: &[(i64, i64, String)], tables: &[(String, String)]) -> Self {
        let origins: Vec<Origin> = tables
            .iter()
            .map(|(alias, name)| Origin { alias: alias.clone(), name: name.clone(), is_stored: true })
            .collect();
        Self::read(lines, &origins)
    }

    fn read(lines: &[(i64, i64, String)], origins: &[Origin]) -> Self {
        let computed: Vec<&str> = lines
            .iter()
            .filter_map(|(_, _, detail)| {
                detail.strip_prefix("MATERIALIZE ").or_else(|| detail.strip_prefix("CO-ROUTINE "))
            })
            .collect();
        let names = Names { origins, computed: &computed };
        let steps = lines.iter().map(|(number, parent, detail)| names.step(*number, *parent, detail));
        Self { steps: steps.collect() }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, parent: i64, depth: usize) -> fmt::Result {
        for step in self.steps.iter().filter(|step| step.parent == parent && step.number != parent) {
            let mark = if step.scans.is_some() { "FULL SCAN: " } else { "" };
            writeln!(f, "{:1$}- {mark}{2}", "", 2 * depth, step.words)?;
            self.write(f, step.number, depth + 1)?;
        }
        Ok(())
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0, 0)
    }
}

/// What SQLite's names stand for.
struct Names<'p> {
    /// The tables of the statement by their aliases.
    origins: &'p [Origin],
    /// Subqueries and views that are computed first.
    computed: &'p [&'p str],
}

/// What rows are read from.
#[derive(Clone, Copy)]
enum Rows<'n> {
    /// A table of the database.
    Stored(&'n str),
    /// A common table expression, a view, or a function that gives a table.
    Computed(&'n str),
    /// A subquery without a name.
    Subquery,
}

impl Rows<'_> {
    fn stored(self) -> Option<String> {
        match self {
            Self::Stored(name) => Some(name.to_owned()),
            Self::Computed(_) | Self::Subquery => None,
        }
    }
}

impl fmt::Display for Rows<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stored(name) | Self::Computed(name) => write!(f, "`{name}`"),
            Self::Subquery => f.write_str("a subquery"),
        }
    }
}

impl Names<'_> {
    fn step(&self, number: i64, parent: i64, detail: &str) -> Step {
        let step = |words: String| Step { number, parent, words, scans: None, index: None };
        for (start, is_search) in [("SEARCH ", true), ("SCAN ", false)] {
            if let Some(rest) = detail.strip_prefix(start).filter(|rest| !rest.contains("CONSTANT ROW")) {
                return self.access(step(String::new()), rest, is_search);
            }
        }
        let mut step = step(self.words(detail));
        step.index = looked_up(detail).map(str::to_owned);
        step
    }

    /// `t0 USING INDEX books_title (title=?) LEFT-JOIN` as words.
    fn access(&self, mut step: Step, rest: &str, is_search: bool) -> Step {
        let rest = rest.strip_suffix(" LEFT-JOIN").unwrap_or(rest);
        if let Some((name, how)) = rest.split_once(" VIRTUAL TABLE ") {
            let table = self.table(name);
            step.words = format!("asks the virtual table {table}");
            // Without a text of its own the index is none: FTS5 reads everything.
            step.scans = table.stored().filter(|_| how == "INDEX 0:");
            return step;
        }
        let (name, how) = rest.split_once(" USING ").unwrap_or((rest, ""));
        let table = self.table(name);
        let (by, terms) = how.find('(').map_or((how, ""), |at| (how[..at].trim_end(), &how[at..]));
        let terms = if terms.is_empty() { String::new() } else { format!(" {terms}") };
        let index = by.strip_prefix("COVERING INDEX ").or_else(|| by.strip_prefix("INDEX "));
        let is_made = by.starts_with("AUTOMATIC");
        step.words = match index {
            _ if is_made => {
                format!("makes an index of every row of {table} for this query, and finds rows by it{terms}")
            }
            Some(index) if is_search => format!("finds rows of {table} by the index `{index}`{terms}"),
            Some(index) => format!("reads every row of {table} in the order of the index `{index}`"),
            None if is_search => format!("finds rows of {table} by the primary key{terms}"),
            None => format!("reads every row of {table}"),
        };
        step.scans = table.stored().filter(|_| is_made || !is_search);
        step.index = index.map(str::to_owned);
        step
    }

    /// What a name of the plan stands for.
    fn table<'n>(&'n self, name: &'n str) -> Rows<'n> {
        let name = name.strip_suffix(" EXISTS").unwrap_or(name);
        match self.origins.iter().find(|origin| origin.alias == name) {
            Some(origin) if origin.is_stored => Rows::Stored(&origin.name),
            Some(origin) => Rows::Computed(&origin.name),
            None if name.starts_with("(subquery") => Rows::Subquery,
            None if self.computed.contains(&name) => Rows::Computed(name),
            None => Rows::Stored(name),
        }
    }

    fn words(&self, detail: &str) -> String {
        if let Some(why) = detail.strip_prefix("USE TEMP B-TREE FOR ") {
            return format!("sorts: {why}");
        }
        if let Some(name) = detail.strip_prefix("CO-ROUTINE ") {
            return format!("computes {} row by row", self.table(name));
        }
        if let Some(name) = detail.strip_prefix("MATERIALIZE ") {
            return format!("computes {} and keeps it", self.table(name));
        }
        if let Some(rest) = detail.strip_prefix("BLOOM FILTER ON ") {
            let name = rest.split_once(" (").map_or(rest, |(name, _)| name);
            return format!("leaves out rows that {} has no match for", self.table(name));
        }
        if let Some(index) = looked_up(detail) {
            return format!("looks for the values of an IN in the index `{index}`");
        }
        if let Some(set) = detail.strip_suffix(" USING TEMP B-TREE") {
            return format!("the next query ({set}), kept aside to compare");
        }
        let words = match detail.trim_end_matches(|end: char| end.is_ascii_digit() || end == ' ') {
            "CORRELATED SCALAR SUBQUERY" => "computes a subquery for every row",
            "SCALAR SUBQUERY" => "computes a subquery once",
            "CORRELATED LIST SUBQUERY" => "computes the list of an IN for every row",
            "LIST SUBQUERY" => "computes the list of an IN once",
            "REUSE LIST SUBQUERY" => "uses the list of an IN again",
            "REUSE SUBQUERY" => "uses a subquery again",
            "COMPOUND QUERY" => "puts queries together",
            "LEFT-MOST SUBQUERY" => "the first query",
            "UNION ALL" => "the next query (UNION ALL)",
            "MERGE (UNION)" => "puts two sorted queries together (UNION)",
            "MERGE (UNION ALL)" => "puts two sorted queries together (UNION ALL)",
            "MERGE (INTERSECT)" => "compares two sorted queries (INTERSECT)",
            "MERGE (EXCEPT)" => "compares two sorted queries (EXCEPT)",
            "LEFT" => "the left one",
            "RIGHT" => "the right one",
            "MULTI-INDEX OR" => "finds rows for each side of an OR",
            "INDEX" => "one side",
            "SETUP" => "the first rows",
            "RECURSIVE STEP" => "for each row that was found",
            "SCAN CONSTANT ROW" => "gives one row without a table",
            _ => detail,
        };
        words.to_owned()
    }
}

/// The index in which the values of an IN are looked for.
fn looked_up(detail: &str) -> Option<&str> {
    detail.strip_prefix("USING INDEX ")?.strip_suffix(" FOR IN-OPERATOR")
}

/// What has a plan: a query, or a change of the rows that a condition picks.
pub trait Explain<H: Handle> {
    /// How SQLite finds its rows on this database. Nothing is run.
    #[doc(hidden)]
    fn plan(&self, handle: &H) -> Result<Plan>;
}

impl<S: Scope, H: Handle> Explain<H> for Query<S>
where
    S::Tables: Within<H::Schema>,
{
    fn plan(&self, handle: &H) -> Result<Plan> {
        self.explain(handle)
    }
}

impl<O, Z: Within<H::Schema>, T, H: Handle> Explain<H> for Select<O, Z, T> {
    fn plan(&self, handle: &H) -> Result<Plan> {
        self.explain(handle)
    }
}

impl<T: Mutable, H: Handle> Explain<H> for UpdateQuery<T, Assigned>
where
    crate::Db<H::Schema>: super::Reads<T>,
{
    fn plan(&self, handle: &H) -> Result<Plan> {
        self.explain(handle)
    }
}

impl<T: Mutable, H: Handle> Explain<H> for DeleteQuery<T>
where
    crate::Db<H::Schema>: super::Reads<T>,
{
    fn plan(&self, handle: &H) -> Result<Plan> {
        self.explain(handle)
    }
}

/// What has the text of one statement: a query, a change of the rows that a condition picks, a text. A program hands
/// its own to `db-advise`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no SQL that a plan could be asked for",
    label = "not a query",
    note = "a query, a `select`, an `update` with something set, a `delete` or a text has one"
)]
pub trait AsSql {
    /// The text, with `?` for each value.
    ///
    /// # Errors
    /// The statement cannot be written.
    fn as_sql(&self) -> Result<String>;
}

impl<S: Scope> AsSql for Query<S> {
    fn as_sql(&self) -> Result<String> {
        self.clone().rows().as_sql()
    }
}

impl<O, Z, T> AsSql for Select<O, Z, T> {
    fn as_sql(&self) -> Result<String> {
        Ok(self.statement()?.sql)
    }
}

impl<T: Mutable> AsSql for UpdateQuery<T, Assigned> {
    fn as_sql(&self) -> Result<String> {
        Ok(self.statement(&[])?.sql)
    }
}

impl<T: Mutable> AsSql for DeleteQuery<T> {
    fn as_sql(&self) -> Result<String> {
        Ok(self.statement(&[])?.sql)
    }
}

impl AsSql for &str {
    fn as_sql(&self) -> Result<String> {
        Ok((*self).to_owned())
    }
}

impl AsSql for String {
    fn as_sql(&self) -> Result<String> {
        Ok(self.clone())
    }
}

/// For tests: SQLite uses the index for the query.
///
/// SQLite chooses by what it knows of the database, so give it one with the schema and, where `ANALYZE` is run in
/// production, with rows like those there.
///
/// # Panics
/// It does not; the message has the plan.
#[track_caller]
pub fn assert_uses_index<H: Handle>(query: &impl Explain<H>, handle: &H, index: &str) {
    match query.plan(handle) {
        Ok(plan) => assert!(plan.uses_index(index), "the index `{index}` is not used:\n{plan}"),
        Err(error) => panic!("the query has no plan: {error}"),
    }
}
