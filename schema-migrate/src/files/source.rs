use std::fmt;
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// A migration file that was compiled into the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmbeddedFile {
    /// Where it stood, as errors name it: `migrations/20251127143055_add_tasks.sql`.
    pub path: &'static str,
    /// What it held.
    pub text: &'static str,
}

/// Where migrations are read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileSource {
    /// A folder of files.
    Folder(PathBuf),
    /// Files that are part of the program.
    Embedded(&'static [EmbeddedFile]),
}

impl FileSource {
    /// The folder, into which a file can be written.
    ///
    /// # Errors
    /// The files are part of the program.
    pub fn folder(&self) -> Result<&Path> {
        match self {
            Self::Folder(path) => Ok(path),
            Self::Embedded(_) => Err(Error::usage("there is no migrations folder to write to")
                .why("the migrations are compiled into this program")
                .state("nothing was changed")
                .next("run the command where the source is")),
        }
    }
}

impl fmt::Display for FileSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => write!(formatter, "the folder {}", path.display()),
            Self::Embedded(_) => formatter.write_str("the program itself"),
        }
    }
}

impl From<PathBuf> for FileSource {
    fn from(path: PathBuf) -> Self {
        Self::Folder(path)
    }
}

impl From<&PathBuf> for FileSource {
    fn from(path: &PathBuf) -> Self {
        Self::Folder(path.clone())
    }
}

impl From<&Path> for FileSource {
    fn from(path: &Path) -> Self {
        Self::Folder(path.to_owned())
    }
}

impl From<&str> for FileSource {
    fn from(path: &str) -> Self {
        Self::Folder(path.into())
    }
}

impl From<&Self> for FileSource {
    fn from(source: &Self) -> Self {
        source.clone()
    }
}

impl From<&'static [EmbeddedFile]> for FileSource {
    fn from(files: &'static [EmbeddedFile]) -> Self {
        Self::Embedded(files)
    }
}
