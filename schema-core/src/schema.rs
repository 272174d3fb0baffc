//! Schemas as types: which tables a database handle knows.

use crate::{
    model::{SchemaDef, TableDef},
    record::Table,
};

/// A set of tables that one database holds. Written by [`schema!`](crate::schema!).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no schema",
    note = "declare one: `schema_core::schema! {{ pub {Self} {{ Book, Author }} }}`"
)]
pub trait Schema: Sized + 'static {
    /// The schema as data.
    const DEF: &'static SchemaDef;
}

/// What a `schema!` lists before its `;`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no table",
    label = "not a table",
    note = "derive `Table` for it; a view is listed as `views: [{Self}]`"
)]
pub trait ListedTable {
    /// The table as data.
    const TABLE: &'static TableDef;
}
#[diagnostic::do_not_recommend]
impl<T: Table> ListedTable for T {
    const TABLE: &'static TableDef = T::DEF;
}

/// A schema whose rows may be written.
#[diagnostic::on_unimplemented(
    message = "schema `{Self}` is external and read-only",
    label = "read-only",
    note = "`schema! {{ external, writable pub {Self} {{ .. }} }}` allows writes"
)]
pub trait Writable: Schema {}
#[diagnostic::do_not_recommend]
impl<S: Schema + Written> Writable for S {}

/// A schema that has the table `T`.
#[diagnostic::on_unimplemented(
    message = "table `{T}` is not in schema `{Self}`",
    label = "`{T}` is missing from `schema! {{ pub {Self} {{ .. }} }}`"
)]
pub trait Has<T>: Schema {}
#[diagnostic::do_not_recommend]
impl<S: Schema + Lists<T>, T> Has<T> for S {}

/// A schema that has the view `V`.
#[diagnostic::on_unimplemented(
    message = "view `{V}` is not in schema `{Self}`",
    label = "`{V}` is missing from `schema! {{ pub {Self} {{ ..; views: [{V}] }} }}`"
)]
pub trait HasView<V>: Schema {}
#[diagnostic::do_not_recommend]
impl<S: Schema + ListsView<V>, V> HasView<V> for S {}

/// What a `schema!` says of each of its tables. Apart from [`Has`], so that the compiler does not list them
/// all where one is missing.
#[doc(hidden)]
pub trait Lists<T> {}

/// What a `schema!` says where its rows may be written.
#[doc(hidden)]
pub trait Written {}

/// What a `schema!` says of each of its views.
#[doc(hidden)]
pub trait ListsView<V> {}
