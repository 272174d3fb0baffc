use std::borrow::Cow;

use schema_core::model::{SchemaDef, SqlText, TableDef, TriggerDef, ViewDef, VirtualTableDef};
use schema_core::rusqlite::Connection;

use super::objects::{Kind, Objects, StoredObject};
use super::table;
use crate::{Error, Result};

/// The framework's own tables, which belong to no schema.
pub const FRAMEWORK_TABLES: [&str; 2] = ["_schema_migrations", "_schema_pushed"];

/// Everything in the main database: tables with their columns, keys, indexes and triggers, views,
/// and virtual tables as text. SQLite's own tables, the framework's and those that a virtual
/// table's module keeps are left out.
pub fn schema(connection: &Connection) -> Result<SchemaDef> {
    let objects = Objects::read(connection).map_err(|error| Error::sqlite("read the schema", error))?;
    let columns =
        super::columns::read(connection).map_err(|error| Error::sqlite("read the columns", error))?;
    let indexes = super::index::read(connection).map_err(|error| Error::sqlite("read the indexes", error))?;
    let mut tables: Vec<Cow<'static, TableDef>> = Vec::new();
    for object in objects.of(Kind::Table) {
        tables.push(Cow::Owned(table::table(object, &objects, &columns, &indexes)?));
    }
    tables.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(SchemaDef {
        tables: tables.into(),
        views: objects.of(Kind::View).map(|object| Cow::Owned(view(object, &objects))).collect(),
        virtual_tables: objects
            .of(Kind::Virtual)
            .map(|object| VirtualTableDef {
                name: object.name.clone().into(),
                sql: object.sql.clone().into(),
                shadows: objects.shadows(&object.name).into(),
            })
            .collect(),
        ..SchemaDef::EMPTY
    })
}

fn view(object: &StoredObject, objects: &Objects) -> ViewDef {
    ViewDef {
        name: object.name.clone().into(),
        sql: SqlText::owned(object.sql.clone()),
        triggers: objects.triggers(&object.name).into(),
        ..ViewDef::EMPTY
    }
}

impl Objects {
    /// The triggers on a table or view.
    pub(super) fn triggers(&self, table: &str) -> Vec<TriggerDef> {
        self.triggers_on(table)
            .map(|object| TriggerDef {
                name: object.name.clone().into(),
                sql: SqlText::owned(object.sql.clone()),
            })
            .collect()
    }
}
