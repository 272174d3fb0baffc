use super::{
    Elem, Left,
    selected::{Part, RowOfAGroup, Whole},
};
use crate::{
    expr::{
        All, AllNullable, AsExpr, Columns, Expr, Grouped, GroupedNullable, Kind, Mode, Node, Nullable,
        Required,
    },
    record::Record,
    value::{CellError, Row, SqlType},
};

/// What `select` takes: a column, an expression, a whole table, or a tuple of up to twelve of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be selected here",
    label = "no value of this query",
    note = "up to twelve columns, expressions and tables; a value of your own is an expression as `value(1)`",
    note = "a struct that derives `Row` is chosen by the one of its name and `Select`: `TitleSelect {{ title: b.title }}`"
)]
pub trait Selection: Choice<Chosen: Part> {
    #[doc(hidden)]
    fn select_into(self, select: &mut Vec<Node>);
}
impl<X: Choice<Chosen: Part>> Selection for X {
    fn select_into(self, select: &mut Vec<Node>) {
        self.chosen().select_into(select);
    }
}

/// What can stand where columns are chosen. Apart from [`Selection`], for here is also what people write by mistake: rustc
/// tells of the one part of a tuple, or the one field, that cannot be written, and not of the whole.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be selected here",
    label = "no value of this query",
    note = "up to twelve columns, expressions and tables; a value of your own is an expression as `value(1)`",
    note = "a struct that derives `Row` is chosen by the one of its name and `Select`: `TitleSelect {{ title: b.title }}`"
)]
pub trait Choice {
    /// What a row gives.
    type Row;
    /// The SQL types of its columns: one, or a tuple.
    type Types;
    /// What is written for it.
    #[doc(hidden)]
    type Chosen;
    /// Number of columns that it takes of a row.
    const WIDTH: usize;
    #[doc(hidden)]
    fn chosen(self) -> Self::Chosen;
    #[doc(hidden)]
    fn read(row: Row<'_>, at: usize) -> Result<Self::Row, CellError>;
}

#[diagnostic::do_not_recommend]
impl<T: SqlType, K: Kind> Choice for Expr<T, K> {
    type Row = T::Rust;
    type Types = T;
    type Chosen = Self;
    const WIDTH: usize = 1;
    fn chosen(self) -> Self {
        self
    }
    fn read(row: Row<'_>, at: usize) -> Result<T::Rust, CellError> {
        T::read(row, at)
    }
}

/// A table of a closure, which can be selected as a whole where it stands for a row: `select(|(b, a)| (b, a.name))`.
#[diagnostic::on_unimplemented(
    message = "a whole table cannot be selected here",
    label = "no row of a table"
)]
pub trait WholeRow: Mode {
    /// The table in a scope.
    type Elem<R: Record>: Elem;
    #[doc(hidden)]
    type Chosen<C: Columns>;
    #[doc(hidden)]
    fn chosen<C: Columns>(columns: C) -> Self::Chosen<C>;
}
macro_rules! whole_rows {
    ($($mode:ident: $elem:ident => $chosen:ident;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl WholeRow for $mode {
            type Elem<R: Record> = whole_rows!(@ $elem R);
            type Chosen<C: Columns> = $chosen<C>;
            fn chosen<C: Columns>(columns: C) -> $chosen<C> {
                $chosen(columns)
            }
        }
    )*};
    (@ Own $record:ident) => { $record };
    (@ Left $record:ident) => { Left<$record> };
}
whole_rows! {
    Required: Own => Whole;
    Nullable: Left => Whole;
    Grouped: Own => RowOfAGroup;
    GroupedNullable: Left => RowOfAGroup;
    All: Own => RowOfAGroup;
    AllNullable: Left => RowOfAGroup;
}

/// What can be selected by the derives: whole tables, and what gives a row's fields. Apart from [`Choice`], so that
/// rustc does not list every row struct of a program where something else is selected.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be selected here",
    label = "no value of this query",
    note = "up to twelve columns, expressions and tables; a value of your own is an expression as `value(1)`",
    note = "a struct that derives `Row` is chosen by the one of its name and `Select`: `TitleSelect {{ title: b.title }}`"
)]
#[doc(hidden)]
pub trait Selects {
    type Row;
    type Types;
    type Chosen;
    const WIDTH: usize;
    fn chosen(self) -> Self::Chosen;
    /// # Errors
    /// The first cell that does not fit.
    fn read(row: Row<'_>, at: usize) -> Result<Self::Row, CellError>;
}

#[diagnostic::do_not_recommend]
impl<X: Selects> Choice for X {
    type Row = X::Row;
    type Types = X::Types;
    type Chosen = X::Chosen;
    const WIDTH: usize = X::WIDTH;
    fn chosen(self) -> X::Chosen {
        Selects::chosen(self)
    }
    fn read(row: Row<'_>, at: usize) -> Result<X::Row, CellError> {
        <X as Selects>::read(row, at)
    }
}

#[diagnostic::do_not_recommend]
impl<C: Columns<Mode: WholeRow>> Selects for C {
    type Row = <<C::Mode as WholeRow>::Elem<C::Record> as Elem>::Out;
    type Types = Self::Row;
    type Chosen = <C::Mode as WholeRow>::Chosen<C>;
    const WIDTH: usize = <<C::Mode as WholeRow>::Elem<C::Record> as Elem>::WIDTH;
    fn chosen(self) -> Self::Chosen {
        <C::Mode as WholeRow>::chosen(self)
    }
    fn read(row: Row<'_>, at: usize) -> Result<Self::Row, CellError> {
        <<C::Mode as WholeRow>::Elem<C::Record> as Elem>::read(row, at)
    }
}

/// What a field of a `#[derive(Row)]` struct takes: a column or expression of the field's type `T`. `F` has the field's
/// name, for the message.
#[diagnostic::on_unimplemented(
    message = "field `{F}` is a `{T}`, and `{Self}` gives none",
    label = "no `{T}` for `{F}`",
    note = "`.unwrap_or(..)` takes an `Option` off, `.nullable()` puts one on; a group gives its key and aggregates; a value of your own is `value(1)`"
)]
pub trait Gives<T, F> {
    #[doc(hidden)]
    fn into_node(self) -> Node;
}

#[diagnostic::do_not_recommend]
impl<X: AsExpr<Type = T>, T: SqlType, F> Gives<T, F> for X {
    fn into_node(self) -> Node {
        AsExpr::into_node(self)
    }
}

macro_rules! tuples {
    ($($name:ident $at:tt),*) => {
        impl<$($name: Part),*> Part for ($($name,)*) {
            fn select_into(self, select: &mut Vec<Node>) {
                $(self.$at.select_into(select);)*
            }
        }
        #[diagnostic::do_not_recommend]
        impl<$($name: Choice),*> Choice for ($($name,)*) {
            type Row = ($($name::Row,)*);
            type Types = ($($name::Types,)*);
            type Chosen = ($($name::Chosen,)*);
            const WIDTH: usize = 0 $(+ $name::WIDTH)*;
            fn chosen(self) -> Self::Chosen {
                ($(self.$at.chosen(),)*)
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
