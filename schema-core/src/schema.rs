//! Schemas as types: which tables a database handle knows.

use crate::model::SchemaDef;

/// A set of tables that one database holds. Written by [`schema!`](crate::schema!).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no schema",
    note = "declare one: `schema_core::schema! {{ pub {Self} {{ Book, Author }} }}`"
)]
pub trait Schema: Sized + 'static {
    /// The schema as data.
    const DEF: &'static SchemaDef;
}

/// A schema whose rows may be written.
#[diagnostic::on_unimplemented(
    message = "schema `{Self}` is external and read-only",
    label = "read-only",
    note = "`schema! {{ external, writable pub {Self} {{ .. }} }}` allows writes"
)]
pub trait Writable: Schema {}

/// A schema that has the table `T`.
#[diagnostic::on_unimplemented(
    message = "table `{T}` is not in schema `{Self}`",
    label = "`{T}` is missing from `schema! {{ pub {Self} {{ .. }} }}`"
)]
pub trait Has<T>: Schema {}

/// A schema that has the view `V`.
#[diagnostic::on_unimplemented(
    message = "view `{V}` is not in schema `{Self}`",
    label = "`{V}` is missing from `schema! {{ pub {Self} {{ ..; views: [{V}] }} }}`"
)]
pub trait HasView<V>: Schema {}
