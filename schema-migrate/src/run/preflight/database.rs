use std::path::Path;

use schema_core::function::Functions;
use schema_core::rusqlite::Connection;
use schema_ops::integrity;
use schema_ops::restore::RESTORE_THE_NEWEST;

use super::check::CheckName;
use super::checks::{Checks, Found};
use crate::files::Script;
use crate::plan::EngineVersion;
use crate::run::foreign_keys::Violations;
use crate::run::foretell::refuse_unknown;
use crate::run::programs;
use crate::{Error, ErrorKind, Result};

/// Whether the database is sound enough to be changed by these scripts, and SQLite able to run them.
/// `after` says whether views and triggers still work then. `copied` says that a backup follows, whose
/// copy is checked page for page: the database itself is then not. Gives whether its pages can be read.
pub(crate) fn database(
    connection: &Connection,
    path: &Path,
    functions: &Functions,
    scripts: &[&Script],
    after: impl FnOnce() -> Result<()>,
    copied: bool,
    checks: &mut Checks<'_>,
) -> bool {
    checks.check(CheckName::Engine, || engine(scripts));
    if copied {
        checks.check(CheckName::ForeignKeys, || foreign_keys(connection));
    } else if !sound(connection, path, checks) {
        const OTHERS: [CheckName; 2] = [CheckName::Functions, CheckName::Views];
        checks.pass_over(&OTHERS, "not looked at: the database is damaged");
        return false;
    }
    checks.check(CheckName::Functions, || {
        refuse_unknown(connection, functions, scripts)?;
        Ok(Found::passed("no statement needs the application"))
    });
    checks.check(CheckName::Views, || {
        let looked = programs::before(connection, scripts)?;
        after()?;
        Ok(if looked { Found::passed("views and triggers ok") } else { Found::default() })
    });
    if copied && !checks.has_failed() {
        checks.pass_over(&[CheckName::Integrity], "integrity checked with the backup");
    } else if copied {
        // There will be no backup.
        return checks.check(CheckName::Integrity, || whole(connection, path));
    }
    true
}

/// What can be said of a database whatever is to be done with it. Gives whether its pages can be read.
pub(crate) fn sound(connection: &Connection, path: &Path, checks: &mut Checks<'_>) -> bool {
    let is_whole = checks.check(CheckName::Integrity, || whole(connection, path));
    if is_whole {
        checks.check(CheckName::ForeignKeys, || foreign_keys(connection));
    } else {
        checks.pass_over(&[CheckName::ForeignKeys], "not looked at: the database is damaged");
    }
    is_whole
}

/// Whether SQLite finds a fault in any page.
pub(in crate::run) fn whole(connection: &Connection, path: &Path) -> Result<Found> {
    let integrity = integrity(connection).map_err(|error| error.state("nothing was changed"))?;
    match integrity.faults {
        None => Ok(Found::passed(integrity.passed())),
        Some(faults) => {
            Err(Error::new(ErrorKind::Verification, format!("the database {} is damaged", path.display()))
                .why(faults)
                .state("nothing was changed")
                .next(RESTORE_THE_NEWEST)
                .with_damaged(path))
        }
    }
}

/// Rows that have no parent already stop nothing: they may be what a migration is to correct.
fn foreign_keys(connection: &Connection) -> Result<Found> {
    let violations = Violations::read(connection)?;
    let orphans = match violations.count() {
        0 => None,
        1 => Some("1 row has".to_owned()),
        count => Some(format!("{count} rows have")),
    };
    let orphans = orphans.map(|rows| {
        format!("{rows} no parent row already; they stay as they are, and only new ones stop a migration")
    });
    let mismatches = violations.mismatches().map(|(child, parent)| {
        format!(
            "a foreign key of `{child}` refers to columns of `{parent}` that are no key: with foreign keys on, \
             SQLite refuses every change of the rows"
        )
    });
    Ok(Found::passed("foreign keys ok").but(orphans.into_iter().chain(mismatches)))
}

fn engine(scripts: &[&Script]) -> Result<Found> {
    let engine = EngineVersion::bundled();
    match scripts.iter().find_map(|script| script.engine.filter(|needed| *needed > engine)) {
        None => Ok(Found::passed("SQLite new enough")),
        Some(needed) => Err(Error::new(ErrorKind::Preflight, format!("a migration needs SQLite {needed}"))
            .why(format!("this program has {engine}"))
            .state("nothing was changed")
            .next("run a newer program, or generate the migration with `target` in schema.toml")),
    }
}
