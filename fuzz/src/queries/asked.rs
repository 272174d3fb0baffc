//! Asks a query, or another around it.

use schema_core::{
    Db, Result,
    expr::Required,
    query::{Select, Within},
    value::Value,
};

use super::{
    Lab, Line, Mark,
    cells::Cells,
    expression::{Maker, Scope},
    tables::{LineColumns, LineSelect, Sampled, line},
    tree::{From, Joined, Plan, Rows, SetOperation, Tree},
};

/// What a query is, says and gives.
pub(super) struct Asked {
    pub(super) sql: String,
    pub(super) plan: Plan,
    /// Whether its rows have one order.
    pub(super) is_ordered: bool,
    pub(super) given: Result<Given>,
}

/// What the framework gives.
pub(super) enum Given {
    Rows(Vec<Vec<Value>>),
    /// Rows and the number of all without limit and offset.
    RowsOf(Vec<Vec<Value>>, u64),
    Count(u64),
    Exists(bool),
}

/// A plain query over another table.
fn other(maker: &mut Maker<'_>) -> (Select<Line, (Mark, ()), Line>, Plan) {
    let mut plan = Plan::of_table(Mark::NUMBER);
    let select = Mark::query().select(|m| {
        let mut scope = Scope::default();
        Mark::required(m, 0, 0, &mut scope);
        let (number, tree) = maker.int(&scope, 1);
        plan.select.push(tree);
        let (real, tree) = maker.real(&scope, 1);
        plan.select.push(tree);
        let (text, tree) = maker.text(&scope, 1);
        plan.select.push(tree);
        let (truth, tree) = maker.flag(&scope, 1);
        plan.select.push(tree);
        LineSelect { number, real, text, truth }
    });
    (select, plan)
}

/// Orders by every column of the result.
pub(super) fn ordered_by_result<Z>(
    maker: &mut Maker<'_>,
    mut select: Select<Line, Z, Line>,
    mut plan: Plan,
) -> (Select<Line, Z, Line>, Plan) {
    for column in 0..4 {
        let descending = maker.random.percent(50);
        select =
            if descending { select.order_by_result_desc(column) } else { select.order_by_result(column) };
        plan.order_by_result.push((column, descending));
    }
    (select, plan)
}

fn limited<Z>(
    maker: &mut Maker<'_>,
    mut select: Select<Line, Z, Line>,
    mut plan: Plan,
) -> (Select<Line, Z, Line>, Plan) {
    if maker.random.percent(40) {
        let rows = maker.random.below(8);
        select = select.limit(rows as u64);
        plan.limit = Some(rows);
    }
    if maker.random.percent(25) {
        let rows = maker.random.below(4);
        select = select.offset(rows as u64);
        plan.offset = rows;
    }
    (select, plan)
}

/// Asks a query, or another around it.
pub(super) fn finish<Z: Within<Lab>>(
    maker: &mut Maker<'_>,
    db: &Db<Lab>,
    select: Select<Line, Z, Line>,
    plan: Plan,
    is_ordered: bool,
) -> Asked {
    match maker.random.below(10) {
        0 => {
            let (select, plan) = limited(maker, select, plan);
            let given = select.count(db).map(Given::Count);
            Asked { sql: select.to_sql(), plan, is_ordered, given }
        }
        1 => {
            let (select, plan) = limited(maker, select, plan);
            let given = select.exists(db).map(Given::Exists);
            Asked { sql: select.to_sql(), plan, is_ordered, given }
        }
        2 => {
            let (select, plan) = limited(maker, select, plan);
            let given = select
                .all_and_total(db)
                .map(|(rows, all)| Given::RowsOf(rows.iter().map(Cells::cells).collect(), all));
            Asked { sql: select.to_sql(), plan, is_ordered, given }
        }
        3 | 4 => {
            let (select, plan) = limited(maker, select, plan);
            let (query, mut plan) = if maker.random.percent(50) {
                (select.as_table(), Plan::derived(plan))
            } else {
                (select.cte("lines").query(), Plan::derived(plan))
            };
            let scope_of = |c| {
                let mut scope = Scope::default();
                line!(of_line(c), 0, 0, scope);
                scope
            };
            let query = query.filter(|c| {
                let (condition, tree) = maker.condition(&scope_of(c), 2);
                plan.filters.push(tree);
                condition
            });
            let select = query.select(|c| {
                let scope = scope_of(c);
                let (number, tree) = maker.int(&scope, 2);
                plan.select.push(tree);
                let (text, tree) = maker.text(&scope, 2);
                plan.select.push(tree);
                plan.select.insert(1, Tree::Column { level: 0, table: 0, column: 1 });
                plan.select.push(Tree::Column { level: 0, table: 0, column: 3 });
                LineSelect { number, real: c.real, text, truth: c.truth }
            });
            run(db, select, plan, false)
        }
        5 => {
            let (select, plan) = limited(maker, select, plan);
            let operations =
                [SetOperation::Union, SetOperation::UnionAll, SetOperation::Intersect, SetOperation::Except];
            let operation = *maker.random.pick(&operations);
            let (right, right_plan) = other(maker);
            let select = match operation {
                SetOperation::Union => select.union(right),
                SetOperation::UnionAll => select.union_all(right),
                SetOperation::Intersect => select.intersect(right),
                SetOperation::Except => select.except(right),
            };
            // The left query keeps its own order and limit: the whole is another around both.
            let mut whole = Plan::derived(plan);
            whole.select = (0..4).map(|column| Tree::Column { level: 0, table: 0, column }).collect();
            whole.others.push((operation, right_plan));
            let (select, whole) = ordered_by_result(maker, select, whole);
            let (select, whole) = limited(maker, select, whole);
            run(db, select, whole, true)
        }
        6 => {
            // A common table with itself.
            let lines = select.cte("lines");
            let mut both = Plan::derived(plan.clone());
            let on = Tree::Binary(
                super::tree::Operator::Equal,
                Box::new(Tree::Column { level: 0, table: 1, column: 2 }),
                Box::new(Tree::Column { level: 0, table: 0, column: 2 }),
            );
            both.from.push(From { rows: Rows::Derived(Box::new(plan)), join: Joined::Left, on: Some(on) });
            let query = lines.query().left_join_cte(&lines, |a, b| b.text.eq(a.text));
            let columns = [(0, 0), (1, 1), (0, 2), (1, 3)];
            both.select = columns
                .iter()
                .map(|(table, column)| Tree::Column { level: 0, table: *table, column: *column })
                .collect();
            let select = query.select(|(a, b)| LineSelect {
                number: a.number,
                real: b.real,
                text: a.text,
                truth: b.truth,
            });
            run(db, select, both, false)
        }
        _ => {
            let (select, plan) = limited(maker, select, plan);
            run(db, select, plan, is_ordered)
        }
    }
}

/// The columns of a line, whose type follows.
fn of_line(columns: LineColumns<Required>) -> LineColumns<Required> {
    columns
}

fn run<Z: Within<Lab>>(db: &Db<Lab>, select: Select<Line, Z, Line>, plan: Plan, is_ordered: bool) -> Asked {
    let given = select.all(db).map(|rows| Given::Rows(rows.iter().map(Cells::cells).collect()));
    Asked { sql: select.to_sql(), plan, is_ordered, given }
}
