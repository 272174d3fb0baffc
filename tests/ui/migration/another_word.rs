//! The way back is called `down`.
use schema_migrate::{migration, rust_step::MigrationTx};

#[migration("20251127143055_rekey", back)]
fn rekey(tx: &MigrationTx) -> schema_migrate::Result<()> {
    Ok(())
}

fn main() {}
