use std::path::{Path, PathBuf};

use super::commute::{Tried, try_orders};
use crate::files::{Draft, Folder, write};
use crate::generate::{name_of, next_revision};
use crate::{Error, Result};

/// What is to be merged.
#[derive(Clone, Copy, Debug)]
pub struct MergeRequest<'a> {
    /// The migrations folder.
    pub folder: &'a Path,
    /// The heads to join; all of them where none is named.
    pub heads: &'a [String],
    /// What the merge is called; `merge` where nobody says it.
    pub name: Option<&'a str>,
    /// Try, and write nothing.
    pub dry_run: bool,
}

/// A merge whose branches fit together.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The heads that it joins.
    pub heads: Vec<String>,
    /// In how many orders the branches were tried.
    pub orders: usize,
    /// How many invented rows went through each of them.
    pub rows: usize,
    /// Tables through which no row went.
    pub empty: Vec<String>,
    /// Rust steps of the branches, which were not run: the revision and the function of each.
    pub rust_steps: Vec<(String, String)>,
    /// The migration.
    pub draft: Draft,
    /// Its file; `None` in a dry run.
    pub written: Option<PathBuf>,
}

/// Writes a revision that follows several heads and has no statements, once their branches give one schema
/// and the same rows in every order on filled scratch databases. `None` where there is one head.
///
/// # Errors
/// The branches clash: [`ErrorKind::Finding`](crate::ErrorKind::Finding), with the statements of both
/// sides. A branch that does not run by itself is an error of its file.
pub fn merge(request: &MergeRequest<'_>) -> Result<Option<Merged>> {
    let folder = Folder::read(request.folder)?;
    let heads = heads(&folder, request.heads)?;
    if heads.len() < 2 {
        return Ok(None);
    }
    let Tried { orders, rows, empty, rust_steps } = try_orders(&folder, &heads)?;
    let name = name_of(request.name, || "merge".to_owned())?;
    let draft = Draft::merge(request.folder, &next_revision(&folder, &name), &heads)?;
    let written = if request.dry_run { None } else { Some(write(&draft)?) };
    Ok(Some(Merged { heads, orders, rows, empty, rust_steps, draft, written }))
}

/// The heads that are meant, in the order of the folder.
fn heads(folder: &Folder, named: &[String]) -> Result<Vec<String>> {
    let all: Vec<String> = folder.heads().iter().map(|head| head.revision.to_string()).collect();
    if named.is_empty() {
        return Ok(all);
    }
    let mut chosen: Vec<String> = Vec::new();
    for name in named {
        let revision = folder.find(name)?.revision.to_string();
        if !all.contains(&revision) {
            return Err(Error::usage(format!("{revision} is no head"))
                .why("another revision follows it; a merge joins revisions that no other follows")
                .state("nothing was written")
                .next("db-heads lists them"));
        }
        if !chosen.contains(&revision) {
            chosen.push(revision);
        }
    }
    if chosen.len() < 2 && all.len() > 1 {
        return Err(Error::usage("a merge joins two heads or more")
            .why(format!("{} is one", chosen.join(", ")))
            .state("nothing was written")
            .next(format!("db-merge {}", all.join(" "))));
    }
    Ok(chosen)
}
