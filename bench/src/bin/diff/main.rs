//! Measures the diff engine: inspection, comparison and plans of many tables, and the rebuild of a
//! large one in turns with the statements that it cannot do without.
//!
//! `cargo xtask bench diff` runs this.
#![allow(clippy::cast_precision_loss, reason = "times and row numbers are far below 2^53")]

mod memory;
mod rebuild;
mod scale;

use std::process::ExitCode;

fn main() -> ExitCode {
    match rebuild::measure().and_then(|()| scale::measure()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What went wrong, in words.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
