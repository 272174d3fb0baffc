//! Measures the framework against a C program on the same SQLite library, in turns in one run.
//!
//! `cargo xtask bench` builds both and runs this.
#![allow(clippy::cast_precision_loss, reason = "times and row numbers are far below 2^53")]

mod models;
mod raw;
mod workload;

use std::{error::Error, path::PathBuf, process::ExitCode};

use models::Measured;
use raw::Raw;
use schema_core::Db;

/// Turns that are measured; some more warm the caches up first.
const TURNS: usize = 41;
const WARM_UP: usize = 3;

const USAGE: &str = "usage: bench C_PROGRAM (built by `cargo xtask bench`)";

fn main() -> ExitCode {
    let Some(program) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match measure(&program) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

type Framework = fn(&Db<Measured>) -> schema_core::Result<f64>;

/// Name, C command, the framework's work, operations in it, aimed ratio.
const WORK: [(&str, &str, Framework, f64, f64); 5] = [
    ("point lookup, 12 columns", "lookup 2000", |db| workload::lookup(db, 2_000), 2_000.0, 1.15),
    ("load 10,000 x 3", "load_small", workload::load_small, 10_000.0, 1.05),
    ("load 10,000 x 12", "load_wide", workload::load_wide, 10_000.0, 1.05),
    ("insert 1,000 rows", "insert 1000", |db| workload::insert(db, 1_000), 1_000.0, 0.65),
    ("update by key", "update 2000", |db| workload::update(db, 2_000), 2_000.0, 1.10),
];

fn measure(program: &std::path::Path) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("bench.db");
    let db = Db::<Measured>::open(path.display().to_string())?;
    workload::prepare(&db)?;
    let mut raw = Raw::start(program, &path)?;
    println!("{:<26} {:>12} {:>12} {:>8} {:>8}", "", "C ns/row", "here ns/row", "ratio", "aim");
    for (name, command, framework, operations, aim) in WORK {
        let mut c = Vec::new();
        let mut here = Vec::new();
        let mut ratios = Vec::new();
        for turn in 0..TURNS + WARM_UP {
            // Who goes first changes with every turn.
            let (theirs, ours) = if turn % 2 == 0 {
                let theirs = raw.run(command)?;
                (theirs, framework(&db)?)
            } else {
                let ours = framework(&db)?;
                (raw.run(command)?, ours)
            };
            if turn >= WARM_UP {
                c.push(theirs / operations);
                here.push(ours / operations);
                ratios.push(ours / theirs);
            }
        }
        println!(
            "{name:<26} {:>12.0} {:>12.0} {:>8.2} {aim:>8.2}",
            median(&mut c),
            median(&mut here),
            median(&mut ratios)
        );
    }
    println!("Medians of {TURNS} turns; SQLite {}.", schema_core::rusqlite::version());
    Ok(())
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
