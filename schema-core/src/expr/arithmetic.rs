use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

use super::{Expr, IntoExpr, Kind, infix, sequence, sql};
use crate::value::Number;

macro_rules! operators {
    ($($trait:ident $method:ident $operator:literal;)*) => {$(
        impl<T: Number, K: Kind, R: IntoExpr<T::Base>> $trait<R> for Expr<T, K> {
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
        impl<T: Number, K: Kind, R: IntoExpr<T::Base>> $trait<R> for Expr<T, K> {
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
