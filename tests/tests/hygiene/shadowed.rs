//! A module that gives the names of generated code another meaning.

/// Hides the prelude's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Option;
/// Hides the prelude's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Result;
/// Hides the prelude's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct String;
/// Hides the prelude's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vec;
/// Hides the prelude's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Some;
/// Hides the prelude's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct None;
/// Hides the prelude's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ok;
/// Hides the library's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table;

/// A type that bears the name of a type parameter.
#[derive(schema_core::SqlType, Clone, Copy, Debug, PartialEq)]
pub(crate) struct M(pub(crate) i64);
/// A type that bears the name of a type of the library's.
#[derive(schema_core::SqlType, Clone, Copy, Debug, PartialEq)]
pub(crate) struct Value(pub(crate) f64);
/// A type that bears the name of a trait of the library's.
#[derive(schema_core::SqlEnum, Clone, Copy, Debug, PartialEq)]
pub(crate) enum Update {
    /// One.
    One,
}

/// A model of such types.
#[derive(schema_core::Table, Clone, Debug, PartialEq)]
#[table(fts(r#type))]
pub(crate) struct Thing {
    /// Its key.
    #[column(primary_key)]
    pub(crate) id: i64,
    /// One of them.
    pub(crate) m: M,
    /// One of them.
    pub(crate) value: ::core::option::Option<Value>,
    /// One of them.
    #[column(default = Update::One)]
    pub(crate) update: Update,
    /// A keyword.
    pub(crate) r#type: ::std::string::String,
}

/// A view of such types.
#[derive(schema_core::View, Clone, Debug, PartialEq)]
#[view(definition = "CREATE VIEW views AS SELECT m, value, type FROM things")]
pub(crate) struct View {
    /// One of them.
    pub(crate) m: M,
    /// One of them.
    pub(crate) value: ::core::option::Option<Value>,
    /// A keyword.
    pub(crate) r#type: ::std::string::String,
}

schema_core::schema! {
    pub(crate) Things { Thing; views: [View] }
}

pub(super) fn works() -> bool {
    let hidden = (Option, Result, String, Vec, Some, None, Ok, Table);
    let column = <Thing as schema_core::Table>::DEF.column("type");
    size_of_val(&hidden) == 0
        && column.is_some_and(|column| column.field == "type" && !column.nullable)
        && <Things as schema_core::Schema>::DEF.doc.is_empty()
}
