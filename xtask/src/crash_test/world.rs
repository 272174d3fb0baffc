//! The project that is interrupted: made once, and copied for every point.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use schema_core::rusqlite::Connection;
use tempfile::TempDir;

use super::subject;

/// No run takes as long.
const PATIENCE: Duration = Duration::from_secs(120);

/// A project with a filled database and a migration that is due.
#[derive(Debug)]
pub(super) struct World {
    template: TempDir,
}

impl World {
    /// Makes the project by the commands themselves. `journal` is the database's journal mode.
    pub(super) fn create(journal: &str) -> Result<Self, String> {
        let template = folder()?;
        let world = Self { template };
        let settings = format!(
            "[subject]\nurl = \"sqlite:app.db\"\nmigrations = \"migrations\"\n\
             backups = {{ primary = \"backups\" }}\nretry = {{ attempts = 1, first = \"10ms\" }}\ntarget = \"{}\"\n",
            // The oldest kind of plan, which rebuilds where newer ones alter in place.
            "3.40"
        );
        fs::write(world.path().join("schema.toml"), settings).map_err(|error| error.to_string())?;
        fs::create_dir(world.path().join("migrations")).map_err(|error| error.to_string())?;
        let before = format!("{}-before", subject::WORD);
        for arguments in [&[before.as_str(), "db-generate", "initial"][..], &[&before, "db-migrate"]] {
            succeed(world.path(), arguments)?;
        }
        let database = Connection::open(world.path().join("app.db")).map_err(|error| error.to_string())?;
        database
            .execute_batch(&format!("PRAGMA journal_mode={journal}; BEGIN; {} COMMIT;", subject::ROWS))
            .map_err(|error| error.to_string())?;
        drop(database);
        succeed(
            world.path(),
            &[subject::WORD, "db-generate", "strict_items", "--backfill", subject::BACKFILL],
        )?;
        Ok(world)
    }

    pub(super) fn path(&self) -> &Path {
        self.template.path()
    }
}

/// A copy of the project in which one point is tried.
#[derive(Debug)]
pub(super) struct Sandbox(TempDir);

impl Sandbox {
    pub(super) fn copy(world: &World) -> Result<Self, String> {
        let sandbox = Self(folder()?);
        copy(world.path(), sandbox.path()).map_err(|error| error.to_string())?;
        Ok(sandbox)
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn database(&self) -> PathBuf {
        self.path().join("app.db")
    }

    /// Leaves the folder where it is.
    pub(super) fn keep(self) -> PathBuf {
        self.0.keep()
    }

    /// A command of the newer release.
    pub(super) fn run(&self, arguments: &[&str]) -> Result<Output, String> {
        let mut all = vec![subject::WORD];
        all.extend(arguments);
        wait(command(self.path(), &own()?, &all))
    }

    /// `db-migrate` under strace, which writes what it sees to a file.
    pub(super) fn trace(&self, injection: Option<&str>, seen: &Path) -> Result<Output, String> {
        let own = own()?;
        let (own, seen) = (own.display().to_string(), seen.display().to_string());
        let calls = format!("trace={}", super::point::CALLS);
        let mut arguments = vec!["-f", "-qq", "-o", &seen, "-e", &calls];
        arguments.extend(injection.iter().flat_map(|injection| ["-e", injection]));
        arguments.extend([own.as_str(), subject::WORD, "db-migrate"]);
        wait(command(self.path(), Path::new("strace"), &arguments))
    }
}

/// Whether strace may follow a process here; otherwise why not.
pub(super) fn can_trace() -> Result<(), String> {
    let tried = Command::new("strace")
        .args(["-qq", "-o", "/dev/null", "-e", "inject=fsync:error=ENOSPC", "true"])
        .output();
    match tried {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            Err(format!("strace may not trace: {}", String::from_utf8_lossy(&output.stderr).trim()))
        }
        Err(error) => Err(format!("strace cannot be run: {error}")),
    }
}

fn own() -> Result<PathBuf, String> {
    env::current_exe().map_err(|error| error.to_string())
}

/// Memory where there is some: what is killed is the process, never the machine.
fn folder() -> Result<TempDir, String> {
    let memory = Path::new("/dev/shm");
    let mut builder = tempfile::Builder::new();
    let builder = builder.prefix("crash-test-");
    builder.tempdir_in(memory).or_else(|_| builder.tempdir()).map_err(|error| error.to_string())
}

fn command(folder: &Path, program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .env_remove("DATABASE_URL")
        .env_remove("SUBJECT_DATABASE_URL")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn succeed(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let output = wait(command(folder, &own()?, arguments))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr))),
    }
}

/// What is said is short, so that no pipe fills up.
fn wait(mut command: Command) -> Result<Output, String> {
    let begun = Instant::now();
    let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
    while child.try_wait().map_err(|error| error.to_string())?.is_none() {
        if begun.elapsed() > PATIENCE {
            child.kill().map_err(|error| error.to_string())?;
            child.wait().map_err(|error| error.to_string())?;
            return Err(format!("it does not end within {} s", PATIENCE.as_secs()));
        }
        thread::sleep(Duration::from_millis(2));
    }
    child.wait_with_output().map_err(|error| error.to_string())
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let Some(name) = path.file_name() else { continue };
        match path.is_dir() {
            true => copy(&path, &to.join(name))?,
            false => drop(fs::copy(&path, to.join(name))?),
        }
    }
    Ok(())
}
