use super::{Expr, IntoExpr, Kind, Node, call, sequence, sql};
use crate::value::{SqlType, Storage};

/// What `CAST` can make of any value: the four types that SQL stores.
#[diagnostic::on_unimplemented(
    message = "SQL cannot cast to `{Self}`",
    label = "not one of i64, f64, String, Vec<u8>",
    note = "`.cast::<i64>()`, `.cast::<f64>()`, `.cast::<String>()` and `.cast::<Vec<u8>>()` are there"
)]
pub trait CastTarget {
    /// The type itself.
    type Itself: SqlType;
}
#[diagnostic::do_not_recommend]
impl CastTarget for i64 {
    type Itself = i64;
}
#[diagnostic::do_not_recommend]
impl CastTarget for f64 {
    type Itself = f64;
}
#[diagnostic::do_not_recommend]
impl CastTarget for String {
    type Itself = String;
}
#[diagnostic::do_not_recommend]
impl CastTarget for Vec<u8> {
    type Itself = Vec<u8>;
}

impl<T: SqlType, K: Kind> Expr<T, K> {
    /// `CAST`: the value in another storage. Text that begins with no number becomes 0.
    /// <https://sqlite.org/lang_expr.html#castexpr>
    pub fn cast<U: CastTarget>(self) -> Expr<T::Like<U::Itself>> {
        let target = match U::Itself::STORAGE {
            Storage::Integer => " AS INTEGER)",
            Storage::Real => " AS REAL)",
            Storage::Text => " AS TEXT)",
            Storage::Blob | Storage::Any => " AS BLOB)",
        };
        Expr::new(sequence([sql("CAST("), self.node(), sql(target)]))
    }

    /// `nullif`: NULL where the value is this one.
    pub fn null_if<R: IntoExpr<T::Base>>(self, value: R) -> Expr<T::Opt> {
        Expr::new(call("nullif", [self.compared(), value.into_node()]))
    }

    /// The value as one that may be NULL: what a `UNION` with a nullable column needs.
    pub fn nullable(self) -> Expr<T::Opt> {
        Expr::new(self.node())
    }
}

/// A bound value as an expression: `value(true)`, `value("none")`.
pub fn value<V: Literal>(value: V) -> Expr<V::Type> {
    Expr::new(value.into_node())
}

/// A value or expression whose SQL type follows from itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no value that SQL knows",
    label = "no SQL value",
    note = "a column, an expression, or a value of a column's type; NULL is `.or_null()` at the end of a `case()`"
)]
pub trait Literal {
    /// Its type.
    type Type: SqlType;
    #[doc(hidden)]
    fn into_node(self) -> Node;
}

#[diagnostic::do_not_recommend]
impl<T: SqlType, K: Kind> Literal for Expr<T, K> {
    type Type = T;
    fn into_node(self) -> Node {
        self.node()
    }
}

#[diagnostic::do_not_recommend]
impl<B: crate::value::Plainly<Rust = B>> Literal for B {
    type Type = B;
    fn into_node(self) -> Node {
        super::operand::bound::<B>(&self)
    }
}

#[diagnostic::do_not_recommend]
impl Literal for &str {
    type Type = String;
    fn into_node(self) -> Node {
        Node::Value(crate::value::Value::Text(self.to_owned()))
    }
}
