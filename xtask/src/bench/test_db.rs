//! What a migrated database costs a test.

use std::time::Instant;

use schema_migrate::test_db;
use tome::Tome;

const COPIES: u32 = 1_000;

/// Prints the first call, which migrates, and a later one, which copies.
pub(super) fn run() -> Result<(), String> {
    let begun = Instant::now();
    test_db::<Tome>().map_err(|error| error.to_string())?;
    println!("test_db   the first of a program   {:>9.3} ms", milliseconds(begun));
    let begun = Instant::now();
    for _ in 0..COPIES {
        test_db::<Tome>().map_err(|error| error.to_string())?;
    }
    println!("test_db   each of {COPIES} more       {:>9.3} ms", milliseconds(begun) / f64::from(COPIES));
    Ok(())
}

fn milliseconds(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1_000.0
}
