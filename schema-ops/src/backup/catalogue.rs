use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::io::ErrorKind as IoErrorKind;
use std::path::{Path, PathBuf};

use time::OffsetDateTime;

use super::manifest::{Checked, Manifest};
use super::name::{BackupName, stem};
use super::origin::{Origin, Whose};
use super::place::Places;
use super::verify::looks_whole;
use crate::{Error, ErrorKind, Result};

/// A backup, in all places in which it is.
#[derive(Clone, Debug)]
pub struct Backup {
    /// Its id.
    pub name: BackupName,
    /// Where it is: the primary place first. There is at least one.
    pub copies: Vec<Copied>,
}

/// A backup in one place.
#[derive(Clone, Debug)]
pub struct Copied {
    /// `primary`, `secondary`, `archive` or `before_restore`.
    pub place: &'static str,
    /// The folder.
    pub folder: PathBuf,
    /// The packed file.
    pub packed: PathBuf,
    /// Its size; 0 where it is not there.
    pub bytes: u64,
    /// What its manifest says.
    pub manifest: Described,
    /// Whether it is of the database that was asked about.
    pub whose: Whose,
}

/// What is known of a packed file.
#[derive(Clone, Debug)]
pub enum Described {
    /// Its manifest.
    By(Box<Manifest>),
    /// There is no manifest: the file was never read back by the program that made it.
    Nothing,
    /// The manifest cannot be read, and why.
    Unreadable(String),
}

/// How a backup stands, as far as can be told without reading its packed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It was good when it was last read, at this time.
    Good(OffsetDateTime),
    /// What is wrong with it, in a word.
    Bad(String),
    /// It has no manifest that can be read: nobody has read it back.
    Unknown(String),
}

impl Copied {
    /// How it stands: what the last look found, and whether the file is there and as large as it was.
    pub fn standing(&self) -> Standing {
        match &self.manifest {
            Described::Nothing => Standing::Unknown("no manifest".to_owned()),
            Described::Unreadable(why) => Standing::Unknown(why.clone()),
            Described::By(manifest) => match (&manifest.checked, looks_whole(&self.packed, &manifest.packed))
            {
                (None, _) => Standing::Unknown("not finished".to_owned()),
                (Some(_), Err(fault)) => Standing::Bad(fault.word().to_owned()),
                (Some(Checked { fault: Some(fault), .. }), Ok(())) => Standing::Bad(fault.clone()),
                (Some(checked), Ok(())) => Standing::Good(checked.at),
            },
        }
    }

    /// Its manifest, where there is one that can be read.
    pub fn manifest(&self) -> Option<&Manifest> {
        match &self.manifest {
            Described::By(manifest) => Some(manifest),
            _ => None,
        }
    }
}

impl Backup {
    /// What a manifest says of it, from the first place that has one.
    pub fn manifest(&self) -> Option<&Manifest> {
        self.copies.iter().find_map(Copied::manifest)
    }

    /// The database that it was taken of, as far as a manifest says.
    pub fn origin(&self) -> Option<&Origin> {
        self.copies.iter().find_map(|copy| copy.manifest()?.origin.as_ref())
    }

    /// Whether it was begun, and its program was stopped before it had read it back.
    pub fn is_unfinished(&self) -> bool {
        let is_unfinished =
            |copy: &Copied| copy.manifest().is_some_and(|manifest| manifest.checked.is_none());
        self.copies.iter().all(is_unfinished)
    }

    /// The first copy that was good when it was last read.
    pub fn good(&self) -> Option<&Copied> {
        self.copies.iter().find(|copy| matches!(copy.standing(), Standing::Good(_)))
    }
}

/// The backups of a database.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The backups, newest first; those of which nothing says whose they are stand among them.
    pub backups: Vec<Backup>,
    /// Backups of other databases whose files are named like this one, newest first.
    pub others: Vec<Backup>,
    /// Folders that cannot be read, and why: a share that is not mounted keeps nobody from the others.
    pub warnings: Vec<String>,
}

/// The backups of a database in all places. A folder that is not there holds none.
pub fn list(places: &Places, database: &Path) -> Listing {
    let own = stem(database);
    let mut found: BTreeMap<BackupName, Vec<Copied>> = BTreeMap::new();
    let mut others: BTreeMap<(BackupName, String), Vec<Copied>> = BTreeMap::new();
    let mut warnings = Vec::new();
    for (place, folder) in places.folders() {
        match names(folder) {
            Ok(names) => {
                for name in names.into_iter().filter(|name| name.database == own) {
                    let copy = copied(place, folder, &name, database);
                    // Two databases may have backups of one name in two folders.
                    match &copy.whose {
                        Whose::Another(path) => others.entry((name, path.clone())).or_default().push(copy),
                        _ => found.entry(name).or_default().push(copy),
                    }
                }
            }
            Err(error) => {
                warnings.push(format!("the {place} backups in {} cannot be read: {error}", folder.display()));
            }
        }
    }
    let backups = found.into_iter().rev().map(|(name, copies)| Backup { name, copies }).collect();
    let others = others.into_iter().rev().map(|((name, _), copies)| Backup { name, copies }).collect();
    Listing { backups, others, warnings }
}

/// Every backup of which a folder holds the packed file or the manifest, of any database.
fn names(folder: &Path) -> io::Result<BTreeSet<BackupName>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == IoErrorKind::NotFound => return Ok(BTreeSet::new()),
        entries => entries?,
    };
    let mut names = BTreeSet::new();
    for entry in entries {
        let file_name = entry?.file_name();
        let name = file_name.to_str().and_then(BackupName::read);
        names.extend(name.filter(|name| file_name.to_str() != Some(name.to_string().as_str())));
    }
    Ok(names)
}

fn copied(place: &'static str, folder: &Path, name: &BackupName, database: &Path) -> Copied {
    let packed = name.packed(folder);
    let bytes = fs::metadata(&packed).map_or(0, |file| file.len());
    let manifest = describe(&name.manifest(folder));
    let whose = whose(&manifest, database, folder);
    Copied { place, folder: folder.to_path_buf(), packed, bytes, manifest, whose }
}

/// Whose backup it is that stands in this folder, by its manifest.
pub(crate) fn whose(manifest: &Described, database: &Path, folder: &Path) -> Whose {
    let Described::By(manifest) = manifest else { return Whose::Unknown };
    manifest.origin.as_ref().map_or(Whose::Unknown, |origin| origin.whose(database, folder))
}

/// What a manifest says, where there is one.
pub(crate) fn describe(path: &Path) -> Described {
    if !path.exists() {
        return Described::Nothing;
    }
    match Manifest::read(path) {
        Ok(manifest) => Described::By(Box::new(manifest)),
        Err(error) if error.kind() == ErrorKind::Preflight => {
            Described::Unreadable("newer format".to_owned())
        }
        Err(_) => Described::Unreadable("manifest unreadable".to_owned()),
    }
}

/// Finds a backup by its number in the list, from 1 for the newest, by its id, or by the only
/// beginning of one that fits.
///
/// # Errors
/// None or several fit.
pub fn find<'b>(backups: &'b [Backup], wanted: &str) -> Result<&'b Backup> {
    let known = || {
        let names: Vec<String> = backups.iter().take(5).map(|backup| backup.name.to_string()).collect();
        if names.is_empty() {
            "there are no backups".to_owned()
        } else {
            format!("the newest are {}", names.join(", "))
        }
    };
    let refused = |what: String, why: String| {
        Err(Error::usage(what).why(why).state("nothing was changed").next("db-list-backups"))
    };
    if let Some(position) = wanted.parse::<usize>().ok().filter(|number| wanted.len() < 5 && *number > 0) {
        return match backups.get(position - 1) {
            Some(backup) => Ok(backup),
            None => refused(format!("there is no backup number {position}"), known()),
        };
    }
    let ids: Vec<String> = backups.iter().map(|backup| backup.name.to_string()).collect();
    let whole = BackupName::read(wanted).map(|name| name.to_string());
    let exact = ids.iter().position(|id| id == wanted || Some(id) == whole.as_ref());
    // The instant alone will do: `20251127T1430`.
    let fits = |id: &String| {
        id.starts_with(wanted)
            || id.rsplit_once("_20").is_some_and(|(_, rest)| format!("20{rest}").starts_with(wanted))
    };
    let fitting: Vec<usize> =
        (0..ids.len()).filter(|position| !wanted.is_empty() && fits(&ids[*position])).collect();
    match (exact, fitting.as_slice()) {
        (Some(position), _) => Ok(&backups[position]),
        (None, [position]) => Ok(&backups[*position]),
        (None, []) => refused(format!("there is no backup `{wanted}`"), known()),
        (None, several) => {
            let names: Vec<&str> = several.iter().take(5).map(|position| ids[*position].as_str()).collect();
            refused(format!("`{wanted}` means {} backups", several.len()), names.join(", "))
        }
    }
}
