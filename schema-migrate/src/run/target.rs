use std::path::{Path, PathBuf};
use std::time::Duration;

use schema_core::function::Functions;
use schema_core::rusqlite::Connection;
use schema_core::{Db, Schema};
use schema_ops::backup::Places;
use schema_ops::retention::Policy;

use super::interrupt::Interrupt;
use super::retry::Retry;
use crate::files::FileSource;
use crate::rust_step::RustStep;
use crate::{Error, Result};

/// A database, and its migrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The database file.
    pub database: PathBuf,
    /// Where the migrations are read from: a folder, or the program itself.
    pub files: FileSource,
    /// Where backups go; folders are made where they are missing. Without them no backup is taken.
    pub backups: Option<Places>,
    /// How many backups are kept.
    pub keep: Policy,
    /// How long to wait for the lock, and for another connection's transaction.
    pub wait: Duration,
    /// How often a revision is tried again that another program, or the disk, kept from its turn.
    pub retry: Retry,
    /// The Rust steps of the migrations.
    pub steps: Vec<RustStep>,
    /// Asks a run on it to stop.
    pub interrupt: Interrupt,
    /// What the application has registered, where it is the one that runs this.
    pub functions: Functions,
}

impl Target {
    /// A target without backups that waits five seconds for others, and tries nothing again.
    pub fn new(database: impl Into<PathBuf>, files: impl Into<FileSource>) -> Self {
        Self {
            database: database.into(),
            files: files.into(),
            backups: None,
            keep: Policy::default(),
            wait: Duration::from_secs(5),
            retry: Retry::NEVER,
            steps: Vec::new(),
            interrupt: Interrupt::default(),
            functions: Functions::default(),
        }
    }

    /// The same, with the database of a URL: `sqlite:data/app.db`, or a plain path.
    pub fn from_url(url: &str, files: impl Into<FileSource>) -> Result<Self> {
        let path = url.strip_prefix("sqlite:").unwrap_or(url);
        let path = path.strip_prefix("//").unwrap_or(path);
        let path = path.split('?').next().unwrap_or(path);
        if path.is_empty() || path == ":memory:" {
            return Err(Error::usage(format!("`{url}` names no file"))
                .why("migrations are kept with a database file, written sqlite:path/to/file.db")
                .state("nothing was changed"));
        }
        if let Some((scheme, _)) = url.split_once("://")
            && scheme != "sqlite"
        {
            return Err(Error::usage(format!("this program has no engine for {scheme}"))
                .why("a SQLite database is written sqlite:path/to/file.db")
                .state("nothing was changed"));
        }
        Ok(Self::new(path, files))
    }

    /// Takes a backup into this folder before anything is changed.
    pub fn backups(self, folder: impl Into<PathBuf>) -> Self {
        self.backup_places(Places::new(folder))
    }

    /// Takes a backup into these folders before anything is changed.
    pub fn backup_places(mut self, places: Places) -> Self {
        self.backups = Some(places);
        self
    }

    /// Keeps so many backups; by default the last 10, and the last 3 before migrations.
    pub fn keep(mut self, policy: Policy) -> Self {
        self.keep = policy;
        self
    }

    /// Runs with the functions, aggregates and collating sequences that the connections of a handle have: statements may
    /// call them.
    pub fn functions_of<S: Schema>(mut self, db: &Db<S>) -> Self {
        self.functions = schema_core::private::functions_of(db);
        self
    }

    /// Waits this long for others.
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Tries a revision again that another program, or the disk, kept from its turn.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Puts what the application has registered on a connection.
    pub(super) fn register(&self, connection: &Connection) -> Result<()> {
        register(&self.functions, connection)
    }

    /// How long to wait for the lock: as long as all attempts of a revision together.
    pub fn lock_wait(&self) -> Duration {
        self.wait.max(self.retry.whole())
    }

    /// Registers Rust steps, each for the revision that it belongs to.
    pub fn steps(mut self, steps: impl IntoIterator<Item = RustStep>) -> Self {
        self.steps.extend(steps);
        self
    }

    /// Stops when somebody asks.
    pub fn interrupt(mut self, interrupt: &Interrupt) -> Self {
        self.interrupt = interrupt.clone();
        self
    }

    /// The file that carries the lock: beside the database, never deleted.
    pub fn lock_file(&self) -> PathBuf {
        lock_file(&self.database)
    }
}

/// The lock's file of a database. A link and what it leads to are one database, and have one lock.
pub(super) fn lock_file(database: &Path) -> PathBuf {
    let is_link = std::fs::symlink_metadata(database).is_ok_and(|file| file.is_symlink());
    let real = is_link.then(|| database.canonicalize().ok()).flatten();
    with_suffix(real.as_deref().unwrap_or(database), ".lock")
}

/// The file that says who holds the lock.
pub(super) fn holder_file(database: &Path) -> PathBuf {
    with_suffix(&lock_file(database), ".holder")
}

pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Puts what the application has registered on a connection.
pub(super) fn register(functions: &Functions, connection: &Connection) -> Result<()> {
    let told = |error: schema_core::Error| {
        Error::failed("register the functions of the application").why(error.to_string()).source(error)
    };
    functions.register(connection).map_err(told)
}
