use schema_ops::backup::list;

use super::check::CheckName;
use super::checks::{Checks, Found};
use crate::run::target::Target;
use crate::{Error, ErrorKind, Next, Result};

/// So many backups are named where none of them is good.
const NAMED: usize = 3;

/// Whether a database that is not there, or holds nothing, may be made: not in the place of one that is
/// lost, unless a person wants it `anew`, for which there is a command.
pub(crate) fn missing(target: &Target, anew: bool, command: &'static str, checks: &mut Checks<'_>) {
    checks.check(CheckName::Backups, || lost(target, anew, command));
}

fn lost(target: &Target, anew: bool, command: &'static str) -> Result<Found> {
    let database = target.database.display();
    let backups = target.backups.as_ref().map(|places| list(places, &target.database).backups);
    let backups = backups.unwrap_or_default();
    let Some(newest) =
        backups.iter().find(|backup| backup.good().is_some()).map(|backup| backup.name.clone())
    else {
        if backups.is_empty() {
            return Ok(Found::passed("a new database, of which there is no backup"));
        }
        let mut names: Vec<String> =
            backups.iter().take(NAMED).map(|backup| backup.name.to_string()).collect();
        if backups.len() > NAMED {
            names.push(format!("{} more", backups.len() - NAMED));
        }
        return Ok(Found::default().but([format!(
            "a new database is begun although there are backups of one, of which none is known to be good: {}",
            names.join(", ")
        )]));
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
