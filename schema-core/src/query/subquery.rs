use super::{Query, Scope, Select};
use crate::{
    expr::{AsExpr, Expr, Kind, Node, sequence, sql},
    value::SqlType,
};

/// `EXISTS`: whether a query has a row. It may use the columns of the query that it stands in.
pub fn exists<S: Scope>(query: Query<S>) -> Expr<bool> {
    let mut tree = query.tree;
    if tree.distinct && tree.offset > 0 {
        // In EXISTS, SQLite leaves out DISTINCT and counts the OFFSET in rows that are equal.
        S::select(tree.id, &mut tree.select);
        let rows = Node::Query(Box::new(tree));
        return Expr::new(sequence([sql("EXISTS (SELECT 1 FROM "), rows, sql(")")]));
    }
    tree.select = vec![sql("1")];
    Expr::new(sequence([sql("EXISTS "), Node::Query(Box::new(tree))]))
}

/// The value of a query of one column, in its first row. NULL where it has none, so always an
/// `Option`.
pub fn scalar<O, Z, T: SqlType>(query: Select<O, Z, T>) -> Expr<T::Opt> {
    Expr::new(Node::Query(Box::new(query.tree)))
}

impl<T: SqlType, K: Kind> Expr<T, K> {
    /// `IN`: whether a query of one column gives the value.
    pub fn in_query<O, Z, U: SqlType<Base = T::Base>>(self, query: Select<O, Z, U>) -> Expr<bool> {
        Expr::new(sequence([sql("("), self.node(), sql(" IN "), subquery(query), sql(")")]))
    }

    /// `NOT IN`: whether a query of one column does not give the value. One that gives a NULL makes this
    /// false for every row; `exists` with `!` is what is meant then.
    pub fn not_in_query<O, Z, U: SqlType<Base = T::Base>>(self, query: Select<O, Z, U>) -> Expr<bool> {
        Expr::new(sequence([sql("("), self.node(), sql(" NOT IN "), subquery(query), sql(")")]))
    }
}

fn subquery<O, Z, T>(query: Select<O, Z, T>) -> Node {
    Node::Query(Box::new(query.tree))
}

/// Several values compared as one: `row((l.reader_id, l.book)).in_query(..)`.
pub fn row<V: RowValue>(values: V) -> RowExpr<V> {
    RowExpr(values)
}

/// A row value.
#[derive(Clone, Copy, Debug)]
pub struct RowExpr<V>(V);

/// What [`row`] takes: a tuple of two to four columns or expressions.
#[diagnostic::on_unimplemented(message = "`{Self}` is no row value", label = "no tuple of columns")]
pub trait RowValue {
    /// The types without their `Option`s.
    type Bases;
    #[doc(hidden)]
    fn into_nodes(self) -> Vec<Node>;
}

/// The SQL types of a query's columns.
pub trait RowTypes {
    /// The types without their `Option`s.
    type Bases;
}

impl<V: RowValue> RowExpr<V> {
    /// `IN`: whether a query with these columns gives the values.
    pub fn in_query<O, Z, U: RowTypes<Bases = V::Bases>>(self, query: Select<O, Z, U>) -> Expr<bool> {
        Expr::new(self.membership(" IN ", query))
    }

    /// `NOT IN`: whether a query with these columns does not give the values.
    pub fn not_in_query<O, Z, U: RowTypes<Bases = V::Bases>>(self, query: Select<O, Z, U>) -> Expr<bool> {
        Expr::new(self.membership(" NOT IN ", query))
    }

    fn membership<O, Z, U>(self, operator: &'static str, query: Select<O, Z, U>) -> Node {
        let mut nodes = vec![sql("(")];
        for (position, value) in self.0.into_nodes().into_iter().enumerate() {
            nodes.extend([sql(if position == 0 { "(" } else { ", " }), value]);
        }
        nodes.extend([sql(")"), sql(operator), subquery(query), sql(")")]);
        Node::Sequence(nodes)
    }
}

macro_rules! rows {
    ($($name:ident $at:tt),*) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: AsExpr),*> RowValue for ($($name,)*) {
            type Bases = ($(<$name::Type as SqlType>::Base,)*);
            fn into_nodes(self) -> Vec<Node> {
                vec![$(self.$at.into_node()),*]
            }
        }
        #[diagnostic::do_not_recommend]
        impl<$($name: SqlType),*> RowTypes for ($($name,)*) {
            type Bases = ($($name::Base,)*);
        }
    };
}
rows!(A 0, B 1);
rows!(A 0, B 1, C 2);
rows!(A 0, B 1, C 2, D 3);
