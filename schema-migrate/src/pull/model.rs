//! What is written of a table, between the live table and its source.

use std::borrow::Cow;

use schema_core::model::{ColumnDef, DefaultDef, Domain, ForeignKeyDef, TableDef};

use super::rust_type::RustType;

/// A table as a struct.
#[derive(Debug)]
pub(super) struct Model<'a> {
    pub(super) live: &'a TableDef,
    /// Name of the struct.
    pub(super) ident: String,
    pub(super) doc: Option<String>,
    pub(super) fields: Vec<Field<'a>>,
    pub(super) enums: Vec<Enumeration>,
    /// Fields of a key of several columns.
    pub(super) key: Vec<usize>,
    /// Sets of several fields that are unique together.
    pub(super) uniques: Vec<Vec<usize>>,
    /// Names and expressions of checks that stand on the table.
    pub(super) checks: Vec<(String, String)>,
    /// Foreign keys that stand on the table.
    pub(super) foreign_keys: Vec<Reference<'a>>,
    pub(super) indexes: Vec<IndexForm>,
    /// What attributes do not say. With anything in it the table is written as its `CREATE TABLE`.
    pub(super) unsaid: Vec<String>,
}

impl Model<'_> {
    /// Whether the table's own text is written.
    pub(super) fn is_definition(&self) -> bool {
        !self.unsaid.is_empty()
    }

    /// Position of the field of a column.
    pub(super) fn position(&self, column: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.column.name.eq_ignore_ascii_case(column))
    }
}

/// A column as a field.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a word of its own")]
pub(super) struct Field<'a> {
    pub(super) column: &'a ColumnDef,
    /// Its name as it is written: a keyword behind `r#`.
    pub(super) ident: String,
    pub(super) doc: Option<String>,
    pub(super) ty: RustType,
    pub(super) nullable: bool,
    pub(super) primary_key: bool,
    pub(super) unique: bool,
    pub(super) check: Option<String>,
    pub(super) references: Option<Reference<'a>>,
    /// Whether no CHECK keeps the values within the Rust type.
    pub(super) unchecked: bool,
}

impl Field<'_> {
    /// The values that the derive lets the database check.
    pub(super) fn domain(&self, enums: &[Enumeration]) -> Domain {
        match &self.ty {
            RustType::Boolean if !self.unchecked => Domain::Boolean,
            RustType::Enum(at) => enums.get(*at).map_or(Domain::Any, Enumeration::domain),
            _ => Domain::Any,
        }
    }

    /// The default as a Rust value, where the type has one.
    pub(super) fn rust_default(&self, enums: &[Enumeration]) -> Option<String> {
        match (&self.ty, &self.column.default) {
            (RustType::Integer, DefaultDef::Integer(value)) => Some(value.to_string()),
            (RustType::Real, DefaultDef::Integer(value)) => Some(format!("{value}.0")),
            (RustType::Real, DefaultDef::Real(value)) if value.is_finite() => Some(format!("{value:?}")),
            (RustType::Boolean, DefaultDef::Integer(value @ (0 | 1))) => Some((*value == 1).to_string()),
            (RustType::Text, DefaultDef::Text(text)) => Some(super::write::literal(text)),
            (RustType::Enum(at), DefaultDef::Text(text)) => {
                let one = enums.get(*at)?;
                let (ident, _) = one.variants.iter().find(|(_, value)| value == text)?;
                Some(format!("{}::{ident}", one.ident))
            }
            _ => None,
        }
    }
}

/// A column's texts as an enum.
#[derive(Debug)]
pub(super) struct Enumeration {
    pub(super) ident: String,
    pub(super) doc: String,
    /// Name and stored text of each variant.
    pub(super) variants: Vec<(String, String)>,
}

impl Enumeration {
    fn domain(&self) -> Domain {
        let variants = self.variants.iter().map(|(_, value)| schema_core::model::VariantDef {
            value: value.clone().into(),
            renamed_from: None,
        });
        Domain::Variants(variants.collect())
    }
}

/// A foreign key as an attribute.
#[derive(Clone, Debug)]
pub(super) struct Reference<'a> {
    pub(super) live: &'a ForeignKeyDef,
    /// Fields of the child.
    pub(super) fields: Vec<usize>,
    /// Name of the parent's struct.
    pub(super) parent: String,
    /// Fields of the parent; none where they are its key.
    pub(super) parent_fields: Vec<String>,
    /// Their columns.
    pub(super) parent_columns: Vec<Cow<'static, str>>,
}

/// An index as an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum IndexForm {
    /// `#[column(index)]` on this field.
    OnField(usize),
    /// `#[table(index(..))]`, by its words.
    OnTable(Vec<String>),
    /// `#[table(index(sql = ".."))]`.
    Sql,
}
