//! The tables of a query as types: one table, or a flat tuple of up to twelve.

use std::marker::PhantomData;

use crate::{
    database::Db,
    expr::{Alias, Flavor, Node},
    record::{Record, Shape},
    value::{Cell, CellError, Row},
};

/// A schema that has every table of a query.
#[diagnostic::on_unimplemented(message = "a table of this query is not in schema `{D}`")]
pub trait Within<D> {}
#[diagnostic::do_not_recommend]
impl<D> Within<D> for () {}
impl<D, H, T: Within<D>> Within<D> for (H, T) where Db<D>: Reads<H> {}

/// A database that has the table `T`.
#[diagnostic::on_unimplemented(
    message = "`{T}` is not in the schema of `{Self}`",
    label = "this database does not have `{T}`",
    note = "list it in the `schema! {{ .. }}`: a table among its tables, a view as `views: [..]`"
)]
pub trait Reads<T> {}
#[diagnostic::do_not_recommend]
impl<D, T: InSchema<D>> Reads<T> for Db<D> {}

/// A record that a query on schema `D` may use: a table needs `D: Has<Self>`, a row struct nothing.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not in schema `{D}`",
    label = "this database does not have `{Self}`",
    note = "list it in the `schema! {{ .. }}`: a table among its tables, a view as `views: [..]`"
)]
pub trait InSchema<D> {}
impl<D, R: Placed<D>> InSchema<D> for R {}

/// What a derive says of its record. Apart from [`InSchema`], which others are to be told of.
#[doc(hidden)]
pub trait Placed<D> {}

/// The far side of a LEFT JOIN.
#[derive(Clone, Copy, Debug)]
pub struct Left<T>(PhantomData<fn() -> T>);

/// One table of a scope.
pub trait Elem: 'static {
    /// The record itself.
    type Record: Record;
    /// Its columns in a closure.
    type Cols<F: Flavor>: Copy;
    /// What a row gives for it.
    type Out;
    /// Number of columns that it takes of a row.
    const WIDTH: usize;
    #[doc(hidden)]
    fn cols<F: Flavor>(alias: Alias) -> Self::Cols<F>;
    #[doc(hidden)]
    fn select(alias: Alias, select: &mut Vec<Node>);
    #[doc(hidden)]
    fn read(row: Row<'_>, at: usize) -> Result<Self::Out, CellError>;
}

fn select_columns(shape: Shape, alias: Alias, select: &mut Vec<Node>) {
    let width = u16::try_from(shape.width()).unwrap_or(u16::MAX);
    select.extend((0..width).map(|index| Node::Column(alias, index)));
}

impl<A: Record> Elem for A {
    type Record = A;
    type Cols<F: Flavor> = A::Columns<F::Required>;
    type Out = A;
    const WIDTH: usize = A::SHAPE.width();
    fn cols<F: Flavor>(alias: Alias) -> Self::Cols<F> {
        A::columns(alias)
    }
    fn select(alias: Alias, select: &mut Vec<Node>) {
        select_columns(A::SHAPE, alias, select);
    }
    fn read(row: Row<'_>, at: usize) -> Result<A, CellError> {
        <A as Record>::read(row, at)
    }
}

impl<A: Record> Elem for Left<A> {
    type Record = A;
    type Cols<F: Flavor> = A::Columns<F::Nullable>;
    type Out = Option<A>;
    // One more than the record's: the marker that says whether there is a row.
    const WIDTH: usize = A::SHAPE.width() + 1;
    fn cols<F: Flavor>(alias: Alias) -> Self::Cols<F> {
        A::columns(alias)
    }
    fn select(alias: Alias, select: &mut Vec<Node>) {
        select_columns(A::SHAPE, alias, select);
        select.push(match A::SHAPE.presence().and_then(|index| u16::try_from(index).ok()) {
            Some(index) => {
                crate::expr::sequence([Node::Column(alias, index), crate::expr::sql(" IS NOT NULL")])
            }
            // A table without a NOT NULL column has a rowid: only WITHOUT ROWID tables, whose key is
            // NOT NULL, have none. A view is joined with a marker in its place.
            None => crate::expr::sequence([Node::RowId(alias), crate::expr::sql(" IS NOT NULL")]),
        });
    }
    fn read(row: Row<'_>, at: usize) -> Result<Option<A>, CellError> {
        match row.cell(at + A::SHAPE.width()) {
            Cell::Integer(1) => <A as Record>::read(row, at).map(Some),
            _ => Ok(None),
        }
    }
}

/// The tables of a query.
pub trait Scope: 'static {
    /// The columns that a closure is given.
    type Cols<F: Flavor>: Copy;
    /// What a row gives.
    type Out;
    /// The tables as a list: `(A, (B, ()))`.
    type Tables;
    /// The scope with one table more.
    type Push<J: Elem>: Scope;
    /// Number of tables.
    const LEN: u8;
    #[doc(hidden)]
    fn cols<F: Flavor>(query: u32) -> Self::Cols<F>;
    #[doc(hidden)]
    fn select(query: u32, select: &mut Vec<Node>);
    #[doc(hidden)]
    fn read(row: Row<'_>, at: usize) -> Result<Self::Out, CellError>;
}

impl<A: Record> Scope for A {
    type Cols<F: Flavor> = A::Columns<F::Required>;
    type Out = A;
    type Tables = (A, ());
    type Push<J: Elem> = (A, J);
    const LEN: u8 = 1;
    fn cols<F: Flavor>(query: u32) -> Self::Cols<F> {
        A::columns(Alias { query, at: 0 })
    }
    fn select(query: u32, select: &mut Vec<Node>) {
        <A as Elem>::select(Alias { query, at: 0 }, select);
    }
    fn read(row: Row<'_>, at: usize) -> Result<A, CellError> {
        <A as Record>::read(row, at)
    }
}

/// What a thirteenth join leads to: its closures get no columns.
#[derive(Clone, Copy, Debug)]
pub enum TooManyTables {}

impl Scope for TooManyTables {
    type Cols<F: Flavor> = ();
    type Out = ();
    type Tables = ();
    type Push<J: Elem> = Self;
    const LEN: u8 = 13;
    fn cols<F: Flavor>(_: u32) {}
    fn select(_: u32, _: &mut Vec<Node>) {}
    fn read(_: Row<'_>, _: usize) -> Result<(), CellError> {
        Ok(())
    }
}

macro_rules! nest {
    () => { () };
    ($head:ident $($tail:ident)*) => { (<$head as Elem>::Record, nest!($($tail)*)) };
}

macro_rules! scopes {
    ($($len:literal: $($name:ident $at:tt),* => $push:ty;)*) => {$(
        impl<$($name: Elem),*> Scope for ($($name,)*) {
            type Cols<F: Flavor> = ($($name::Cols<F>,)*);
            type Out = ($($name::Out,)*);
            type Tables = nest!($($name)*);
            type Push<J: Elem> = $push;
            const LEN: u8 = $len;
            fn cols<F: Flavor>(query: u32) -> Self::Cols<F> {
                ($($name::cols::<F>(Alias { query, at: $at }),)*)
            }
            fn select(query: u32, select: &mut Vec<Node>) {
                $($name::select(Alias { query, at: $at }, select);)*
            }
            fn read(row: Row<'_>, mut at: usize) -> Result<Self::Out, CellError> {
                Ok(($({
                    let from = at;
                    at += $name::WIDTH;
                    let _ = at;
                    $name::read(row, from)?
                },)*))
            }
        }
    )*};
}
scopes! {
    2: A 0, B 1 => (A, B, J);
    3: A 0, B 1, C 2 => (A, B, C, J);
    4: A 0, B 1, C 2, D 3 => (A, B, C, D, J);
    5: A 0, B 1, C 2, D 3, E 4 => (A, B, C, D, E, J);
    6: A 0, B 1, C 2, D 3, E 4, G 5 => (A, B, C, D, E, G, J);
    7: A 0, B 1, C 2, D 3, E 4, G 5, H 6 => (A, B, C, D, E, G, H, J);
    8: A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7 => (A, B, C, D, E, G, H, I, J);
    9: A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7, K 8 => (A, B, C, D, E, G, H, I, K, J);
    10: A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7, K 8, L 9 => (A, B, C, D, E, G, H, I, K, L, J);
    11: A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7, K 8, L 9, M 10 => (A, B, C, D, E, G, H, I, K, L, M, J);
    12: A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7, K 8, L 9, M 10, N 11 => TooManyTables;
}
