use crate::{model::ViewDef, query::Query, record::Record};

/// A view: a struct that derives `View`. It is queried like a table, and only read.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no view",
    label = "not a view",
    note = "derive `View` for it; a table is listed before the `;` of its `schema!`"
)]
pub trait View: Record {
    /// The view as data.
    const DEF: &'static ViewDef;

    /// A query over the view.
    fn query() -> Query<Self> {
        Query::new()
    }

    // As for a table, and refused with a word about views.
    #[doc(hidden)]
    fn update<T>() -> T
    where
        Self: WritableView,
    {
        Self::never()
    }
    #[doc(hidden)]
    fn delete<T>() -> T
    where
        Self: WritableView,
    {
        Self::never()
    }
}

/// A view whose rows can be written: there is none.
#[diagnostic::on_unimplemented(
    message = "view `{Self}` is read-only",
    label = "views are only read",
    note = "write to the tables that the view reads"
)]
pub trait WritableView: View {
    #[doc(hidden)]
    fn never<T>() -> T;
}
