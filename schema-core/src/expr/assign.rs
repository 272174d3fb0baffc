use std::borrow::Cow;

use super::{ColumnKind, Expr, InsertColumn, IntoExpr, IsLeftOut, IsWritable, Kind, Node, operand::bound};
use crate::value::{
    AsInstant, AsUuid, Json, Plainly, SqlType, Unix, UnixMilliseconds, UuidBlob, Value, ValueError,
};

/// `SET column = value` of an UPDATE.
#[derive(Clone, Debug)]
pub struct Assign {
    pub(crate) column: u16,
    pub(crate) value: Node,
}

/// A value for an optional column of a new row.
#[derive(Clone, Debug)]
pub struct Given {
    pub(crate) column: u16,
    pub(crate) value: Result<Value, ValueError>,
}

/// What a column of type `C` can be set to: a value or reference of that type, `None` where it may be
/// NULL, a column or an expression.
#[diagnostic::on_unimplemented(
    message = "cannot put `{Self}` into a column of type `{C}`",
    label = "does not fit `{C}`",
    note = "it takes a value, a column or an expression of the column's own type: convert another one in Rust, or by `.cast(..)`",
    note = "`None` and what may be NULL need an `Option` column or a fallback, `.unwrap_or(..)`; a JSON column takes the value itself: `.set(meta)`"
)]
pub trait IntoSet<C: SqlType> {
    #[doc(hidden)]
    fn into_node(self) -> Node;
}

/// A type that a column of type `C` admits: the same, or a non-null one into a nullable column.
#[diagnostic::on_unimplemented(
    message = "a value of type `{Self}` may be NULL, the column `{C}` is NOT NULL",
    note = "give it a fallback: `.unwrap_or(..)`"
)]
pub trait FitsIn<C> {}
#[diagnostic::do_not_recommend]
impl<C: SqlType> FitsIn<C> for C {}
#[diagnostic::do_not_recommend]
impl<C: Plainly> FitsIn<Option<C>> for C {}

#[diagnostic::do_not_recommend]
impl<C: SqlType, T: SqlType<Base = C::Base> + FitsIn<C>, K: Kind> IntoSet<C> for Expr<T, K> {
    fn into_node(self) -> Node {
        self.node()
    }
}

#[diagnostic::do_not_recommend]
impl<B: Plainly<Rust = B>> IntoSet<B> for B {
    fn into_node(self) -> Node {
        bound::<B>(&self)
    }
}

#[diagnostic::do_not_recommend]
impl<B: Plainly<Rust = B>> IntoSet<B> for &B {
    fn into_node(self) -> Node {
        bound::<B>(self)
    }
}

#[diagnostic::do_not_recommend]
impl<B: Plainly<Rust = B>> IntoSet<Option<B>> for B {
    fn into_node(self) -> Node {
        bound::<B>(&self)
    }
}

#[diagnostic::do_not_recommend]
impl<B: Plainly<Rust = B>> IntoSet<Option<B>> for &B {
    fn into_node(self) -> Node {
        bound::<B>(self)
    }
}

#[diagnostic::do_not_recommend]
impl<B: Plainly> IntoSet<Option<B>> for Option<B::Rust> {
    fn into_node(self) -> Node {
        bound::<Option<B>>(&self)
    }
}

#[diagnostic::do_not_recommend]
impl<B: Plainly> IntoSet<Option<B>> for &Option<B::Rust> {
    fn into_node(self) -> Node {
        bound::<Option<B>>(self)
    }
}

/// Values of another Rust type than the column's marker or base.
macro_rules! settable {
    ($($value:ty => $base:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl IntoSet<$base> for $value {
            fn into_node(self) -> Node {
                IntoExpr::<$base>::into_node(self)
            }
        }
        #[diagnostic::do_not_recommend]
        impl IntoSet<Option<$base>> for $value {
            fn into_node(self) -> Node {
                IntoExpr::<$base>::into_node(self)
            }
        }
    )*};
}
settable! {
    &str => String;
    &str => Box<str>;
    &str => Cow<'static, str>;
    &[u8] => Vec<u8>;
    i32 => i64;
    u32 => i64;
    i32 => f64;
}

/// Values of columns that are stored in another way than the Rust type usually is.
macro_rules! stored {
    ($($marker:ident: $bound:ident;)*) => {$(
        stored!(@ $marker, $bound, T, $marker<T>);
        stored!(@ $marker, $bound, &T, $marker<T>);
        stored!(@ $marker, $bound, T, Option<$marker<T>>);
        stored!(@ $marker, $bound, &T, Option<$marker<T>>);
    )*};
    (@ $marker:ident, $bound:ident, $value:ty, $column:ty) => {
        #[diagnostic::do_not_recommend]
        impl<T: $bound> IntoSet<$column> for $value {
            fn into_node(self) -> Node {
                IntoExpr::<$marker<T>>::into_node(self)
            }
        }
    };
}
stored! {
    Unix: AsInstant;
    UnixMilliseconds: AsInstant;
    UuidBlob: AsUuid;
}

#[diagnostic::do_not_recommend]
impl<T> IntoSet<Json<T>> for Json<T>
where
    Json<T>: Plainly<Rust = T>,
    T: Clone + 'static,
{
    fn into_node(self) -> Node {
        bound::<Json<T>>(&self.0)
    }
}

#[diagnostic::do_not_recommend]
impl<T> IntoSet<Json<T>> for T
where
    Json<T>: Plainly<Rust = T>,
    T: serde::Serialize + serde::de::DeserializeOwned + Clone + 'static,
{
    fn into_node(self) -> Node {
        bound::<Json<T>>(&self)
    }
}

#[diagnostic::do_not_recommend]
impl<T> IntoSet<Json<T>> for &T
where
    Json<T>: Plainly<Rust = T>,
    T: serde::Serialize + serde::de::DeserializeOwned + Clone + 'static,
{
    fn into_node(self) -> Node {
        bound::<Json<T>>(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T> IntoSet<Option<Json<T>>> for T
where
    Json<T>: Plainly<Rust = T>,
    T: serde::Serialize + serde::de::DeserializeOwned + Clone + 'static,
{
    fn into_node(self) -> Node {
        bound::<Json<T>>(&self)
    }
}

#[diagnostic::do_not_recommend]
impl<T> IntoSet<Option<Json<T>>> for Json<T>
where
    Json<T>: Plainly<Rust = T>,
    T: Clone + 'static,
{
    fn into_node(self) -> Node {
        bound::<Json<T>>(&self.0)
    }
}

impl<T: SqlType, K: ColumnKind> Expr<T, K> {
    /// Sets the column, in `update`: `b.title.set("Dune")`, `b.n.set(b.n + 1)`, `b.author_id.set(None)`.
    pub fn set<V: IntoSet<T>>(self, value: V) -> Assign
    where
        K: IsWritable,
    {
        Assign { column: self.parts.index, value: value.into_node() }
    }
}

impl<T: SqlType, K: ColumnKind> InsertColumn<T, K> {
    /// Gives the column of a new row a value, in `NewBook { .. }.with(..)`.
    pub fn set<V: IntoSet<T>>(self, value: V) -> Given
    where
        K: IsWritable + IsLeftOut,
    {
        let value = match value.into_node() {
            Node::Value(value) => Ok(value),
            Node::Invalid(error) => Err(error),
            // A new row has no other row to read from; `IntoSet` takes an expression for UPDATE's sake.
            Node::Column(..)
            | Node::RowId(_)
            | Node::Matches(..)
            | Node::Found(..)
            | Node::Sql(_)
            | Node::Sequence(_)
            | Node::OverRows(..)
            | Node::Query(_) => Err(ValueError::new("a new row takes values, no expressions")),
        };
        Given { column: self.index, value }
    }
}

/// What a closure of `update` or `with` returns: one assignment, a tuple of up to twelve, or a `Vec`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` sets no column",
    label = "no assignment",
    note = "`|b| (b.title.set(\"Dune\"), b.author_id.set(None))`"
)]
pub trait Assignments<A> {
    #[doc(hidden)]
    fn assign_to(self, list: &mut Vec<A>);
}

#[diagnostic::do_not_recommend]
impl Assignments<Assign> for Assign {
    fn assign_to(self, list: &mut Vec<Assign>) {
        list.push(self);
    }
}

#[diagnostic::do_not_recommend]
impl Assignments<Given> for Given {
    fn assign_to(self, list: &mut Vec<Given>) {
        list.push(self);
    }
}

#[diagnostic::do_not_recommend]
impl<T> Assignments<T> for Vec<T> {
    fn assign_to(self, list: &mut Vec<T>) {
        list.extend(self);
    }
}

macro_rules! tuples {
    ($($name:ident $at:tt),*) => {
        #[diagnostic::do_not_recommend]
        impl<Assignment, $($name: Assignments<Assignment>),*> Assignments<Assignment> for ($($name,)*) {
            fn assign_to(self, list: &mut Vec<Assignment>) {
                $(self.$at.assign_to(list);)*
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
