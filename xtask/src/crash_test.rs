//! `cargo xtask crash-test`: a run that is killed or starved at every write.

mod judge;
mod point;
pub(crate) mod subject;
mod world;

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    path::Path,
    process::ExitCode,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use judge::{Judge, Verdict};
use point::{Mode, Point};
use world::{Sandbox, World};

use crate::flags::Flags;

const HELP: &str = "\
Kills a run of db-migrate, or lets it find the disk full, at every call that writes, cuts, renames, removes
or syncs a file. The run takes a backup, rebuilds a table of 20,000 rows and makes an index. After each
point the database has to be wholly old or wholly new with every row, the history has to agree, no half
backup may stand where backups stand, and the next run has to finish. The process dies, not the power.

Usage: cargo xtask crash-test [--every N] [--jobs N] [--journal MODE] [--point CALL:MODE:N]

  --every N         every n-th call of each kind (1: all of them, which takes long)
  --jobs N          how many points at a time (one a processor)
  --journal MODE    the database's journal: wal or delete (both, one after the other)
  --point ..        this point alone, and its folder is left: pwrite64:kill:17, fsync:full:3, write:stays-full:9

Needs Linux and strace.

Example: cargo xtask crash-test --every 10";

/// What is asked for.
#[derive(Debug)]
struct Wish {
    every: usize,
    jobs: usize,
    journals: Vec<String>,
    point: Option<Point>,
}

/// Sweeps the points; fails where one of them leaves something that it may not.
pub(crate) fn run(arguments: &[OsString]) -> ExitCode {
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let wish = match read(arguments) {
        Ok(wish) => wish,
        Err(error) => {
            eprintln!("error: {error}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    if let Err(why) = world::can_trace() {
        println!("skipped: {why}");
        return ExitCode::SUCCESS;
    }
    let mut failures = 0;
    for journal in &wish.journals {
        match sweep(&wish, journal) {
            Ok(found) => failures += found,
            Err(error) => {
                eprintln!("error: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    if failures > 0 {
        println!("FAILED: {failures} points");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn read(arguments: &[OsString]) -> Result<Wish, String> {
    let flags = Flags::read(arguments, &["--every", "--jobs", "--journal", "--point"])?;
    let every: usize = flags.get("--every", 1)?;
    let journal: String = flags.get("--journal", "both".to_owned())?;
    let point: String = flags.get("--point", String::new())?;
    let journals = match journal.as_str() {
        "both" => vec!["wal".to_owned(), "delete".to_owned()],
        "wal" | "delete" => vec![journal],
        other => return Err(format!("--journal {other} is neither wal nor delete")),
    };
    let jobs = flags.get("--jobs", thread::available_parallelism().map_or(1, usize::from))?;
    if every == 0 || jobs == 0 {
        return Err("--every and --jobs are at least 1".to_owned());
    }
    let point = match point.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|()| format!("--point {text} cannot be read"))?),
    };
    Ok(Wish { every, jobs, journals, point })
}

/// Tries every point with one journal mode and says what came of it: how many did not hold.
fn sweep(wish: &Wish, journal: &str) -> Result<usize, String> {
    let begun = Instant::now();
    let world = World::create(journal)?;
    let (judge, counts) = rehearse(&world)?;
    let points = match &wish.point {
        Some(point) => vec![point.clone()],
        None => Point::sweep(&counts, wish.every),
    };
    let bar = ProgressBar::new(points.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len} points, {eta} left {msg}") {
        bar.set_style(style);
    }
    let (next, outcomes) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..wish.jobs.min(points.len()) {
            scope.spawn(|| {
                while let Some(point) = points.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = attempt(&world, &judge, point, wish.point.is_some());
                    outcomes.lock().unwrap_or_else(PoisonError::into_inner).push((point, outcome));
                    bar.inc(1);
                }
            });
        }
    });
    bar.finish_and_clear();
    let mut outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcomes.sort_by_key(|(point, _)| *point);
    Ok(report(journal, &counts, &outcomes, begun.elapsed()))
}

/// A run without any interruption: what it makes, and how often it makes each call.
fn rehearse(world: &World) -> Result<(Judge, BTreeMap<String, usize>), String> {
    let sandbox = Sandbox::copy(world)?;
    let seen = sandbox.path().join("calls");
    let run = sandbox.trace(None, &seen)?;
    if !run.status.success() {
        return Err(format!("the run itself fails: {}", String::from_utf8_lossy(&run.stderr)));
    }
    let trace = fs::read_to_string(&seen).map_err(|error| error.to_string())?;
    // Its own copy: reading a database in WAL mode leaves files beside it.
    let before = Sandbox::copy(world)?;
    Ok((Judge::new(&before.database(), &sandbox.database())?, point::count(&trace)))
}

fn attempt(world: &World, judge: &Judge, point: &Point, keep: bool) -> Result<Verdict, String> {
    let sandbox = Sandbox::copy(world)?;
    let run = sandbox.trace(Some(&point.injection()), Path::new("/dev/null"))?;
    let verdict = judge.judge(&sandbox, &run, point);
    if keep {
        print!("{}", String::from_utf8_lossy(&run.stdout));
        print!("{}", String::from_utf8_lossy(&run.stderr));
        println!("ended by {}; the folder after the next run: {}", run.status, sandbox.keep().display());
    }
    verdict
}

fn report(
    journal: &str,
    counts: &BTreeMap<String, usize>,
    outcomes: &[(&Point, Result<Verdict, String>)],
    took: Duration,
) -> usize {
    println!("journal {journal}: {} points in {} s", outcomes.len(), took.as_secs());
    println!("  {:<16} {:>6}   {:<22} {:<22} {:<22}", "call", "made", "killed", "full once", "stays full");
    for (call, count) in counts {
        let tally = |mode: Mode| {
            let (mut old, mut new, mut bad) = (0, 0, 0);
            for (_, outcome) in outcomes.iter().filter(|(point, _)| point.call == *call && point.mode == mode)
            {
                match outcome {
                    Ok(Verdict::Old) => old += 1,
                    Ok(Verdict::New) => new += 1,
                    Err(_) => bad += 1,
                }
            }
            match bad {
                0 => format!("{old} old, {new} new"),
                bad => format!("{old} old, {new} new, {bad} BAD"),
            }
        };
        let cells = Mode::ALL.map(tally);
        println!("  {call:<16} {count:>6}   {:<22} {:<22} {:<22}", cells[0], cells[1], cells[2]);
    }
    let mut failed = 0;
    for (point, outcome) in outcomes {
        if let Err(why) = outcome {
            failed += 1;
            println!("{point}: {why}\n  again: cargo xtask crash-test --journal {journal} --point {point}");
        }
    }
    failed
}
