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

/// Declares a schema: a type that stands for the tables of one database.
///
/// ```
/// use schema_core::{Db, Table};
///
/// #[derive(Table)]
/// struct Author {
///     #[column(primary_key)]
///     id: i64,
///     name: String,
/// }
///
/// schema_core::schema! {
///     /// Everything this application owns.
///     pub(crate) Library { Author }
/// }
/// # fn main() -> schema_core::Result<()> {
/// let db = Db::<Library>::in_memory()?;
/// # Ok(())
/// # }
/// ```
///
/// `external pub Calibre { .. }` is a schema that somebody else owns: opened read-only and never migrated.
/// `external, writable pub Calibre { .. }` admits writes to its rows.
#[macro_export]
macro_rules! schema {
    ($(#[doc = $doc:literal])* external, writable $vis:vis $name:ident { $($table:ty),* $(,)? }) => {
        $crate::schema!(@define [$($doc)*] [ExternalWritable] $vis $name { $($table),* });
        $crate::schema!(@writable $name);
    };
    ($(#[doc = $doc:literal])* external $vis:vis $name:ident { $($table:ty),* $(,)? }) => {
        $crate::schema!(@define [$($doc)*] [External] $vis $name { $($table),* });
    };
    (@define [$($doc:literal)*] [$owner:ident] $vis:vis $name:ident { $($table:ty),* }) => {
        $(#[doc = $doc])*
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        $vis enum $name {}
        const _: () = {
            #[automatically_derived]
            impl $crate::Schema for $name {
                const DEF: &'static $crate::model::SchemaDef = &$crate::model::SchemaDef {
                    name: ::std::borrow::Cow::Borrowed(::core::stringify!($name)),
                    doc: ::std::borrow::Cow::Borrowed(::core::concat!($($doc, "\n"),*)),
                    owner: $crate::model::SchemaOwner::$owner,
                    tables: ::std::borrow::Cow::Borrowed(&[
                        $(::std::borrow::Cow::Borrowed(<$table as $crate::Table>::DEF)),*
                    ]),
                    ..$crate::model::SchemaDef::EMPTY
                };
            }
            $(
                #[automatically_derived]
                #[diagnostic::do_not_recommend]
                impl $crate::Has<$table> for $name {}
            )*
        };
    };
    (@writable $name:ident) => {
        const _: () = {
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl $crate::Writable for $name {}
        };
    };
    ($(#[doc = $doc:literal])* $vis:vis $name:ident { $($table:ty),* $(,)? }) => {
        $crate::schema!(@define [$($doc)*] [Application] $vis $name { $($table),* });
        $crate::schema!(@writable $name);
    };
}
