use super::{Expr, Kind, Node, sequence, sql};
use crate::value::SqlType;

/// One term of ORDER BY.
#[derive(Clone, Debug)]
pub struct Order {
    by: By,
    descending: bool,
    nulls: Option<Nulls>,
    /// Whether there may be a NULL.
    nullable: bool,
}

/// What rows are ordered by.
#[derive(Clone, Debug)]
pub(crate) enum By {
    /// A column or expression.
    Node(Node),
    /// The column at this position of the result, from 0.
    Result(usize),
}

/// Where NULLs stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nulls {
    First,
    Last,
}

impl<T: SqlType, K: Kind> Expr<T, K> {
    /// Smallest first; NULL before everything.
    pub fn asc(self) -> Order {
        Order::by(By::Node(self.compared()), T::NULLABLE)
    }

    /// Largest first; NULL after everything.
    pub fn desc(self) -> Order {
        self.asc().reversed()
    }
}

impl Order {
    pub(crate) fn by(by: By, nullable: bool) -> Self {
        Self { by, descending: false, nulls: None, nullable }
    }

    /// NULL before everything.
    pub fn nulls_first(self) -> Self {
        Self { nulls: Some(Nulls::First), ..self }
    }

    /// NULL after everything.
    pub fn nulls_last(self) -> Self {
        Self { nulls: Some(Nulls::Last), ..self }
    }

    /// The other way round, NULLs too.
    pub(crate) fn reversed(self) -> Self {
        let nulls = self.nulls.map(|nulls| match nulls {
            Nulls::First => Nulls::Last,
            Nulls::Last => Nulls::First,
        });
        Self { descending: !self.descending, nulls, ..self }
    }

    pub(crate) fn what(&self) -> &By {
        &self.by
    }

    pub(crate) fn is_descending(&self) -> bool {
        self.descending
    }

    /// Where a NULL stands; None where there is none.
    pub(crate) fn nulls(&self) -> Option<Nulls> {
        let own = if self.descending { Nulls::Last } else { Nulls::First };
        self.nullable.then(|| self.nulls.unwrap_or(own))
    }

    /// The same order of another expression.
    pub(crate) fn of(&self, node: Node) -> Self {
        Self { by: By::Node(node), ..self.clone() }
    }

    pub(crate) fn renumber(&mut self, from: u32, to: u32) {
        if let By::Node(node) = &mut self.by {
            node.renumber(from, to);
        }
    }

    pub(crate) fn node(self) -> Node {
        let by = match self.by {
            By::Node(node) => node,
            By::Result(position) => Node::Sql((position + 1).to_string().into()),
        };
        let direction = sql(if self.descending { " DESC" } else { "" });
        let nulls = sql(match self.nulls {
            Some(Nulls::First) => " NULLS FIRST",
            Some(Nulls::Last) => " NULLS LAST",
            None => "",
        });
        sequence([by, direction, nulls])
    }
}

/// What `order_by` takes: a term, or a tuple of up to eight.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no order",
    label = "say `.asc()` or `.desc()`",
    note = "`order_by(|b| (b.published_on.desc(), b.id.asc()))`: one, two to eight in parentheses, or a `Vec`; a second `order_by` adds more"
)]
pub trait Orders {
    #[doc(hidden)]
    fn order_into(self, terms: &mut Vec<Order>);
}

#[diagnostic::do_not_recommend]
impl Orders for Order {
    fn order_into(self, terms: &mut Vec<Order>) {
        terms.push(self);
    }
}

#[diagnostic::do_not_recommend]
impl<O: Orders> Orders for Vec<O> {
    fn order_into(self, terms: &mut Vec<Order>) {
        self.into_iter().for_each(|order| order.order_into(terms));
    }
}

macro_rules! tuples {
    ($($name:ident $at:tt),*) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: Orders),*> Orders for ($($name,)*) {
            fn order_into(self, terms: &mut Vec<Order>) {
                $(self.$at.order_into(terms);)*
            }
        }
    };
}
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
