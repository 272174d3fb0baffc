use std::time::{Duration, Instant};

use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;
use schema_ops::backup::Taken;

use super::after::settle;
use super::apply::{Work, apply};
use super::ask::ask_all;
use super::backup::take_backup;
use super::lock::Lock;
use super::meter::Clock;
use super::observer::{Event, Observer};
use super::open::{check_writable, open, open_read_only};
use super::preflight::{self, Placed};
use super::programs;
use super::rehearse::{Counts, Rehearsal, compare as compare_with_rehearsal, rehearse};
use super::retry::retried;
use super::target::Target;
use crate::diff::{Answers, Change, compare};
use crate::files::{FileSource, Folder, Migration, Script};
use crate::history::unfinished::{self, Unfinished};
use crate::history::{self, Applied, Resolution};
use crate::inspect::{materialise, sqlite};
use crate::keep::with_kept;
use crate::recorded::{recorded, replay, run};
use crate::rust_step::{self, Direction};
use crate::stamp::{bookkeeping, without_bookkeeping};
use crate::{Error, ErrorKind, Result, graph};

/// How migrations are applied.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct MigrateOptions<'a> {
    /// Apply up to this revision and what it needs; all where there is none.
    pub to: Option<&'a str>,
    /// Only check and list what would be applied.
    pub dry_run: bool,
    /// Take a backup first, where the target says where to.
    pub backup: bool,
    /// Run everything on a copy of the database first; in a dry run, on that alone. Nothing is copied where
    /// nothing is pending or there are no rows yet.
    pub rehearse: bool,
    /// Make the database where there is none.
    pub create: bool,
    /// The models, which the database is compared with afterwards.
    pub declared: Option<&'a SchemaDef>,
    /// In that comparison a UNIQUE constraint and a unique index are two different things.
    pub strict_unique: bool,
    /// Applied revisions whose edited file is taken for what was applied.
    pub accept_edited: &'a [String],
    /// What is true of revisions that were stopped half-way.
    pub resolve: &'a [Resolution],
}

impl Default for MigrateOptions<'_> {
    fn default() -> Self {
        Self {
            to: None,
            dry_run: false,
            backup: true,
            rehearse: false,
            create: true,
            declared: None,
            strict_unique: false,
            accept_edited: &[],
            resolve: &[],
        }
    }
}

/// A revision that was applied or taken back; in a dry run, one that would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedRevision {
    /// The revision.
    pub revision: String,
    /// How many statements it has.
    pub statements: usize,
    /// How long it took; zero in a dry run.
    pub duration: Duration,
    /// Rows that its statements inserted, changed or deleted.
    pub rows: u64,
}

impl AppliedRevision {
    /// One that would be applied.
    pub(crate) fn to_be(migration: &Migration) -> Self {
        Self {
            revision: migration.revision.to_string(),
            statements: migration.up.statements.len(),
            duration: Duration::ZERO,
            rows: 0,
        }
    }
}

/// What a run did.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What was applied or taken back, in that order; in a dry run, what would be.
    pub revisions: Vec<AppliedRevision>,
    /// The backup that was taken before.
    pub backup: Option<Taken>,
    /// What the run on a copy came to, where there was one.
    pub rehearsal: Option<Rehearsal>,
    /// What a person should know and what stopped nothing.
    pub warnings: Vec<String>,
    /// Where the database differs from the models now; `None` where they were not compared.
    pub drift: Option<Vec<Change>>,
    /// Whether nothing was changed on purpose.
    pub dry_run: bool,
    /// How long everything took.
    pub duration: Duration,
}

impl Report {
    pub(super) fn warn_all<'t>(
        &mut self,
        observer: &mut dyn Observer,
        texts: impl IntoIterator<Item = &'t str>,
    ) {
        texts.into_iter().for_each(|text| self.warn(observer, text.to_owned()));
    }

    pub(super) fn warn(&mut self, observer: &mut dyn Observer, text: String) {
        observer.event(&Event::Warning { text: &text });
        self.warnings.push(text);
    }

    /// Takes a backup before the work, and what it warns of.
    pub(crate) fn take_backup(
        &mut self,
        connection: &Connection,
        target: &Target,
        observer: &mut dyn Observer,
    ) -> Result<()> {
        self.backup = take_backup(connection, target, observer)?;
        self.warnings.extend(self.backup.iter().flat_map(|taken| taken.warnings.clone()));
        Ok(())
    }
}

/// What the files build before each migration that is due.
fn schemas_before(prepared: &Prepared) -> Result<Vec<SchemaDef>> {
    if prepared.due.is_empty() {
        return Ok(Vec::new());
    }
    let scratch = replay(&prepared.applied)?;
    let mut schemas = Vec::with_capacity(prepared.due.len());
    for migration in &prepared.due {
        schemas.push(sqlite::schema(&scratch)?);
        run(&scratch, migration, &migration.up)?;
    }
    Ok(schemas)
}

/// Applies what is pending: takes the lock, checks before anything is changed, takes a backup, and
/// runs each revision in a transaction of its own, together with its history row.
///
/// # Errors
/// What was refused or failed, with what it left behind. [`Target::interrupt`] stops it: the statement at
/// hand is interrupted and its revision rolled back.
pub fn migrate(target: &Target, options: &MigrateOptions<'_>, observer: &mut dyn Observer) -> Result<Report> {
    run_all(target, options, observer).map_err(|error| target.interrupt.told(error))
}

pub(super) fn run_all(
    target: &Target,
    options: &MigrateOptions<'_>,
    observer: &mut dyn Observer,
) -> Result<Report> {
    let begun = Instant::now();
    let scanned = Folder::scan(&target.files)?;
    if options.dry_run {
        let mut report = only_check(target, scanned, options, observer)?;
        report.duration = begun.elapsed();
        return Ok(report);
    }
    check_writable(&target.database, options.create)?;
    let is_new = is_new(target);
    if is_new {
        // Before anything is made on the disk: whether the files can build a database at all.
        let folder = scanned.clone().ordered()?;
        let due = due(&folder, &[], options.to)?;
        recorded(&due)?;
        rust_step::check(&target.steps, &folder, &due)?;
    }
    let lock = Lock::take_observed(&target.database, target.lock_wait(), observer, &target.interrupt)?;
    let mut connection = open(&target.database, options.create, target.wait)?;
    let clock = Clock::of(&mut connection, target.wait, &target.interrupt)?;
    if is_new {
        observer.event(&Event::Created { database: &target.database });
    }
    let mut report = Report::default();
    report.warn_all(observer, lock.taken_over());
    let folded = scanned.clone();
    let prepared = prepare(&connection, target, scanned, options, &mut report, observer)?;
    // Every file has to run on what those before it build; found out now, while nothing is changed.
    let schemas = schemas_before(&prepared)?;
    let rehearses = options.rehearse && !is_new && !prepared.due.is_empty();
    if rehearses {
        report.rehearsal = Some(rehearse(&connection, target, options, observer)?);
    }
    unfinished::write(&connection, options.resolve)?;
    // What a squash replaces is no longer in the folder, and from here on not in the history.
    history::fold(&connection, &folded)?;
    accept(&connection, &prepared, options)?;
    if !prepared.due.is_empty() && !is_new && options.backup {
        report.take_backup(&connection, target, observer)?;
    }
    let counts = if rehearses { Some(Counts::before(&connection)?) } else { None };
    let total = prepared.due.len();
    for (position, (migration, recorded)) in prepared.due.iter().zip(&schemas).enumerate() {
        let step = rust_step::find(
            &target.steps,
            migration.revision.as_str(),
            Direction::Up,
            &migration.up,
            Some(&migration.path),
        )?;
        let (script, offset) = match prepared.continued(migration) {
            Some((_, rest, done)) => (rest, *done),
            None => (&migration.up, 0),
        };
        let work = Work {
            revision: migration.revision.as_str(),
            file: Some(&migration.path),
            script,
            is_baseline: migration.kind.is_first(),
            clock: &clock,
            recorded: Some(recorded),
            asked: prepared.asked.filter(|_| position == 0),
            number: position + 1,
            total,
            step,
            offset,
            mark: &|connection, done, begun| {
                let row = || Applied::now(migration, Duration::ZERO, 0);
                let reached = Unfinished::new(false, &migration.up, done, begun);
                unfinished::mark(connection, migration.revision.as_str(), row, &reached)
            },
            is_due: &|connection| is_due(connection, migration, prepared.continued(migration).is_some()),
            finish: &|connection, duration, rows| {
                let row = Applied::now(migration, duration, rows);
                if script.no_transaction {
                    unfinished::complete(connection, &row)
                } else {
                    history::insert(connection, &row)
                }
            },
        };
        let outcome = if script.no_transaction {
            apply(&connection, &work, observer)?
        } else {
            retried(target.retry, &connection, &target.interrupt, observer, |observer| {
                apply(&connection, &work, observer)
            })
            .map_err(|error| error.state(state_after(&report.revisions, "applied")))?
        };
        if let Some(outcome) = outcome {
            report.warnings.extend(outcome.warnings);
            report.revisions.push(AppliedRevision {
                revision: migration.revision.to_string(),
                statements: migration.up.statements.len(),
                duration: outcome.duration,
                rows: outcome.rows,
            });
        }
    }
    verify(&connection, options, &prepared, &mut report, observer)
        .map_err(|error| error.state(stays(&report.revisions, "applied")))?;
    if let Some(counts) = counts {
        compare_with_rehearsal(&mut report, &counts.after(&connection)?, observer);
    }
    settle(&connection, &mut report, observer);
    report.duration = begun.elapsed();
    Ok(report)
}

/// The migrations that are not applied yet, in the order in which they would be; all of them where
/// there is no database.
pub fn pending(target: &Target, to: Option<&str>) -> Result<Vec<Migration>> {
    let folder = Folder::scan(&target.files)?;
    let history = if is_new(target) {
        Vec::new()
    } else {
        history::read_beside(&open_read_only(&target.database, target.wait)?, &folder)?
    };
    preflight::history(&folder, &history, &[])?;
    due(&folder.ordered()?, &history, to)
}

/// What a starting program would have to apply.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) migrations: Vec<Migration>,
    /// What a person should know of a database that is newer than the program.
    pub(crate) warnings: Vec<String>,
}

/// What is due on a database file.
pub(crate) fn due_on(target: &Target) -> Result<Due> {
    let history = if is_new(target) {
        Vec::new()
    } else {
        history::read(&open_read_only(&target.database, target.wait)?)?
    };
    due_after(&target.files, &history)
}

/// What is due after this history.
pub(crate) fn due_after(files: &FileSource, history: &[Applied]) -> Result<Due> {
    due_in(&Folder::scan(files)?, history)
}

/// The same for files that have been read.
pub(crate) fn due_in(folder: &Folder, history: &[Applied]) -> Result<Due> {
    let history = history::beside(history.to_vec(), folder);
    preflight::history(folder, &history, &[])?;
    let folder = folder.clone().ordered()?;
    let warnings = preflight::newer(&folder, &history)?;
    Ok(Due { migrations: due(&folder, &history, None)?, warnings })
}

/// Whether there is no database yet: no file, or one without a byte.
fn is_new(target: &Target) -> bool {
    std::fs::metadata(&target.database).map_or(true, |file| file.len() == 0)
}

/// What is known once the folder and the history agree.
struct Prepared {
    /// The state of the database in which the rows were as the first migration expects.
    asked: Option<i64>,
    applied: Vec<Migration>,
    due: Vec<Migration>,
    is_all: bool,
    /// Revisions that were stopped half-way: what is left of each, and how many of its statements ran.
    continued: Vec<(String, Script, usize)>,
}

impl Prepared {
    fn continued(&self, migration: &Migration) -> Option<&(String, Script, usize)> {
        self.continued.iter().find(|(revision, _, _)| revision == migration.revision.as_str())
    }
}

fn prepare(
    connection: &Connection,
    target: &Target,
    scanned: Folder,
    options: &MigrateOptions<'_>,
    report: &mut Report,
    observer: &mut dyn Observer,
) -> Result<Prepared> {
    let found = history::read(connection)?;
    unfinished::refuse(&found, options.resolve)?;
    let (history, halves) = unfinished::resolved(found, options.resolve)?;
    let history = history::beside(history, &scanned);
    preflight::history(&scanned, &history, options.accept_edited)?;
    let folder = scanned.ordered()?;
    let mut continued = Vec::new();
    for (revision, left) in halves {
        let migration = folder.find(&revision)?;
        continued.push((revision, unfinished::rest(migration, &left)?, left.done));
    }
    let newer = preflight::newer(&folder, &history)?;
    let is_newer = !newer.is_empty();
    newer.into_iter().for_each(|text| report.warn(observer, text));
    let due = due(&folder, &history, options.to)?;
    rust_step::check(&target.steps, &folder, &due)?;
    let applied: Vec<Migration> =
        history.iter().filter_map(|row| folder.get(&row.revision)).cloned().collect();
    let pending = folder.migrations().len() - applied.len();
    if !due.is_empty() {
        let rest = |migration: &Migration| {
            let half = continued.iter().find(|(revision, _, _)| revision == migration.revision.as_str());
            half.map_or_else(|| migration.up.clone(), |(_, rest, _)| rest.clone())
        };
        let ups: Vec<Script> = due.iter().map(rest).collect();
        let scripts: Vec<&Script> = ups.iter().collect();
        observer.event(&Event::Phase { what: "checking the integrity" });
        let findings = preflight::database(connection, &target.database, &scripts)?;
        let placed: Vec<Placed<'_>> = ups.iter().zip(due.iter().map(Some)).collect();
        let built = recorded(&applied)?;
        preflight::tables(connection, &built, &placed)
            .map_err(|error| if history.is_empty() { adoptable(connection, error) } else { error })?;
        programs::after(connection, &built, &placed)?;
        for warning in findings.warnings {
            report.warn(observer, warning);
        }
        observer.event(&Event::Preflight { checks: &findings.checks });
    }
    for migration in due.iter().filter(|migration| migration.up.no_transaction) {
        let revision = &migration.revision;
        report.warn(
            observer,
            format!(
                "{revision} runs outside of a transaction: where it is stopped half-way, what has run stays \
                 (transaction: off)"
            ),
        );
    }
    // Those that follow are asked once the ones before them have run.
    let mut asked = None;
    let is_half = |migration: &Migration| {
        continued.iter().any(|(revision, _, _)| revision == migration.revision.as_str())
    };
    if let Some(first) = due.first().filter(|first| !first.up.expectations.is_empty() && !is_half(first)) {
        let answers = ask_all(connection, &first.up, observer)?;
        for warning in answers.warnings() {
            report.warn(observer, warning);
        }
        if let Some(refusal) = answers.refusal(|line| Some(format!("{}:{line}", first.path.display()))) {
            return Err(refusal.with_kind(ErrorKind::Preflight).state("nothing was changed"));
        }
        asked = Some(answers.data_version);
    }
    Ok(Prepared { asked, is_all: pending == due.len() && !is_newer, applied, due, continued })
}

/// The refusal of a database that another tool has kept so far, with the way to adopt it.
fn adoptable(connection: &Connection, error: Error) -> Error {
    bookkeeping(connection).unwrap_or_default().iter().fold(error, |error, one| {
        let (tool, summary) = (one.tool, one.summary());
        error.next(format!(
            "db-stamp --from {} adopts it: {} has kept it so far ({summary})",
            tool.word, tool.name
        ))
    })
}

fn due(folder: &Folder, history: &[Applied], to: Option<&str>) -> Result<Vec<Migration>> {
    let wanted: Vec<&Migration> = match to {
        None => folder.migrations().iter().collect(),
        Some(named) => graph::up_to(folder.migrations(), folder.find(named)?.revision.as_str()),
    };
    let is_applied =
        |migration: &Migration| history.iter().any(|row| row.revision == migration.revision.as_str());
    let due: Vec<Migration> =
        wanted.into_iter().filter(|migration| !is_applied(migration)).cloned().collect();
    if !due.is_empty() {
        let applied = history.iter().map(|row| row.revision.as_str());
        let then: Vec<&str> =
            applied.chain(due.iter().map(|migration| migration.revision.as_str())).collect();
        graph::refuse_unjoined(folder.migrations(), &then)?;
    }
    Ok(due)
}

/// A dry run: every check that reads, and the list of what would be applied.
fn only_check(
    target: &Target,
    scanned: Folder,
    options: &MigrateOptions<'_>,
    observer: &mut dyn Observer,
) -> Result<Report> {
    let mut report = Report { dry_run: true, ..Report::default() };
    let due = if is_new(target) && options.create {
        check_writable(&target.database, true)?;
        let folder = scanned.ordered()?;
        let due = due(&folder, &[], options.to)?;
        recorded(&due)?;
        rust_step::check(&target.steps, &folder, &due)?;
        due
    } else {
        let connection = open_read_only(&target.database, target.wait)?;
        let _watched = target.interrupt.watch(&connection);
        let prepared = prepare(&connection, target, scanned, options, &mut report, observer)?;
        if options.rehearse && !prepared.due.is_empty() {
            let _lock =
                Lock::take_observed(&target.database, target.lock_wait(), observer, &target.interrupt)?;
            report.rehearsal = Some(rehearse(&connection, target, options, observer)?);
        }
        prepared.due
    };
    report.revisions = due.iter().map(AppliedRevision::to_be).collect();
    Ok(report)
}

/// Takes edited files for what was applied, where a person says so.
fn accept(connection: &Connection, prepared: &Prepared, options: &MigrateOptions<'_>) -> Result<()> {
    for migration in &prepared.applied {
        if options.accept_edited.iter().any(|revision| revision == migration.revision.as_str()) {
            history::accept(connection, migration)?;
        }
    }
    Ok(())
}

/// Read again inside the transaction: another program may have been faster, without our lock.
fn is_due(connection: &Connection, migration: &Migration, is_continued: bool) -> Result<bool> {
    let history = history::read(connection)?;
    if let Some(row) = history.iter().find(|row| row.revision == migration.revision.as_str()) {
        return Ok(is_continued && row.unfinished().is_some());
    }
    match migration.parents.iter().find(|parent| !history.iter().any(|row| row.revision == **parent)) {
        None => Ok(true),
        Some(parent) => {
            Err(Error::failed(format!("{} needs {parent}, which is not applied", migration.revision))
                .why("another program has taken it back in the meantime")
                .next("db-status says where the database stands"))
        }
    }
}

/// What came after the last revision has failed: what that leaves, in words.
pub(super) fn stays(done: &[AppliedRevision], participle: &str) -> String {
    match done {
        [] => "nothing was changed".to_owned(),
        [one] => format!("{} stays {participle}", one.revision),
        several => format!("all {} migrations stay {participle}", several.len()),
    }
}

/// What a failure leaves behind, in words.
pub(super) fn state_after(done: &[AppliedRevision], participle: &str) -> String {
    if done.is_empty() {
        return "this migration was rolled back; nothing was changed".to_owned();
    }
    let names: Vec<&str> = done.iter().map(|revision| revision.revision.as_str()).collect();
    let verb = if done.len() == 1 { "stays" } else { "stay" };
    format!("this migration was rolled back; {} {verb} {participle}; no data changed since", names.join(", "))
}

fn verify(
    connection: &Connection,
    options: &MigrateOptions<'_>,
    prepared: &Prepared,
    report: &mut Report,
    observer: &mut dyn Observer,
) -> Result<()> {
    if let Some(declared) = options.declared.filter(|_| prepared.is_all) {
        let models = materialise(declared)?;
        let live = without_bookkeeping(sqlite::schema(connection)?, &models);
        let answers = Answers::unasked(options.strict_unique);
        report.drift = Some(compare(&live, &with_kept(&live, &models), &models, &answers)?.changes);
    }
    observer.event(&Event::Verified { models: report.drift.as_ref().map(Vec::is_empty) });
    Ok(())
}
