use super::{Expr, Kind, Node, sequence, sql};
use crate::value::SqlType;

/// One term of ORDER BY.
#[derive(Clone, Debug)]
pub struct Order(Node);

impl<T: SqlType, K: Kind> Expr<T, K> {
    /// Smallest first; NULL before everything.
    pub fn asc(self) -> Order {
        Order(self.node())
    }

    /// Largest first; NULL after everything.
    pub fn desc(self) -> Order {
        Order(sequence([self.node(), sql(" DESC")]))
    }
}

impl Order {
    /// NULL before everything.
    pub fn nulls_first(self) -> Self {
        Self(sequence([self.0, sql(" NULLS FIRST")]))
    }

    /// NULL after everything.
    pub fn nulls_last(self) -> Self {
        Self(sequence([self.0, sql(" NULLS LAST")]))
    }
}

/// What `order_by` takes: a term, or a tuple of up to eight.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no order",
    label = "say `.asc()` or `.desc()`",
    note = "`order_by(|b| (b.published_on.desc(), b.id.asc()))`"
)]
pub trait Orders {
    #[doc(hidden)]
    fn order_into(self, terms: &mut Vec<Node>);
}

#[diagnostic::do_not_recommend]
impl Orders for Order {
    fn order_into(self, terms: &mut Vec<Node>) {
        terms.push(self.0);
    }
}

#[diagnostic::do_not_recommend]
impl<O: Orders> Orders for Vec<O> {
    fn order_into(self, terms: &mut Vec<Node>) {
        self.into_iter().for_each(|order| order.order_into(terms));
    }
}

macro_rules! tuples {
    ($($name:ident $at:tt),*) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: Orders),*> Orders for ($($name,)*) {
            fn order_into(self, terms: &mut Vec<Node>) {
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
