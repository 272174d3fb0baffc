//! The schema as data.
//!
//! One set of types describes what the models declare, what the migration files build and what a
//! live database holds, so that two schemas are always compared like with like. Declared schemas
//! are `const` data written by the derives; inspected ones own their text.

mod check;
mod column;
mod foreign_key;
mod full_text;
pub(crate) mod group;
mod index;
mod key;
mod schema;
mod table;
mod text;
mod trigger;
mod view;
mod virtual_table;

pub use check::CheckDef;
pub use column::{
    ColumnDef, ColumnRole, DefaultDef, Domain, GeneratedDef, GeneratedStorage, TimeStorage, VariantDef,
};
pub use foreign_key::{Deferrable, ForeignKeyAction, ForeignKeyDef};
pub use full_text::FullTextDef;
pub use index::{IndexDef, IndexPart, IndexTarget};
pub use key::{ConflictClause, KeyColumn, PrimaryKeyDef, UniqueDef};
pub use schema::{SchemaDef, SchemaOwner};
pub use table::TableDef;
pub use text::{Engine, List, SqlText, Text, list, text};
pub use trigger::TriggerDef;
pub use view::ViewDef;
pub use virtual_table::VirtualTableDef;
