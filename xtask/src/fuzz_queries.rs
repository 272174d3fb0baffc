use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Instant;

use fuzz::queries::QueryCampaign;
use indicatif::{ProgressBar, ProgressStyle};

use crate::flags::Flags;

const HELP: &str = "\
Makes random typed queries over random rows, and compares what they give with an evaluation in memory that
knows neither the framework nor SQLite. A query that differs prints with its SQL and as few rows as show it.

Usage: cargo xtask fuzz-queries [--cases N] [--seed N] [--from N]

  --cases N  how many queries (2000)
  --seed N   the same seed makes the same queries over the same rows (1)
  --from N   the number of the first case: with --cases 1 it repeats one (0)

Example: cargo xtask fuzz-queries --cases 100000 --seed 7";

/// Tries random queries; fails where one of them gives something else than its evaluation.
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
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len} queries, {eta} left") {
        bar.set_style(style);
    }
    let ended = campaign.run(&mut |done| bar.set_position(done));
    bar.finish_and_clear();
    match ended {
        Ok((full, None)) => {
            let QueryCampaign { cases, seed, .. } = campaign;
            let seconds = started.elapsed().as_secs();
            println!(
                "{cases} queries of seed {seed} in {seconds} s, {full} of them with rows: no difference"
            );
            ExitCode::SUCCESS
        }
        Ok((_, Some(failure))) => {
            println!("{failure}\n\nFAILED: a query gives something else than its evaluation");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn read(arguments: &[OsString]) -> Result<QueryCampaign, String> {
    let flags = Flags::read(arguments, &["--cases", "--seed", "--from"])?;
    Ok(QueryCampaign {
        seed: flags.get("--seed", 1)?,
        cases: flags.get("--cases", 2_000)?,
        first: flags.get("--from", 0)?,
    })
}
