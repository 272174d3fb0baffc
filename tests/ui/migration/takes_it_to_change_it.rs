//! The transaction is the runner's.
use schema_migrate::{migration, rust_step::MigrationTx};

#[migration("20251127143055_rekey")]
fn rekey(tx: &mut MigrationTx) -> schema_migrate::Result<()> {
    Ok(())
}

fn main() {}
