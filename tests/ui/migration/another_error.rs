//! The runner knows its own errors.
use schema_migrate::{migration, rust_step::MigrationTx};

#[migration("20251127143055_rekey")]
fn rekey(tx: &MigrationTx) -> Result<(), String> {
    Ok(())
}

fn main() {}
