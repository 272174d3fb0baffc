use std::fs;
use std::path::Path;

use time::OffsetDateTime;

use super::catalogue::{Backup, Copied, Described};
use super::check::{Contents, check};
use super::copy::open_copy;
use super::manifest::{Checked, Manifest};
use super::pack::unpack;
use super::partial::Partial;
use super::progress::{Watch, begin};
use super::verify::{Fault, extract, verify};
use crate::durable::create_private;
use crate::{Error, ErrorKind, Result, explain};

/// What reading one copy of a backup found.
#[derive(Clone, Debug)]
pub struct Look {
    /// The copy.
    pub copy: Copied,
    /// What is wrong with it: a word, and a sentence.
    pub fault: Option<(String, String)>,
    /// Why the result could not be written into the manifest.
    pub unrecorded: Option<String>,
}

/// Reads every copy of a backup to its end and writes into each manifest what was found. A copy
/// without a manifest is unpacked and checked as a database.
pub fn look(backup: &Backup, watch: &mut Watch<'_>) -> Vec<Look> {
    backup.copies.iter().map(|copy| look_at(backup, copy, watch)).collect()
}

fn look_at(backup: &Backup, copy: &Copied, watch: &mut Watch<'_>) -> Look {
    let mut found = Look { copy: copy.clone(), fault: None, unrecorded: None };
    match &copy.manifest {
        Described::By(manifest) => {
            found.fault = verify(&copy.packed, manifest, watch)
                .err()
                .map(|fault| (fault.word().to_owned(), fault.to_string()));
            if matches!(&found.fault, Some((word, _)) if word == Fault::Stopped.word()) {
                return found;
            }
            let mut manifest = manifest.as_ref().clone();
            manifest.checked = Some(Checked::now(found.fault.clone().map(|(word, _)| word)));
            let recorded = record(&manifest, &backup.name.manifest(&copy.folder));
            found.unrecorded = recorded.err().map(|error| error.to_string());
            found.copy.manifest = Described::By(Box::new(manifest));
        }
        Described::Unreadable(why) => {
            found.fault = Some((why.clone(), "its manifest cannot be read by this program".to_owned()));
        }
        Described::Nothing => {
            let checked = Partial::reserve(&copy.folder, Path::new("check"), OffsetDateTime::now_utc())
                .map_err(|error| Error::failed("there is no room to unpack it").why(error.to_string()))
                .and_then(|(partial, _)| {
                    stage(&copy.packed, None, &partial.file("copy.db"), watch).map_err(Error::from)
                });
            found.fault = checked
                .err()
                .map(|error| ("unreadable".to_owned(), error.reason().unwrap_or(error.what()).to_owned()));
        }
    }
    found
}

/// Writes a manifest anew, so that it is the old one or the new one at any moment.
pub(crate) fn record(manifest: &Manifest, path: &Path) -> std::io::Result<()> {
    let mut written = path.as_os_str().to_owned();
    written.push(format!(".{}.new", std::process::id()));
    let done = manifest.write(Path::new(&written)).and_then(|()| fs::rename(&written, path));
    if done.is_err() {
        drop(fs::remove_file(&written));
    }
    done
}

/// Why a packed file cannot be restored.
#[derive(Debug)]
pub(crate) struct Unsound {
    /// What is wrong with it, in a word, where it is the file that is wrong.
    pub(crate) word: Option<&'static str>,
    /// The whole story.
    pub(crate) error: Error,
}

impl From<Error> for Unsound {
    fn from(error: Error) -> Self {
        Self { word: None, error }
    }
}

impl From<Unsound> for Error {
    fn from(unsound: Unsound) -> Self {
        unsound.error
    }
}

/// Unpacks a packed file into a new one and checks what comes out: against the manifest, where there
/// is one, and as a database.
pub(crate) fn stage(
    packed: &Path,
    manifest: Option<&Manifest>,
    into: &Path,
    watch: &mut Watch<'_>,
) -> Result<Contents, Unsound> {
    let bad = |why: String| {
        Error::new(ErrorKind::Verification, format!("the backup {} is not good", packed.display()))
            .why(why)
            .state("nothing was changed")
            .next("db-list-backups (another one may be good)")
    };
    match manifest {
        Some(manifest) => extract(packed, manifest, into, watch).map_err(|fault| Unsound {
            word: (fault != Fault::Stopped).then(|| fault.word()),
            error: bad(fault.to_string()).with_kind(fault.kind()),
        })?,
        None => {
            let mut target = create_private(into).map_err(|error| bad(error.to_string()))?;
            unpack(packed, &mut target, "reading the backup", watch).map_err(|error| {
                error
                    .downcast::<Error>()
                    .unwrap_or_else(|error| bad(format!("it cannot be unpacked: {error}")))
            })?;
        }
    }
    begin(watch, "checking the backup")?;
    let connection = open_copy(into)?;
    let contents =
        check(&connection, into).map_err(|error| bad(error.reason().unwrap_or(error.what()).to_owned()))?;
    connection.close().map_err(|(_, error)| explain(into, error))?;
    match manifest.filter(|manifest| manifest.tables != contents.tables) {
        Some(_) => Err(Unsound {
            word: Some(Fault::Hash.word()),
            error: bad("its tables have other numbers of rows than the manifest says".to_owned()),
        }),
        None => Ok(contents),
    }
}
