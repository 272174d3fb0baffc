//! Makes whole queries by chance and runs them.

use schema_core::{
    Db, Table as _,
    expr::{avg, count, count_distinct, count_values, each, group_concat, max, min, sum, total},
    query::{Left, Query},
    value::Value,
};

use super::{
    Group, Item, Lab, Mark,
    asked::{Asked, Given, finish, ordered_by_result},
    cells::Cells,
    expression::{Maker, Pair, Scope, directed, plain},
    tables::{LineSelect, Sampled},
    tree::{From, Joined, Plan, Rows, Summary, Term, Tree},
    window::over_window,
};
use crate::random::Random;

const DEPTH: usize = 3;

/// A query over these tables, whatever is done with it.
macro_rules! shape {
    ($name:ident: Query<$tables:ty>, $cols:tt, [$($binding:ident $table:ident $mode:ident $at:literal),+]) => {
        fn $name(maker: &mut Maker<'_>, db: &Db<Lab>, mut query: Query<$tables>, mut plan: Plan) -> Asked {
            let scope_of = |$cols| {
                let mut scope = Scope::default();
                $($table::$mode($binding, 0, $at, &mut scope);)+
                scope
            };
            for _ in 0..maker.random.below(3) {
                query = query.filter(|$cols| {
                    let (condition, tree) = maker.condition(&scope_of($cols), DEPTH);
                    plan.filters.push(tree);
                    condition
                });
            }
            let ids = [$(Tree::Column { level: 0, table: $at, column: 0 }),+];
            let ascending = |tree: &Tree| Term { tree: tree.clone(), descending: false, nulls_first: None };
            match maker.random.below(10) {
                // Whole models.
                0 => {
                    let query = query.order_by(|$cols| vec![$($binding.id.asc()),+]);
                    plan.order.extend(ids.iter().map(ascending));
                    $(plan.select.extend(
                        (0..$table::DEF.columns.len()).map(|column| Tree::Column { level: 0, table: $at, column }),
                    );)+
                    let sql = query.clone().to_sql();
                    let given = query.all(db).map(|rows| {
                        Given::Rows(rows.iter().map(|$cols| [$($binding.cells()),+].concat()).collect())
                    });
                    Asked { sql, plan, is_ordered: true, given }
                }
                // Groups.
                1..=3 => {
                    let mut keys = Vec::new();
                    let grouped = query.group_by(|$cols| {
                        let scope = scope_of($cols);
                        let (truth, tree) = maker.flag(&scope, 1);
                        keys.push(tree);
                        let (number, tree) = maker.int(&scope, 1);
                        keys.push(tree);
                        (truth, number)
                    });
                    plan.group = Some(keys.clone());
                    let grouped = if maker.random.percent(40) {
                        let least = i64::try_from(maker.random.below(4)).unwrap_or(0);
                        let tree = Tree::Constant(Value::Integer(least));
                        maker.exact = true;
                        let grouped = grouped.having(|_, $cols| {
                            let mut argument = None;
                            let summed = sum(each($cols, |$cols| {
                                let (number, tree) = maker.int(&scope_of($cols), 2);
                                argument = Some(tree);
                                number
                            }));
                            let summed_tree = Tree::Aggregate(Box::new(plain(Summary::Sum, argument)));
                            plan.having.push(Tree::Binary(
                                super::tree::Operator::GreaterOrEqual,
                                Box::new(summed_tree),
                                Box::new(tree),
                            ));
                            summed.ge(least)
                        });
                        maker.exact = false;
                        grouped
                    } else {
                        grouped
                    };
                    let grouped = grouped.order_by(|(truth, number), _| (truth.asc(), number.desc().nulls_first()));
                    let of_key = |tree: &Tree, descending, nulls_first| Term { tree: tree.clone(), descending, nulls_first };
                    plan.order = vec![of_key(&keys[0], false, None), of_key(&keys[1], true, Some(true))];
                    let select = grouped.select(|(truth, key), $cols| {
                        summaries!(maker, plan, scope_of, $cols, [$($binding $at),+], number, real, text);
                        let number = if maker.random.percent(40) {
                            plan.select[0] = keys[1].clone();
                            key
                        } else {
                            number
                        };
                        plan.select.push(keys[0].clone());
                        LineSelect { number, real, text, truth }
                    });
                    finish(maker, db, select, plan, true)
                }
                // All rows as one group.
                4 => {
                    plan.group = Some(Vec::new());
                    let select = query.aggregate(|$cols| {
                        summaries!(maker, plan, scope_of, $cols, [$($binding $at),+], number, real, text);
                        let truth = number.clone().gt(2).nullable();
                        plan.select.push(Tree::Binary(
                            super::tree::Operator::Greater,
                            Box::new(plan.select[0].clone()),
                            Box::new(Tree::Constant(Value::Integer(2))),
                        ));
                        LineSelect { number, real, text, truth }
                    });
                    finish(maker, db, select, plan, true)
                }
                // Rows.
                choice => {
                    let is_distinct = maker.random.percent(20);
                    if !is_distinct {
                        for _ in 0..maker.random.below(3) {
                            let (descending, nulls_first) = maker.direction();
                            query = query.order_by(|$cols| {
                                let scope = scope_of($cols);
                                if maker.random.percent(50) {
                                    let (by, tree) = maker.int(&scope, 2);
                                    plan.order.push(Term { tree, descending, nulls_first });
                                    directed(by, descending, nulls_first)
                                } else {
                                    let (by, tree) = maker.text(&scope, 2);
                                    plan.order.push(Term { tree, descending, nulls_first });
                                    directed(by, descending, nulls_first)
                                }
                            });
                        }
                        query = query.order_by(|$cols| vec![$($binding.id.asc()),+]);
                        plan.order.extend(ids.iter().map(ascending));
                    }
                    let mut select = query.select(|$cols| {
                        let scope = scope_of($cols);
                        let (number, tree) = if choice == 5 {
                            let ids: Vec<Pair<Option<i64>>> =
                                vec![$(($binding.id.nullable(), Tree::Column { level: 0, table: $at, column: 0 })),+];
                            over_window(maker, &scope, &ids)
                        } else {
                            maker.int(&scope, DEPTH)
                        };
                        plan.select.push(tree);
                        let (real, tree) = maker.real(&scope, DEPTH);
                        plan.select.push(tree);
                        let (text, tree) = maker.text(&scope, DEPTH);
                        plan.select.push(tree);
                        let (truth, tree) = maker.flag(&scope, DEPTH);
                        plan.select.push(tree);
                        LineSelect { number, real, text, truth }
                    });
                    if is_distinct {
                        select = select.distinct();
                        plan.distinct = true;
                        (select, plan) = ordered_by_result(maker, select, plan);
                    }
                    finish(maker, db, select, plan, true)
                }
            }
        }
    };
}

/// Aggregates of a group: a number, one with a fraction, and a text.
macro_rules! summaries {
    (
        $maker:ident, $plan:ident, $scope_of:ident, $cols:tt, [$($binding:ident $at:literal),+],
        $number:ident, $real:ident, $text:ident
    ) => {
        $maker.exact = true;
        let mut argument = None;
        let mut filter = None;
        let what = $maker.random.below(7);
        let summary = match what {
            0..=2 => Summary::Count,
            3 | 4 => Summary::Sum,
            5 => Summary::Least,
            _ => Summary::Greatest,
        };
        // Rows of one of the tables: of a far side those that were found.
        let counted = $maker.random.below([$($at),+].len());
        let $number = if what == 0 {
            argument = Some(Tree::Column { level: 0, table: counted, column: 0 });
            match counted {
                $($at => count($binding).nullable(),)+
                _ => unreachable!("a table of the query"),
            }
        } else {
            let numbers = each($cols, |$cols| {
                let (number, tree) = $maker.int(&$scope_of($cols), 2);
                argument = Some(tree);
                number
            });
            let condition = each($cols, |$cols| {
                let (condition, tree) = $maker.condition(&$scope_of($cols), 1);
                filter = Some(tree);
                condition
            });
            match what {
                1 => {
                    filter = None;
                    count_distinct(numbers).nullable()
                }
                2 => count_values(numbers).filter(condition).nullable(),
                3 => sum(numbers).filter(condition).nullable(),
                4 => {
                    filter = None;
                    sum(numbers).nullable()
                }
                5 => min(numbers).filter(condition).nullable(),
                _ => max(numbers).filter(condition).nullable(),
            }
        };
        let mut aggregate = plain(summary, argument);
        aggregate.distinct = what == 1;
        aggregate.filter = filter;
        $plan.select.push(Tree::Aggregate(Box::new(aggregate)));

        let mut argument = None;
        let what = $maker.random.below(4);
        let numbers = each($cols, |$cols| {
            let (number, tree) = $maker.real(&$scope_of($cols), 2);
            argument = Some(tree);
            number
        });
        let ($real, summary) = match what {
            0 => (sum(numbers).nullable(), Summary::Sum),
            1 => (total(numbers).nullable(), Summary::Total),
            2 => (avg(numbers).nullable(), Summary::Average),
            _ => (max(numbers).nullable(), Summary::Greatest),
        };
        $plan.select.push(Tree::Aggregate(Box::new(plain(summary, argument))));

        let mut argument = None;
        let texts = each($cols, |$cols| {
            let (text, tree) = $maker.text(&$scope_of($cols), 2);
            argument = Some(tree);
            text
        });
        let what = $maker.random.below(3);
        let ($text, summary) = match what {
            0 => (min(texts).nullable(), Summary::Least),
            1 => (max(texts).nullable(), Summary::Greatest),
            _ => {
                let order = each($cols, |$cols| vec![$($binding.id.desc()),+]);
                (group_concat(texts, "; ").order_by(order).nullable(), Summary::Concat)
            }
        };
        let mut aggregate = plain(summary, argument);
        if what == 2 {
            aggregate.separator = "; ";
            aggregate.order = vec![
                $(Term { tree: Tree::Column { level: 0, table: $at, column: 0 }, descending: true, nulls_first: None }),+
            ];
        }
        $plan.select.push(Tree::Aggregate(Box::new(aggregate)));
        $maker.exact = false;
    };
}

shape!(of_items: Query<Item>, a, [a Item required 0]);
shape!(of_marks: Query<Mark>, a, [a Mark required 0]);
shape!(of_items_and_groups: Query<(Item, Left<Group>)>, (a, b), [a Item required 0, b Group nullable 1]);
shape!(of_marks_and_items: Query<(Mark, Item)>, (a, b), [a Mark required 0, b Item required 1]);
shape!(of_groups_twice: Query<(Group, Left<Group>)>, (a, b), [a Group required 0, b Group nullable 1]);
shape!(
    of_three: Query<(Item, Left<Group>, Left<Mark>)>, (a, b, c),
    [a Item required 0, b Group nullable 1, c Mark nullable 2]
);

/// A query by chance.
pub(super) fn ask(random: &mut Random, db: &Db<Lab>) -> Asked {
    let shape = random.below(7);
    let mut maker = Maker { random, exact: false, by_bytes: false };
    let maker = &mut maker;
    let joined = |number: usize, join: Joined, on: Option<Tree>| From { rows: Rows::Table(number), join, on };
    let column = |table: usize, column: usize| Tree::Column { level: 0, table, column };
    let equal =
        |left: Tree, right: Tree| Tree::Binary(super::tree::Operator::Equal, Box::new(left), Box::new(right));
    match shape {
        0 => of_items(maker, db, Item::query(), Plan::of_table(Item::NUMBER)),
        1 => of_marks(maker, db, Mark::query(), Plan::of_table(Mark::NUMBER)),
        2 => {
            let mut plan = Plan::of_table(Item::NUMBER);
            plan.from.push(joined(Group::NUMBER, Joined::Left, Some(equal(column(1, 0), column(0, 1)))));
            let query = Item::query().left_join::<Group>(|i, g| g.id.eq(i.group_id));
            of_items_and_groups(maker, db, query, plan)
        }
        3 => {
            // A join on any condition.
            let mut plan = Plan::of_table(Mark::NUMBER);
            let mut on = None;
            let query = Mark::query().join::<Item>(|m, i| {
                let mut scope = Scope::default();
                Mark::required(m, 0, 0, &mut scope);
                Item::required(i, 0, 1, &mut scope);
                let (condition, tree) = maker.condition(&scope, 1);
                on = Some(Tree::Binary(
                    super::tree::Operator::Or,
                    Box::new(equal(column(1, 0), column(0, 1))),
                    Box::new(tree),
                ));
                i.id.eq(m.item_id).or(condition)
            });
            plan.from.push(joined(Item::NUMBER, Joined::Inner, on));
            of_marks_and_items(maker, db, query, plan)
        }
        4 => {
            let mut plan = Plan::of_table(Group::NUMBER);
            plan.from.push(joined(Group::NUMBER, Joined::Left, Some(equal(column(1, 0), column(0, 2)))));
            let query = Group::query().left_join::<Group>(|a, b| b.id.eq(a.place));
            of_groups_twice(maker, db, query, plan)
        }
        5 => {
            let mut plan = Plan::of_table(Item::NUMBER);
            plan.from.push(joined(Group::NUMBER, Joined::Left, Some(equal(column(1, 0), column(0, 1)))));
            plan.from.push(joined(Mark::NUMBER, Joined::Left, Some(equal(column(2, 1), column(0, 0)))));
            let query = Item::query()
                .left_join::<Group>(|i, g| g.id.eq(i.group_id))
                .left_join::<Mark>(|(i, _), m| m.item_id.eq(i.id));
            of_three(maker, db, query, plan)
        }
        _ => {
            let mut plan = Plan::of_table(Mark::NUMBER);
            plan.from.push(joined(Item::NUMBER, Joined::Inner, None));
            of_marks_and_items(maker, db, Mark::query().cross_join::<Item>(), plan)
        }
    }
}
