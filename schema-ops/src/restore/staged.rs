use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use schema_core::rusqlite::{Connection, OpenFlags};
use time::OffsetDateTime;

use crate::backup::{
    Backup, Checked, Contents, Copied, Described, Manifest, Partial, Standing, Unsound, Watch, Whose, check,
    copy, describe, open_copy, record, remove_abandoned, stage, whose,
};
use crate::{Error, ErrorKind, Result, explain};

/// Where a restore takes the database from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A backup of the list, from the first place in which it is good.
    Backup(Backup),
    /// A packed file, with or without a manifest beside it, or a database file.
    File(PathBuf),
}

/// A backup that is unpacked beside the database and checked. It goes when this is dropped.
#[derive(Debug)]
pub struct Staged {
    partial: Partial,
    /// The file that it came from.
    pub from: PathBuf,
    /// What it holds.
    pub contents: Contents,
    /// Its manifest, where it has one.
    pub manifest: Option<Manifest>,
    /// What a person should know, such as that the first place is bad.
    pub warnings: Vec<String>,
}

const RAW: &str = "restore.db";

impl Staged {
    /// Unpacks and checks what is to be restored. The database is not touched.
    ///
    /// # Errors
    /// It is not what was backed up, or damaged, or there is no room to unpack it.
    pub fn prepare(source: &Source, database: &Path, watch: &mut Watch<'_>) -> Result<Self> {
        let folder = room(database);
        let unwritable = |error: std::io::Error| {
            Error::new(
                ErrorKind::Preflight,
                format!("the backup cannot be unpacked into {}", folder.display()),
            )
            .why(error.to_string())
            .state("nothing was changed")
            .next("see that the folder can be written to and the disk has room")
        };
        remove_abandoned(folder).map_err(unwritable)?;
        let (partial, _) =
            Partial::reserve(folder, database, OffsetDateTime::now_utc()).map_err(unwritable)?;
        match source {
            Source::Backup(backup) => from_backup(partial, backup, watch),
            Source::File(path) => from_file(partial, path, database, watch),
        }
    }

    /// The database that was unpacked.
    pub(super) fn open(&self) -> Result<Connection> {
        open_copy(&self.partial.file(RAW))
    }
}

/// The folder of the database, or the nearest above it that is there.
fn room(database: &Path) -> &Path {
    let folders = database.ancestors().skip(1);
    let folder = folders.map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
    folder.into_iter().find(|folder| folder.is_dir()).unwrap_or(Path::new("."))
}

fn from_backup(partial: Partial, backup: &Backup, watch: &mut Watch<'_>) -> Result<Staged> {
    let mut failures: Vec<(String, Error)> = Vec::new();
    for copy in &backup.copies {
        let raw = partial.file(RAW);
        // What a bad copy has left there.
        drop(fs::remove_file(&raw));
        let staged = match &copy.manifest {
            Described::By(manifest) => stage(&copy.packed, Some(manifest), &raw, watch),
            Described::Nothing => stage(&copy.packed, None, &raw, watch),
            Described::Unreadable(_) => Manifest::read(&backup.name.manifest(&copy.folder))
                .map_err(Unsound::from)
                .and_then(|manifest| stage(&copy.packed, Some(&manifest), &raw, watch)),
        };
        match staged {
            Ok(contents) => {
                let failed = failures.iter().map(|(place, error)| {
                    format!(
                        "the {place} copy is BAD, the {} one is used: {}",
                        copy.place,
                        error.reason().unwrap_or(error.what())
                    )
                });
                let warnings = foreign(&copy.whose).into_iter().chain(failed).collect();
                let manifest = copy.manifest().cloned();
                return Ok(Staged { partial, from: copy.packed.clone(), contents, manifest, warnings });
            }
            Err(unsound) => {
                note(backup, copy, unsound.word);
                failures.push((copy.place.to_owned(), unsound.error));
            }
        }
    }
    Err(match failures.into_iter().next() {
        Some((_, error)) => error,
        None => Error::failed(format!("{} is nowhere", backup.name)).state("nothing was changed"),
    })
}

/// Writes into the manifest what is wrong, so that the list knows it from now on.
fn note(backup: &Backup, copy: &Copied, word: Option<&'static str>) {
    let (Some(word), Some(manifest)) = (word, copy.manifest()) else { return };
    if !matches!(copy.standing(), Standing::Bad(_)) {
        let found = Manifest { checked: Some(Checked::now(Some(word.to_owned()))), ..manifest.clone() };
        // A place that cannot be written to keeps nobody from restoring; the next reading finds it again.
        drop(record(&found, &backup.name.manifest(&copy.folder)));
    }
}

/// What a person should know of a backup that may be another database's.
fn foreign(whose: &Whose) -> Option<String> {
    match whose {
        Whose::This => None,
        Whose::Another(path) => Some(format!("this is a backup of another database, {path}")),
        Whose::Unknown => Some("nothing says of which database this is a backup".to_owned()),
    }
}

fn from_file(partial: Partial, path: &Path, database: &Path, watch: &mut Watch<'_>) -> Result<Staged> {
    let refused = |what: String, why: &str| {
        Error::usage(what).why(why).state("nothing was changed").next("db-list-backups")
    };
    let same =
        |other: &Path| path.canonicalize().ok().is_some_and(|path| other.canonicalize().ok() == Some(path));
    if same(database) {
        return Err(refused(
            format!("{} is the database itself", path.display()),
            "it cannot be restored from itself",
        ));
    }
    if !path.is_file() {
        return Err(refused(
            format!("there is no file {}", path.display()),
            "it names no backup of the list either",
        ));
    }
    let raw = partial.file(RAW);
    if path.extension() == Some(OsStr::new("gz")) {
        let described = describe(&manifest_beside(path));
        let whose = whose(&described, database, path.parent().unwrap_or(Path::new(".")));
        let manifest = match described {
            Described::By(manifest) => Some(*manifest),
            Described::Nothing => None,
            Described::Unreadable(_) => Some(Manifest::read(&manifest_beside(path))?),
        };
        let contents = stage(path, manifest.as_ref(), &raw, watch)?;
        // A file without a manifest was named by whoever has it.
        let warnings = manifest.as_ref().and_then(|_| foreign(&whose)).into_iter().collect();
        return Ok(Staged { partial, from: path.to_path_buf(), contents, manifest, warnings });
    }
    // Through SQLite: what stands in a log beside it belongs to it.
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(path, flags).map_err(|error| explain(path, error))?;
    copy(&source, &raw, watch)?;
    source.close().map_err(|(_, error)| explain(path, error))?;
    let contents = check(&open_copy(&raw)?, path)?;
    Ok(Staged { partial, from: path.to_path_buf(), contents, manifest: None, warnings: Vec::new() })
}

/// `tome_20251127T143055Z.json` for `tome_20251127T143055Z.db.gz`.
fn manifest_beside(packed: &Path) -> PathBuf {
    packed.with_extension("").with_extension("json")
}
