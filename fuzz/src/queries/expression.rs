//! Makes typed expressions by chance, each beside the same as a [`Tree`].

use schema_core::{
    expr::{Expr, Order, avg, case, count_values, each, max, min, sum, value},
    scalar,
    value::{SqlType, Value},
};

use super::{
    Group, Item, Mark,
    tables::{Sampled, TEXTS},
    tree::{Aggregate, Function, Operator, Plan, Summary, Term, Tree},
};
use crate::random::Random;

/// A typed expression and what it says.
pub(super) type Pair<T> = (Expr<T>, Tree);

/// What an expression may be made of: the columns of a query and of those around it.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// How deep the query stands, from 0.
    pub(super) level: usize,
    pub(super) ints: Vec<Pair<Option<i64>>>,
    pub(super) reals: Vec<Pair<Option<f64>>>,
    pub(super) texts: Vec<Pair<Option<String>>>,
    pub(super) flags: Vec<Pair<Option<bool>>>,
}

impl Scope {
    /// The scope of a query within this one that uses nothing of it.
    pub(super) fn of_its_own(&self) -> Self {
        Self { level: self.level + 1, ..Self::default() }
    }

    /// The scope of a query within this one.
    pub(super) fn within(&self) -> Self {
        Self { level: self.level + 1, ..self.clone() }
    }
}

/// Makes expressions.
pub(super) struct Maker<'r> {
    pub(super) random: &'r mut Random,
    /// Whether a number with a fraction has to be one that sums are exact with, whatever their order.
    pub(super) exact: bool,
    /// Whether texts are compared by their bytes alone: SQLite orders a CASE by a COLLATE anywhere in it.
    pub(super) by_bytes: bool,
}

pub(super) fn binary(operator: Operator, left: Tree, right: Tree) -> Tree {
    Tree::Binary(operator, Box::new(left), Box::new(right))
}

/// An order in a direction.
pub(super) fn directed<T: SqlType>(by: Expr<T>, descending: bool, nulls_first: Option<bool>) -> Order {
    let order = if descending { by.desc() } else { by.asc() };
    match nulls_first {
        Some(true) => order.nulls_first(),
        Some(false) => order.nulls_last(),
        None => order,
    }
}

/// An aggregate without anything more.
pub(super) fn plain(summary: Summary, argument: Option<Tree>) -> Aggregate {
    Aggregate { summary, distinct: false, argument, separator: ",", order: Vec::new(), filter: None }
}

/// A query over a table, with a filter by chance.
macro_rules! over {
    ($maker:ident, $scope:ident, $depth:ident, $table:ident, $plan:ident, $inner:ident) => {{
        let mut query = $table::query();
        if $maker.random.percent(80) {
            query = query.filter(|columns| {
                let (condition, tree) = $maker.condition(&$inner(columns), $depth - 1);
                $plan.filters.push(tree);
                condition
            });
        }
        query
    }};
}

pub(super) use over;

/// The value of a query: of its first row, or of all of them.
macro_rules! scalar_over {
    ($maker:ident, $scope:ident, $depth:ident, $table:ident, $column:ident, [$($summary:ident $function:ident),+]) => {{
        let mut plan = Plan::of_table($table::NUMBER);
        let inner = |columns| {
            let mut scope = $scope.within();
            $table::required(columns, scope.level, 0, &mut scope);
            scope
        };
        let query = over!($maker, $scope, $depth, $table, plan, inner);
        if $maker.random.percent(50) {
            let (descending, nulls_first) = $maker.direction();
            let query = query.order_by(|columns| {
                let (by, tree) = $maker.$column(&inner(columns), $depth - 1);
                plan.order.push(Term { tree, descending, nulls_first });
                let id = Tree::Column { level: $scope.level + 1, table: 0, column: 0 };
                plan.order.push(Term { tree: id, descending: false, nulls_first: None });
                (directed(by, descending, nulls_first), columns.id.asc())
            });
            let select = query.select(|columns| {
                let (expr, tree) = $maker.$column(&inner(columns), $depth - 1);
                plan.select.push(tree);
                expr
            });
            let select = if $maker.random.percent(50) {
                plan.limit = Some(1);
                select.limit(1)
            } else {
                select
            };
            (scalar(select), Tree::Scalar(Box::new(plan)))
        } else {
            let summary = *$maker.random.pick(&[$(Summary::$summary),+]);
            plan.group = Some(Vec::new());
            let mut argument = None;
            let was_exact = std::mem::replace(&mut $maker.exact, true);
            let select = query.aggregate(|columns| {
                let each = each(columns, |columns| {
                    // What holds nothing but columns of the queries around is, in SQL, an aggregate of theirs.
                    let mut scope = $scope.of_its_own();
                    $table::required(columns, scope.level, 0, &mut scope);
                    let (expr, tree) = $maker.$column(&scope, $depth - 1);
                    argument = Some(tree);
                    expr
                });
                match summary {
                    $(Summary::$summary => $function(each).nullable(),)+
                    _ => unreachable!("one of those that were picked from"),
                }
            });
            $maker.exact = was_exact;
            plan.select.push(Tree::Aggregate(Box::new(plain(summary, argument))));
            (scalar(select), Tree::Scalar(Box::new(plan)))
        }
    }};
}

/// How deep a query may stand in others.
const DEEPEST: usize = 2;

impl Maker<'_> {
    /// Whether an order descends, and where it puts NULLs.
    pub(super) fn direction(&mut self) -> (bool, Option<bool>) {
        (self.random.percent(50), *self.random.pick(&[None, None, Some(true), Some(false)]))
    }

    pub(super) fn constant(&mut self) -> i64 {
        i64::try_from(self.random.below(9)).unwrap_or(0) - 3
    }

    fn quarter(&mut self) -> f64 {
        f64::from(i32::try_from(self.random.below(25)).unwrap_or(0) - 8) / 4.0
    }

    pub(super) fn may_ask(&mut self, scope: &Scope, depth: usize) -> bool {
        depth >= 1 && scope.level < DEEPEST && self.random.percent(12)
    }

    /// A number.
    pub(super) fn int(&mut self, scope: &Scope, depth: usize) -> Pair<Option<i64>> {
        if self.may_ask(scope, depth) {
            return match self.random.below(3) {
                0 => {
                    scalar_over!(self, scope, depth, Item, int, [Count count_values, Sum sum, Least min, Greatest max])
                }
                1 => {
                    scalar_over!(self, scope, depth, Group, int, [Count count_values, Sum sum, Least min, Greatest max])
                }
                _ => {
                    scalar_over!(self, scope, depth, Mark, int, [Count count_values, Sum sum, Least min, Greatest max])
                }
            };
        }
        if depth == 0 || self.random.percent(30) {
            let column = self.random.pick_or_none(&scope.ints).cloned();
            let number = self.constant();
            return match column {
                Some(column) if self.random.percent(80) => column,
                _ => (value(number).nullable(), Tree::Constant(Value::Integer(number))),
            };
        }
        let (left, tree) = self.int(scope, depth - 1);
        let number = self.constant();
        let literal = Tree::Constant(Value::Integer(number));
        match self.random.below(15) {
            0 => {
                let (right, other) = self.int(scope, depth - 1);
                (left + right, binary(Operator::Add, tree, other))
            }
            1 => {
                let (right, other) = self.int(scope, depth - 1);
                (left - right, binary(Operator::Subtract, tree, other))
            }
            2 => ((left * number).nullable(), binary(Operator::Multiply, tree, literal)),
            3 => {
                let (right, other) = self.int(scope, depth - 1);
                (left / right, binary(Operator::Divide, tree, other))
            }
            4 => {
                let (right, other) = self.int(scope, depth - 1);
                (left % right, binary(Operator::Remainder, tree, other))
            }
            5 => (-left, Tree::Negate(Box::new(tree))),
            6 => (left.abs(), Tree::Call(Function::Abs, vec![tree])),
            7 => (left.unwrap_or(number).nullable(), Tree::Call(Function::Coalesce, vec![tree, literal])),
            8 => {
                let (right, other) = self.int(scope, depth - 1);
                (left.unwrap_or(right), Tree::Call(Function::Coalesce, vec![tree, other]))
            }
            9 => (left.null_if(number), Tree::Call(Function::NullIf, vec![tree, literal])),
            10 => {
                let (text, tree) = self.text(scope, depth - 1);
                (text.length(), Tree::Call(Function::Length, vec![tree]))
            }
            11 => {
                let (text, tree) = self.text(scope, depth - 1);
                let (part, other) = self.text(scope, depth - 1);
                (text.position_of(part), Tree::Call(Function::Position, vec![tree, other]))
            }
            12 => {
                let (text, tree) = self.text(scope, depth - 1);
                (text.cast::<i64>(), Tree::Call(Function::ToInteger, vec![tree]))
            }
            13 => {
                let (real, tree) = self.real(scope, depth - 1);
                (real.cast::<i64>(), Tree::Call(Function::ToInteger, vec![tree]))
            }
            _ => {
                let (condition, first) = self.condition(scope, depth - 1);
                let (second, second_tree) = self.condition(scope, depth - 1);
                let (other, other_tree) = self.int(scope, depth - 1);
                let start = case().when(condition, left).when(second, number);
                let mut branches = vec![(first, tree), (second_tree, literal)];
                if self.random.percent(50) {
                    let otherwise = Some(Box::new(other_tree));
                    (start.otherwise(other), Tree::Case(branches, otherwise))
                } else {
                    branches.truncate(2);
                    (start.or_null(), Tree::Case(branches, None))
                }
            }
        }
    }

    /// A number with a fraction.
    pub(super) fn real(&mut self, scope: &Scope, depth: usize) -> Pair<Option<f64>> {
        if self.may_ask(scope, depth) && !scope.reals.is_empty() {
            return match self.random.below(2) {
                0 => scalar_over!(self, scope, depth, Item, real, [Sum sum, Least min, Greatest max]),
                _ => scalar_over!(self, scope, depth, Group, real, [Sum sum, Least min, Greatest max]),
            };
        }
        if depth == 0 || self.random.percent(40) {
            let column = self.random.pick_or_none(&scope.reals).cloned();
            let number = self.quarter();
            return match column {
                Some(column) if self.random.percent(80) => column,
                _ => (value(number).nullable(), Tree::Constant(Value::Real(number))),
            };
        }
        let (left, tree) = self.real(scope, depth - 1);
        let number = self.quarter();
        let literal = Tree::Constant(Value::Real(number));
        match self.random.below(if self.exact { 7 } else { 11 }) {
            0 => {
                let (right, other) = self.real(scope, depth - 1);
                (left + right, binary(Operator::Add, tree, other))
            }
            1 => {
                let (right, other) = self.real(scope, depth - 1);
                (left - right, binary(Operator::Subtract, tree, other))
            }
            2 => ((left * number).nullable(), binary(Operator::Multiply, tree, literal)),
            3 => (-left, Tree::Negate(Box::new(tree))),
            4 => (left.abs(), Tree::Call(Function::Abs, vec![tree])),
            5 => {
                let (int, tree) = self.int(scope, depth - 1);
                (int.cast::<f64>(), Tree::Call(Function::ToReal, vec![tree]))
            }
            6 => {
                let (right, other) = self.real(scope, depth - 1);
                (left.unwrap_or(right), Tree::Call(Function::Coalesce, vec![tree, other]))
            }
            7 => {
                let (right, other) = self.real(scope, depth - 1);
                (left / right, binary(Operator::Divide, tree, other))
            }
            8 => {
                let (right, other) = self.real(scope, depth - 1);
                (left % right, binary(Operator::Remainder, tree, other))
            }
            9 => {
                // Halves of what is exact are rounded alike everywhere.
                let was_exact = std::mem::replace(&mut self.exact, true);
                let (exact, tree) = self.real(scope, depth - 1);
                self.exact = was_exact;
                let digits = i64::try_from(self.random.below(3)).unwrap_or(0);
                let digits_tree = Tree::Constant(Value::Integer(digits));
                (exact.round(digits), Tree::Call(Function::Round, vec![tree, digits_tree]))
            }
            _ => {
                let was_exact = std::mem::replace(&mut self.exact, true);
                let pair = if self.random.percent(50) && scope.level < DEEPEST {
                    scalar_over!(self, scope, depth, Item, real, [Average avg])
                } else {
                    (left, tree)
                };
                self.exact = was_exact;
                pair
            }
        }
    }

    /// A text.
    pub(super) fn text(&mut self, scope: &Scope, depth: usize) -> Pair<Option<String>> {
        if self.may_ask(scope, depth) {
            return match self.random.below(2) {
                0 => scalar_over!(self, scope, depth, Item, text, [Least min, Greatest max]),
                _ => scalar_over!(self, scope, depth, Mark, text, [Least min, Greatest max]),
            };
        }
        let literal = *self.random.pick(&TEXTS);
        let literal_tree = Tree::Constant(Value::Text(literal.to_owned()));
        if depth == 0 || self.random.percent(40) {
            return match self.random.pick_or_none(&scope.texts).cloned() {
                Some(column) if self.random.percent(80) => column,
                _ => (value(literal).nullable(), literal_tree),
            };
        }
        let (left, tree) = self.text(scope, depth - 1);
        match self.random.below(12) {
            0 => {
                let (right, other) = self.text(scope, depth - 1);
                (left.concat(right), binary(Operator::Concat, tree, other))
            }
            1 => (left.lower(), Tree::Call(Function::Lower, vec![tree])),
            2 => (left.upper(), Tree::Call(Function::Upper, vec![tree])),
            3 => (left.trim(), Tree::Call(Function::Trim, vec![tree])),
            4 => (left.trim_start(), Tree::Call(Function::TrimStart, vec![tree])),
            5 => (left.trim_end(), Tree::Call(Function::TrimEnd, vec![tree])),
            6 => {
                let (start, length) = (self.constant(), self.constant());
                let arguments =
                    vec![tree, Tree::Constant(Value::Integer(start)), Tree::Constant(Value::Integer(length))];
                (left.substr(start, length), Tree::Call(Function::Substr, arguments))
            }
            7 => {
                let with = *self.random.pick(&TEXTS);
                let with_tree = Tree::Constant(Value::Text(with.to_owned()));
                (
                    left.replace(literal, with),
                    Tree::Call(Function::Replace, vec![tree, literal_tree, with_tree]),
                )
            }
            8 => {
                (left.unwrap_or(literal).nullable(), Tree::Call(Function::Coalesce, vec![tree, literal_tree]))
            }
            9 => (left.null_if(literal), Tree::Call(Function::NullIf, vec![tree, literal_tree])),
            10 => {
                let (int, tree) = self.int(scope, depth - 1);
                (int.cast::<String>(), Tree::Call(Function::ToText, vec![tree]))
            }
            _ => {
                let was_by_bytes = std::mem::replace(&mut self.by_bytes, true);
                let (condition, condition_tree) = self.condition(scope, depth - 1);
                self.by_bytes = was_by_bytes;
                let branches = vec![(condition_tree, literal_tree)];
                (case().when(condition, literal).otherwise(left), Tree::Case(branches, Some(Box::new(tree))))
            }
        }
    }
}
