use crate::{
    expr::{Alias, Assign, Mode},
    model::ColumnDef,
    repository::{FieldCheck, FieldError, Fields, NewFields},
    value::{CellError, Row, Value, ValueError},
};

/// Columns that several tables have in common: a struct that derives `ColumnGroup`.
///
/// A field `#[column(flatten)] audit: Audit` makes its fields columns of the table.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no group of columns",
    label = "no group of columns",
    note = "derive `ColumnGroup` for it; a value that is stored as JSON is `#[column(json)]`"
)]
pub trait ColumnGroup<const IS_ONE: bool = true>: Sized + 'static {
    /// The columns as data, without a table's prefix.
    const COLUMNS: &'static [ColumnDef];
    #[doc(hidden)]
    const CHECKS: &'static [FieldCheck];
    /// Number of columns that a new row must name.
    #[doc(hidden)]
    const REQUIRED: usize;

    /// The columns as fields, generic over what they stand for.
    type Columns<M: Mode>: Copy;
    /// `NewAudit`: the columns that a new row must name.
    type New;
    /// `AuditUpdate`: a patch for each column that can be changed.
    type Update: Default;

    /// The columns of a table, of which the first is at this position.
    #[doc(hidden)]
    fn columns<M: Mode>(alias: Alias, at: u16) -> Self::Columns<M>;
    #[doc(hidden)]
    fn read(row: Row<'_>, at: usize) -> Result<Self, CellError>;
    #[doc(hidden)]
    fn bind<'v>(&'v self, at: usize, fields: &mut Fields<'_, 'v>) -> Result<(), FieldError>;
    #[doc(hidden)]
    fn fill(index: usize) -> Result<Value, ValueError>;
    #[doc(hidden)]
    fn bind_new<'v>(new: &'v Self::New, at: usize, fields: &mut NewFields<'_, 'v>) -> Result<(), FieldError>;
    #[doc(hidden)]
    fn copy_new(new: &Self::New) -> Self::New;
    #[doc(hidden)]
    fn into_row(new: Self::New, row: Row<'_>, at: usize) -> Result<Self, CellError>;
    #[doc(hidden)]
    fn push(update: &Self::Update, at: u16, assigns: &mut Vec<Assign>);
    #[doc(hidden)]
    fn set_json(
        update: &mut Self::Update,
        field: &str,
        json: serde_json::Value,
    ) -> Option<Result<(), CellError>>;
}

/// Asked in a constant of generated code: the compiler reports a struct that is none once, where it stands.
#[doc(hidden)]
pub const fn is_group<G: ColumnGroup>() -> bool {
    true
}

/// Sets fields of a group in a patch: `{"audit": {"note": null}}`.
#[doc(hidden)]
pub fn set_group<U>(
    update: &mut U,
    json: serde_json::Value,
    set: fn(&mut U, &str, serde_json::Value) -> Option<Result<(), CellError>>,
) -> Result<(), CellError> {
    let serde_json::Value::Object(fields) = json else {
        return Err(CellError::of_json(&json, "an object of the group's fields"));
    };
    for (field, json) in fields {
        let unknown = || CellError::of_json(&json, "a field of the group");
        match set(update, &field, json.clone()) {
            Some(set) => set.map_err(|error| {
                let reason = error.reason().map(|reason| format!(": {reason}")).unwrap_or_default();
                error.because(format_args!("field `{field}`{reason}"))
            })?,
            None => return Err(unknown().because(format_args!("there is no field `{field}`"))),
        }
    }
    Ok(())
}
