//! The transaction is not asynchronous.
use schema_migrate::{migration, rust_step::MigrationTx};

#[migration("20251127143055_rekey")]
async fn rekey<T>(tx: &MigrationTx, other: T) -> schema_migrate::Result<()> {
    Ok(())
}

fn main() {}
