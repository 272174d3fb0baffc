//! The attribute stands on a function.
use schema_migrate::migration;

#[migration("20251127143055_rekey")]
struct Rekey;

fn main() {}
