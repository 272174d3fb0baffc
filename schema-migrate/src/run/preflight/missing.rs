use schema_ops::restore::newest_good;

use super::check::CheckName;
use super::checks::{Checks, Found};
use crate::run::target::Target;
use crate::{Error, ErrorKind, Next, Result};

/// Whether a database that is not there, or holds nothing, may be made: not in the place of one that is
/// lost, unless a person wants it `anew`, for which there is a command.
pub(crate) fn missing(target: &Target, anew: bool, command: &'static str, checks: &mut Checks<'_>) {
    checks.check(CheckName::Backups, || lost(target, anew, command));
}

fn lost(target: &Target, anew: bool, command: &'static str) -> Result<Found> {
    let database = target.database.display();
    let newest = target.backups.as_ref().and_then(|places| newest_good(places, &target.database));
    let Some(newest) = newest.map(|backup| backup.name) else {
        return Ok(Found::passed("a new database, of which there is no backup"));
    };
    if anew {
        return Ok(Found::default().but([format!(
            "a new database is begun although there are backups of one; the newest is {newest}"
        )]));
    }
    let is_there = target.database.exists();
    let standing = if is_there { "is empty" } else { "is not there" };
    Err(Error::new(
        ErrorKind::Preflight,
        format!("the database {database} {standing}, and there are backups of it"),
    )
    .why("a new one would hold none of its rows, or the url names another place than before")
    .state("nothing was changed")
    .next(Next::new("db-restore ").word(newest).own(" (the newest good backup)"))
    .next("db-list-backups")
    .next(Next::new("or begin with an empty database: ").own(command)))
}
