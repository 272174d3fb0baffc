//! What is read of a database: everything that is in it, whatever wrote it.

mod items;
mod origins;

use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;
use schema_migrate::inspect::{scratch, sqlite};

fn database(sql: &str) -> Connection {
    let connection = scratch().unwrap();
    connection.execute_batch(sql).unwrap();
    connection
}

fn schema(sql: &str) -> SchemaDef {
    sqlite::schema(&database(sql)).unwrap()
}
