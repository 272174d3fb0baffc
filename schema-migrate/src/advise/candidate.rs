use std::cell::RefCell;
use std::collections::HashMap;

use schema_core::dialect::quote_identifier;
use schema_core::model::TableDef;
use schema_core::query::Plan;
use schema_core::rusqlite::{self, Connection};

use super::copy::Copy;
use super::{Compared, Help, Index, IndexColumn, IndexPart};

/// Columns of an index that is worth a try, at most.
const COLUMNS: usize = 3;
/// A longer index has to find this many times fewer rows than a shorter one.
const WORTH: u64 = 4;
/// Of what lies between two bounds SQLite expects this part, where nothing says more.
const RANGE: u64 = 4;

/// Looks for indexes that spare a scan.
pub(super) struct Search<'a> {
    pub(super) live: &'a Connection,
    pub(super) copy: &'a Copy,
    pub(super) table: &'a TableDef,
    pub(super) rows: u64,
    /// How many big tables a plan reads from end to end.
    pub(super) scans: &'a dyn Fn(&Plan) -> usize,
    /// How the statement would be read.
    pub(super) plan: &'a dyn Fn() -> Option<Plan>,
    /// How many values something has, as far as that was asked.
    pub(super) values: &'a RefCell<HashMap<String, Option<u64>>>,
}

/// An index that SQLite would use.
struct Tried {
    index: Index,
    plan: Plan,
    /// How many rows it finds for a value.
    found: u64,
}

impl Search<'_> {
    /// What would help a statement that is read by this plan and compares these.
    pub(super) fn help(&self, compared: &[Compared], now: &Plan) -> Help {
        let able: Vec<&Compared> =
            compared.iter().filter(|compared| compared.is_equality() || compared.is_range()).collect();
        let singles: Vec<Vec<&Compared>> = able.iter().map(|compared| vec![*compared]).collect();
        let before = (self.scans)(now);
        let mut best: Option<Tried> = None;
        for parts in singles.iter().cloned().chain(composites(&able)) {
            let Some(tried) = self.attempt(&parts, before) else { continue };
            let is_better = best.as_ref().is_none_or(|best| {
                let is_longer = tried.index.parts.len() > best.index.parts.len();
                tried.found.saturating_mul(if is_longer { WORTH } else { 1 }) < best.found
            });
            if is_better {
                best = Some(tried);
            }
        }
        if let Some(best) = best {
            return Help::Indexes(vec![best.index], best.plan);
        }
        self.together(&singles, before).unwrap_or(Help::None)
    }

    fn attempt(&self, parts: &[&Compared], before: usize) -> Option<Tried> {
        let index = self.index(parts, 0);
        let plan = self.copy.with(&[(&index, self.statistics(&index)?)], self.plan)??;
        let is_used = plan.uses_index(&index.name) && (self.scans)(&plan) < before;
        let mut found = self.rows;
        let equal: Vec<&Compared> = parts.iter().copied().filter(|part| part.is_equality()).collect();
        if !equal.is_empty() {
            found = self.rows_a_value(&self.index(&equal, 0).parts)?;
        }
        if parts.len() > equal.len() {
            found /= RANGE;
        }
        is_used.then_some(Tried { index, plan, found })
    }

    /// The sides of an OR need an index each.
    fn together(&self, singles: &[Vec<&Compared>], before: usize) -> Option<Help> {
        let mut indexes = Vec::new();
        for (number, parts) in singles.iter().enumerate() {
            let index = self.index(parts, number);
            let statistics = self.statistics(&index)?;
            indexes.push((index, statistics));
        }
        let made: Vec<(&Index, String)> =
            indexes.iter().map(|(index, statistics)| (index, statistics.clone())).collect();
        let plan = self.copy.with(&made, self.plan)??;
        let used: Vec<Index> = indexes
            .into_iter()
            .map(|(index, _)| index)
            .filter(|index| plan.uses_index(&index.name))
            .collect();
        (used.len() > 1 && (self.scans)(&plan) < before).then_some(Help::Indexes(used, plan))
    }

    /// An index in the order in which the first rows of a table are wanted, behind what is compared with one value.
    pub(super) fn order(&self, compared: &[Compared], parts: &[IndexPart]) -> Option<Help> {
        let mut equal: Vec<&Compared> = Vec::new();
        for compared in compared.iter().filter(|compared| compared.is_equality()) {
            if equal.len() < COLUMNS && !equal.iter().any(|known| known.target == compared.target) {
                equal.push(compared);
            }
        }
        // An index is read backwards just as well.
        let one_way = parts.iter().all(|part| part.descending);
        let parts =
            parts.iter().map(|part| IndexPart { descending: part.descending && !one_way, ..part.clone() });
        let mut all = self.index(&equal, 0).parts;
        for part in parts.map(|part| self.without_own_collation(part)) {
            if !all.iter().any(|known| known.column == part.column) {
                all.push(part);
            }
        }
        let index = self.named(all, 0);
        let plan = self.copy.with(&[(&index, self.statistics(&index)?)], self.plan)??;
        (plan.uses_index(&index.name) && !plan.sorts()).then_some(Help::Indexes(vec![index], plan))
    }

    fn index(&self, parts: &[&Compared], number: usize) -> Index {
        let parts = parts.iter().map(|part| {
            let collation = match (&part.target, &part.collation) {
                // Without regard to case, as LIKE compares.
                (IndexColumn::Column(_), None) if part.by == "LIKE" => Some("NOCASE".to_owned()),
                (IndexColumn::Column(_), collation) => collation.clone(),
                (IndexColumn::Expression(_), _) => None,
            };
            self.without_own_collation(IndexPart {
                column: part.target.clone(),
                collation,
                descending: false,
            })
        });
        self.named(parts.collect(), number)
    }

    fn without_own_collation(&self, part: IndexPart) -> IndexPart {
        let own = match &part.column {
            IndexColumn::Column(name) => {
                self.table.column(name).and_then(|column| column.collation.as_deref())
            }
            IndexColumn::Expression(_) => None,
        };
        let is_own = |collation: &String| own.unwrap_or("BINARY").eq_ignore_ascii_case(collation);
        IndexPart { collation: part.collation.filter(|collation| !is_own(collation)), ..part }
    }

    /// Named as the derive does it; the number tells apart what is tried together.
    fn named(&self, parts: Vec<IndexPart>, number: usize) -> Index {
        let words: Vec<String> = parts
            .iter()
            .map(|part| match &part.column {
                IndexColumn::Column(name) => name.clone(),
                IndexColumn::Expression(_) if number > 0 => format!("expr{number}"),
                IndexColumn::Expression(_) => "expr".to_owned(),
            })
            .collect();
        let name = format!("{}_{}_idx", self.table.name, words.join("_"));
        Index { table: self.table.name.to_string(), name, parts }
    }

    /// What ANALYZE would write down of an index. <https://sqlite.org/fileformat2.html#stat1tab>
    fn statistics(&self, index: &Index) -> Option<String> {
        let mut text = self.rows.to_string();
        for end in 1..=index.parts.len() {
            let found = self.rows_a_value(&index.parts[..end])?;
            text = format!("{text} {found}");
        }
        Some(text)
    }

    /// How many rows have the same values of these, on average.
    fn rows_a_value(&self, parts: &[IndexPart]) -> Option<u64> {
        let columns = parts.iter().map(IndexPart::sql).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "SELECT count(*) FROM (SELECT DISTINCT {columns} FROM main.{})",
            quote_identifier(&self.table.name)
        );
        let known = self.values.borrow().get(&sql).copied();
        let values = known.unwrap_or_else(|| {
            let counted: rusqlite::Result<i64> = self.live.query_row(&sql, [], |row| row.get(0));
            let counted = counted.ok().and_then(|values| u64::try_from(values).ok());
            self.values.borrow_mut().insert(sql, counted);
            counted
        });
        Some(self.rows.div_ceil(values?.max(1)).max(1))
    }
}

/// What is compared for equality together, with what lies between bounds behind it.
fn composites<'c>(able: &[&'c Compared]) -> Vec<Vec<&'c Compared>> {
    let mut equal: Vec<&Compared> = Vec::new();
    for compared in able.iter().copied().filter(|compared| compared.is_equality()) {
        if !equal.iter().any(|known| known.target == compared.target) {
            equal.push(compared);
        }
    }
    let ranges = || {
        able.iter().copied().filter(|compared| {
            compared.is_range() && !equal.iter().any(|known| known.target == compared.target)
        })
    };
    let mut found = Vec::new();
    for (at, first) in equal.iter().enumerate() {
        for second in equal[at + 1..].iter().copied().chain(ranges()) {
            found.push(vec![*first, second]);
        }
    }
    if equal.len() >= COLUMNS {
        found.push(equal[..COLUMNS].to_vec());
    }
    found
}
