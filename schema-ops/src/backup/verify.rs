use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::manifest::Manifest;
use super::pack::{Digest, unpack};
use super::progress::Watch;
use crate::durable::create_private;
use crate::{Error, ErrorKind};

/// What is wrong with a packed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not there.
    Missing,
    /// It has another size than the manifest says.
    Size {
        /// What the manifest says, in bytes.
        recorded: u64,
        /// What is there.
        found: u64,
    },
    /// It, or what it holds, is not what was packed.
    Hash,
    /// It cannot be unpacked or read.
    Unreadable(String),
    /// Nobody knows: reading it was stopped.
    Stopped,
}

impl Fault {
    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Stopped => ErrorKind::Interrupted,
            _ => ErrorKind::Verification,
        }
    }

    /// In a word: `missing`, `size`, `hash`, `unreadable`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Size { .. } => "size",
            Self::Hash => "hash",
            Self::Unreadable(_) => "unreadable",
            Self::Stopped => "stopped",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => formatter.write_str("the packed file is not there"),
            Self::Size { recorded, found } => {
                write!(formatter, "it has {found} bytes, and the manifest says {recorded}")
            }
            Self::Hash => formatter.write_str("its SHA-256 is not the one in the manifest"),
            Self::Stopped => formatter.write_str("reading it was stopped"),
            Self::Unreadable(why) => write!(formatter, "it cannot be unpacked: {why}"),
        }
    }
}

/// Reads a packed file to its end and compares it, and what it holds, with the manifest: what was
/// checked when it was made is what is there.
pub fn verify(packed: &Path, manifest: &Manifest, watch: &mut Watch<'_>) -> Result<(), Fault> {
    read(packed, manifest, &mut io::sink(), watch)
}

/// The same, with the database that it holds written into a new file, which only its owner may read.
/// A file that is not what it should be stays behind when this fails.
pub fn extract(packed: &Path, manifest: &Manifest, into: &Path, watch: &mut Watch<'_>) -> Result<(), Fault> {
    let unwritable = |error: io::Error| Fault::Unreadable(format!("{}: {error}", into.display()));
    let mut target = create_private(into).map_err(unwritable)?;
    read(packed, manifest, &mut target, watch)?;
    target.sync_all().map_err(unwritable)
}

fn read(
    packed: &Path,
    manifest: &Manifest,
    into: &mut dyn Write,
    watch: &mut Watch<'_>,
) -> Result<(), Fault> {
    looks_whole(packed, &manifest.packed)?;
    let digests = unpack(packed, into, "reading the backup", watch).map_err(|error| {
        match error.downcast::<Error>() {
            // Nothing but the watch gives one of ours.
            Ok(_) => Fault::Stopped,
            Err(error) => Fault::Unreadable(error.to_string()),
        }
    })?;
    if digests.packed != manifest.packed || digests.raw != manifest.raw {
        return Err(Fault::Hash);
    }
    Ok(())
}

/// Whether the file is there and as large as it was: what can be seen without reading it.
pub(crate) fn looks_whole(packed: &Path, recorded: &Digest) -> Result<(), Fault> {
    match fs::metadata(packed) {
        Ok(file) if file.len() == recorded.bytes => Ok(()),
        Ok(file) => Err(Fault::Size { recorded: recorded.bytes, found: file.len() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Fault::Missing),
        Err(error) => Err(Fault::Unreadable(error.to_string())),
    }
}
