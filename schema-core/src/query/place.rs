//! Where in a statement a function over several rows may stand.

use super::writer::Writer;
use crate::{
    error::Error,
    expr::{Node, OverRows},
};

/// The clause that is being written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    /// What a row gives, and what rows are ordered by.
    #[default]
    Selection,
    /// A condition on groups.
    Having,
    /// A condition on rows, before there are groups or windows.
    Filter,
    /// The condition of a join.
    Join,
    /// What rows are grouped by.
    Group,
    /// What a table function is given.
    Argument,
    /// An UPDATE, DELETE or upsert of single rows: its conditions, what it sets and gives back.
    Change,
    /// Inside of such a function.
    Inside(OverRows),
}

impl Place {
    /// The clause in words, and what is done instead where it admits none of these.
    fn refusal(self, over: OverRows) -> Option<(&'static str, &'static str)> {
        const WINDOW_APART: &str = "select it in a query of its own, and filter what that gives: \
             `.select(|b| RankedSelect { id: b.id, place: row_number().over(..) }).as_table().filter(|r| r.place.le(3))`, \
             or `.cte(\"ranked\")`";
        const GROUP_APART: &str = "select it in a query of its own, and compare what that gives: \
             `.group_by(..).select(|key, b| TotalSelect { key, total: sum(b.price) }).cte(\"totals\")`; a condition on \
             the groups of one query is a `having`";
        let what = match self {
            Self::Selection => return None,
            Self::Having | Self::Inside(OverRows::InWindow) if over == OverRows::InGroup => return None,
            Self::Having => "in `having`",
            Self::Filter => "in a `filter`",
            Self::Join => "in the condition of a join",
            Self::Group => "in `group_by`",
            Self::Argument => "in what a row's table is made of",
            Self::Change => "in a change of single rows",
            Self::Inside(OverRows::InWindow) => "inside of another window function",
            Self::Inside(OverRows::InGroup) => "inside of an aggregate",
        };
        Some((what, if over == OverRows::InWindow { WINDOW_APART } else { GROUP_APART }))
    }
}

impl Writer {
    /// Writes a clause.
    pub(super) fn within(&mut self, place: Place, write: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.place, place);
        write(self);
        self.place = outer;
    }

    /// Writes a function over several rows, where there may be one.
    pub(super) fn over_rows(&mut self, over: OverRows, nodes: &[Node]) {
        if let Some((place, instead)) = self.place.refusal(over) {
            let what = match over {
                OverRows::InWindow => "a window function stands",
                OverRows::InGroup => "an aggregate of the rows of a query around stands",
            };
            let why = match (over, self.place) {
                (_, Place::Inside(_)) => "SQL computes them from single rows",
                (OverRows::InWindow, _) => "SQL looks at windows after it has picked rows and groups",
                (OverRows::InGroup, _) => "SQL makes groups after it has picked rows",
            };
            self.fail(Error::misuse(format!("{what} {place}: {why}; nothing was run: {instead}")));
        }
        self.within(Place::Inside(over), |writer| nodes.iter().for_each(|node| writer.node(node)));
    }
}
