use crate::files::{Folder, Migration};
use crate::history::{Applied, Standing, refuse_middle, standing, unfinished};
use crate::{Error, ErrorKind, Next, Result};

/// Whether what was applied and what the folder holds are one history.
pub(in crate::run) fn history(folder: &Folder, history: &[Applied], accepted: &[String]) -> Result<()> {
    unfinished::refuse(history, &[])?;
    refuse_middle(folder, history)?;
    for row in history {
        let revision = &row.revision;
        let at = |error: Error| match folder.get(revision) {
            Some(migration) => error.place(migration.path.display().to_string()),
            None => error,
        };
        let error = match standing(folder, history, row) {
            Standing::Edited if !accepted.contains(revision) => {
                Error::new(ErrorKind::Preflight, format!("{revision} was edited after it was applied"))
                    .why(format!(
                        "the file no longer says what was run on this database at {} UTC",
                        row.applied_at
                    ))
                    .next("restore the file and put the change into a new migration (db-generate --empty)")
                    .next(Next::new("or, if it means the same: db-migrate --accept-edited ").word(revision))
            }
            Standing::Vanished => {
                Error::new(ErrorKind::Preflight, format!("{revision} was applied, and its file is gone"))
                    .why(format!("{} has no file of that revision", folder.source()))
                    .next(format!("restore {revision}.sql from version control"))
                    .next("or take it back with what the history keeps of it: db-rollback")
            }
            Standing::Unknown if !is_compatible(folder, row) => unknown(folder, row),
            _ => continue,
        };
        return Err(at(error).state("nothing was changed"));
    }
    Ok(())
}

/// Whether the programs of this folder can run on a database with this revision, which they do not know.
fn is_compatible(folder: &Folder, row: &Applied) -> bool {
    row.compatible_from.as_ref().is_some_and(|from| folder.get(from).is_some())
}

/// What a person should know of a database that is newer than the folder and says that it does not mind.
/// Fails where something is pending: what it would meet there nobody here knows.
pub(in crate::run) fn newer(folder: &Folder, history: &[Applied]) -> Result<Vec<String>> {
    let newer = history.iter().filter(|row| standing(folder, history, row) == Standing::Unknown);
    let newer: Vec<&Applied> = newer.collect();
    let is_applied =
        |migration: &Migration| history.iter().any(|row| row.revision == migration.revision.as_str());
    if let Some(row) = newer.first()
        && !folder.migrations().iter().all(is_applied)
    {
        return Err(unknown(folder, row).state("nothing was changed"));
    }
    let told = newer.iter().map(|row| {
        format!(
            "the database is newer than this program: {} says that programs from {} on can run on it",
            row.revision,
            row.compatible_from.as_deref().unwrap_or_default()
        )
    });
    Ok(told.collect())
}

/// A revision that was applied from a file which the folder never had: of a newer program where it is
/// newer than every file, otherwise of another branch.
fn unknown(folder: &Folder, row: &Applied) -> Error {
    let (revision, source) = (&row.revision, folder.source());
    let is_newer =
        folder.migrations().iter().all(|migration| migration.revision.as_str() < revision.as_str());
    if is_newer {
        return Error::new(ErrorKind::Preflight, "this database is newer than the program")
            .why(format!("{revision} was applied, and {source} ends before it"))
            .next("run the newer program, or bring the folder up to date")
            .next("or take it back with what the history keeps of it: db-rollback");
    }
    Error::new(ErrorKind::Preflight, format!("{revision} was applied from a file that is not here"))
        .why(format!("no file of {source} is that revision or follows it: it was made on another branch"))
        .next("fetch the branch that has the file, then db-merge if two heads come of it")
        .next("or take it back with what the history keeps of it: db-rollback")
}
