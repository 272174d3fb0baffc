use std::path::{Path, PathBuf};

use schema_migrate::Error;

/// Name of the file with the settings.
pub(crate) const FILE_NAME: &str = "schema.toml";

/// The nearest `schema.toml`, in this folder or above it.
pub(crate) fn find(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().map(|folder| folder.join(FILE_NAME)).find(|file| file.is_file())
}

/// That there is no `schema.toml`.
pub(super) fn missing(folder: &Path) -> Error {
    Error::usage(format!("there is no {FILE_NAME} in {} or above it", folder.display()))
        .why("it says where the database and the migrations are")
        .state("nothing was changed")
        .next("db-init (writes one)")
}
