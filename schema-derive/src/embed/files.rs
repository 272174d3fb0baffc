use std::{collections::HashSet, fs, path::Path};

use syn::LitStr;

use crate::errors::Errors;

/// A migration file.
pub(super) struct File {
    /// Relative to the package: `migrations/20251127143055_add_tasks.sql`.
    pub(super) path: String,
    revision: String,
    text: String,
}

/// The folder's files in the order of their revisions. What can be told here is an error here; the
/// rest is told by the runner, which reads them in full.
pub(super) fn read(root: &Path, folder: &LitStr, errors: &Errors) -> Vec<File> {
    let named = folder.value();
    let named = named.trim_end_matches('/');
    let entries = match fs::read_dir(root.join(named)) {
        Ok(entries) => entries,
        Err(error) => {
            errors.at(
                folder,
                format_args!(
                    "the migrations folder `{named}` cannot be read: {error}. It is looked for beside the \
                     Cargo.toml of the package, in {}",
                    root.display()
                ),
            );
            return Vec::new();
        }
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                errors.at(folder, format_args!("the migrations folder `{named}` cannot be read: {error}"));
                continue;
            }
        };
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
        let Some(stem) = stem(&name).filter(|_| !entry.path().is_dir()) else { continue };
        let path = format!("{named}/{name}");
        if !is_revision(stem) {
            errors.at(
                folder,
                format_args!(
                    "{path}: this is no name of a migration file: write YYYYMMDDHHMMSS_words.sql, as in \
                     20251127143055_add_tasks.sql, or move the file out of the folder"
                ),
            );
            continue;
        }
        match fs::read_to_string(entry.path()) {
            Ok(text) => files.push(File { path, revision: stem.to_owned(), text }),
            Err(error) => errors.at(folder, format_args!("{path}: the file cannot be read: {error}")),
        }
    }
    files.sort_by(|left, right| left.revision.cmp(&right.revision));
    check(&files, folder, errors);
    files
}

/// The revision that a file of this name must have; `None` where it is hidden or serves another engine.
fn stem(name: &str) -> Option<&str> {
    let stem = name.strip_suffix(".sql").filter(|_| !name.starts_with('.'))?;
    if stem.ends_with(".postgres") {
        return None;
    }
    Some(stem.strip_suffix(".sqlite").unwrap_or(stem))
}

fn is_revision(stem: &str) -> bool {
    stem.split_once('_').is_some_and(|(instant, name)| {
        instant.len() == 14
            && instant.bytes().all(|byte| byte.is_ascii_digit())
            && !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    })
}

/// Headers and markers.
fn check(files: &[File], folder: &LitStr, errors: &Errors) {
    let revisions: HashSet<&str> = files.iter().map(|file| file.revision.as_str()).collect();
    for file in files {
        let File { path, revision, text } = file;
        let header = || text.lines().take_while(|line| line.trim_end() != "-- migrate:up");
        let value = |key: &str| {
            (1..).zip(header()).find_map(|(number, line)| {
                let comment = line.trim_start_matches('\u{feff}').trim().strip_prefix("--")?;
                let (written, value) = comment.split_once(':')?;
                (written.trim() == key).then(|| (number, value.trim()))
            })
        };
        match value("revision") {
            Some((_, written)) if written == revision => {}
            Some((line, written)) => errors.at(
                folder,
                format_args!("{path}:{line}: the file is named {revision} and its header says {written}"),
            ),
            None => errors.at(folder, format_args!("{path}:1: the header has no `-- revision: {revision}`")),
        }
        for marker in ["-- migrate:up", "-- migrate:down"] {
            if !text.lines().any(|line| line.trim_end() == marker) {
                let last = text.lines().count().max(1);
                errors.at(folder, format_args!("{path}:{last}: the file has no line `{marker}`"));
            }
        }
        let (line, parents) = value("parents").unwrap_or((1, ""));
        for parent in parents.split(',').map(str::trim).filter(|parent| !parent.is_empty()) {
            if !revisions.contains(parent) {
                errors.at(folder, format_args!("{path}:{line}: its parent {parent} is not in the folder"));
            }
        }
    }
}
