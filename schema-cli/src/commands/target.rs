use std::{path::Path, time::Duration};

use schema_core::model::SchemaOwner;
use schema_migrate::{Error, run::Target};

use crate::settings::Settings;

/// How long one attempt waits for another program's transaction, at most.
const WAIT: Duration = Duration::from_secs(5);

/// What the runner works on, after the settings.
pub(super) fn target(settings: &Settings) -> Result<Target, Error> {
    Ok(target_of(settings, &settings.database()?.path))
}

/// The same with another database file.
pub(super) fn target_of(settings: &Settings, database: &Path) -> Target {
    let target = Target::new(database, &settings.migrations).steps(settings.schema.steps.iter().copied());
    let retry = settings.file.retry;
    // Within an attempt a short wait takes what is free again soon.
    let target = target.wait(retry.first.min(WAIT)).retry(retry);
    target.backup_places(settings.places(database)).keep(settings.policy())
}

/// Refuses a schema that belongs to somebody else.
pub(super) fn refuse_external(settings: &Settings) -> Result<(), Error> {
    if settings.schema.declared.owner == SchemaOwner::Application {
        return Ok(());
    }
    Err(Error::usage(format!("`{}` is an external schema", settings.schema.name))
        .why("its database belongs to another program, which alone migrates it")
        .state("nothing was changed")
        .next("db-check shows whether the models fit it"))
}
