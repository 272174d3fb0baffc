use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use schema_core::function::Functions;
use schema_core::model::SchemaOwner;
use schema_core::{Db, Schema};
use schema_ops::backup::Places;

use super::current::{history_of, of_handle};
use super::{Embedded, Policy, in_memory};
use crate::files::{FileSource, Migration};
use crate::run::{
    self, AppliedRevision, Due, MigrateOptions, Observer, Report, Silent, Target, due_after, due_on,
};
use crate::rust_step::RustStep;
use crate::{Error, ErrorKind, Result};

/// How long a starting program waits for another that migrates.
const WAIT: Duration = Duration::from_secs(600);

/// Where the backup goes that is taken before anything is applied.
#[derive(Clone, Debug)]
enum Backups {
    /// Into the folder `backups` beside the database.
    Beside,
    In(PathBuf),
    None,
}

/// Brings a database to where the program's migrations end, when the program starts.
///
/// Several programs may start at once on one file: one applies what is pending, the others wait for it
/// and go on. A database that is up to date costs one small read, and no lock. Where there are rows to
/// lose, the one that applies takes a verified backup first.
#[derive(Debug)]
pub struct Migrator<S> {
    files: FileSource,
    steps: Vec<RustStep>,
    policy: Policy,
    backups: Backups,
    wait: Duration,
    schema: PhantomData<fn() -> S>,
}

impl<S: Embedded> Migrator<S> {
    /// A migrator with the files that are part of the program.
    pub fn embedded() -> Self {
        Self::new(S::FILES).steps(S::STEPS.iter().copied())
    }
}

impl<S: Schema> Migrator<S> {
    /// A migrator with the files of a folder, or with `embed_migrations!("migrations")`.
    pub fn new(files: impl Into<FileSource>) -> Self {
        Self {
            files: files.into(),
            steps: Vec::new(),
            policy: Policy::default(),
            backups: Backups::Beside,
            wait: WAIT,
            schema: PhantomData,
        }
    }

    /// What to do about migrations that are pending. [`Policy::Apply`] unless said otherwise.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Registers Rust steps, each for the revision that names it. Embedded ones are registered already.
    pub fn steps(mut self, steps: impl IntoIterator<Item = RustStep>) -> Self {
        self.steps.extend(steps);
        self
    }

    /// Takes the backup into this folder, and not into `backups` beside the database. A database without
    /// rows, and one in memory, needs none and gets none.
    pub fn backups(mut self, folder: impl Into<PathBuf>) -> Self {
        self.backups = Backups::In(folder.into());
        self
    }

    /// Takes no backup before anything is applied: for a program whose database is saved by other means.
    pub fn no_backup(mut self) -> Self {
        self.backups = Backups::None;
        self
    }

    /// How long to wait for another program that migrates, or that writes. Ten minutes.
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Does what the [`policy`](Self::policy) says. Tables are made where there are none.
    ///
    /// The handle stays open and usable; readers of it go on while migrations run.
    ///
    /// # Errors
    /// [`ErrorKind`] and text say what keeps the database from being used: a migration that failed and
    /// was rolled back, a revision that was edited or whose file is gone, a database that is newer than
    /// the program, another program that migrates for longer than is waited. The call stands inside a
    /// transaction of this thread. Also where the backup cannot be taken.
    pub fn run(&self, db: &Db<S>) -> Result<Report> {
        self.run_watched(db, &mut Silent)
    }

    /// As [`run`](Self::run), with somebody who watches.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_watched(&self, db: &Db<S>, observer: &mut dyn Observer) -> Result<Report> {
        let begun = Instant::now();
        refuse_external::<S>()?;
        let mut report = match self.settled(due_after(&self.files, &history_of(db)?)?)? {
            Some(report) => report,
            None if db.is_read_only() => return Err(read_only(db.path())),
            None => match db.path() {
                Some(path) => {
                    // In a transaction of this thread, the run would wait for the thread itself.
                    db.sqlite_raw(|_| Ok(())).map_err(|error| of_handle("begin to migrate", error))?;
                    self.apply(path, schema_core::private::functions_of(db), observer)?
                }
                None => schema_core::private::with_own_connection(db, |connection| {
                    in_memory::run(connection, &self.files, &self.steps, observer)
                })
                .map_err(|error| of_handle("migrate the database in memory", error))??,
            },
        };
        report.duration = begun.elapsed();
        Ok(report)
    }

    /// As [`run`](Self::run), on a file that the program has not opened: `sqlite:data/app.db`, or a path.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_at(&self, url: &str, observer: &mut dyn Observer) -> Result<Report> {
        let begun = Instant::now();
        refuse_external::<S>()?;
        let target = Target::from_url(url, &self.files)?.wait(self.wait);
        let mut report = match self.settled(due_on(&target)?)? {
            Some(report) => report,
            None => self.apply(&target.database, Functions::default(), observer)?,
        };
        report.duration = begun.elapsed();
        Ok(report)
    }

    /// The revisions that are pending, in the order in which they would be applied.
    ///
    /// # Errors
    /// As [`run`](Self::run), where reading alone shows it.
    pub fn pending(&self, db: &Db<S>) -> Result<Vec<String>> {
        let due = due_after(&self.files, &history_of(db)?)?;
        Ok(due.migrations.into_iter().map(|migration| migration.revision.to_string()).collect())
    }

    /// The report where nothing is to be applied.
    fn settled(&self, due: Due) -> Result<Option<Report>> {
        let Due { migrations: pending, warnings } = due;
        if pending.is_empty() {
            return Ok(Some(Report { warnings, ..Report::default() }));
        }
        match self.policy {
            Policy::Apply => Ok(None),
            Policy::Check => {
                let revisions = pending.iter().map(AppliedRevision::to_be).collect();
                Ok(Some(Report { revisions, warnings, dry_run: true, ..Report::default() }))
            }
            Policy::Refuse => Err(refused(&pending)),
        }
    }

    fn apply(&self, database: &Path, functions: Functions, observer: &mut dyn Observer) -> Result<Report> {
        let target = Target::new(database, &self.files).wait(self.wait).steps(self.steps.iter().copied());
        let target = Target { functions, ..target };
        let target = match &self.backups {
            Backups::Beside => target.backup_places(Places::beside(database)),
            Backups::In(folder) => target.backups(folder),
            Backups::None => target,
        };
        let options = MigrateOptions {
            backup: target.backups.is_some(),
            declared: Some(S::DEF),
            ..MigrateOptions::default()
        };
        run::migrate(&target, &options, observer)
    }
}

impl<S> Clone for Migrator<S> {
    fn clone(&self) -> Self {
        Self {
            files: self.files.clone(),
            steps: self.steps.clone(),
            policy: self.policy,
            backups: self.backups.clone(),
            wait: self.wait,
            schema: PhantomData,
        }
    }
}

fn refuse_external<S: Schema>() -> Result<()> {
    if S::DEF.owner == SchemaOwner::Application {
        return Ok(());
    }
    Err(Error::usage(format!("`{}` belongs to somebody else", S::DEF.name))
        .why("an external schema is never migrated")
        .state("nothing was changed"))
}

fn refused(pending: &[Migration]) -> Error {
    let what = match pending {
        [_] => "1 migration is pending".to_owned(),
        many => format!("{} migrations are pending", many.len()),
    };
    let names: Vec<&str> = pending.iter().map(|migration| migration.revision.as_str()).collect();
    Error::new(ErrorKind::Finding, what)
        .why(format!("this program applies none when it starts:\n{}", names.join("\n")))
        .state("nothing was changed")
        .next("db-migrate applies them; then start the program again")
}

fn read_only(path: Option<&Path>) -> Error {
    let shown = path.map(|path| path.display().to_string()).unwrap_or_default();
    Error::usage(format!("migrations are pending, and {shown} was opened read-only"))
        .why("a handle that only reads cannot apply them")
        .state("nothing was changed")
        .next("db-migrate applies them, or a program that opens the database for writing")
}
