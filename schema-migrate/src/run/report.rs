//! What is wanted of a run, and what came of it.

use std::time::Duration;

use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;
use schema_ops::backup::Taken;

use super::backup::take_backup;
use super::observer::{Event, Observer};
use super::preflight::CheckName;
use super::rehearse::Rehearsal;
use super::target::Target;
use crate::Result;
use crate::diff::Change;
use crate::files::Migration;
use crate::history::Resolution;

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
    /// Make it also where there are backups of one that is gone.
    pub anew: bool,
    /// The models, which the database is compared with afterwards.
    pub declared: Option<&'a SchemaDef>,
    /// In that comparison a UNIQUE constraint and a unique index are two different things.
    pub strict_unique: bool,
    /// Applied revisions whose edited file is taken for what was applied, as a person names them.
    pub accept_edited: &'a [String],
    /// What is true of revisions that were stopped half-way.
    pub resolve: &'a [Resolution],
    /// Make all checks even where nothing is pending.
    pub preflight: bool,
    /// Checks that are left out, of those that can be: [`CheckName::can_be_skipped`].
    pub skip: &'a [CheckName],
}

impl Default for MigrateOptions<'_> {
    fn default() -> Self {
        Self {
            to: None,
            dry_run: false,
            backup: true,
            rehearse: false,
            create: true,
            anew: false,
            declared: None,
            strict_unique: false,
            accept_edited: &[],
            resolve: &[],
            preflight: false,
            skip: &[],
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
    /// Whether there is a way back from it, or nothing that needs one.
    pub is_reversible: bool,
}

impl AppliedRevision {
    /// One that would be applied.
    pub(crate) fn to_be(migration: &Migration) -> Self {
        Self {
            revision: migration.revision.to_string(),
            statements: migration.up.statements.len(),
            duration: Duration::ZERO,
            rows: 0,
            is_reversible: !migration.is_irreversible(),
        }
    }
}

/// What a run did.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What was applied or taken back, in that order; in a dry run, what would be.
    pub revisions: Vec<AppliedRevision>,
    /// What was recorded as applied and not run, since a push had made what it builds; in a dry run,
    /// what would be.
    pub recorded: Vec<String>,
    /// The backup that was taken before.
    pub backup: Option<Taken>,
    /// Revisions whose edited file is taken for what was applied, as a person has said; in a dry run,
    /// would be.
    pub accepted: Vec<String>,
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
    pub(crate) fn warn_all<'t>(
        &mut self,
        observer: &mut dyn Observer,
        texts: impl IntoIterator<Item = &'t str>,
    ) {
        texts.into_iter().for_each(|text| self.warn(observer, text.to_owned()));
    }

    pub(crate) fn warn(&mut self, observer: &mut dyn Observer, text: String) {
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
