use super::{Query, Scope, Select, SelectTree, tree::Source};
use crate::{
    expr::{AsExpr, Expr, Kind, Node, Truth, sequence, sql},
    record::Shape,
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
    pub fn in_query<O, Z, U: SqlType<Base = T::Base>>(self, query: Select<O, Z, U>) -> Truth<T, U> {
        Expr::new(sequence([sql("("), self.node(), sql(" IN "), subquery(query), sql(")")]))
    }

    /// `NOT IN`: whether a query of one column does not give the value. Where the query may give NULL, its NULLs
    /// are left out: in SQL, one of them would make this NULL for every value that the query does not give.
    pub fn not_in_query<O, Z, U: SqlType<Base = T::Base>>(
        self,
        query: Select<O, Z, U>,
    ) -> Expr<T::Like<bool>> {
        let query = present(query, &[U::NULLABLE]);
        Expr::new(sequence([sql("("), self.node(), sql(" NOT IN "), query, sql(")")]))
    }
}

fn subquery<O, Z, T>(query: Select<O, Z, T>) -> Node {
    Node::Query(Box::new(query.tree))
}

/// The rows of a query without those that have a NULL in one of the columns that may be NULL.
fn present<O, Z, T>(query: Select<O, Z, T>, nullable: &[bool]) -> Node {
    if !nullable.contains(&true) {
        return subquery(query);
    }
    let names = NAMES.get(..nullable.len()).unwrap_or(NAMES);
    let mut rows = SelectTree::over(Shape::Row(names), Source::Derived(Box::new(query.tree)));
    for (at, is_nullable) in (0..).zip(nullable) {
        let column = Node::Column(rows.alias(0), at);
        rows.select.push(column.clone());
        if *is_nullable {
            rows.filters.push(sequence([column, sql(" IS NOT NULL")]));
        }
    }
    Node::Query(Box::new(rows))
}

/// What the columns of a query are called inside of the one that leaves out its NULLs.
const NAMES: &[&str] = &["c0", "c1", "c2", "c3"];

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
    /// `bool`, or `Option<bool>` where one of them may be NULL.
    type Truth: SqlType<Base = bool>;
    #[doc(hidden)]
    fn into_nodes(self) -> Vec<Node>;
}

/// The SQL types of a query's columns.
pub trait RowTypes {
    /// The types without their `Option`s.
    type Bases;
    /// `bool`, or `Option<bool>` where one of them may be NULL.
    type Truth: SqlType<Base = bool>;
    /// Which of them may be NULL.
    #[doc(hidden)]
    const NULLABLE: &'static [bool];
}

impl<V: RowValue> RowExpr<V> {
    /// `IN`: whether a query with these columns gives the values.
    pub fn in_query<O, Z, U: RowTypes<Bases = V::Bases>>(
        self,
        query: Select<O, Z, U>,
    ) -> Truth<V::Truth, U::Truth> {
        Expr::new(self.membership(" IN ", subquery(query)))
    }

    /// `NOT IN`: whether a query with these columns does not give the values. Rows of the query that hold a NULL
    /// are left out, as in [`Expr::not_in_query`].
    pub fn not_in_query<O, Z, U: RowTypes<Bases = V::Bases>>(self, query: Select<O, Z, U>) -> Expr<V::Truth> {
        Expr::new(self.membership(" NOT IN ", present(query, U::NULLABLE)))
    }

    fn membership(self, operator: &'static str, of: Node) -> Node {
        let mut nodes = vec![sql("(")];
        for (position, value) in self.0.into_nodes().into_iter().enumerate() {
            nodes.extend([sql(if position == 0 { "(" } else { ", " }), value]);
        }
        nodes.extend([sql(")"), sql(operator), of, sql(")")]);
        Node::Sequence(nodes)
    }
}

macro_rules! truth {
    () => { bool };
    (($first:ty) $($rest:tt)*) => { <$first as SqlType>::Like<truth!($($rest)*)> };
}

macro_rules! rows {
    ($($name:ident $at:tt),*) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: AsExpr),*> RowValue for ($($name,)*) {
            type Bases = ($(<$name::Type as SqlType>::Base,)*);
            type Truth = truth!($(($name::Type))*);
            fn into_nodes(self) -> Vec<Node> {
                vec![$(self.$at.into_node()),*]
            }
        }
        #[diagnostic::do_not_recommend]
        impl<$($name: SqlType),*> RowTypes for ($($name,)*) {
            type Bases = ($($name::Base,)*);
            type Truth = truth!($(($name))*);
            const NULLABLE: &'static [bool] = &[$($name::NULLABLE),*];
        }
    };
}
rows!(A 0, B 1);
rows!(A 0, B 1, C 2);
rows!(A 0, B 1, C 2, D 3);
