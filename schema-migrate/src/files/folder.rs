use std::fs;
use std::io::ErrorKind as IoErrorKind;
use std::path::{Path, PathBuf};

use super::migration::{Migration, stem};
use super::source::FileSource;
use crate::graph;
use crate::{Error, Next, Result};

/// The migrations of a folder, or those that are part of the program.
#[derive(Clone, Debug)]
pub struct Folder {
    source: FileSource,
    migrations: Vec<Migration>,
    /// Squashes whose old files stand in their place, each with the last revision that it replaces.
    unfolded: Vec<(String, String)>,
}

/// A file of the folder that cannot be read, or is not whole.
#[derive(Debug)]
pub struct Unread {
    /// Where it is.
    pub path: PathBuf,
    /// What is wrong with it.
    pub error: Error,
}

impl Unread {
    /// The revision that its name says.
    pub fn revision(&self) -> Option<&str> {
        stem(&self.path)
    }

    /// What is wrong with it, in a line.
    pub fn told(&self) -> String {
        let place = self.error.location().map(str::to_owned);
        let place = place.unwrap_or_else(|| self.path.display().to_string());
        let why = self.error.reason().and_then(|why| why.lines().next()).unwrap_or_default();
        format!("{place} is left out: {} ({why})", self.error.what())
    }
}

/// The folder, beside the files, of those that a squash has replaced.
pub(crate) const SQUASHED: &str = "squashed";

/// The moment of a revision, which no other has: what stands before the words.
fn moment(migration: &Migration) -> &str {
    let revision = migration.revision.as_str();
    revision.split_once('_').map_or(revision, |(moment, _)| moment)
}

fn is_twin(left: &Migration, right: &Migration) -> bool {
    moment(left) == moment(right)
}

impl Folder {
    /// Reads every migration of a folder, parents before their children.
    ///
    /// Fails where the folder or a file cannot be read, a file is not whole, two files are one
    /// revision, or the parents are unknown or form a cycle.
    pub fn read(source: impl Into<FileSource>) -> Result<Self> {
        Self::scan(source)?.ordered()
    }

    /// Reads every migration of a folder in the order of revisions, whatever their parents say.
    pub fn scan(source: impl Into<FileSource>) -> Result<Self> {
        let (folder, unread) = Self::scan_readable(source)?;
        match unread.into_iter().next() {
            Some(unread) => Err(unread.error),
            None => Ok(folder),
        }
    }

    /// The same of those that can be read, and what is wrong with the others: for what the history alone
    /// can answer.
    ///
    /// # Errors
    /// The folder itself cannot be read.
    pub fn scan_readable(source: impl Into<FileSource>) -> Result<(Self, Vec<Unread>)> {
        let source = source.into();
        let (mut migrations, mut unread): (Vec<Migration>, Vec<Unread>) = (Vec::new(), Vec::new());
        for (path, read) in read(&source)? {
            let alone =
                read.and_then(|migration| match migrations.iter().find(|other| is_twin(other, &migration)) {
                    None => Ok(migration),
                    Some(twin) => {
                        Err(Error::failed(format!("two files are revision {}", moment(&migration)))
                            .why(format!("{} and {}", twin.path.display(), migration.path.display()))
                            .place(migration.path.display().to_string())
                            .state("nothing was changed")
                            .next("remove one of them, or give it another moment in its name and header"))
                    }
                });
            match alone {
                Ok(migration) => migrations.push(migration),
                Err(error) => unread.push(Unread { path, error }),
            }
        }
        fold(&mut migrations);
        migrations.sort_by(|left, right| left.revision.cmp(&right.revision));
        Ok((Self { source, migrations, unfolded: Vec::new() }, unread))
    }

    /// The same for a database that has some of what a squash replaces, and not the squash: with the old
    /// files in its place, which are kept beside it. `None` where there is no such squash, or not all of its
    /// files are kept.
    ///
    /// # Errors
    /// A file that is kept cannot be read, is not whole, or is not what the squash was made of.
    pub(crate) fn unfolded(&self, has: &dyn Fn(&str) -> bool) -> Result<Option<Self>> {
        let is_open = |migration: &Migration| {
            !has(migration.revision.as_str()) && migration.replaces.iter().any(|replaced| has(replaced))
        };
        let FileSource::Folder(path) = &self.source else { return Ok(None) };
        let kept = path.join(SQUASHED);
        if !self.migrations.iter().any(is_open) || !kept.is_dir() {
            return Ok(None);
        }
        let kept = read(&FileSource::Folder(kept))?.into_iter().map(|(_, read)| read);
        let kept: Vec<Migration> = kept.collect::<Result<_>>()?;
        let (mut migrations, mut unfolded) = (self.migrations.clone(), Vec::new());
        // A squash may replace one that was made before.
        while let Some(at) = migrations.iter().position(is_open) {
            let squash = migrations.remove(at);
            let is_there = |revision: &str, among: &[Migration]| {
                among.iter().any(|migration| migration.revision.as_str() == revision)
            };
            for old in kept.iter().filter(|old| squash.replaces.contains(&old.revision.to_string())) {
                if !is_there(old.revision.as_str(), &migrations) {
                    // What was applied is compared with the history.
                    if !has(old.revision.as_str()) {
                        refuse_edited(&squash, old)?;
                    }
                    migrations.push(old.clone());
                }
            }
            let is_folded =
                |revision: &String| migrations.iter().any(|other| other.replaces.contains(revision));
            if !squash.replaces.iter().all(|revision| is_there(revision, &migrations) || is_folded(revision))
            {
                return Ok(None);
            }
            let last = squash.replaces.last().cloned().unwrap_or_default();
            for parent in migrations.iter_mut().flat_map(|migration| &mut migration.parents) {
                if *parent == squash.revision.as_str() {
                    parent.clone_from(&last);
                }
            }
            unfolded.push((squash.revision.to_string(), last));
        }
        fold(&mut migrations);
        migrations.sort_by(|left, right| left.revision.cmp(&right.revision));
        Ok(Some(Self { source: self.source.clone(), migrations, unfolded }))
    }

    /// The same migrations, parents before their children.
    pub fn ordered(self) -> Result<Self> {
        Ok(Self { migrations: graph::order(self.migrations)?, ..self })
    }

    /// Where the migrations were read from.
    pub fn source(&self) -> &FileSource {
        &self.source
    }

    /// The migrations.
    pub fn migrations(&self) -> &[Migration] {
        &self.migrations
    }

    /// The migration of this revision.
    pub fn get(&self, revision: &str) -> Option<&Migration> {
        self.migrations.iter().find(|migration| migration.revision.as_str() == revision)
    }

    /// The revisions that no other has for a parent.
    pub fn heads(&self) -> Vec<&Migration> {
        graph::heads(&self.migrations)
    }

    /// The migration that a person means: a whole revision, its name, or the start of a revision. Where the
    /// old files of a squash stand in its place, the squash is the last of them.
    pub fn find(&self, named: &str) -> Result<&Migration> {
        let files = self.migrations.iter().map(|migration| migration.revision.as_str());
        let squashes = self.unfolded.iter().map(|(squash, _)| squash.as_str());
        let revisions: Vec<&str> = files.chain(squashes).collect();
        let mut revision = graph::find(&revisions, named)?;
        // The last that a squash replaces may be a squash, too, which was made before and comes later here.
        for (squash, last) in &self.unfolded {
            if squash == revision {
                revision = last;
            }
        }
        self.get(revision).ok_or_else(|| Error::usage(format!("there is no revision {revision}")))
    }
}

/// How a checksum begins, as a squash writes it down: enough to tell an edited file.
pub(crate) fn beginning(checksum: &str) -> &str {
    checksum.get(..16).unwrap_or(checksum)
}

/// Refuses a file that is kept and is no longer what the squash was made of: the database would count as
/// having the squash and be something else.
fn refuse_edited(squash: &Migration, old: &Migration) -> Result<()> {
    let pairs = squash.replaces.iter().zip(&squash.replaced_checksums);
    let mut written = pairs.filter(|(revision, _)| **revision == old.revision.as_str());
    let found = beginning(&old.up_checksum);
    match written.next() {
        Some((_, checksum)) if checksum != "-" && checksum != found => Err(Error::new(
            crate::ErrorKind::Preflight,
            format!("{} was edited after it was folded", old.revision),
        )
        .why(format!(
            "{} was made of other statements, and the database would count as having it",
            squash.revision
        ))
        .place(old.path.display().to_string())
        .state("nothing was changed")
        .next("restore the file from version control")
        .next(format!(
            "or, if it means the same, write {found} in the place of {checksum} in {}",
            squash.path.display()
        ))),
        _ => Ok(()),
    }
}

/// Leaves out what a squash replaces, and lets what follows the last of it follow the squash: the files
/// themselves, and so their checksums, stay as they are.
fn fold(migrations: &mut Vec<Migration>) {
    let squashes: Vec<(String, Vec<String>)> = migrations
        .iter()
        .filter(|migration| !migration.replaces.is_empty())
        .map(|squash| (squash.revision.to_string(), squash.replaces.clone()))
        .collect();
    let is_replaced = |revision: &str| {
        squashes.iter().any(|(_, replaces)| replaces.iter().any(|replaced| replaced == revision))
    };
    migrations.retain(|migration| !is_replaced(migration.revision.as_str()));
    for parent in migrations.iter_mut().flat_map(|migration| &mut migration.parents) {
        let stands = squashes
            .iter()
            .filter(|(squash, _)| !is_replaced(squash))
            .find(|(_, replaces)| replaces.last() == Some(parent));
        if let Some((squash, _)) = stands {
            parent.clone_from(squash);
        }
    }
}

/// The files in any order, each with what stands in it or is wrong with it.
fn read(source: &FileSource) -> Result<Vec<(PathBuf, Result<Migration>)>> {
    Ok(match source {
        FileSource::Folder(path) => {
            files(path)?.into_iter().map(|file| (file.clone(), Migration::read(&file))).collect()
        }
        FileSource::Embedded(files) => {
            let files = files.iter().map(|file| (Path::new(file.path), file.text));
            let ours = files.filter(|(path, _)| !is_for_another_engine(path));
            ours.map(|(path, text)| (path.to_owned(), Migration::parse(text, path))).collect()
        }
    })
}

/// The files of a folder that belong to SQLite, by name.
fn files(path: &Path) -> Result<Vec<PathBuf>> {
    let refused = |error: &std::io::Error| {
        let shown = path.display();
        let (what, next) = match error.kind() {
            IoErrorKind::NotFound => (
                format!("the migrations folder {shown} is not there"),
                Next::new("mkdir -p ").word(shown).own(", or correct `migrations` in schema.toml"),
            ),
            IoErrorKind::NotADirectory => {
                (format!("{shown} is no folder"), "correct `migrations` in schema.toml".into())
            }
            _ => (
                format!("the migrations folder {shown} cannot be read"),
                "see that this user may read it".into(),
            ),
        };
        Error::new(crate::ErrorKind::Preflight, what)
            .why(error.to_string())
            .state("nothing was changed")
            .next(next)
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(|error| refused(&error))? {
        let file = entry.map_err(|error| refused(&error))?.path();
        let hidden = file.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        let sql = file.extension().is_some_and(|extension| extension == "sql");
        if sql && !hidden && !is_for_another_engine(&file) && !file.is_dir() {
            found.push(file);
        }
    }
    found.sort();
    Ok(found)
}

/// A name that is no text is no revision either, and is refused when it is parsed.
fn is_for_another_engine(file: &Path) -> bool {
    stem(file).is_none() && file.file_name().is_some_and(|name| name.to_str().is_some())
}
