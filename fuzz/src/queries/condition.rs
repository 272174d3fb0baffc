//! Makes conditions by chance.

use schema_core::{exists, expr::Collation, row, value::Value};

use super::{
    Group, Item, Mark,
    expression::{Maker, Pair, Scope, binary, over},
    tables::{Sampled, TEXTS},
    tree::{Function, Operator, Plan, Tree},
};

/// Whether a query has a row, or a value among its rows.
macro_rules! tested_over {
    ($maker:ident, $scope:ident, $depth:ident, $table:ident) => {{
        let mut plan = Plan::of_table($table::NUMBER);
        let inner = |columns| {
            let mut scope = $scope.within();
            $table::required(columns, scope.level, 0, &mut scope);
            scope
        };
        let query = over!($maker, $scope, $depth, $table, plan, inner);
        match $maker.random.below(4) {
            0 => {
                plan.select.push(Tree::Constant(Value::Integer(1)));
                (exists(query).nullable(), Tree::Exists(Box::new(plan)))
            }
            1 => {
                let (left, left_tree) = $maker.int($scope, $depth - 1);
                let is_negated = $maker.random.percent(40);
                let select = query.select(|columns| {
                    let (expr, tree) = $maker.int(&inner(columns), $depth - 1);
                    plan.select.push(tree);
                    expr
                });
                let expr = if is_negated { left.not_in_query(select) } else { left.in_query(select) };
                (expr, Tree::InQuery(vec![left_tree], Box::new(plan), is_negated))
            }
            2 => {
                let (left, left_tree) = $maker.text($scope, $depth - 1);
                let is_negated = $maker.random.percent(40);
                let select = query.select(|columns| {
                    let (expr, tree) = $maker.text(&inner(columns), $depth - 1);
                    plan.select.push(tree);
                    expr
                });
                let expr = if is_negated { left.not_in_query(select) } else { left.in_query(select) };
                (expr, Tree::InQuery(vec![left_tree], Box::new(plan), is_negated))
            }
            _ => {
                let (number, number_tree) = $maker.int($scope, $depth - 1);
                let (text, text_tree) = $maker.text($scope, $depth - 1);
                let select = query.select(|columns| {
                    let scope = inner(columns);
                    let (number, tree) = $maker.int(&scope, $depth - 1);
                    plan.select.push(tree);
                    let (text, tree) = $maker.text(&scope, $depth - 1);
                    plan.select.push(tree);
                    (number, text)
                });
                let is_negated = $maker.random.percent(40);
                let row = row((number, text));
                let expr = if is_negated { row.not_in_query(select) } else { row.in_query(select) };
                (expr, Tree::InQuery(vec![number_tree, text_tree], Box::new(plan), is_negated))
            }
        }
    }};
}

impl Maker<'_> {
    /// Whether it is, or nobody knows.
    pub(super) fn flag(&mut self, scope: &Scope, depth: usize) -> Pair<Option<bool>> {
        if (depth == 0 || self.random.percent(30)) && !scope.flags.is_empty() {
            return self.random.pick(&scope.flags).clone();
        }
        self.condition(scope, depth.saturating_sub(1))
    }

    /// A comparison of two expressions.
    fn compared(&mut self, scope: &Scope, depth: usize) -> Pair<Option<bool>> {
        let operators = [
            Operator::Equal,
            Operator::Unequal,
            Operator::Less,
            Operator::LessOrEqual,
            Operator::Greater,
            Operator::GreaterOrEqual,
            Operator::Distinct,
            Operator::NotDistinct,
        ];
        let operator = *self.random.pick(&operators);
        macro_rules! compared {
            ($left:expr, $right:expr) => {
                match operator {
                    Operator::Equal => $left.eq($right),
                    Operator::Unequal => $left.ne($right),
                    Operator::Less => $left.lt($right),
                    Operator::LessOrEqual => $left.le($right),
                    Operator::Greater => $left.gt($right),
                    Operator::GreaterOrEqual => $left.ge($right),
                    Operator::Distinct => $left.is_distinct_from($right).nullable(),
                    _ => $left.is_not_distinct_from($right).nullable(),
                }
            };
        }
        match self.random.below(if self.by_bytes { 3 } else { 4 }) {
            0 => {
                let ((left, tree), (right, other)) = (self.int(scope, depth), self.int(scope, depth));
                (compared!(left, right), binary(operator, tree, other))
            }
            1 => {
                let ((left, tree), (right, other)) = (self.real(scope, depth), self.real(scope, depth));
                (compared!(left, right), binary(operator, tree, other))
            }
            2 => {
                let ((left, tree), (right, other)) = (self.text(scope, depth), self.text(scope, depth));
                (compared!(left, right), binary(operator, tree, other))
            }
            _ => {
                let ((left, tree), (right, other)) = (self.text(scope, depth), self.text(scope, depth));
                let left = left.collate(Collation::NoCase);
                (compared!(left, right), Tree::NoCase(operator, Box::new(tree), Box::new(other)))
            }
        }
    }

    /// A condition.
    pub(super) fn condition(&mut self, scope: &Scope, depth: usize) -> Pair<Option<bool>> {
        if self.may_ask(scope, depth) {
            return match self.random.below(3) {
                0 => tested_over!(self, scope, depth, Item),
                1 => tested_over!(self, scope, depth, Group),
                _ => tested_over!(self, scope, depth, Mark),
            };
        }
        let less = depth.saturating_sub(1);
        let kind = self.random.below(if depth == 0 { 8 } else { 15 });
        match if depth == 0 && kind == 7 { 13 } else { kind } {
            0 => match self.random.pick_or_none(&scope.flags).cloned() {
                Some((flag, tree)) => {
                    let wanted = self.random.percent(50);
                    let literal = Tree::Constant(Value::Integer(i64::from(wanted)));
                    (flag.eq(wanted), binary(Operator::Equal, tree, literal))
                }
                None => self.compared(scope, less),
            },
            1 => {
                let (left, tree) = self.int(scope, less);
                let is_wanted = self.random.percent(50);
                let expr = if is_wanted { left.is_null() } else { left.is_not_null() };
                (expr.nullable(), Tree::IsNull(Box::new(tree), is_wanted))
            }
            2 => {
                let (left, tree) = self.int(scope, less);
                let list: Vec<i64> = (0..self.random.below(4)).map(|_| self.constant()).collect();
                let trees = list.iter().map(|number| Tree::Constant(Value::Integer(*number))).collect();
                let is_negated = self.random.percent(50);
                let expr = if is_negated { left.not_in_list(list) } else { left.in_list(list) };
                (expr, Tree::InList(Box::new(tree), trees, is_negated))
            }
            3 => {
                let (left, tree) = self.text(scope, less);
                let part = *self.random.pick(&TEXTS);
                let part_tree = Tree::Constant(Value::Text(part.to_owned()));
                let (expr, function) = match self.random.below(3) {
                    0 => (left.contains(part), Function::Contains),
                    1 => (left.starts_with(part), Function::StartsWith),
                    _ => (left.ends_with(part), Function::EndsWith),
                };
                (expr, Tree::Call(function, vec![tree, part_tree]))
            }
            4 => {
                let (left, tree) = self.text(scope, less);
                let pattern =
                    *self.random.pick(&["a%", "%b", "_", "%", "", "A_%", "%a%b%", "!%", "a!_b", "%!%%"]);
                let pattern_tree = Tree::Constant(Value::Text(pattern.to_owned()));
                if self.random.percent(50) {
                    (left.like(pattern), binary(Operator::Like, tree, pattern_tree))
                } else {
                    (
                        left.like_escape(pattern, '!'),
                        Tree::Call(Function::LikeEscaped, vec![tree, pattern_tree]),
                    )
                }
            }
            5 => {
                let (left, tree) = self.text(scope, less);
                let pattern = *self.random.pick(&["a*", "*b", "?", "*", "", "?b*", "A*"]);
                (
                    left.glob(pattern),
                    binary(Operator::Glob, tree, Tree::Constant(Value::Text(pattern.to_owned()))),
                )
            }
            6 => {
                let (left, tree) = self.int(scope, less);
                let ((low, low_tree), (high, high_tree)) = (self.int(scope, less), self.int(scope, less));
                (left.between(low, high), Tree::Between(Box::new([tree, low_tree, high_tree])))
            }
            7 | 8 => {
                let ((left, tree), (right, other)) =
                    (self.condition(scope, less), self.condition(scope, less));
                (left.and(right), binary(Operator::And, tree, other))
            }
            9 | 10 => {
                let ((left, tree), (right, other)) =
                    (self.condition(scope, less), self.condition(scope, less));
                (left.or(right), binary(Operator::Or, tree, other))
            }
            11 => {
                let (inner, tree) = self.condition(scope, less);
                (!inner, Tree::Not(Box::new(tree)))
            }
            12 => self.row_in_list(scope, less),
            _ => self.compared(scope, less),
        }
    }

    /// Whether two values are one of several pairs: one of the pairs equal, each of its parts.
    fn row_in_list(&mut self, scope: &Scope, depth: usize) -> Pair<Option<bool>> {
        let ((number, number_tree), (text, text_tree)) = (self.int(scope, depth), self.text(scope, depth));
        let mut pairs = Vec::new();
        for _ in 0..self.random.below(4) {
            pairs.push((self.constant(), *self.random.pick(&TEXTS)));
        }
        let same = |(wanted, part): &(i64, &str)| {
            let number = Tree::Constant(Value::Integer(*wanted));
            let text = Tree::Constant(Value::Text((*part).to_owned()));
            let (left, right) = (
                binary(Operator::Equal, number_tree.clone(), number),
                binary(Operator::Equal, text_tree.clone(), text),
            );
            binary(Operator::And, left, right)
        };
        let none = Tree::Constant(Value::Integer(0));
        let any = pairs.iter().map(same).fold(none, |any, same| binary(Operator::Or, any, same));
        let row = row((number, text));
        if self.random.percent(50) {
            (row.not_in_list(pairs), Tree::Not(Box::new(any)))
        } else {
            (row.in_list(pairs), any)
        }
    }
}
