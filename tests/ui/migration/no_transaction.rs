//! A Rust step takes the transaction and says whether it has failed.
use schema_migrate::migration;

#[migration("20251127143055_rekey")]
fn rekey() {}

fn main() {}
