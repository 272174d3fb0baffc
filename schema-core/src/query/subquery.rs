use super::{Query, Scope, Select, SelectTree, tree::Source};
use crate::{
    expr::{AsExpr, Expr, IntoExpr, Kind, Node, Truth, call, collated, sequence, sql},
    record::Shape,
    value::{Plainly, SqlType},
};

/// What [`exists`] takes: a query, whatever its rows give.
#[diagnostic::on_unimplemented(
    message = "`exists` asks whether a query has a row, and `{Self}` is none",
    label = "no query",
    note = "`exists(Review::query().filter(|r| r.book_id.eq(b.id)))`; of a relation: `a.books().exists()`; whether a column has a value: `b.pages.is_not_null()`"
)]
pub trait FindsRows {
    #[doc(hidden)]
    fn into_tree(self) -> SelectTree;
}
#[diagnostic::do_not_recommend]
impl<S: Scope> FindsRows for Query<S> {
    fn into_tree(self) -> SelectTree {
        let mut tree = self.tree;
        if tree.distinct && tree.offset > 0 {
            S::select(tree.id, &mut tree.select);
        } else {
            tree.select = vec![sql("1")];
        }
        tree
    }
}
#[diagnostic::do_not_recommend]
impl<O, Z, T> FindsRows for Select<O, Z, T> {
    fn into_tree(self) -> SelectTree {
        self.tree
    }
}

/// `EXISTS`: whether a query has a row. It may use the columns of the query that it stands in.
pub fn exists<Q: FindsRows>(query: Q) -> Expr<bool> {
    let tree = query.into_tree();
    // In EXISTS, SQLite leaves out DISTINCT and counts the OFFSET in rows that are equal.
    let is_apart = tree.distinct && tree.offset > 0;
    let rows = Node::Query(Box::new(tree));
    Expr::new(if is_apart {
        sequence([sql("EXISTS (SELECT 1 FROM "), rows, sql(")")])
    } else {
        sequence([sql("EXISTS "), rows])
    })
}

/// What [`scalar`] takes: a query of one column.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no query of one column",
    label = "no query of one column",
    note = "choose one: `scalar(Author::query().filter(|a| a.id.eq(b.author_id)).select(|a| a.name))`"
)]
pub trait OneColumn {
    /// The type of the column.
    type Type: SqlType;
    #[doc(hidden)]
    fn into_tree(self) -> SelectTree;
}
#[diagnostic::do_not_recommend]
impl<O, Z, T: SqlType> OneColumn for Select<O, Z, T> {
    type Type = T;
    fn into_tree(self) -> SelectTree {
        self.tree
    }
}

/// The value of a query of one column, in its first row. NULL where it has none, so always an
/// `Option`.
pub fn scalar<Q: OneColumn>(query: Q) -> Expr<<Q::Type as SqlType>::Opt> {
    Expr::new(Node::Query(Box::new(query.into_tree())))
}

/// What `in_query` takes: a query that gives one column of base type `B`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not give one column of `{B}`",
    label = "not one column of `{B}`",
    note = "choose the column: `b.author_id.in_query(Author::query().select(|a| a.id))`; several at once: `row((b.author_id, b.id)).in_query(..)`"
)]
pub trait GivesColumn<B> {
    /// The type of the column.
    type Type: SqlType<Base = B>;
    #[doc(hidden)]
    fn into_tree(self) -> SelectTree;
}
#[diagnostic::do_not_recommend]
impl<O, Z, B: Plainly> GivesColumn<B> for Select<O, Z, B> {
    type Type = B;
    fn into_tree(self) -> SelectTree {
        self.tree
    }
}
#[diagnostic::do_not_recommend]
impl<O, Z, B: Plainly> GivesColumn<B> for Select<O, Z, Option<B>> {
    type Type = Option<B>;
    fn into_tree(self) -> SelectTree {
        self.tree
    }
}

impl<T: SqlType, K: Kind> Expr<T, K> {
    /// `IN`: whether a query of one column gives the value.
    pub fn in_query<Q: GivesColumn<T::Base>>(self, query: Q) -> Truth<T, Q::Type> {
        Expr::new(sequence([sql("("), self.compared(), sql(" IN "), subquery(query.into_tree()), sql(")")]))
    }

    /// `NOT IN`: whether a query of one column does not give the value. Where the query may give NULL, its NULLs
    /// are left out: in SQL, one of them would make this NULL for every value that the query does not give.
    pub fn not_in_query<Q: GivesColumn<T::Base>>(self, query: Q) -> Expr<T::Like<bool>> {
        let query = present(query.into_tree(), &[Q::Type::NULLABLE]);
        Expr::new(sequence([sql("("), self.compared(), sql(" NOT IN "), query, sql(")")]))
    }
}

fn subquery(tree: SelectTree) -> Node {
    Node::Query(Box::new(tree))
}

/// The rows of a query without those that have a NULL in one of the columns that may be NULL.
fn present(query: SelectTree, nullable: &[bool]) -> Node {
    if !nullable.contains(&true) {
        return subquery(query);
    }
    let names = NAMES.get(..nullable.len()).unwrap_or(NAMES);
    let mut rows = SelectTree::over(Shape::Row(names), Source::Derived(Box::new(query)));
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
pub fn row<V>(values: V) -> RowExpr<V> {
    RowExpr(values)
}

/// A row value.
#[derive(Clone, Copy, Debug)]
pub struct RowExpr<V>(V);

/// What [`row`] takes: a tuple of two to four columns or expressions.
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

/// What `in_query` of a row value takes: a query that gives as many columns, of the same base types.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not give the columns of the row `{V}`",
    label = "not the columns of the row",
    note = "a row has two to four columns, in parentheses of their own, and the query as many of the same types: `row((b.author_id, b.id)).in_query(Book::query().select(|b| (b.author_id, b.id)))`"
)]
pub trait GivesRow<V> {
    /// `bool`, or `Option<bool>` where one of the values may be NULL.
    type OfValues: SqlType<Base = bool>;
    /// The same, of the values and the query's columns.
    type Truth: SqlType<Base = bool>;
    /// Which of the query's columns may be NULL.
    #[doc(hidden)]
    const NULLABLE: &'static [bool];
    #[doc(hidden)]
    fn into_parts(self, values: V) -> (Vec<Node>, SelectTree);
}
#[diagnostic::do_not_recommend]
impl<O, Z, V: RowValue, T: RowTypes<Bases = V::Bases>> GivesRow<V> for Select<O, Z, T> {
    type OfValues = V::Truth;
    type Truth = <V::Truth as SqlType>::Like<T::Truth>;
    const NULLABLE: &'static [bool] = T::NULLABLE;
    fn into_parts(self, values: V) -> (Vec<Node>, SelectTree) {
        (values.into_nodes(), self.tree)
    }
}

impl<V> RowExpr<V> {
    /// `IN`: whether a query with these columns gives the values.
    pub fn in_query<Q: GivesRow<V>>(self, query: Q) -> Expr<Q::Truth> {
        let (values, tree) = query.into_parts(self.0);
        Expr::new(membership(values, " IN ", subquery(tree)))
    }

    /// `NOT IN`: whether a query with these columns does not give the values. Rows of the query that hold a NULL
    /// are left out, as in [`Expr::not_in_query`].
    pub fn not_in_query<Q: GivesRow<V>>(self, query: Q) -> Expr<Q::OfValues> {
        let (values, tree) = query.into_parts(self.0);
        Expr::new(membership(values, " NOT IN ", present(tree, Q::NULLABLE)))
    }
}

impl<V: RowValue> RowExpr<V> {
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
        Expr::new(membership(self.0.into_nodes(), operator, Node::Sequence(list)))
    }
}

fn membership(values: Vec<Node>, operator: &'static str, of: Node) -> Node {
    let mut nodes = vec![sql("(")];
    for (position, value) in values.into_iter().enumerate() {
        nodes.extend([sql(if position == 0 { "(" } else { ", " }), value]);
    }
    nodes.extend([sql(")"), sql(operator), of, sql(")")]);
    Node::Sequence(nodes)
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
