use super::{Query, Scope, Select, SelectTree, tree::Source};
use crate::{
    expr::{AsExpr, Expr, IntoExpr, Kind, Node, Truth, call, collated, sequence, sql},
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
        Expr::new(sequence([sql("("), self.compared(), sql(" IN "), subquery(query), sql(")")]))
    }

    /// `NOT IN`: whether a query of one column does not give the value. Where the query may give NULL, its NULLs
    /// are left out: in SQL, one of them would make this NULL for every value that the query does not give.
    pub fn not_in_query<O, Z, U: SqlType<Base = T::Base>>(
        self,
        query: Select<O, Z, U>,
    ) -> Expr<T::Like<bool>> {
        let query = present(query, &[U::NULLABLE]);
        Expr::new(sequence([sql("("), self.compared(), sql(" NOT IN "), query, sql(")")]))
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

/// A row of the list that a row value is looked for in: a tuple of values or expressions.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no row of `{B}`",
    label = "other values than the row has",
    note = "`row((s.book_id, s.day)).in_list([(1, day), (2, day)])`"
)]
pub trait RowOf<B> {
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

    /// `IN`: whether the values are one of these rows: `row((s.book_id, s.day)).in_list([(1, today), (2, today)])`.
    /// An empty list is false for every row, and no error.
    pub fn in_list<R: RowOf<V::Bases>>(self, rows: impl IntoIterator<Item = R>) -> Truth<V::Truth, R::Truth> {
        self.listed(" IN ", rows, "(1 = 0)")
    }

    /// `NOT IN`: whether the values are none of these rows. An empty list is true for every row, and no error.
    pub fn not_in_list<R: RowOf<V::Bases>>(
        self,
        rows: impl IntoIterator<Item = R>,
    ) -> Truth<V::Truth, R::Truth> {
        self.listed(" NOT IN ", rows, "(1 = 1)")
    }

    fn listed<R: RowOf<V::Bases>, T>(
        self,
        operator: &'static str,
        rows: impl IntoIterator<Item = R>,
        when_empty: &'static str,
    ) -> Expr<T> {
        let mut list = Vec::new();
        for row in rows {
            list.push(sql(if list.is_empty() { "(VALUES " } else { ", " }));
            list.push(call("", row.into_nodes()));
        }
        if list.is_empty() {
            return Expr::new(sql(when_empty));
        }
        list.push(sql(")"));
        Expr::new(self.membership(operator, Node::Sequence(list)))
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
    ($($name:ident $base:ident $at:tt),*) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: AsExpr),*> RowValue for ($($name,)*) {
            type Bases = ($(<$name::Type as SqlType>::Base,)*);
            type Truth = truth!($(($name::Type))*);
            fn into_nodes(self) -> Vec<Node> {
                vec![$(collated(self.$at.into_node(), $name::Type::COLLATE)),*]
            }
        }
        #[diagnostic::do_not_recommend]
        impl<$($base: SqlType, $name: IntoExpr<$base>),*> RowOf<($($base,)*)> for ($($name,)*) {
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
rows!(A A2 0, B B2 1);
rows!(A A2 0, B B2 1, C C2 2);
rows!(A A2 0, B B2 1, C C2 2, D D2 3);
