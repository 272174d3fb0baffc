//! Rust source that a command writes: what would happen to each file, and the writing.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use schema_migrate::{Error, pull::SourceFile};
use serde_json::{Value, json};

use crate::init::{embedded, sample_schema};

/// What happens to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Create,
    Replace,
    Keep,
}

/// A file and what happens to it.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Below the folder.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    pub(crate) action: Action,
}

impl Entry {
    pub(crate) fn sign(&self) -> char {
        match self.action {
            Action::Create => '+',
            Action::Replace => '~',
            Action::Keep => '=',
        }
    }

    pub(crate) fn as_json(&self) -> Value {
        let action = match self.action {
            Action::Create => "create",
            Action::Replace => "replace",
            Action::Keep => "keep",
        };
        json!({ "path": self.path.display().to_string(), "action": action })
    }
}

/// What would happen to each file. One that is there and says something else is replaced only where
/// a person says so.
pub(crate) fn plan(folder: &Path, files: &[SourceFile], force: bool) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::with_capacity(files.len());
    let mut in_the_way = Vec::new();
    for file in files {
        let path = folder.join(&file.path);
        let mut source = file.text.clone();
        let action = match fs::read_to_string(&path) {
            Ok(text) if is_written(&text, &file.text) => Action::Keep,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Action::Create,
            Ok(text) if force || sample_schema(&text).is_some() => {
                // What embeds the migrations stays where it still speaks of the schema.
                if let Some(schema) = sample_schema(&text)
                    && source.contains(&format!("pub {schema} {{"))
                {
                    source = format!("{source}\n{}", embedded(schema));
                }
                Action::Replace
            }
            Err(_) if force && path.is_file() => Action::Replace,
            Ok(_) | Err(_) => {
                in_the_way.push(path.display().to_string());
                Action::Replace
            }
        };
        entries.push(Entry { path: file.path.clone(), text: source, action });
    }
    let Some(first) = in_the_way.first() else { return Ok(entries) };
    let others = match in_the_way.len() {
        1 => String::new(),
        count => format!(" and {} more of the files to be written", count - 1),
    };
    Err(Error::usage(format!("{first}{others} is there already"))
        .why("what a person has written is not overwritten")
        .state("nothing was written")
        .next("--out DIR writes into another folder")
        .next("--force overwrites"))
}

/// Whether a file says this, and perhaps what embeds the migrations behind it.
fn is_written(text: &str, source: &str) -> bool {
    let Some(behind) = text.strip_prefix(source) else { return false };
    let schema = behind.rsplit_once("embed_migrations! { ").and_then(|(_, rest)| rest.split_once(','));
    behind.is_empty() || schema.is_some_and(|(schema, _)| behind == format!("\n{}", embedded(schema)))
}

/// What a person should know of source files beside those of the plan: the file that declares the schema
/// was there, and does not name them any more.
pub(crate) fn stale(folder: &Path, entries: &[Entry]) -> Option<String> {
    const SHOWN: usize = 10;
    let root = entries.first().filter(|root| root.action != Action::Create)?;
    let is_ours = |path: &Path| entries.iter().any(|entry| entry.path == path);
    let sources = |below: &Path| -> Vec<PathBuf> {
        let inside = fs::read_dir(folder.join(below)).into_iter().flatten().flatten();
        let files = inside.map(|file| below.join(file.file_name()));
        files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
    };
    let inside =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|file| PathBuf::from(file.file_name()));
    let parts = inside.filter(|path| path.to_string_lossy().starts_with("part_"));
    let all = sources(Path::new("")).into_iter().chain(parts.flat_map(|part| sources(&part)));
    let mut stale: Vec<String> = all
        .filter(|path| !is_ours(path) && path != Path::new("main.rs"))
        .map(|path| path.display().to_string())
        .collect();
    stale.sort();
    let more = match stale.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let named = stale.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    (!stale.is_empty()).then(|| {
        format!("{} does not name {named}{more}: remove what is left of other models", root.path.display())
    })
}

/// Writes what the plan says, each file in one step.
pub(crate) fn write(folder: &Path, entries: &[Entry]) -> Result<(), Error> {
    for (done, entry) in entries.iter().enumerate() {
        if entry.action == Action::Keep {
            continue;
        }
        let path = folder.join(&entry.path);
        if let Err(error) = replace(&path, &entry.text) {
            let state = match done {
                0 => "nothing was written".to_owned(),
                done => format!("{done} of {} files were written; calling it again goes on", entries.len()),
            };
            return Err(Error::failed(format!("{} could not be written", path.display()))
                .why(error.to_string())
                .state(state));
        }
    }
    Ok(())
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension("rs.new");
    OpenOptions::new().write(true).create(true).truncate(true).open(&beside)?.write_all(text.as_bytes())?;
    fs::rename(&beside, path)
}

/// Lets the project's own rustfmt have the last word on layout, where there is one. The modules of the
/// file are formatted with it.
pub(crate) fn format(root: &Path) {
    let formatted = Command::new("rustfmt")
        .args(["--edition", "2024", "--quiet"])
        .arg(root)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    // The source is laid out as rustfmt does already; a project's own settings are all that is missing.
    drop(formatted);
}

/// A name that a type can have.
pub(crate) fn type_name(name: &str) -> Result<String, Error> {
    let is_type = name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_type && name != "Self" {
        return Ok(name.to_owned());
    }
    Err(Error::usage(format!("`{name}` is no name for a type"))
        .why("it begins with a capital letter and has letters and digits, as in Library")
        .state("nothing was written"))
}
