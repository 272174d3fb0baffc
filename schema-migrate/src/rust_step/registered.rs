use std::path::Path;

use super::{Direction, RustStep};
use crate::files::{Folder, Script};
use crate::history::Standing;
use crate::run::Target;
use crate::status::Status;
use crate::{Error, ErrorKind, Result};

/// The Rust step that a script names; `None` where it names none.
///
/// # Errors
/// The program has not registered it, or has registered another one for the revision.
pub fn find<'s>(
    steps: &'s [RustStep],
    revision: &str,
    direction: Direction,
    script: &Script,
    file: Option<&Path>,
) -> Result<Option<&'s RustStep>> {
    let registered = steps.iter().find(|step| step.revision == revision && step.direction == direction);
    let (attribute, key) = match direction {
        Direction::Up => (format!("#[migration(\"{revision}\")]"), "rust"),
        Direction::Down => (format!("#[migration(\"{revision}\", down)]"), "rust-down"),
    };
    let refused = match (&script.rust, registered) {
        (None, None) => return Ok(None),
        (Some(name), Some(step)) if step.name == name => return Ok(Some(step)),
        (Some(name), Some(step)) => {
            preflight(format!("{revision} names the Rust step `{name}`, and `{}` is registered", step.name))
                .why(format!("the header `{key}` of the file and the function's name are the same word"))
                .next(format!("rename the function, or the header: `-- {key}: {}`", step.name))
        }
        (Some(name), None) => {
            preflight(format!("{revision} needs the Rust step `{name}`, which this program does not have"))
                .why(format!("its file names a function, and none is registered as {attribute}"))
                .next(registering(name))
        }
        (None, Some(step)) => {
            preflight(format!("`{}` is registered for {revision}, whose file names no such step", step.name))
                .why(format!(
                    "a file says in its header which function belongs to it: `-- {key}: {}`",
                    step.name
                ))
                .next(match direction {
                    Direction::Up => "write the line into the header, or take the `.step(..)` away",
                    Direction::Down => {
                        "write the line into the header before the revision is applied; the way back of one \
                         that is applied is what the history keeps"
                    }
                })
        }
    };
    Err(match file {
        Some(file) => refused.place(file.display().to_string()),
        None => refused,
    })
}

/// Where a step is registered: each program that applies the revision has to know its function.
pub fn registering(name: &str) -> String {
    format!(
        "register it in both places: `steps: [{name}]` in embed_migrations!, for the program and its tests, \
         and for the commands `.step({name})` behind `Cli::new().schema::<..>()`"
    )
}

/// Whether the steps fit the files: each has its revision, and each revision of `due` its step.
///
/// # Errors
/// One is missing, on either side. Nothing was changed.
pub(crate) fn check<'m>(
    steps: &[RustStep],
    folder: &Folder,
    due: impl IntoIterator<Item = &'m crate::files::Migration>,
) -> Result<()> {
    for (position, step) in steps.iter().enumerate() {
        let is_same =
            |other: &&RustStep| other.revision == step.revision && other.direction == step.direction;
        if let Some(other) = steps[..position].iter().find(is_same) {
            return Err(preflight(format!("two Rust steps are registered for {}", step.revision))
                .why(format!("`{}` and `{}`", other.name, step.name))
                .next("take one `.step(..)` away"));
        }
        if folder.get(step.revision).is_none() {
            return Err(preflight(format!(
                "the Rust step `{}` belongs to {}, which has no file",
                step.name, step.revision
            ))
            .why(format!("{} holds no such revision", folder.source()))
            .next(format!("correct the revision in #[migration(\"{}\")], or restore the file", step.revision))
            .next("or take the `.step(..)` away, if the revision was folded into another"));
        }
    }
    for migration in due {
        let (revision, file) = (migration.revision.as_str(), Some(migration.path.as_path()));
        find(steps, revision, Direction::Up, &migration.up, file)?;
        find(steps, revision, Direction::Down, &migration.down, file)?;
    }
    Ok(())
}

/// What the Rust steps of a target lack for the revisions that are pending: one is missing, or one is there
/// for a revision without a file. `None` where they fit.
///
/// # Errors
/// The files cannot be read.
pub fn misfit(target: &Target, found: &Status) -> Result<Option<Error>> {
    let folder = Folder::scan(&target.files)?;
    let pending = found.standing(Standing::Pending).filter_map(|entry| folder.get(&entry.revision));
    Ok(check(&target.steps, &folder, pending).err())
}

fn preflight(what: String) -> Error {
    Error::new(ErrorKind::Preflight, what).state("nothing was changed")
}
