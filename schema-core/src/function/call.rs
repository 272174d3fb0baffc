//! Functions and aggregates in typed queries.

use super::{AggregateFunction, Function, FunctionArguments};
use crate::{
    dialect::quote_identifier,
    expr::{Aggregate, Aggregated, Argument, Expr, Kind, Level, Literal, Node, sql},
    value::{Plainly, SqlType},
};

/// What can be passed where a function takes an `A`: a column or expression of that type, or a value; where it takes an
/// `Option`, also one that is never NULL.
#[diagnostic::on_unimplemented(
    message = "cannot pass `{Self}` where the function takes `{A}`",
    label = "not `{A}`",
    note = "a nullable column goes where the function takes an `Option`; `.unwrap_or(..)` takes the `Option` off"
)]
pub trait CallArgument<A> {
    #[doc(hidden)]
    fn into_node(self) -> Node;
}

#[diagnostic::do_not_recommend]
impl<A: SqlType, K: Kind> CallArgument<A> for Expr<A, K> {
    fn into_node(self) -> Node {
        self.node()
    }
}

#[diagnostic::do_not_recommend]
impl<A: Plainly, K: Kind> CallArgument<Option<A>> for Expr<A, K> {
    fn into_node(self) -> Node {
        self.node()
    }
}

#[diagnostic::do_not_recommend]
impl<A: Plainly<Rust = A>> CallArgument<A> for A {
    fn into_node(self) -> Node {
        Literal::into_node(self)
    }
}

#[diagnostic::do_not_recommend]
impl<A: Plainly<Rust = A>> CallArgument<Option<A>> for A {
    fn into_node(self) -> Node {
        Literal::into_node(self)
    }
}

#[diagnostic::do_not_recommend]
impl CallArgument<String> for &str {
    fn into_node(self) -> Node {
        Literal::into_node(self)
    }
}

#[diagnostic::do_not_recommend]
impl CallArgument<Option<String>> for &str {
    fn into_node(self) -> Node {
        Literal::into_node(self)
    }
}

/// The arguments of a call of a function that takes `A`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are no arguments for `{A}`",
    label = "other arguments than the function takes",
    note = "one argument is `call((b.title,))`; `b.title.unwrap_or(\"\")` takes the `Option` off a column, for a function that does not take one"
)]
pub trait CallArguments<A> {
    #[doc(hidden)]
    fn into_nodes(self) -> Vec<Node>;
}

#[diagnostic::do_not_recommend]
impl CallArguments<()> for () {
    fn into_nodes(self) -> Vec<Node> {
        Vec::new()
    }
}

/// The arguments of an aggregate that takes `A`: columns of the rows, or what [`each`](crate::expr::each) makes of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are no arguments for an aggregate of `{A}`",
    label = "other arguments than the aggregate takes",
    note = "one argument is `of((b.title,))`"
)]
pub trait AggregateArguments<A> {
    /// Where they stand.
    type Level: Level;
    #[doc(hidden)]
    fn into_nodes(self) -> Vec<Node>;
}

macro_rules! tuples {
    ($first:ident $first_type:ident 0 $(, $name:ident $type:ident $at:tt)*) => {
        #[diagnostic::do_not_recommend]
        impl<$first_type, $($type,)* $first: CallArgument<$first_type>, $($name: CallArgument<$type>),*>
            CallArguments<($first_type, $($type,)*)> for ($first, $($name,)*)
        {
            fn into_nodes(self) -> Vec<Node> {
                vec![self.0.into_node() $(, self.$at.into_node())*]
            }
        }

        #[diagnostic::do_not_recommend]
        impl<
            $first_type: SqlType,
            $($type: SqlType,)*
            $first: Argument<Type: SqlType<Base = $first_type::Base>>,
            $($name: Argument<Type: SqlType<Base = $type::Base>, Level = $first::Level>,)*
        > AggregateArguments<($first_type, $($type,)*)> for ($first, $($name,)*)
        {
            type Level = $first::Level;
            fn into_nodes(self) -> Vec<Node> {
                vec![self.0.into_node() $(, self.$at.into_node())*]
            }
        }
    };
}
tuples!(X A 0);
tuples!(X A 0, Y B 1);
tuples!(X A 0, Y B 1, Z C 2);
tuples!(X A 0, Y B 1, Z C 2, W D 3);
tuples!(X A 0, Y B 1, Z C 2, W D 3, V E 4);
tuples!(X A 0, Y B 1, Z C 2, W D 3, V E 4, U F 5);

impl<A: FunctionArguments, R: SqlType> Function<A, R> {
    /// A call in a query: `TITLE_SORT.call((b.title,))`.
    pub fn call(self, arguments: impl CallArguments<A>) -> Expr<R> {
        let mut nodes = vec![Node::Sql(quote_identifier(self.name).into()), sql("(")];
        for (position, argument) in arguments.into_nodes().into_iter().enumerate() {
            nodes.extend([sql(if position == 0 { "" } else { ", " }), argument]);
        }
        nodes.push(sql(")"));
        Expr::new(Node::Sequence(nodes))
    }
}

/// An aggregate where its arguments stand.
type Of<X, A, R> = <<X as AggregateArguments<A>>::Level as Level>::Of<R, Aggregate>;

impl<A: FunctionArguments, R: SqlType> AggregateFunction<A, R> {
    /// The aggregate of a group: `CONCAT.of((b.title,))`. Of all rows as one group, of which there may be none, it is
    /// an `Option`. SQLite takes the rows in no particular order, unless `order_by` says one.
    pub fn of<X: AggregateArguments<A>>(self, arguments: X) -> Of<X, A, R> {
        X::Level::make(Aggregated::of_application(quote_identifier(self.name), arguments.into_nodes()))
    }
}
