use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use fuzz::damage::{Sight, look, write};
use indicatif::{ProgressBar, ProgressStyle};

use crate::flags::Flags;

const HELP: &str = "\
Reads damaged database files and odd definitions the whole way: inspect, compare, plan. Each process of
its own, so that a panic, an abort, an overflow and a hang are seen; the file that causes one is kept.

Usage: cargo xtask fuzz-inspect [--seconds N] [--seed N] [--from N] [--only N]

  --seconds N  how long (60)
  --seed N     the same seed makes the same files (1)
  --from N     the number of the first file (0)
  --only N     looks at this one file, in this process

Example: cargo xtask fuzz-inspect --seconds 3600 --seed 7";

/// How long one file may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// The stack of a thread as Rust makes it: an application migrates in one.
const STACK: usize = 2 * 1024 * 1024;

/// Looks at damaged databases; fails where one of them is too much.
pub(crate) fn run(arguments: &[OsString]) -> ExitCode {
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let outcome = match arguments.first().and_then(|first| first.to_str()) {
        Some("--worker") => work(&arguments[1..]),
        _ => watch(arguments),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// One process that looks at files one after the other and notes which it is at.
fn work(arguments: &[OsString]) -> Result<bool, String> {
    let flags = Flags::read(arguments, &["--seed", "--from", "--step", "--folder"])?;
    let seed: u64 = flags.get("--seed", 1)?;
    let step: u64 = flags.get("--step", 1)?;
    let folder: PathBuf = flags.get("--folder", PathBuf::new())?;
    let mut number: u64 = flags.get("--from", 0)?;
    thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    });
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    loop {
        let at = counts.values().sum::<u64>();
        let note = format!("{number} {at} {} {}", count(&counts, "read"), count(&counts, "refused"));
        fs::write(folder.join("at"), note).map_err(|error| error.to_string())?;
        match on_a_small_stack(seed, number, &folder)? {
            Sight::Read | Sight::Unplanned(_) => *counts.entry("read").or_default() += 1,
            Sight::Refused(_) => *counts.entry("refused").or_default() += 1,
            Sight::Different(changes) => return Err(format!("differs from itself: {changes}")),
        }
        number += step;
    }
}

fn count(counts: &BTreeMap<&str, u64>, name: &str) -> u64 {
    counts.get(name).copied().unwrap_or(0)
}

fn on_a_small_stack(seed: u64, number: u64, folder: &Path) -> Result<Sight, String> {
    let path = folder.join("damaged.db");
    let _ = fs::remove_file(&path);
    write(seed, number, &path).map_err(|error| format!("the file cannot be written: {error}"))?;
    let looking = thread::Builder::new().stack_size(STACK).spawn(move || look(&path));
    let sight = looking.map_err(|error| error.to_string())?.join();
    sight.map_err(|_| "a panic, see above".to_owned())
}

/// A process that is watched.
struct Worker {
    child: Child,
    folder: tempfile::TempDir,
    number: u64,
    since: Instant,
    /// Files, files that were read, and refused ones.
    counts: [u64; 3],
}

/// Something that may not be.
struct Finding {
    number: u64,
    what: String,
    file: PathBuf,
}

fn watch(arguments: &[OsString]) -> Result<bool, String> {
    let flags = Flags::read(arguments, &["--seconds", "--seed", "--from", "--only"])?;
    let (seconds, seed, first) =
        (flags.get("--seconds", 60)?, flags.get("--seed", 1_u64)?, flags.get("--from", 0_u64)?);
    let only: u64 = flags.get("--only", u64::MAX)?;
    if only != u64::MAX {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        println!("{:?}", on_a_small_stack(seed, only, folder.path())?);
        return Ok(true);
    }
    let begun = Instant::now();
    let end = Duration::from_secs(seconds);
    let count = thread::available_parallelism().map_or(1, usize::from);
    let step = u64::try_from(count).unwrap_or(1);
    let mut workers = Vec::new();
    for offset in 0..step {
        workers.push(start(seed, first + offset, step)?);
    }
    let (mut total, mut findings): ([u64; 3], Vec<Finding>) = ([0; 3], Vec::new());
    let bar = ProgressBar::new(seconds);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len} s, {msg}") {
        bar.set_style(style);
    }
    while begun.elapsed() < end && findings.len() < 20 {
        thread::sleep(Duration::from_millis(200));
        for worker in &mut workers {
            worker.look();
            let ended = worker.child.try_wait().map_err(|error| error.to_string())?;
            let what = match ended {
                Some(status) => worker.said().unwrap_or_else(|| status.to_string()),
                None if worker.since.elapsed() > PATIENCE => format!("no end after {} s", PATIENCE.as_secs()),
                None => continue,
            };
            findings.push(worker.keep(seed, what)?);
            for (sum, count) in total.iter_mut().zip(worker.counts) {
                *sum += count;
            }
            *worker = start(seed, worker.number + step, step)?;
        }
        let done = total[0] + workers.iter().map(|worker| worker.counts[0]).sum::<u64>();
        bar.set_position(begun.elapsed().as_secs());
        bar.set_message(format!("{done} files, {} findings", findings.len()));
    }
    bar.finish_and_clear();
    for worker in &mut workers {
        worker.look();
        let _ = worker.child.kill();
        let _ = worker.child.wait();
        for (sum, count) in total.iter_mut().zip(worker.counts) {
            *sum += count;
        }
    }
    for finding in &findings {
        println!("file {} of seed {seed}: {}", finding.number, finding.what);
        println!("  kept as {}", finding.file.display());
        println!("  again: cargo xtask fuzz-inspect --seed {seed} --only {}", finding.number);
    }
    println!(
        "{} files of seed {seed} in {} s: {} read, {} refused with an error, {} findings",
        total[0],
        begun.elapsed().as_secs(),
        total[1],
        total[2],
        findings.len()
    );
    Ok(findings.is_empty())
}

fn start(seed: u64, first: u64, step: u64) -> Result<Worker, String> {
    let memory = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
    let folder = memory.map_err(|error| error.to_string())?;
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let said = fs::File::create(folder.path().join("said")).map_err(|error| error.to_string())?;
    let child = Command::new(program)
        .args(["fuzz-inspect", "--worker", "--seed", &seed.to_string(), "--from", &first.to_string()])
        .args(["--step", &step.to_string(), "--folder"])
        .arg(folder.path())
        // Its end tells the process that nobody watches it any more.
        .stdin(Stdio::piped())
        .stderr(said)
        .spawn()
        .map_err(|error| error.to_string())?;
    Ok(Worker { child, folder, number: first, since: Instant::now(), counts: [0; 3] })
}

impl Worker {
    /// Reads which file the process is at.
    fn look(&mut self) {
        let note = fs::read_to_string(self.folder.path().join("at")).unwrap_or_default();
        let numbers: Vec<u64> = note.split(' ').filter_map(|word| word.parse().ok()).collect();
        if let [number, counts @ ..] = numbers.as_slice()
            && counts.len() == 3
        {
            if *number != self.number {
                self.since = Instant::now();
            }
            self.number = *number;
            self.counts.copy_from_slice(counts);
        }
    }

    /// The first lines that the process wrote before it ended.
    fn said(&self) -> Option<String> {
        let text = fs::read_to_string(self.folder.path().join("said")).ok()?;
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(3).collect();
        (!lines.is_empty()).then(|| lines.join(" | "))
    }

    /// Ends the process and keeps the file that it was at.
    fn keep(&mut self, seed: u64, what: String) -> Result<Finding, String> {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let kept = crate::root().join("target/fuzz-inspect");
        fs::create_dir_all(&kept).map_err(|error| error.to_string())?;
        let file = kept.join(format!("{seed}_{}.db", self.number));
        let _ = fs::remove_file(&file);
        write(seed, self.number, &file).map_err(|error| error.to_string())?;
        Ok(Finding { number: self.number, what, file })
    }
}
