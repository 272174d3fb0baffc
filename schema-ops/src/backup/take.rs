use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use schema_core::rusqlite::{self, Connection};
use time::OffsetDateTime;

use super::check::check;
use super::copy::{copy, open_copy};
use super::manifest::{FORMAT, Manifest, Reason};
use super::name::BackupName;
use super::origin::Origin;
use super::pack::pack;
use super::partial::{Partial, remove_abandoned};
use super::place::Places;
use super::progress::{Watch, begin};
use super::publish::{PACKED, publish, refused, unwritable};
use crate::{Error, ErrorKind, Result, explain, flush_folder};

/// A backup that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The database file, which gives the backup its name.
    pub database: &'a Path,
    /// Where it goes.
    pub places: &'a Places,
    /// Why it is taken.
    pub reason: Reason,
    /// What a person writes on it.
    pub note: Option<&'a str>,
    /// Whether no rule may remove it.
    pub pinned: bool,
}

impl<'a> Request<'a> {
    /// A backup for this reason, without a note and not pinned.
    pub fn new(database: &'a Path, places: &'a Places, reason: Reason) -> Self {
        Self { database, places, reason, note: None, pinned: false }
    }

    /// The folder that it goes to.
    pub fn folder(&self) -> &'a Path {
        match self.reason {
            Reason::BeforeRestore => self.places.before_restore(),
            _ => &self.places.primary,
        }
    }
}

/// A backup that was taken and read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Its id.
    pub name: BackupName,
    /// The packed file.
    pub path: PathBuf,
    /// What it holds.
    pub manifest: Manifest,
    /// How long everything took.
    pub duration: Duration,
    /// The second copy, where there is to be one and it came to be.
    pub second: Option<PathBuf>,
    /// What a person should know, such as a second copy that failed.
    pub warnings: Vec<String>,
}

impl Taken {
    /// Size of the packed file.
    pub fn bytes(&self) -> u64 {
        self.manifest.packed.bytes
    }
}

/// Takes a backup while others go on reading and writing: copies the database through SQLite, checks
/// the copy, packs it, reads it back from where it stands, and then copies it to the second place.
///
/// # Errors
/// The database cannot be read or is damaged, the folder cannot be written, the disk is full, or what
/// was written does not read back. Nothing half-made stays. A failing second place is a warning.
pub fn take(source: &Connection, request: &Request<'_>, watch: &mut Watch<'_>) -> Result<Taken> {
    let begun = Instant::now();
    let place = request.folder();
    // Before anything is begun, as any other check.
    let refused = |error: std::io::Error| unwritable(place, &error).with_kind(ErrorKind::Preflight);
    fs::create_dir_all(place).map_err(refused)?;
    let mut warnings = Vec::new();
    if let Err(error) = remove_abandoned(place) {
        warnings.push(format!("what a stopped backup left in {} stays: {error}", place.display()));
    }
    let now = OffsetDateTime::now_utc();
    let (partial, name) = reserve(request, now).map_err(refused)?;
    let mut manifest = make(source, request, &name, &partial, watch)?;
    let path = publish(&partial, place, &name, &mut manifest, watch)?;
    drop(partial);
    let second = request.places.secondary.as_deref().filter(|second| *second != place);
    let second = second.and_then(|second| {
        let origin = Some(Origin::new(request.database, second));
        let copied = copy_to(&path, second, &name, &mut Manifest { origin, ..manifest.clone() }, watch);
        copied
            .map_err(|error| {
                warnings.push(format!(
                    "THE SECOND COPY FAILED: {name} is in {} alone: {}{}",
                    place.display(),
                    error.what(),
                    error.reason().map(|why| format!(": {why}")).unwrap_or_default()
                ));
            })
            .ok()
    });
    Ok(Taken { name, path, manifest, duration: begun.elapsed(), second, warnings })
}

/// The first name that is free in both places: another database may share one of them.
fn reserve(request: &Request<'_>, now: OffsetDateTime) -> std::io::Result<(Partial, BackupName)> {
    let second = request.places.secondary.as_deref();
    Partial::reserve_where(request.folder(), request.database, now, |name| {
        second.is_none_or(|second| !name.packed(second).exists() && !name.manifest(second).exists())
    })
}

fn make(
    source: &Connection,
    request: &Request<'_>,
    name: &BackupName,
    partial: &Partial,
    watch: &mut Watch<'_>,
) -> Result<Manifest> {
    let place = request.folder();
    let written = |error: Error| match error.kind() {
        ErrorKind::Verification | ErrorKind::Locked | ErrorKind::Interrupted => error,
        _ => refused(place, error.reason().unwrap_or(error.what())),
    };
    let raw = partial.file("copy.db");
    copy(source, &raw, watch).map_err(written)?;
    begin(watch, "checking the copy")?;
    let copied = open_copy(&raw)?;
    let contents = check(&copied, &raw).map_err(|error| match error.kind() {
        ErrorKind::Verification => Error::new(ErrorKind::Verification, "the backup is not intact")
            .why(error.reason().unwrap_or(error.what()))
            .state("nothing was changed, and no backup was made")
            .next("db-list-backups (an older one may be good)"),
        _ => written(error),
    })?;
    // Closed before the file is read by other means, which would drop SQLite's locks on it.
    copied.close().map_err(|(_, error)| explain(&raw, error))?;
    let digests = pack(&raw, &partial.file(PACKED), watch)
        .map_err(|error| error.downcast::<Error>().unwrap_or_else(|error| unwritable(place, &error)))?;
    Ok(Manifest {
        format: FORMAT,
        database: name.database.clone(),
        origin: Some(Origin::new(request.database, place)),
        taken_at: name.taken_at,
        reason: request.reason,
        note: request.note.map(str::to_owned),
        pinned: request.pinned,
        revision: contents.revision,
        schema_hash: contents.schema_hash,
        journal_mode: journal_mode(source)?,
        raw: digests.raw,
        packed: digests.packed,
        tables: contents.tables,
        orphans: contents.orphans,
        unchecked: contents.unchecked,
        holds_rows: Some(contents.holds_rows),
        sqlite_version: rusqlite::version().to_owned(),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        checked: None,
    })
}

fn journal_mode(source: &Connection) -> Result<String> {
    source
        .query_row("PRAGMA main.journal_mode", [], |row| row.get(0))
        .map_err(|error| Error::sqlite("read the journal mode", error))
}

/// Takes a backup away again that nobody needs, from every place in which it is.
pub(crate) fn take_back(taken: &Taken) -> std::io::Result<()> {
    for packed in std::iter::once(&taken.path).chain(&taken.second) {
        let folder = packed.parent().unwrap_or(Path::new("."));
        remove_copy(&taken.name, folder)?;
    }
    Ok(())
}

/// Removes one copy: without its manifest first it no longer counts, should the rest fail.
pub(crate) fn remove_copy(name: &BackupName, folder: &Path) -> std::io::Result<()> {
    for path in [name.manifest(folder), name.packed(folder)] {
        match fs::remove_file(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            removed => removed?,
        }
    }
    Ok(())
}

/// Copies a packed file to another place and reads it back there.
pub(crate) fn copy_to(
    packed: &Path,
    place: &Path,
    name: &BackupName,
    manifest: &mut Manifest,
    watch: &mut Watch<'_>,
) -> Result<PathBuf> {
    let io = |error: std::io::Error| unwritable(place, &error);
    begin(watch, "copying to the second place")?;
    fs::create_dir_all(place).map_err(io)?;
    remove_abandoned(place).map_err(io)?;
    let partial = Partial::of(place, name)
        .map_err(io)?
        .ok_or_else(|| refused(place, &format!("{name} is there already")))?;
    let copied = partial.file(PACKED);
    let mut target = crate::durable::create_private(&copied).map_err(io)?;
    std::io::copy(&mut fs::File::open(packed).map_err(io)?, &mut target).map_err(io)?;
    target.sync_all().map_err(io)?;
    drop(target);
    flush_folder(place).map_err(io)?;
    publish(&partial, place, name, manifest, watch)
}
