//! Evaluates a [`Plan`] over rows in memory, by the definitions and without any cleverness.

use std::{cmp::Ordering, rc::Rc};

use schema_core::value::Value;

use super::{
    Data,
    semantics::{binary, call, no_case, of_truth, order, summary, truth},
    tree::{Aggregate, Extent, Joined, Operator, Over, Plan, Rows, SetOperation, Term, Tree, Window},
};

/// A row of each table of a query; None where a LEFT JOIN has found none.
type Joint = Vec<Option<Rc<Vec<Value>>>>;

/// Where an expression stands in one query: the row, and all rows of its group or window.
#[derive(Clone)]
struct Frame {
    row: Joint,
    rows: Rc<Vec<Joint>>,
    at: usize,
}

/// The rows that a query gives, in its order.
pub(super) fn evaluate(data: &Data, plan: &Plan) -> Vec<Vec<Value>> {
    Evaluation { data }.plan(plan, &[])
}

struct Evaluation<'d> {
    data: &'d Data,
}

impl Evaluation<'_> {
    fn plan(&self, plan: &Plan, outer: &[Frame]) -> Vec<Vec<Value>> {
        let mut rows = self.keyed(plan, outer);
        if plan.distinct {
            let mut seen: Vec<Vec<Value>> = Vec::new();
            rows.retain(|(row, _)| {
                let is_new = !seen.iter().any(|other| same_row(other, row));
                if is_new {
                    seen.push(row.clone());
                }
                is_new
            });
        }
        rows.sort_by(|(_, left), (_, right)| by_terms(&plan.order, left, right));
        let mut rows: Vec<Vec<Value>> = rows.into_iter().map(|(row, _)| row).collect();
        for (operation, other) in &plan.others {
            rows = combined(*operation, rows, self.plan(other, outer));
        }
        if !plan.order_by_result.is_empty() {
            rows.sort_by(|left, right| {
                let terms = plan.order_by_result.iter().map(|(column, descending)| {
                    let ordering = order(&left[*column], &right[*column]);
                    if *descending { ordering.reverse() } else { ordering }
                });
                terms.into_iter().find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal)
            });
        }
        rows.into_iter().skip(plan.offset).take(plan.limit.unwrap_or(usize::MAX)).collect()
    }

    /// Each row of the result with what it is ordered by.
    fn keyed(&self, plan: &Plan, outer: &[Frame]) -> Vec<(Vec<Value>, Vec<Value>)> {
        let mut rows = self.joined(plan, outer);
        rows.retain(|row| {
            let frames = inside(outer, alone(row.clone()));
            plan.filters.iter().all(|filter| truth(&self.tree(filter, &frames)) == Some(true))
        });
        let frames: Vec<Frame> = match &plan.group {
            None => {
                let rows = Rc::new(rows);
                let frame = |at: usize| Frame { row: rows[at].clone(), rows: Rc::clone(&rows), at };
                (0..rows.len()).map(frame).collect()
            }
            Some(keys) => self.groups(plan, keys, rows, outer),
        };
        let mut result = Vec::new();
        for frame in frames {
            let frames = inside(outer, frame);
            if plan.having.iter().all(|having| truth(&self.tree(having, &frames)) == Some(true)) {
                let of = |tree: &Tree| self.tree(tree, &frames);
                let row = plan.select.iter().map(of).collect();
                let key = plan.order.iter().map(|term| of(&term.tree)).collect();
                result.push((row, key));
            }
        }
        result
    }

    fn groups(&self, plan: &Plan, keys: &[Tree], rows: Vec<Joint>, outer: &[Frame]) -> Vec<Frame> {
        if keys.is_empty() {
            let row = rows.first().cloned().unwrap_or_else(|| vec![None; plan.from.len()]);
            return vec![Frame { row, rows: Rc::new(rows), at: 0 }];
        }
        let mut groups: Vec<(Vec<Value>, Vec<Joint>)> = Vec::new();
        for row in rows {
            let frames = inside(outer, alone(row.clone()));
            let key: Vec<Value> = keys.iter().map(|key| self.tree(key, &frames)).collect();
            match groups.iter_mut().find(|(other, _)| same_row(other, &key)) {
                Some((_, group)) => group.push(row),
                None => groups.push((key, vec![row])),
            }
        }
        let frame = |group: Vec<Joint>| Frame { row: group[0].clone(), rows: Rc::new(group), at: 0 };
        groups.into_iter().map(|(_, group)| frame(group)).collect()
    }

    fn joined(&self, plan: &Plan, outer: &[Frame]) -> Vec<Joint> {
        let mut joined: Vec<Joint> = vec![Vec::new()];
        for from in &plan.from {
            let rows: Vec<Rc<Vec<Value>>> = match &from.rows {
                Rows::Table(number) => self.data.tables[*number].iter().cloned().map(Rc::new).collect(),
                Rows::Derived(plan) => self.plan(plan, outer).into_iter().map(Rc::new).collect(),
            };
            let mut next = Vec::new();
            for left in &joined {
                let mut is_found = false;
                for row in &rows {
                    let mut both = left.clone();
                    both.push(Some(Rc::clone(row)));
                    let holds = from.on.as_ref().is_none_or(|on| {
                        let mut padded = both.clone();
                        padded.resize(plan.from.len(), None);
                        truth(&self.tree(on, &inside(outer, alone(padded)))) == Some(true)
                    });
                    if holds {
                        is_found = true;
                        next.push(both);
                    }
                }
                if from.join == Joined::Left && !is_found {
                    let mut both = left.clone();
                    both.push(None);
                    next.push(both);
                }
            }
            joined = next;
        }
        joined
    }

    fn tree(&self, tree: &Tree, frames: &[Frame]) -> Value {
        let of = |tree: &Tree| self.tree(tree, frames);
        match tree {
            Tree::Column { level, table, column } => {
                frames[*level].row[*table].as_ref().map_or(Value::Null, |row| row[*column].clone())
            }
            Tree::Constant(value) => value.clone(),
            Tree::Not(inner) => of_truth(truth(&of(inner)).map(|truth| !truth)),
            Tree::Negate(inner) => match of(inner) {
                Value::Integer(value) => Value::Integer(-value),
                Value::Real(value) => Value::Real(-value),
                other => other,
            },
            Tree::IsNull(inner, wanted) => of_truth(Some((of(inner) == Value::Null) == *wanted)),
            Tree::Binary(operator, left, right) => binary(*operator, &of(left), &of(right)),
            Tree::NoCase(operator, left, right) => no_case(*operator, &of(left), &of(right)),
            Tree::Between(parts) => {
                let [value, low, high] = &**parts;
                let value = of(value);
                let above = binary(Operator::GreaterOrEqual, &value, &of(low));
                binary(Operator::And, &above, &binary(Operator::LessOrEqual, &value, &of(high)))
            }
            Tree::InList(value, list, is_negated) => {
                let list: Vec<Vec<Value>> = list.iter().map(|item| vec![of(item)]).collect();
                membership(&[of(value)], &list, *is_negated)
            }
            Tree::Call(function, arguments) => call(*function, &arguments.iter().map(of).collect::<Vec<_>>()),
            Tree::Case(branches, otherwise) => {
                let branch = branches.iter().find(|(condition, _)| truth(&of(condition)) == Some(true));
                match (branch, otherwise) {
                    (Some((_, value)), _) => of(value),
                    (None, Some(otherwise)) => of(otherwise),
                    (None, None) => Value::Null,
                }
            }
            Tree::Scalar(plan) => self
                .plan(plan, frames)
                .into_iter()
                .next()
                .and_then(|row| row.into_iter().next())
                .unwrap_or_default(),
            Tree::Exists(plan) => of_truth(Some(!self.plan(plan, frames).is_empty())),
            Tree::InQuery(values, plan, is_negated) => {
                let values: Vec<Value> = values.iter().map(of).collect();
                let mut rows = self.plan(plan, frames);
                if *is_negated {
                    // `not_in_query` leaves out what holds a NULL.
                    rows.retain(|row| !row.contains(&Value::Null));
                }
                membership(&values, &rows, *is_negated)
            }
            Tree::Aggregate(aggregate) => {
                let own = &frames[frames.len() - 1];
                self.aggregate(aggregate, frames, &own.rows)
            }
            Tree::Window(window) => self.window(window, frames),
        }
    }

    /// The frames with another row of the innermost query in the place of the current one.
    fn at(frames: &[Frame], row: &Joint) -> Vec<Frame> {
        let mut frames = frames.to_vec();
        if let Some(last) = frames.last_mut() {
            last.row.clone_from(row);
        }
        frames
    }

    fn aggregate(&self, aggregate: &Aggregate, frames: &[Frame], rows: &[Joint]) -> Value {
        let mut values: Vec<(Value, Vec<Value>)> = Vec::new();
        for row in rows {
            let frames = Self::at(frames, row);
            let holds = aggregate
                .filter
                .as_ref()
                .is_none_or(|filter| truth(&self.tree(filter, &frames)) == Some(true));
            if holds {
                let value = match &aggregate.argument {
                    Some(argument) => self.tree(argument, &frames),
                    None => Value::Integer(1),
                };
                let key = aggregate.order.iter().map(|term| self.tree(&term.tree, &frames)).collect();
                values.push((value, key));
            }
        }
        values.retain(|(value, _)| *value != Value::Null);
        values.sort_by(|(_, left), (_, right)| by_terms(&aggregate.order, left, right));
        let mut values: Vec<Value> = values.into_iter().map(|(value, _)| value).collect();
        if aggregate.distinct {
            let mut seen: Vec<Value> = Vec::new();
            values.retain(|value| {
                let is_new = !seen.iter().any(|other| order(other, value) == Ordering::Equal);
                if is_new {
                    seen.push(value.clone());
                }
                is_new
            });
        }
        summary(aggregate.summary, aggregate.separator, &values)
    }

    fn window(&self, window: &Window, frames: &[Frame]) -> Value {
        let own = frames[frames.len() - 1].clone();
        let keys_of = |trees: &mut dyn Iterator<Item = &Tree>, row: &Joint| -> Vec<Value> {
            let frames = Self::at(frames, row);
            trees.map(|tree| self.tree(tree, &frames)).collect()
        };
        let own_partition = keys_of(&mut window.partition.iter(), &own.row);
        let mut partition: Vec<(usize, Vec<Value>)> = (0..own.rows.len())
            .filter(|at| same_row(&keys_of(&mut window.partition.iter(), &own.rows[*at]), &own_partition))
            .map(|at| (at, keys_of(&mut window.order.iter().map(|term| &term.tree), &own.rows[at])))
            .collect();
        partition.sort_by(|(_, left), (_, right)| by_terms(&window.order, left, right));
        let equals = |left: usize, right: usize| {
            by_terms(&window.order, &partition[left].1, &partition[right].1) == Ordering::Equal
        };
        // The number of each row's group of equals, from 0.
        let mut group = vec![0_i64; partition.len()];
        for at in 1..partition.len() {
            group[at] = group[at - 1] + i64::from(!equals(at - 1, at));
        }
        let place = partition.iter().position(|(at, _)| *at == own.at).unwrap_or(0);
        let row = |place: usize| &own.rows[partition[place].0];
        let seen: Vec<usize> = (0..partition.len())
            .filter(|other| {
                let (distance, start, end) = match window.frame {
                    Extent::Default => (group[*other] - group[place], None, Some(0)),
                    Extent::Rows(start, end) => (signed(*other) - signed(place), start, end),
                    Extent::Groups(start, end) => (group[*other] - group[place], start, end),
                };
                start.is_none_or(|start| distance >= start) && end.is_none_or(|end| distance <= end)
            })
            .collect();
        let value = |tree: &Tree, place: Option<usize>| match place {
            Some(place) => self.tree(tree, &Self::at(frames, row(place))),
            None => Value::Null,
        };
        match &window.what {
            Over::Aggregate(aggregate) => {
                let rows: Vec<Joint> = seen.iter().map(|place| row(*place).clone()).collect();
                self.aggregate(aggregate, frames, &rows)
            }
            Over::RowNumber => Value::Integer(signed(place) + 1),
            Over::Rank => {
                let first = (0..partition.len()).find(|other| group[*other] == group[place]);
                Value::Integer(signed(first.unwrap_or(0)) + 1)
            }
            Over::DenseRank => Value::Integer(group[place] + 1),
            Over::Ntile(buckets) => {
                // The first buckets have one row more, where they cannot be equal.
                let (buckets, rows) = (*buckets as usize, partition.len());
                let (small, larger) = (rows / buckets, rows % buckets);
                let bucket = if place < larger * (small + 1) {
                    place / (small + 1)
                } else {
                    larger + (place - larger * (small + 1)) / small.max(1)
                };
                Value::Integer(signed(bucket) + 1)
            }
            Over::Neighbour(tree, distance) => {
                let other = usize::try_from(signed(place) + distance).ok();
                value(tree, other.filter(|other| *other < partition.len()))
            }
            Over::First(tree) => value(tree, seen.first().copied()),
            Over::Last(tree) => value(tree, seen.last().copied()),
            Over::Nth(tree, nth) => value(tree, seen.get(nth - 1).copied()),
        }
    }
}

fn signed(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn alone(row: Joint) -> Frame {
    Frame { rows: Rc::new(vec![row.clone()]), row, at: 0 }
}

fn inside(outer: &[Frame], own: Frame) -> Vec<Frame> {
    let mut frames = outer.to_vec();
    frames.push(own);
    frames
}

fn same_row(left: &[Value], right: &[Value]) -> bool {
    left.iter().zip(right).all(|(left, right)| order(left, right) == Ordering::Equal)
}

fn by_terms(terms: &[Term], left: &[Value], right: &[Value]) -> Ordering {
    for (term, (left, right)) in terms.iter().zip(left.iter().zip(right)) {
        let is_null = |value: &Value| *value == Value::Null;
        let ordering = match term.nulls_first {
            Some(first) if is_null(left) != is_null(right) => {
                if is_null(left) == first {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            _ if term.descending => order(right, left),
            _ => order(left, right),
        };
        if ordering.is_ne() {
            return ordering;
        }
    }
    Ordering::Equal
}

/// `IN`: true where one is equal, neither where one might be.
fn membership(values: &[Value], rows: &[Vec<Value>], is_negated: bool) -> Value {
    let mut is_unknown = false;
    for row in rows {
        let mut all = Value::Integer(1);
        for (value, other) in values.iter().zip(row) {
            all = binary(Operator::And, &all, &binary(Operator::Equal, value, other));
        }
        match truth(&all) {
            Some(true) => return of_truth(Some(!is_negated)),
            None => is_unknown = true,
            Some(false) => {}
        }
    }
    of_truth(if is_unknown { None } else { Some(is_negated) })
}

fn combined(operation: SetOperation, left: Vec<Vec<Value>>, right: Vec<Vec<Value>>) -> Vec<Vec<Value>> {
    let has = |rows: &[Vec<Value>], row: &[Value]| rows.iter().any(|other| same_row(other, row));
    let once = |rows: Vec<Vec<Value>>| {
        let mut kept: Vec<Vec<Value>> = Vec::new();
        for row in rows {
            if !has(&kept, &row) {
                kept.push(row);
            }
        }
        kept
    };
    match operation {
        SetOperation::UnionAll => left.into_iter().chain(right).collect(),
        SetOperation::Union => once(left.into_iter().chain(right).collect()),
        SetOperation::Intersect => once(left.into_iter().filter(|row| has(&right, row)).collect()),
        SetOperation::Except => once(left.into_iter().filter(|row| !has(&right, row)).collect()),
    }
}
