//! The checks of a run of migrations, and what they say is to be done.

use std::borrow::Cow;
use std::collections::BTreeSet;

use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;

use super::accept::acceptance;
use super::ask::ask_all;
use super::backup::backup_follows;
use super::due::{due, holds_nothing, is_new};
use super::lock::{Lock, lock_standing};
use super::observer::{Event, Observer};
use super::open::{open_read_only, snapshot};
use super::preflight::{self, CheckName, Checks, Copies, Found, Placed};
use super::programs;
use super::rehearse::rehearse;
use super::report::{AppliedRevision, MigrateOptions, Report};
use super::target::Target;
use crate::files::{Folder, Migration, Script};
use crate::history::{self, Resolution, unfinished};
use crate::inspect::{scratch, sqlite};
use crate::recorded::{recorded, replay, run};
use crate::rust_step;
use crate::stamp::bookkeeping;
use crate::{Error, ErrorKind, Next, Result, push};

/// What is known once all checks have passed.
#[derive(Default)]
pub(super) struct Prepared {
    /// The state of the database in which the rows were as the first migration expects.
    pub(super) asked: Option<i64>,
    pub(super) applied: Vec<Migration>,
    /// Those that were pending, and have nothing to do since a push has made what they build.
    pub(super) pushed: Vec<Migration>,
    pub(super) due: Vec<Migration>,
    /// What the files build before each that is due.
    pub(super) schemas: Vec<SchemaDef>,
    pub(super) is_all: bool,
    /// Edited files that are taken for what was applied.
    pub(super) accepted: Vec<String>,
    /// What a person says of revisions that were stopped half-way.
    pub(super) resolutions: Vec<Resolution>,
    /// Revisions that were stopped half-way: what is left of each, and how many of its statements ran.
    continued: Vec<(String, Script, usize)>,
}

impl Prepared {
    pub(super) fn continued(&self, migration: &Migration) -> Option<&(String, Script, usize)> {
        self.continued.iter().find(|(revision, _, _)| revision == migration.revision.as_str())
    }

    /// One that is due as it is told, with the statements that will run.
    pub(super) fn to_be(&self, migration: &Migration) -> AppliedRevision {
        let whole = AppliedRevision::to_be(migration);
        match self.continued(migration) {
            Some((_, rest, _)) => AppliedRevision { statements: rest.statements.len(), ..whole },
            None => whole,
        }
    }

    pub(super) fn pushed_names(&self) -> Vec<String> {
        self.pushed.iter().map(|migration| migration.revision.to_string()).collect()
    }

    /// What is built once those that need no work are recorded.
    fn built(&self) -> impl Iterator<Item = &Migration> {
        self.applied.iter().chain(&self.pushed)
    }

    /// What will run of each that is due.
    fn scripts(&self) -> Vec<&Script> {
        let rest = |migration| self.continued(migration).map(|(_, rest, _)| rest);
        self.due.iter().map(|migration| rest(migration).unwrap_or(&migration.up)).collect()
    }
}

/// Makes all checks that need the database, and tells what they and those before them found.
pub(super) fn prepare(
    connection: &Connection,
    target: &Target,
    scanned: Result<Folder>,
    options: &MigrateOptions<'_>,
    mut checks: Checks<'_>,
    report: &mut Report,
    observer: &mut dyn Observer,
) -> Result<Prepared> {
    let files = files(connection, target, scanned, options, &mut checks, observer);
    target.interrupt.check()?;
    let is_known = files.is_some();
    let mut prepared = files.unwrap_or_default();
    if is_known && prepared.due.is_empty() && !options.preflight && !checks.has_failed() {
        report.warn_all(observer, checks.finish_silently()?.iter().map(String::as_str));
        return Ok(prepared);
    }
    let scripts = prepared.scripts();
    observer.event(&Event::Phase { what: "checking the integrity" });
    let backup = options.backup && !prepared.due.is_empty();
    let copies = Copies { backup, rehearsal: options.rehearse };
    preflight::space(connection, target, &scripts, copies, &mut checks);
    let mut asked = None;
    if is_known {
        let copied = backup && !options.dry_run && backup_follows(connection, target);
        asked = fits(connection, target, &prepared, &scripts, copied, &mut checks, observer);
    } else {
        const OTHERS: [CheckName; 5] =
            [CheckName::Engine, CheckName::Functions, CheckName::Views, CheckName::Tables, CheckName::Rows];
        preflight::sound(connection, &target.database, &mut checks);
        checks.pass_over(&OTHERS, "not looked at: what is to be applied is not known");
    }
    target.interrupt.check()?;
    prepared.asked = asked;
    let warnings = checks.finish(observer)?;
    report.warn_all(observer, warnings.iter().map(String::as_str));
    for migration in prepared.due.iter().filter(|migration| migration.up.no_transaction) {
        let revision = &migration.revision;
        report.warn(
            observer,
            format!(
                "{revision} runs outside of a transaction: where it is stopped half-way, what has run stays \
                 (transaction: off)"
            ),
        );
    }
    Ok(prepared)
}

/// Whether files and history are whole and agree, and what they say is to be done.
fn files(
    connection: &Connection,
    target: &Target,
    scanned: Result<Folder>,
    options: &MigrateOptions<'_>,
    checks: &mut Checks<'_>,
    observer: &mut dyn Observer,
) -> Option<Prepared> {
    let scanned = match scanned {
        Ok(scanned) => scanned,
        Err(error) => {
            checks.check(CheckName::Files, || Err(error));
            checks.pass_over(&[CheckName::History], "not looked at: the files cannot be read");
            return None;
        }
    };
    let history = checks.value(CheckName::History, || {
        let found = history::read(connection)?;
        let rows = found.iter().map(|row| row.revision.as_str());
        let files = scanned.migrations().iter().map(|migration| migration.revision.as_str());
        let known: Vec<&str> = rows.chain(files).collect::<BTreeSet<_>>().into_iter().collect();
        let resolutions = unfinished::named(&known, options.resolve)?;
        unfinished::refuse(&found, &resolutions)?;
        let (history, halves) = unfinished::resolved(found, &resolutions)?;
        let history = history::beside(history, &scanned);
        let scanned = history::through(scanned, &history)?;
        let acceptance = acceptance(&scanned, &history, options.accept_edited)?;
        preflight::history(&scanned, &history, &acceptance.revisions)?;
        let newer = preflight::newer(&scanned, &history)?;
        let is_newer = !newer.is_empty();
        let found = Found::passed("history as the files say").but(newer).but(acceptance.warnings);
        Ok((found, (scanned, history, halves, is_newer, acceptance.revisions, resolutions)))
    });
    let Some((scanned, history, halves, is_newer, accepted, resolutions)) = history else {
        checks.pass_over(&[CheckName::Files], "not looked at: the history is not what they say");
        return None;
    };
    checks.value(CheckName::Files, || {
        let folder = scanned.ordered()?;
        let mut continued = Vec::new();
        for (revision, left) in halves {
            let migration = folder.find(&revision)?;
            continued.push((revision, unfinished::rest(migration, &left)?, left.done));
        }
        let mut due = due(&folder, &history, options.to)?;
        rust_step::check(&target.steps, &folder, &due)?;
        let applied: Vec<Migration> =
            history.iter().filter_map(|row| folder.get(&row.revision)).cloned().collect();
        let pending = folder.migrations().len() - applied.len();
        let is_all = pending == due.len() && !is_newer;
        if !due.is_empty() {
            observer.event(&Event::Phase { what: "trying on a scratch database" });
        }
        let pushed: Vec<Migration> = match continued.as_slice() {
            [] => due.drain(..push::reached(connection, &applied, &due)?).collect(),
            _ => Vec::new(),
        };
        let mut prepared = Prepared {
            applied,
            pushed,
            due,
            is_all,
            accepted,
            resolutions,
            continued,
            ..Prepared::default()
        };
        // Every file has to run on what those before it build.
        prepared.schemas = schemas_before(prepared.built(), &prepared.due)?;
        Ok((Found::passed("files whole"), prepared))
    })
}

/// What the files build before each migration that is due.
fn schemas_before<'a>(
    built: impl Iterator<Item = &'a Migration>,
    due: &[Migration],
) -> Result<Vec<SchemaDef>> {
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let scratch = replay(built)?;
    let mut schemas = Vec::with_capacity(due.len());
    for migration in due {
        schemas.push(sqlite::schema(&scratch)?);
        run(&scratch, migration, &migration.up)?;
    }
    Ok(schemas)
}

/// Whether the database takes what is due. Gives the state in which its rows were asked.
fn fits(
    connection: &Connection,
    target: &Target,
    prepared: &Prepared,
    scripts: &[&Script],
    copied: bool,
    checks: &mut Checks<'_>,
    observer: &mut dyn Observer,
) -> Option<i64> {
    let due = &prepared.due;
    let placed: Vec<Placed<'_>> = scripts.iter().copied().zip(due.iter().map(Some)).collect();
    // The files have run once already where anything is due.
    let built = || match prepared.schemas.first() {
        Some(built) => Ok(Cow::Borrowed(built)),
        None => recorded(prepared.built()).map(Cow::Owned),
    };
    let after = || built().and_then(|built| programs::after(connection, &built, &placed));
    if !preflight::database(connection, &target.database, &target.functions, scripts, after, copied, checks) {
        checks.pass_over(&[CheckName::Tables, CheckName::Rows], "not looked at: the database is damaged");
        return None;
    }
    checks.check(CheckName::Tables, || {
        let tables = built().and_then(|built| preflight::tables(connection, &built, &placed));
        tables.map_err(|error| match prepared.applied.is_empty() {
            true => adoptable(connection, error),
            false => error,
        })?;
        Ok(Found::passed("tables as recorded"))
    });
    // Those that follow are asked once the ones before them have run.
    let first = due.first().filter(|first| !first.up.expectations.is_empty())?;
    if prepared.continued(first).is_some() {
        return None;
    }
    checks.value(CheckName::Rows, || {
        let answers = ask_all(connection, &first.up, observer)?;
        match answers.refusal(|line| Some(format!("{}:{line}", first.path.display()))) {
            None => Ok((Found::passed("rows as expected").but(answers.warnings()), answers.data_version)),
            Some(refusal) => Err(refusal.with_kind(ErrorKind::Preflight).state("nothing was changed")),
        }
    })
}

/// The refusal of a database that another tool has kept so far, with the way to adopt it.
fn adoptable(connection: &Connection, error: Error) -> Error {
    bookkeeping(connection).unwrap_or_default().iter().fold(error, |error, one| {
        let (tool, summary) = (one.tool, one.summary());
        let step = Next::new("db-stamp --from ").word(tool.word).own(" adopts it: ").value(tool.name);
        error.next(step.own(" has kept it so far (").value(summary).own(")"))
    })
}

/// A dry run: every check that reads, and the list of what would be applied.
pub(super) fn only_check(
    target: &Target,
    scanned: Result<Folder>,
    options: &MigrateOptions<'_>,
    observer: &mut dyn Observer,
) -> Result<Report> {
    let mut report = Report { dry_run: true, ..Report::default() };
    let mut checks = Checks::without(options.skip);
    preflight::place(&target.database, options.create, &mut checks);
    let is_new = is_new(target);
    if options.create && holds_nothing(target) {
        preflight::missing(target, options.anew, "db-migrate --new", &mut checks);
    }
    checks.check(CheckName::Lock, || {
        let holder = lock_standing(&target.database);
        let held = holder.map(|holder| format!("{holder} holds the lock, and would be waited for"));
        Ok(if held.is_none() { Found::passed("lock free") } else { Found::default().but(held) })
    });
    // One that is not there yet holds what an empty one does.
    let opened = match is_new && options.create {
        true => scratch(),
        false => open_read_only(&target.database, target.wait),
    };
    let connection = match opened {
        Ok(connection) => connection,
        // The same is told already where the file's own check has failed.
        Err(_) if checks.has_failed() => scratch()?,
        Err(error) => return Err(error),
    };
    let _watched = target.interrupt.watch(&connection);
    // Another program may be migrating: history and tables are read as they were at one moment.
    let moment = snapshot(&connection)?;
    let prepared = prepare(&connection, target, scanned, options, checks, &mut report, observer)?;
    drop(moment);
    report.recorded = prepared.pushed_names();
    report.revisions = prepared.due.iter().map(|migration| prepared.to_be(migration)).collect();
    report.accepted = prepared.accepted;
    if options.rehearse && !prepared.due.is_empty() && !is_new {
        let _lock = Lock::take_observed(&target.database, target.lock_wait(), observer, &target.interrupt)?;
        report.rehearsal = Some(rehearse(&connection, target, options, observer)?);
    }
    Ok(report)
}
