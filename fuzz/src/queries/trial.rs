//! Runs queries by chance and compares them with their evaluation.

use std::{cmp::Ordering, fmt};

use schema_core::value::Value;

use super::{
    Data,
    asked::{Asked, Given},
    evaluate::evaluate,
    semantics::order,
    shapes::ask,
};
use crate::random::Random;

/// Queries by chance.
#[derive(Clone, Copy, Debug)]
pub struct QueryCampaign {
    /// The seed: the same one gives the same queries over the same rows.
    pub seed: u64,
    /// How many queries.
    pub cases: u64,
    /// The number of the first.
    pub first: u64,
}

/// A query that gives something else than its evaluation, over as few rows as still show it.
#[derive(Clone, Debug)]
pub struct QueryFailure {
    /// The seed of the campaign.
    pub seed: u64,
    /// The number of the query.
    pub case: u64,
    /// The query, with `?` for each value.
    pub sql: String,
    /// The same as it is evaluated.
    pub plan: String,
    /// What differs.
    pub difference: String,
    /// The rows.
    pub data: Data,
}

impl fmt::Display for QueryFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "query {} of seed {}", self.case, self.seed)?;
        writeln!(f, "{}\n\n{}", self.difference, self.sql)?;
        writeln!(f, "\nas it is evaluated: {}\n\nthe rows:\n{}", self.plan, self.data.script())?;
        write!(f, "again: cargo xtask fuzz-queries --seed {} --from {} --cases 1", self.seed, self.case)
    }
}

impl QueryCampaign {
    /// Runs the queries; `progress` hears how many are done. How many gave a row, and the first that differs.
    ///
    /// # Errors
    /// A database that cannot be made.
    pub fn run(&self, progress: &mut dyn FnMut(u64)) -> Result<(u64, Option<QueryFailure>), String> {
        let mut full = 0;
        for case in self.first..self.first + self.cases {
            let data = Data::new(&mut Random::new(self.seed, case / 8).clone());
            let (difference, rows) = self.compare(case, &data)?;
            full += u64::from(rows > 0);
            if difference.is_some() {
                return Ok((full, Some(self.shrunk(case, data)?)));
            }
            progress(case - self.first + 1);
        }
        Ok((full, None))
    }

    /// What differs, and the number of rows.
    fn compare(&self, case: u64, data: &Data) -> Result<(Option<(String, Asked)>, usize), String> {
        let db = data.open().map_err(|error| error.to_string())?;
        let asked = ask(&mut Random::new(self.seed ^ 0x5155_4552_5945_5331, case), &db);
        let expected = evaluate(data, &asked.plan);
        let rows = expected.len();
        let difference = match &asked.given {
            Err(error) => Some(format!("the query fails: {error}")),
            Ok(given) => difference(given, expected, &asked, data),
        };
        Ok((difference.map(|difference| (difference, asked)), rows))
    }

    /// The same query over as few rows as still differ.
    fn shrunk(&self, case: u64, mut data: Data) -> Result<QueryFailure, String> {
        let mut is_smaller = true;
        while is_smaller {
            is_smaller = false;
            for table in 0..data.tables.len() {
                for row in (0..data.tables[table].len()).rev() {
                    let mut fewer = data.clone();
                    fewer.tables[table].remove(row);
                    if self.compare(case, &fewer)?.0.is_some() {
                        data = fewer;
                        is_smaller = true;
                    }
                }
            }
        }
        let (found, _) = self.compare(case, &data)?;
        let Some((difference, asked)) = found else {
            return Err(format!("query {case} differs once and not again"));
        };
        let (sql, plan) = (asked.sql, format!("{:?}", asked.plan));
        Ok(QueryFailure { seed: self.seed, case, sql, plan, difference, data })
    }
}

fn difference(given: &Given, mut expected: Vec<Vec<Value>>, asked: &Asked, data: &Data) -> Option<String> {
    let given = match given {
        Given::Count(count) => {
            let is_same = *count == expected.len() as u64;
            return (!is_same).then(|| format!("counts {count}, and there are {}", expected.len()));
        }
        Given::Exists(exists) => {
            let is_same = *exists != expected.is_empty();
            return (!is_same).then(|| format!("says {exists} of {} rows", expected.len()));
        }
        Given::RowsOf(rows, all) => {
            let mut whole = asked.plan.clone();
            (whole.limit, whole.offset) = (None, 0);
            let count = evaluate(data, &whole).len() as u64;
            if count != *all {
                return Some(format!("counts {all} in all, and there are {count}"));
            }
            rows
        }
        Given::Rows(rows) => rows,
    };
    let mut given = given.clone();
    if !asked.is_ordered {
        given.sort_by(|left, right| by_cells(left, right));
        expected.sort_by(|left, right| by_cells(left, right));
    }
    let is_same = given.len() == expected.len()
        && given.iter().zip(&expected).all(|(left, right)| {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        });
    (!is_same).then(|| format!("gives\n{}and has to give\n{}", shown(&given), shown(&expected)))
}

fn by_cells(left: &[Value], right: &[Value]) -> Ordering {
    let cells = left.iter().zip(right).map(|(left, right)| order(left, right));
    cells.into_iter().find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal)
}

/// Of what was divided the last digits may differ.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Real(left), Value::Real(right)) => {
            (left - right).abs() <= 1e-9 * left.abs().max(right.abs()).max(1.0)
        }
        _ => left == right,
    }
}

fn shown(rows: &[Vec<Value>]) -> String {
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> = row.iter().map(ToString::to_string).collect();
        text.push_str("  ");
        text.push_str(&cells.join(", "));
        text.push('\n');
    }
    text
}
