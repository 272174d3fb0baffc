use std::{env, path::PathBuf, time::Duration};

use schema_core::model::SchemaDef;
use schema_migrate::{Error, files::Folder, inspect, recorded::recorded, run::open_read_only};

use super::Context;
use crate::{arguments::PlaceArguments, settings::file_of_url};

/// How long a reader waits for a writer.
pub(super) const WAIT: Duration = Duration::from_secs(5);

/// One side of a comparison.
#[derive(Debug)]
pub(super) struct Side {
    /// What a person calls it.
    pub(super) name: String,
    /// As SQLite writes it.
    pub(super) schema: SchemaDef,
    /// The models that say which names were others before.
    pub(super) declared: Option<&'static SchemaDef>,
    /// The file, where the side is a database.
    pub(super) database: Option<PathBuf>,
}

impl Side {
    /// Reads `models`, `migrations`, a database URL or a file's path.
    pub(super) fn read(text: &str, context: &Context<'_>, place: &PlaceArguments) -> Result<Self, Error> {
        match text {
            "models" => {
                let schema = context.settings(place)?.schema;
                Ok(Self {
                    name: format!("models of `{}`", schema.name),
                    schema: inspect::materialise(schema.declared)?,
                    declared: Some(schema.declared),
                    database: None,
                })
            }
            "migrations" => {
                let settings = context.settings(place)?;
                let folder = Folder::read(&settings.migrations)?;
                Ok(Self {
                    name: format!("migrations of `{}`", settings.schema.name),
                    schema: recorded(folder.migrations())?,
                    declared: None,
                    database: None,
                })
            }
            _ => {
                let here = env::current_dir().map_err(|error| {
                    Error::failed("the current folder cannot be read")
                        .why(error.to_string())
                        .state("nothing was changed")
                })?;
                let path = file_of_url(text, &here)?;
                let connection = open_read_only(&path, WAIT).map_err(|error| match path.metadata() {
                    Ok(file) if file.len() > 0 => error,
                    // Nobody says that this program makes it.
                    _ => error
                        .without_next()
                        .next("correct the path: --from and --to name databases that are there"),
                })?;
                let schema = inspect::sqlite::schema(&connection)?;
                Ok(Self { name: text.to_owned(), schema, declared: None, database: Some(path) })
            }
        }
    }
}
