use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

use super::{Expr, IntoExpr, Kind, Node, infix, sequence, sql};
use crate::value::{Number, SqlType};

/// What a number of type `T` is calculated with: a value, a column or an expression of its base type.
#[diagnostic::on_unimplemented(
    message = "cannot calculate with `{T}` and `{Self}`",
    label = "not two numbers of one type",
    note = "a number of another type is made by `.cast::<f64>()`, texts are joined by `.concat(..)`",
    note = "moments are moved by `.plus(days(7))` and `.minus(hours(1))`, and lie apart by `later.days_since(earlier)`"
)]
pub trait Operand<T> {
    /// Its type, of the same base, and nullable where it may be NULL.
    type Type: SqlType;
    #[doc(hidden)]
    fn into_node(self) -> Node;
}
#[diagnostic::do_not_recommend]
impl<T: Number, R: IntoExpr<T::Base>> Operand<T> for R {
    type Type = R::Type;
    fn into_node(self) -> Node {
        IntoExpr::into_node(self)
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $operator:literal;)*) => {$(
        impl<T: SqlType, K: Kind, R: Operand<T>> $trait<R> for Expr<T, K> {
            type Output = Expr<T::Like<R::Type>>;
            fn $method(self, right: R) -> Self::Output {
                Expr::new(infix(self.node(), $operator, right.into_node()))
            }
        }
    )*};
}
operators! {
    Add add " + ";
    Sub sub " - ";
    Mul mul " * ";
}

/// By zero, SQL answers NULL: the result is always an `Option`.
macro_rules! divisions {
    ($($trait:ident $method:ident $operator:literal;)*) => {$(
        impl<T: SqlType, K: Kind, R: Operand<T>> $trait<R> for Expr<T, K> {
            type Output = Expr<T::Opt>;
            fn $method(self, right: R) -> Self::Output {
                Expr::new(infix(self.node(), $operator, right.into_node()))
            }
        }
    )*};
}
divisions! {
    Div div " / ";
    Rem rem " % ";
}

impl<T: Number, K: Kind> Neg for Expr<T, K> {
    type Output = Expr<T>;
    fn neg(self) -> Expr<T> {
        Expr::new(sequence([sql("(- "), self.node(), sql(")")]))
    }
}
