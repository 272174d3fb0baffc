//! The attribute names the revision of the file.
use schema_migrate::{migration, rust_step::MigrationTx};

#[migration("rekey")]
fn rekey(tx: &MigrationTx) -> schema_migrate::Result<()> {
    tx.execute("DELETE FROM books", []).map(drop)
}

fn main() {}
