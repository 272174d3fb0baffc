use std::{borrow::Cow, marker::PhantomData};

use super::{Expr, Kind, Node};
use crate::value::{
    AsInstant, AsUuid, Binder, Json, Plainly, SqlType, Unix, UnixMilliseconds, UuidBlob, Value, ValueError,
};

/// What can stand where SQL of base type `B` is wanted: a value or reference of that type, a column,
/// an expression, nullable or not.
#[diagnostic::on_unimplemented(
    message = "cannot use `{Self}` where SQL of type `{B}` is expected",
    label = "not `{B}`",
    note = "it takes a value, a column or an expression of `{B}`: convert another one in Rust, or by `.cast(..)`; NULL is asked for by `.is_null()`, and a filter that may be missing is `.filter_some(..)`",
    note = "of a query, one value is `scalar(query)`, any of its values `.in_query(query)`"
)]
pub trait IntoExpr<B: SqlType> {
    /// `B`, or `Option<B>` where the operand may be NULL.
    type Type: SqlType<Base = B>;
    #[doc(hidden)]
    fn into_node(self) -> Node;
}

/// What finds a row by its key of type `K`: a value, a reference, or a tuple of them for a set.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no value for a key of type `{K}`",
    label = "not a `{K}`",
    note = "a key is given as its own type, by value or by reference: of a model that was read, `book.id`; of several columns (`Set<..>`), a tuple in their order; a table without a primary key has none (`NoKey`)"
)]
pub trait KeyValue<K> {
    #[doc(hidden)]
    fn bind<'v>(&'v self, to: &mut Binder<'_, 'v>) -> Result<(), ValueError>;
}

/// A key of several columns.
pub struct Set<T>(PhantomData<T>);

impl<T> std::fmt::Debug for Set<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Set")
    }
}

pub(super) fn bound<T: SqlType>(value: &T::Rust) -> Node {
    match T::to_value(value) {
        Ok(value) => Node::Value(value),
        Err(error) => Node::Invalid(error),
    }
}

#[diagnostic::do_not_recommend]
impl<B: SqlType, T: SqlType<Base = B>, K: Kind> IntoExpr<B> for Expr<T, K> {
    type Type = T;
    fn into_node(self) -> Node {
        self.node()
    }
}

#[diagnostic::do_not_recommend]
impl<B: Plainly<Rust = B>> IntoExpr<B> for B {
    type Type = B;
    fn into_node(self) -> Node {
        bound::<B>(&self)
    }
}

#[diagnostic::do_not_recommend]
impl<B: Plainly<Rust = B>> IntoExpr<B> for &B {
    type Type = B;
    fn into_node(self) -> Node {
        bound::<B>(self)
    }
}

#[diagnostic::do_not_recommend]
impl<B: Plainly<Rust = B>> KeyValue<B> for B {
    #[inline]
    fn bind<'v>(&'v self, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
        B::bind(self, to)
    }
}

#[diagnostic::do_not_recommend]
impl<B: Plainly<Rust = B>> KeyValue<B> for &B {
    #[inline]
    fn bind<'v>(&'v self, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
        B::bind(self, to)
    }
}

/// Values of another Rust type than the column's marker or base.
macro_rules! operands {
    ($($value:ty => $base:ty, $this:ident, $to:ident: $node:expr, $bind:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl IntoExpr<$base> for $value {
            type Type = $base;
            fn into_node(self) -> Node {
                let $this = self;
                $node
            }
        }
        #[diagnostic::do_not_recommend]
        impl KeyValue<$base> for $value {
            fn bind<'v>(&'v self, $to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
                let $this = self;
                $bind
            }
        }
    )*};
}

fn text<'v>(text: &'v str, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
    to.text(text);
    Ok(())
}

fn integer(value: impl Into<i64>, to: &mut Binder<'_, '_>) -> Result<(), ValueError> {
    to.integer(value.into());
    Ok(())
}

operands! {
    &str => String, this, to: Node::Value(Value::Text(this.to_owned())), text(this, to);
    &str => Box<str>, this, to: Node::Value(Value::Text(this.to_owned())), text(this, to);
    &str => Cow<'static, str>, this, to: Node::Value(Value::Text(this.to_owned())), text(this, to);
    &[u8] => Vec<u8>, this, to: Node::Value(Value::Blob(this.to_vec())), { to.blob(this); Ok(()) };
    i32 => i64, this, to: Node::Value(Value::Integer(this.into())), integer(*this, to);
    u32 => i64, this, to: Node::Value(Value::Integer(this.into())), integer(*this, to);
    i32 => f64, this, to: Node::Value(Value::Real(this.into())), to.real(f64::from(*this));
}

/// Values of columns that are stored in another way than the Rust type usually is.
macro_rules! stored {
    ($($marker:ident: $bound:ident;)*) => {$(
        stored!(@ $marker, $bound, T, this => &this);
        stored!(@ $marker, $bound, &T, this => this);
    )*};
    (@ $marker:ident, $bound:ident, $value:ty, $this:ident => $borrowed:expr) => {
        #[diagnostic::do_not_recommend]
        impl<T: $bound> IntoExpr<$marker<T>> for $value {
            type Type = $marker<T>;
            fn into_node(self) -> Node {
                let $this = self;
                bound::<$marker<T>>($borrowed)
            }
        }
        #[diagnostic::do_not_recommend]
        impl<T: $bound> KeyValue<$marker<T>> for $value {
            fn bind<'v>(&'v self, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
                <$marker<T> as SqlType>::bind(self, to)
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
impl<T> IntoExpr<Json<T>> for Json<T>
where
    Json<T>: Plainly<Rust = T>,
    T: Clone + 'static,
{
    type Type = Json<T>;
    fn into_node(self) -> Node {
        bound::<Json<T>>(&self.0)
    }
}

macro_rules! sets {
    ($($type:ident $value:ident $at:tt),*) => {
        #[diagnostic::do_not_recommend]
        impl<$($type: SqlType, $value: KeyValue<$type::Base>),*> KeyValue<Set<($($type,)*)>> for ($($value,)*) {
            #[inline]
            fn bind<'v>(&'v self, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
                $(self.$at.bind(to)?;)*
                Ok(())
            }
        }
    };
}
sets!(A V 0, B W 1);
sets!(A V 0, B W 1, C X 2);
sets!(A V 0, B W 1, C X 2, D Y 3);
sets!(A V 0, B W 1, C X 2, D Y 3, E Z 4);
sets!(A V 0, B W 1, C X 2, D Y 3, E Z 4, F U 5);
sets!(A V 0, B W 1, C X 2, D Y 3, E Z 4, F U 5, G T 6);
sets!(A V 0, B W 1, C X 2, D Y 3, E Z 4, F U 5, G T 6, H S 7);
