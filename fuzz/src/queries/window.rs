//! Makes functions over windows by chance.

use schema_core::expr::{
    Bound, Frame, Holds, count_values, dense_rank, first_value, lag_by, last_value, lead_by, max, nth_value,
    ntile, rank, row_number, sum,
};

use super::{
    expression::{Maker, Pair, Scope, directed, plain},
    tree::{Aggregate, Extent, Over, Summary, Term, Tree, Window},
};

/// A number over a window.
pub(super) fn over_window(
    maker: &mut Maker<'_>,
    scope: &Scope,
    ids: &[Pair<Option<i64>>],
) -> Pair<Option<i64>> {
    let (part, part_tree) = maker.text(scope, 1);
    let (by, by_tree) = maker.int(scope, 1);
    let (number, number_tree) = maker.int(scope, 2);
    let (descending, nulls_first) = maker.direction();
    let what = maker.random.below(12);
    // Where equal rows are told apart, the order has to be total.
    let is_total = !matches!(what, 1 | 2 | 9 | 10);
    let mut order = vec![directed(by, descending, nulls_first)];
    let mut terms = vec![Term { tree: by_tree, descending, nulls_first }];
    if is_total {
        order.extend(ids.iter().map(|(id, _)| id.clone().asc()));
        let ids = ids.iter().map(|(_, tree)| tree.clone());
        terms.extend(ids.map(|tree| Term { tree, descending: false, nulls_first: None }));
    }
    let distance = i64::try_from(maker.random.below(3)).unwrap_or(0);
    let rows = u32::try_from(distance).unwrap_or(0);
    let aggregate = |summary| Over::Aggregate(plain(summary, Some(number_tree.clone())));
    let mut extent = Extent::Default;
    let ranked = |w: Frame<Holds>| w.partition_by(part.clone()).order_by(order.clone());
    let (expr, over) = match what {
        0 => (row_number().over(ranked).nullable(), Over::RowNumber),
        1 => (rank().over(ranked).nullable(), Over::Rank),
        2 => (dense_rank().over(ranked).nullable(), Over::DenseRank),
        3 => (ntile(rows + 1).over(ranked).nullable(), Over::Ntile(rows + 1)),
        4 => (lag_by(number, rows).over(ranked), Over::Neighbour(number_tree, -distance)),
        5 => (lead_by(number, rows).over(ranked), Over::Neighbour(number_tree, distance)),
        6 => {
            extent = Extent::Rows(None, Some(0));
            (first_value(number).over(|w| ranked(w).running()), Over::First(number_tree))
        }
        7 => {
            extent = Extent::Rows(Some(-distance), Some(1));
            (last_value(number).over(|w| ranked(w).rows_around(rows, 1)), Over::Last(number_tree))
        }
        8 => {
            extent = Extent::Rows(None, None);
            let nth = Over::Nth(number_tree, rows as usize + 1);
            (nth_value(number, rows + 1).over(|w| ranked(w).whole_partition()), nth)
        }
        9 => (sum(number).over(ranked), aggregate(Summary::Sum)),
        10 => {
            extent = Extent::Groups(Some(-distance), Some(0));
            let over = |w| ranked(w).groups_between(Bound::Before(rows), Bound::Current);
            (max(number).over(over), aggregate(Summary::Greatest))
        }
        _ => {
            let (condition, tree) = maker.condition(scope, 1);
            extent = Extent::Rows(Some(1), Some(1 + distance));
            let over = |w| ranked(w).rows_between(Bound::Behind(1), Bound::Behind(1 + rows));
            let filtered =
                Aggregate { filter: Some(tree), ..plain(Summary::Count, Some(number_tree.clone())) };
            (count_values(number).filter(condition).over(over).nullable(), Over::Aggregate(filtered))
        }
    };
    let window = Window { what: over, partition: vec![part_tree], order: terms, frame: extent };
    (expr, Tree::Window(Box::new(window)))
}
