//! Revisions that run outside of a transaction: how far one of them has come, in its row's state.

use std::fmt::Write as _;

use schema_core::rusqlite::{Connection, params};
use sha2::{Digest as _, Sha256};

use super::Applied;
use crate::files::{Migration, Script};
use crate::{Error, ErrorKind, Next, Result, graph};

/// How far the statements have come that a stopped run has left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// Whether it was being taken back, and not applied.
    pub is_return: bool,
    /// Statements that have run.
    pub done: usize,
    /// Statements that were begun: one more than have run where the last may have run or not.
    pub begun: usize,
    /// Statements of the script.
    pub total: usize,
    /// SHA-256 over the statements that have run.
    digest: String,
}

/// What a person says about a revision that a stopped run has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolve {
    /// It is applied: what was missing has been done by hand.
    Applied,
    /// It is not applied: what it had done has been undone by hand.
    Pending,
    /// The statements that have not run are to be run now.
    Continue,
}

/// A revision and what a person says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// The revision.
    pub revision: String,
    /// What is true of it.
    pub resolve: Resolve,
}

impl Resolution {
    /// Reads `20251127143055_vacuum=applied`.
    ///
    /// # Errors
    /// It is written otherwise.
    pub fn read(text: &str) -> Result<Self> {
        let told = || {
            Error::usage(format!("`{text}` resolves nothing"))
                .why("it is written REVISION=applied, REVISION=pending or REVISION=continue")
                .state("nothing was changed")
                .next("db-status names the revision")
        };
        let (revision, word) = text.split_once('=').ok_or_else(told)?;
        let resolve = match word {
            "applied" => Resolve::Applied,
            "pending" => Resolve::Pending,
            "continue" => Resolve::Continue,
            _ => return Err(told()),
        };
        Ok(Self { revision: revision.to_owned(), resolve })
    }
}

impl Unfinished {
    pub(crate) fn new(is_return: bool, script: &Script, done: usize, begun: usize) -> Self {
        Self { is_return, done, begun, total: script.statements.len(), digest: digest(script, done) }
    }

    /// What a row's state says; nothing where the revision is applied.
    pub(crate) fn read(state: &str) -> Option<Self> {
        let mut words = state.split(' ');
        let is_return = match words.next()? {
            "running" => false,
            "returning" => true,
            _ => return None,
        };
        let (done, total) = words.next()?.split_once('/')?;
        Some(Self {
            is_return,
            done: done.parse().ok()?,
            total: total.parse().ok()?,
            begun: words.next()?.parse().ok()?,
            digest: words.next()?.to_owned(),
        })
    }

    pub(super) fn text(&self) -> String {
        let word = if self.is_return { "returning" } else { "running" };
        format!("{word} {}/{} {} {}", self.done, self.total, self.begun, self.digest)
    }

    /// How far it has come, in words.
    pub fn told(&self) -> String {
        let mut text = format!("{} of {} statements ran", self.done, self.total);
        if self.begun > self.done {
            let _ = write!(text, "; statement {} was begun and may have run", self.begun);
        }
        if self.is_return {
            text.push_str(" of its way back");
        }
        text
    }
}

/// SHA-256 over the first statements of a script.
fn digest(script: &Script, count: usize) -> String {
    let mut digest = Sha256::new();
    for statement in script.statements.iter().take(count) {
        digest.update((statement.sql.len() as u64).to_le_bytes());
        digest.update(statement.sql.as_bytes());
    }
    digest.finalize().iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Writes how far a revision has come; its row is made where it is not there yet.
pub(crate) fn mark(
    connection: &Connection,
    revision: &str,
    row: impl FnOnce() -> Applied,
    reached: &Unfinished,
) -> Result<()> {
    let state = reached.text();
    let changed = if super::read(connection)?.iter().any(|row| row.revision == revision) {
        connection.execute(
            "UPDATE main._schema_migrations SET state = ?2 WHERE revision = ?1",
            params![revision, state],
        )
    } else {
        return super::insert(connection, &Applied { state, ..row() });
    };
    changed.map(drop).map_err(|error| Error::sqlite("write the history of migrations", error))
}

/// The answers with the whole revisions, of which a person may have written the beginning.
///
/// # Errors
/// There is no such revision, or several are meant.
pub(crate) fn named(known: &[&str], resolutions: &[Resolution]) -> Result<Vec<Resolution>> {
    let named = resolutions.iter().map(|Resolution { revision, resolve }| {
        Ok(Resolution { revision: graph::find(known, revision)?.to_owned(), resolve: *resolve })
    });
    named.collect()
}

/// Whether no revision is half-way, but for those of which a person has said what is true.
pub(crate) fn refuse(history: &[Applied], resolutions: &[Resolution]) -> Result<()> {
    for row in history {
        let Some(left) = row.unfinished() else { continue };
        if resolutions.iter().any(|resolution| resolution.revision == row.revision) {
            continue;
        }
        let revision = &row.revision;
        return Err(Error::new(ErrorKind::Preflight, format!("{revision} was stopped half-way"))
            .why(format!("it runs outside of a transaction, and {}", left.told()))
            .state("nothing was changed since")
            .next(if left.is_return {
                resolve("see what became of it, then db-migrate --resolve ", revision, "pending")
                    .own(" (it is taken back)")
            } else {
                resolve("db-migrate --resolve ", revision, "continue").own(" (runs what has not run)")
            })
            .next(
                resolve("db-migrate --resolve ", revision, "applied")
                    .own(" (what was missing has been done by hand)"),
            )
            .next(
                resolve("db-migrate --resolve ", revision, "pending")
                    .own(" (what it had done has been undone by hand)"),
            ));
    }
    for resolution in resolutions {
        let row = history.iter().find(|row| row.revision == resolution.revision);
        if row.is_none_or(|row| row.unfinished().is_none()) {
            return Err(Error::usage(format!("{} waits for no answer", resolution.revision))
                .why("it is not among the revisions that were stopped half-way")
                .state("nothing was changed")
                .next("db-status names them"));
        }
    }
    Ok(())
}

/// What a person says of a revision, behind the words that lead there.
fn resolve(words: &'static str, revision: &str, answer: &'static str) -> Next {
    Next::new(words).word(format_args!("{revision}={answer}"))
}

/// A revision, and how far it came.
pub(crate) type Half = (String, Unfinished);

/// The history as it is once the answers are taken for true, and how far a revision is to be continued.
pub(crate) fn resolved(
    history: Vec<Applied>,
    resolutions: &[Resolution],
) -> Result<(Vec<Applied>, Vec<Half>)> {
    let (mut resolved, mut continued) = (Vec::new(), Vec::new());
    for mut row in history {
        let said = resolutions.iter().find(|resolution| resolution.revision == row.revision);
        match (said.map(|said| said.resolve), row.unfinished()) {
            (Some(Resolve::Applied), _) => {
                "applied".clone_into(&mut row.state);
                resolved.push(row);
            }
            (Some(Resolve::Pending), _) => {}
            (Some(Resolve::Continue), Some(left)) if left.is_return => {
                return Err(Error::usage(format!("{} was on its way back", row.revision))
                    .why("a way back is not continued")
                    .state("nothing was changed")
                    .next(resolve("finish it by hand, then db-migrate --resolve ", &row.revision, "pending"))
                    .next(resolve(
                        "or undo what has run of it, then db-migrate --resolve ",
                        &row.revision,
                        "applied",
                    )));
            }
            (Some(Resolve::Continue), Some(left)) => continued.push((row.revision, left)),
            _ => resolved.push(row),
        }
    }
    Ok((resolved, continued))
}

/// Writes the answers into the history.
pub(crate) fn write(connection: &Connection, resolutions: &[Resolution]) -> Result<()> {
    for resolution in resolutions {
        let sql = match resolution.resolve {
            Resolve::Applied => "UPDATE main._schema_migrations SET state = 'applied' WHERE revision = ?1",
            Resolve::Pending => "DELETE FROM main._schema_migrations WHERE revision = ?1",
            Resolve::Continue => continue,
        };
        connection
            .execute(sql, [&resolution.revision])
            .map_err(|error| Error::sqlite("write the history of migrations", error))?;
    }
    Ok(())
}

/// What of a migration is left to be run. The statements that ran must still stand in its file.
pub(crate) fn rest(migration: &Migration, left: &Unfinished) -> Result<Script> {
    if digest(&migration.up, left.done) != left.digest {
        return Err(Error::new(
            ErrorKind::Preflight,
            format!("the statements of {} that ran have been edited since", migration.revision),
        )
        .why(format!("{}, and the file no longer begins with them", left.told()))
        .place(migration.path.display().to_string())
        .state("nothing was changed")
        .next("put them back; what has not run may be corrected"));
    }
    let statements = migration.up.statements.iter().skip(left.done).cloned().collect();
    Ok(Script { statements, expectations: Vec::new(), ..migration.up.clone() })
}

/// Replaces the row of a revision that is wholly applied now.
pub(crate) fn complete(connection: &Connection, applied: &Applied) -> Result<()> {
    connection
        .execute(
            "UPDATE main._schema_migrations SET state = 'applied', up_checksum = ?2, down_checksum = ?3, down_sql = ?4,
             applied_at = ?5, duration_ms = ?6, rows_touched = ?7 WHERE revision = ?1",
            params![
                applied.revision,
                applied.up_checksum,
                applied.down_checksum,
                applied.down_sql,
                applied.applied_at,
                applied.duration_ms,
                applied.rows_touched
            ],
        )
        .map(drop)
        .map_err(|error| Error::sqlite("write the history of migrations", error))
}
