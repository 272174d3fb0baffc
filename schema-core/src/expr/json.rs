//! JSON values inside of columns. <https://sqlite.org/json1.html>

use super::{Expr, Kind, Node, call, infix};
use crate::{
    dialect::quote_text,
    value::{Json, JsonValue, Plainly, SqlType, Value},
};

/// A type that holds JSON: `#[column(json)]`, a `serde_json::Value`, or text that another program wrote.
#[diagnostic::on_unimplemented(
    message = "`{Self}` holds no JSON",
    label = "not JSON",
    note = "JSON is looked into where a column is `#[column(json)]`, a `serde_json::Value` or a `String`"
)]
pub trait HoldsJson: SqlType {}
#[diagnostic::do_not_recommend]
impl<T: JsonValue> HoldsJson for Json<T> {}
#[diagnostic::do_not_recommend]
impl HoldsJson for serde_json::Value {}
#[diagnostic::do_not_recommend]
impl HoldsJson for String {}
#[diagnostic::do_not_recommend]
impl<T: HoldsJson + Plainly> HoldsJson for Option<T> {}

/// What a value inside of JSON is read as: a column type that is not an `Option`, for the result always is one.
#[diagnostic::on_unimplemented(
    message = "a value inside of JSON is not read as `{Self}`",
    label = "no type of a single column",
    note = "a text, number or truth value: `json_extract::<i64>(..)`, which gives an `Option<i64>`; an object or array: `json_extract::<Json<Meta>>(..)`"
)]
pub trait JsonScalar {
    /// The type itself.
    type Itself: Plainly;
}
#[diagnostic::do_not_recommend]
impl<T: Plainly> JsonScalar for T {
    type Itself = T;
}

/// Where in a JSON value something stands: `"$.author.name"`, `"author"`, or the position in an array.
///
/// A text that is known when the program is compiled is written into the statement, so that an index on
/// the same expression serves it; a `String` is bound.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no path in JSON",
    label = "no path",
    note = "a path is a text, `\"$.author.name\"`, a `String` where it is made at run time, or the position in an array as an `i64`"
)]
pub trait JsonPath {
    #[doc(hidden)]
    fn into_node(self) -> Node;
}
#[diagnostic::do_not_recommend]
impl JsonPath for &'static str {
    fn into_node(self) -> Node {
        Node::Sql(quote_text(self).into())
    }
}
#[diagnostic::do_not_recommend]
impl JsonPath for String {
    fn into_node(self) -> Node {
        Node::Value(Value::Text(self))
    }
}
#[diagnostic::do_not_recommend]
impl JsonPath for i64 {
    fn into_node(self) -> Node {
        Node::Value(Value::Integer(self))
    }
}

impl<T: SqlType, K: Kind> Expr<T, K> {
    /// `json_extract`: the value at a path that begins with `$`, as `U`:
    /// `b.meta.json_extract::<i64>("$.pages")`. `None` where there is nothing, and where it is JSON's null.
    ///
    /// Objects and arrays are text: read them as `Json<..>` or `serde_json::Value`.
    pub fn json_extract<U: JsonScalar>(self, path: impl JsonPath) -> Expr<<U::Itself as SqlType>::Opt>
    where
        T: HoldsJson,
    {
        Expr::new(call("json_extract", [self.node(), path.into_node()]))
    }

    /// `->>`: the value at a path, a name or a position, as `U`. `None` where there is nothing.
    ///
    /// A name needs no `$.` before it; a negative position counts from the end.
    pub fn json_value<U: JsonScalar>(self, path: impl JsonPath) -> Expr<<U::Itself as SqlType>::Opt>
    where
        T: HoldsJson,
    {
        Expr::new(infix(self.node(), " ->> ", path.into_node()))
    }

    /// `->`: the JSON at a path, a name or a position, to look further into. `None` where there is
    /// nothing; JSON's null is a value.
    pub fn json_at(self, path: impl JsonPath) -> Expr<Option<serde_json::Value>>
    where
        T: HoldsJson,
    {
        Expr::new(infix(self.node(), " -> ", path.into_node()))
    }

    /// `json_array_length`: number of elements; 0 where it is no array.
    pub fn json_array_length(self) -> Expr<T::Like<i64>>
    where
        T: HoldsJson,
    {
        Expr::new(call("json_array_length", [self.node()]))
    }

    /// `json_type`: `null`, `true`, `false`, `integer`, `real`, `text`, `array` or `object`; `None` where
    /// there is nothing at the path.
    pub fn json_type(self, path: impl JsonPath) -> Expr<Option<String>>
    where
        T: HoldsJson,
    {
        Expr::new(call("json_type", [self.node(), path.into_node()]))
    }
}
