use std::ffi::OsString;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use fuzz::{Campaign, Tally};
use indicatif::{ProgressBar, ProgressStyle};
use schema_migrate::plan::EngineVersion;

use crate::flags::Flags;

const HELP: &str = "\
Plans, applies and takes back random pairs of schemas with rows, and compares what is there with what
plain SQL and SQLite's own pragmas say. A case that fails prints as two SQL scripts.

Usage: cargo xtask fuzz-diff [--cases N] [--seed N] [--target VERSION] [--from N] [--failures N]

  --cases N         how many pairs (500)
  --seed N          the same seed makes the same pairs (1)
  --target VERSION  the oldest SQLite that may run the plans (the newest; 3.40 rebuilds more)
  --from N          the number of the first case: with --cases 1 it repeats one (0)
  --failures N      how many kinds of failure are looked for before it ends (1)

Example: cargo xtask fuzz-diff --cases 10000 --seed 7 --target 3.40";

/// So many of a hundred cases have to be applied: refusals prove little.
const LEAST_APPLIED: u64 = 50;

/// Tries random pairs of schemas; fails where one of them does not hold.
pub(crate) fn run(arguments: &[OsString]) -> ExitCode {
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let campaign = match read(arguments) {
        Ok(campaign) => campaign,
        Err(error) => {
            eprintln!("error: {error}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    let started = Instant::now();
    let bar = ProgressBar::new(campaign.cases);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len} pairs, {eta} left") {
        bar.set_style(style);
    }
    let tally = campaign.run(&|done| {
        // What is over within a second needs no bar.
        if started.elapsed() > Duration::from_secs(1) {
            bar.set_position(done);
        }
    });
    bar.finish_and_clear();
    match tally {
        Ok(tally) => report(&campaign, &tally, started.elapsed()),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn read(arguments: &[OsString]) -> Result<Campaign, String> {
    let flags = Flags::read(arguments, &["--cases", "--seed", "--target", "--from", "--failures"])?;
    let bundled = EngineVersion::bundled();
    Ok(Campaign {
        seed: flags.get("--seed", 1)?,
        cases: flags.get("--cases", 500)?,
        first: flags.get("--from", 0)?,
        target: flags.get("--target", EngineVersion::new(bundled.major, bundled.minor))?,
        failures: flags.get("--failures", 1)?,
    })
}

fn report(campaign: &Campaign, tally: &Tally, took: Duration) -> ExitCode {
    for found in &tally.found {
        println!("case {} of seed {}: {}", found.number, campaign.seed, found.failure.kind);
        println!("{}\n\n{}", found.failure.detail, found.case);
        println!(
            "again: cargo xtask fuzz-diff --seed {} --from {} --cases 1 --target {}\n",
            campaign.seed, found.number, campaign.target
        );
    }
    let all: u64 = tally.outcomes.values().sum();
    println!(
        "{all} pairs of seed {} for SQLite {} in {:.0} s",
        campaign.seed,
        campaign.target,
        took.as_secs_f64()
    );
    for (outcome, count) in &tally.outcomes {
        println!("  {count:>7}  {outcome}");
    }
    let share = tally.applied_share();
    if !tally.found.is_empty() {
        println!("FAILED: {} kinds of failure", tally.found.len());
        return ExitCode::FAILURE;
    }
    if all >= 100 && share < LEAST_APPLIED {
        println!("FAILED: only {share} of a hundred were applied, {LEAST_APPLIED} have to be");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
