use super::{Elem, Left};
use crate::{
    expr::{Columns, Expr, Kind, Mode, Node, Nullable, Required},
    record::Record,
    value::{CellError, Row, SqlType},
};

/// What `select` takes: a column, an expression, a whole table, or a tuple of up to twelve of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be selected here",
    label = "no value of this query",
    note = "an aggregate beside a column (`Window`) needs `group_by(..)` before `select`, or `.over(..)` behind it",
    note = "a column that is not grouped (`NotGrouped`) has many values in a group: add it to `group_by`, or take `max(..)`",
    note = "a value of yours is an expression as `value(1)`"
)]
pub trait Selection {
    /// What a row gives.
    type Row;
    /// The SQL types of its columns: one, or a tuple.
    type Types;
    /// Number of columns that it takes of a row.
    const WIDTH: usize;
    #[doc(hidden)]
    fn select_into(self, select: &mut Vec<Node>);
    #[doc(hidden)]
    fn read(row: Row<'_>, at: usize) -> Result<Self::Row, CellError>;
}

#[diagnostic::do_not_recommend]
impl<T: SqlType, K: Kind> Selection for Expr<T, K> {
    type Row = T::Rust;
    type Types = T;
    const WIDTH: usize = 1;
    fn select_into(self, select: &mut Vec<Node>) {
        // The result may be ordered by its columns, its rows told apart, or its values looked for by `IN`.
        select.push(self.compared());
    }
    fn read(row: Row<'_>, at: usize) -> Result<T::Rust, CellError> {
        T::read(row, at)
    }
}

/// A table of a closure over rows, which can be selected as a whole: `select(|(b, a)| (b, a.name))`.
#[diagnostic::on_unimplemented(
    message = "a whole table cannot be selected here",
    label = "no row of a table",
    note = "a group has many rows: select its key and aggregates"
)]
pub trait WholeRow: Mode {
    /// The table in a scope.
    type Elem<R: Record>: Elem;
}
#[diagnostic::do_not_recommend]
impl WholeRow for Required {
    type Elem<R: Record> = R;
}
#[diagnostic::do_not_recommend]
impl WholeRow for Nullable {
    type Elem<R: Record> = Left<R>;
}

#[diagnostic::do_not_recommend]
impl<C: Columns<Mode: WholeRow>> Selection for C {
    type Row = <<C::Mode as WholeRow>::Elem<C::Record> as Elem>::Out;
    type Types = Self::Row;
    const WIDTH: usize = <<C::Mode as WholeRow>::Elem<C::Record> as Elem>::WIDTH;
    fn select_into(self, select: &mut Vec<Node>) {
        <<C::Mode as WholeRow>::Elem<C::Record> as Elem>::select(self.alias(), select);
    }
    fn read(row: Row<'_>, at: usize) -> Result<Self::Row, CellError> {
        <<C::Mode as WholeRow>::Elem<C::Record> as Elem>::read(row, at)
    }
}

/// What a field of a `#[derive(Row)]` struct takes: a column or expression of the field's type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` gives no `{T}`",
    label = "the field is a `{T}`",
    note = "`.unwrap_or(..)` takes the `Option` off an expression, `.nullable()` puts one on"
)]
pub trait Gives<T> {
    #[doc(hidden)]
    fn into_node(self) -> Node;
}

#[diagnostic::do_not_recommend]
impl<T: SqlType, K: Kind> Gives<T> for Expr<T, K> {
    fn into_node(self) -> Node {
        self.node()
    }
}

macro_rules! tuples {
    ($($name:ident $at:tt),*) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: Selection),*> Selection for ($($name,)*) {
            type Row = ($($name::Row,)*);
            type Types = ($($name::Types,)*);
            const WIDTH: usize = 0 $(+ $name::WIDTH)*;
            fn select_into(self, select: &mut Vec<Node>) {
                $(self.$at.select_into(select);)*
            }
            fn read(row: Row<'_>, mut at: usize) -> Result<Self::Row, CellError> {
                Ok(($({
                    let from = at;
                    at += $name::WIDTH;
                    let _ = at;
                    $name::read(row, from)?
                },)*))
            }
        }
    };
}
tuples!(A 0);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);
