use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::look::record;
use super::manifest::{Checked, Manifest};
use super::name::BackupName;
use super::partial::Partial;
use super::progress::Watch;
use super::verify::{Fault, verify};
use crate::{Error, Result, flush_folder};

/// The packed copy, in the folder in which it is made.
pub(crate) const PACKED: &str = "copy.db.gz";

/// Gives a packed copy its name, reads it back from there, and says so in the manifest: only then it counts.
/// A program that is stopped before leaves one of which nothing says that it was read.
pub(crate) fn publish(
    partial: &Partial,
    place: &Path,
    name: &BackupName,
    manifest: &mut Manifest,
    watch: &mut Watch<'_>,
) -> Result<PathBuf> {
    let io = |error: std::io::Error| unwritable(place, &error);
    let (packed, described) = (name.packed(place), name.manifest(place));
    manifest.checked = None;
    let published = begin(partial, &packed, &described, manifest).map_err(io).and_then(|()| {
        flush_folder(place).map_err(io)?;
        verify(&packed, manifest, watch).map_err(|fault| unsound(&packed, &fault))?;
        manifest.checked = Some(Checked::now(None));
        record(manifest, &described).map_err(io)?;
        flush_folder(place).map_err(io)
    });
    match published {
        Ok(()) => Ok(packed),
        Err(error) => {
            // It never counted. Where it cannot be taken away it stays as one that is not finished.
            drop(fs::remove_file(&packed));
            drop(fs::remove_file(&described));
            Err(error)
        }
    }
}

/// The manifest first: what a program that is stopped here leaves behind can be told from somebody's file.
fn begin(partial: &Partial, packed: &Path, described: &Path, manifest: &Manifest) -> io::Result<()> {
    let written = partial.file("manifest.json");
    manifest.write(&written)?;
    fs::rename(&written, described)?;
    fs::rename(partial.file(PACKED), packed)
}

fn unsound(packed: &Path, fault: &Fault) -> Error {
    Error::new(fault.kind(), format!("the backup {} could not be read back", packed.display()))
        .why(fault.to_string())
        .state("nothing was changed")
        .next("see that the disk is sound, then run the command again")
}

/// That a folder of backups cannot be used.
pub(crate) fn unwritable(place: &Path, error: &std::io::Error) -> Error {
    refused(place, &error.to_string())
}

/// That no backup came to be in a folder.
pub(crate) fn refused(place: &Path, why: &str) -> Error {
    Error::failed(format!("no backup could be taken into {}", place.display()))
        .why(why)
        .state("nothing was changed")
        .next("see that the folder can be written to and the disk has room")
}
