use super::{
    Placed, Query, Scope, SelectTree,
    tree::{From, Join, Source},
};
use crate::{
    expr::{Alias, AsExpr, Columns, Mode, Plain, Rows},
    record::{Record, Shape},
    value::{CellError, Json, Row, SqlType},
};

/// An element of a JSON array: its position, and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonEach<T: SqlType> {
    /// Position in the array, from 0.
    pub key: i64,
    /// The value.
    pub value: T::Rust,
}

/// The columns of [`JsonEach`].
pub struct JsonEachColumns<T: SqlType, M: Mode> {
    alias: Alias,
    /// Position in the array, from 0.
    pub key: M::Col<i64, Option<i64>, Plain>,
    /// The value.
    pub value: M::Col<T, T::Opt, Plain>,
}

impl<T: SqlType, M: Mode> Clone for JsonEachColumns<T, M> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: SqlType, M: Mode> Copy for JsonEachColumns<T, M> {}
impl<T: SqlType, M: Mode> std::fmt::Debug for JsonEachColumns<T, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("JsonEachColumns").field(&self.alias).finish()
    }
}

impl<T: SqlType, M: Mode> Columns for JsonEachColumns<T, M> {
    type Mode = M;
    type Record = JsonEach<T>;
    fn alias(&self) -> Alias {
        self.alias
    }
}

#[diagnostic::do_not_recommend]
impl<T: SqlType> Record for JsonEach<T> {
    type Columns<M: Mode> = JsonEachColumns<T, M>;
    const SHAPE: Shape = Shape::Row(&["key", "value"]);
    fn columns<M: Mode>(alias: Alias) -> JsonEachColumns<T, M> {
        JsonEachColumns { alias, key: M::col(alias, 0), value: M::col(alias, 1) }
    }
    fn read(row: Row<'_>, at: usize) -> Result<Self, CellError> {
        Ok(Self { key: i64::read(row, at)?, value: T::read(row, at + 1)? })
    }
}

impl<D, T: SqlType> Placed<D> for JsonEach<T> {}

/// A column that holds a JSON array: `#[column(json)] tags: Vec<String>`, or an `Option` of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no JSON array",
    label = "not an array",
    note = "`json_each` takes a column such as `#[column(json)] tags: Vec<String>`"
)]
pub trait JsonArray: SqlType {
    /// The type of an element.
    type Element: SqlType;
}

#[diagnostic::do_not_recommend]
impl<T: SqlType> JsonArray for Json<Vec<T>>
where
    Json<Vec<T>>: SqlType,
{
    type Element = T;
}

#[diagnostic::do_not_recommend]
impl<T: SqlType> JsonArray for Option<Json<Vec<T>>>
where
    Option<Json<Vec<T>>>: SqlType,
{
    type Element = T;
}

/// The elements of a JSON array as rows: `exists(json_each(b.tags).filter(|t| t.value.eq("sf")))`.
///
/// Where the column is NULL there is none. Elements are read as the array's type says.
pub fn json_each<X: AsExpr<Type: JsonArray>>(array: X) -> Query<JsonEach<<X::Type as JsonArray>::Element>> {
    let source = Source::Function("json_each", array.into_node());
    Query::of(SelectTree::over(Shape::Row(&["key", "value"]), source))
}

impl<S: Scope> Query<S> {
    /// Adds a row for each element of a JSON array: `.join_json_each(|b| b.tags)`.
    pub fn join_json_each<X: AsExpr<Type: JsonArray>>(
        mut self,
        array: impl FnOnce(S::Cols<Rows>) -> X,
    ) -> Query<S::Push<JsonEach<<X::Type as JsonArray>::Element>>> {
        let alias = self.tree.alias(S::LEN);
        let array = array(self.cols()).into_node();
        let shape = Shape::Row(&["key", "value"]);
        let source = Source::Function("json_each", array);
        self.tree.from.push(From { join: Join::Inner, shape, alias, on: None, source });
        Query::of(self.tree)
    }
}
