//! Where a database stands.

use std::path::PathBuf;

use crate::Result;
use crate::files::{Folder, Migration, Unread};
use crate::history::{self, Applied, Middle, Standing, standing};
use crate::push::pushed;
use crate::run::{Target, open_read_only};
use crate::stamp::{Bookkeeping, bookkeeping};

/// A revision and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The revision.
    pub revision: String,
    /// What it is about.
    pub name: String,
    /// Where it stands.
    pub standing: Standing,
    /// Its row in the history, where it is applied.
    pub applied: Option<Applied>,
    /// Its file, where there is one.
    pub path: Option<PathBuf>,
}

/// Where a database stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Whether there is a database file with anything in it.
    pub database_exists: bool,
    /// Every revision: the applied ones in the order in which they were applied, then the pending.
    pub entries: Vec<Entry>,
    /// What another migration tool has written down in the database.
    pub bookkeeping: Vec<Bookkeeping>,
    /// The revisions of the folder that no other has for a parent.
    pub heads: Vec<Head>,
    /// How many tables and other objects db-push has made that no migration records yet.
    pub pushed: usize,
    /// The squash that the database stands in the middle of, where it does.
    pub middle: Option<Middle>,
}

/// A revision of the folder that no other has for a parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The revision.
    pub revision: String,
    /// The revisions that it follows.
    pub parents: Vec<String>,
    /// When it was applied, in UTC; `None` where it is pending.
    pub applied_at: Option<String>,
    /// Its file.
    pub path: PathBuf,
}

impl Status {
    /// The revisions that stand so.
    pub fn standing(&self, standing: Standing) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.standing == standing)
    }

    /// Whether the folder has branches that no merge joins.
    pub fn is_branched(&self) -> bool {
        self.heads.len() > 1
    }

    /// Whether everything is applied as the files say, and the folder has one head.
    pub fn is_up_to_date(&self) -> bool {
        !self.is_branched() && self.entries.iter().all(|entry| entry.standing == Standing::Applied)
    }
}

/// Compares the history of the database with the files of the folder. Changes nothing. A database
/// that is not there has everything pending.
pub fn status(target: &Target) -> Result<Status> {
    beside(target, Folder::scan(&target.files)?)
}

/// The same with the files that can be read, and what is wrong with the others.
///
/// # Errors
/// The folder itself or the database cannot be read.
pub fn status_of_readable(target: &Target) -> Result<(Status, Vec<Unread>)> {
    let (folder, unread) = Folder::scan_readable(&target.files)?;
    let mut found = beside(target, folder)?;
    for entry in found.entries.iter_mut().filter(|entry| entry.standing != Standing::Dirty) {
        let file = unread.iter().find(|unread| unread.revision() == Some(&entry.revision));
        if let Some(file) = file.filter(|_| entry.path.is_none()) {
            entry.standing = Standing::Broken;
            entry.path = Some(file.path.clone());
        }
    }
    Ok((found, unread))
}

fn beside(target: &Target, scanned: Folder) -> Result<Status> {
    let missing = std::fs::metadata(&target.database).map_or_else(
        |error| error.kind() == std::io::ErrorKind::NotFound,
        |file| file.is_file() && file.len() == 0,
    );
    let (history, bookkeeping, pushed) = if missing {
        (Vec::new(), Vec::new(), 0)
    } else {
        let connection = open_read_only(&target.database, target.wait)?;
        (history::read_beside(&connection, &scanned)?, bookkeeping(&connection)?, pushed(&connection)?)
    };
    let middle = history::middle(&scanned, &history)?;
    let folder = history::through(scanned.clone(), &history)?;
    // Parents that are not there show as vanished revisions; only their order is unknown.
    let folder = folder.clone().ordered().unwrap_or(folder);
    // What a squash replaces was applied from files that it has put aside.
    let replaced = middle.as_ref().and_then(|middle| scanned.get(&middle.squash));
    let is_replaced = |row: &Applied| replaced.is_some_and(|squash| squash.replaces.contains(&row.revision));
    let mut entries: Vec<Entry> = history
        .iter()
        .map(|row| Entry {
            revision: row.revision.clone(),
            name: row.name.clone(),
            standing: match standing(&folder, &history, row) {
                Standing::Vanished | Standing::Unknown if is_replaced(row) => Standing::Applied,
                standing => standing,
            },
            applied: Some(row.clone()),
            path: folder.get(&row.revision).map(|migration| migration.path.clone()),
        })
        .collect();
    let is_pending =
        |migration: &&Migration| !history.iter().any(|row| row.revision == migration.revision.as_str());
    entries.extend(folder.migrations().iter().filter(is_pending).map(|migration| Entry {
        revision: migration.revision.to_string(),
        name: migration.name().to_owned(),
        standing: Standing::Pending,
        applied: None,
        path: Some(migration.path.clone()),
    }));
    let applied_at = |revision: &str| {
        history.iter().find(|row| row.revision == revision).map(|row| row.applied_at.clone())
    };
    let heads = scanned.heads().into_iter().map(|head| Head {
        revision: head.revision.to_string(),
        parents: head.parents.clone(),
        applied_at: applied_at(head.revision.as_str()),
        path: head.path.clone(),
    });
    let heads = heads.collect();
    Ok(Status { database_exists: !missing, entries, bookkeeping, pushed, heads, middle })
}
