use super::{cargo, finish};

/// Builds the diff benchmark, optimised, and runs it.
pub(super) fn run() -> Result<(), String> {
    eprintln!("Building the diff engine, optimised..");
    finish(cargo().args(["run", "--quiet", "--release", "--package", "bench", "--bin", "bench-diff"]))
}
