//! The attribute names the revision of the file.
use schema_migrate::{migration, rust_step::MigrationTx};

#[migration]
fn rekey(tx: &MigrationTx) -> schema_migrate::Result<()> {
    Ok(())
}

fn main() {}
