use std::borrow::Cow;

use super::{List, TableDef, Text, ViewDef, VirtualTableDef};

/// Who owns a schema, and so who may change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum SchemaOwner {
    /// This application: migrated and written by it.
    #[default]
    Application,
    /// Somebody else: never migrated, opened read-only.
    External,
    /// Somebody else, but rows may be written: never migrated.
    ExternalWritable,
}

/// A set of tables and views.
#[derive(Clone, Debug, PartialEq)]
pub struct SchemaDef {
    /// Name of the schema's type in Rust, `Library`; empty for an inspected schema.
    pub name: Text,
    /// Documentation of the schema's type.
    pub doc: Text,
    /// Who owns it.
    pub owner: SchemaOwner,
    /// Tables, in the order of their declaration or, inspected, of their names.
    pub tables: List<Cow<'static, TableDef>>,
    /// Views, likewise.
    pub views: List<Cow<'static, ViewDef>>,
    /// Virtual tables: declared as SQL, or found in a database.
    pub virtual_tables: List<VirtualTableDef>,
}

impl SchemaDef {
    /// A schema without anything in it, to be completed with struct update syntax.
    pub const EMPTY: Self = Self {
        name: Cow::Borrowed(""),
        doc: Cow::Borrowed(""),
        owner: SchemaOwner::Application,
        tables: Cow::Borrowed(&[]),
        views: Cow::Borrowed(&[]),
        virtual_tables: Cow::Borrowed(&[]),
    };

    /// The table of this name, compared as SQL does: ASCII letters without case.
    pub fn table(&self, name: &str) -> Option<&TableDef> {
        // Inspected tables stand in the order of their names; where they do not, nothing wrong is hit.
        let exact = self.tables.binary_search_by(|table| table.name.as_ref().cmp(name));
        match exact {
            Ok(position) => self.tables.get(position).map(AsRef::as_ref),
            Err(_) => {
                self.tables.iter().map(AsRef::as_ref).find(|table| table.name.eq_ignore_ascii_case(name))
            }
        }
    }
}
