use super::migration::MigrationKind;
use super::revision::Revision;
use crate::lint;
use crate::plan::EngineVersion;
use crate::{Error, Result};

/// What the comments above `-- migrate:up` say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) revision: Option<String>,
    pub(super) parents: Vec<String>,
    /// What a squash takes the place of.
    pub(super) replaces: Vec<String>,
    /// How the checksum of each of them begins, in the same order; `-` where nobody knows it.
    pub(super) checksums: Vec<String>,
    pub(super) engine: Option<EngineVersion>,
    pub(super) foreign_keys_off: bool,
    /// Codes that the file allows, each with its reason.
    pub(super) allowed: Vec<(String, String)>,
    /// What was found when the file was made: code and the whole line.
    pub(super) remarks: Vec<(String, String)>,
    pub(super) kind: MigrationKind,
    /// Programs that know this revision can still run on the database.
    pub(super) compatible_from: Option<String>,
    /// Whether the statements run outside of a transaction.
    pub(super) no_transaction: bool,
    /// The function that runs after the statements of up.
    pub(super) rust: Option<String>,
    /// The function that runs before the statements of down.
    pub(super) rust_down: Option<String>,
}

/// The keys that a header may have.
const KEYS: [&str; 13] = [
    "revision",
    "parents",
    "replaces",
    "checksums",
    "kind",
    "engine",
    "needs",
    "transaction",
    "compatible_from",
    "rust",
    "rust-down",
    "allow",
    "note",
];
/// Those that may stand more than once.
const REPEATED: [&str; 2] = ["allow", "note"];

/// Reads the lines above `-- migrate:up`. Errors carry the line as their place.
pub(super) fn read(text: &str) -> Result<Header> {
    let mut header = Header::default();
    let mut seen: Vec<&str> = Vec::new();
    for (position, line) in text.lines().enumerate() {
        let at = |error: Error| error.place((position + 1).to_string());
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let Some(comment) = line.strip_prefix("--") else {
            return Err(at(Error::failed("SQL stands above `-- migrate:up`")
                .why("the lines above the marker are the header, written as comments")
                .next("move it below the marker")));
        };
        let Some((key, value)) = entry(comment) else {
            header.remarks.extend(remark(comment));
            continue;
        };
        let Some(key) = KEYS.into_iter().find(|known| *known == key) else {
            return Err(at(Error::failed(format!("unknown header `{key}`"))
                .why(format!("a header is one of {}; `-- note: ..` takes any text", KEYS.join(", ")))
                .next("correct the line, or remove it")));
        };
        if !REPEATED.contains(&key) && seen.contains(&key) {
            return Err(at(Error::failed(format!("the header `{key}` stands twice"))
                .why("each line of the header says one thing once")
                .next("remove one of them")));
        }
        seen.push(key);
        header.take(key, value).map_err(at)?;
    }
    if (header.kind == MigrationKind::Squash) == header.replaces.is_empty() {
        return Err(Error::failed("a squash says what it replaces, and nothing else does")
            .why("`kind: squash` and `replaces: ..` stand in one header")
            .next("write what is missing, or remove the other line"));
    }
    if !header.checksums.is_empty() && header.checksums.len() != header.replaces.len() {
        return Err(Error::failed("`checksums` and `replaces` are not of one length")
            .why("each checksum is that of the revision in the same place of `replaces`, or `-`")
            .next("restore the line, or remove it: the old files are not compared then"));
    }
    if header.no_transaction && (header.rust.is_some() || header.rust_down.is_some()) {
        return Err(Error::failed("a Rust step needs its transaction")
            .why("with `transaction: off` each statement runs alone, and nothing could be rolled back")
            .next("make two migrations of it"));
    }
    if header.rust.is_some() {
        if header.kind == MigrationKind::Baseline {
            return Err(Error::failed("a baseline has no Rust step")
                .why("what it builds was there before, and it is recorded without being run")
                .next("put the Rust step into a migration of its own: db-generate --empty --rust NAME"));
        }
        header.kind = MigrationKind::Rust;
    }
    Ok(header)
}

impl Header {
    fn take(&mut self, key: &str, value: &str) -> Result<()> {
        let list = || value.split(',').map(str::trim).filter(|item| !item.is_empty());
        match key {
            "revision" => self.revision = Some(value.to_owned()),
            "parents" => self.parents = list().map(str::to_owned).collect(),
            "checksums" => self.checksums = list().map(str::to_owned).collect(),
            "replaces" => self.replaces = list().map(str::to_owned).collect(),
            "kind" => {
                self.kind = MigrationKind::read(value).ok_or_else(|| {
                    Error::failed(format!("the header `kind: {value}` cannot be followed"))
                        .why("a migration is `normal`, a `baseline` or a `squash`")
                        .next("correct the line, or remove it")
                })?;
            }
            "engine" => {
                let version = value.strip_prefix("sqlite").and_then(|rest| rest.trim().strip_prefix(">="));
                let version = version.and_then(|version| version.trim().parse().ok()).ok_or_else(|| {
                    Error::failed(format!("the header `engine: {value}` cannot be read"))
                        .why("it is written as in `engine: sqlite >= 3.35`, with a version of SQLite 3")
                        .next("correct the line, or remove it")
                })?;
                self.engine = Some(version);
            }
            "needs" => {
                for need in list() {
                    if need.split_whitespace().collect::<String>() != "foreign_keys=off" {
                        return Err(Error::failed(format!(
                            "this program cannot give what `needs: {need}` asks for"
                        ))
                        .why("it knows foreign_keys=off")
                        .next(
                            match need.split_once('=').map_or(need, |(word, _)| word).trim() {
                                "transaction" => "write it on a line of its own: `-- transaction: off`",
                                _ => "correct the line, or run a newer program",
                            },
                        ));
                    }
                    self.foreign_keys_off = true;
                }
            }
            "allow" => {
                let (code, reason) = value.split_once(char::is_whitespace).unwrap_or((value, ""));
                lint::known(code)?;
                if reason.trim().is_empty() {
                    return Err(Error::failed(format!("the header `allow: {value}` gives no reason"))
                        .why("whoever reads the file wants to know why this is no matter")
                        .next(format!(
                            "write it behind the code, as in `-- allow: {code} the rows are copies`"
                        )));
                }
                self.allowed.push((code.to_owned(), reason.trim().to_owned()));
            }
            "compatible_from" => {
                if Revision::read(value).is_none() {
                    return Err(Error::failed(format!(
                        "the header `compatible_from: {value}` names no revision"
                    ))
                    .why("programs that know this revision can run on the database after this one, too")
                    .next("write a revision of this folder, or remove the line"));
                }
                self.compatible_from = Some(value.to_owned());
            }
            "rust" => self.rust = Some(function(key, value)?),
            "rust-down" => self.rust_down = Some(function(key, value)?),
            "transaction" => {
                match value {
                    "on" => {}
                    "off" => self.no_transaction = true,
                    _ => {
                        return Err(Error::failed(format!("the header `transaction: {value}` cannot be followed"))
                        .why("a migration runs in one transaction; `transaction: off` runs each statement alone")
                        .next("correct the line, or remove it"));
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The lines that say what the runner has to know for the way back, as they stand in a file.
    pub(super) fn needs_text(&self) -> String {
        let mut text = String::new();
        if let Some(engine) = self.engine {
            text.extend(["-- engine:   sqlite >= ", &engine.to_string(), "\n"]);
        }
        if self.foreign_keys_off {
            text.push_str("-- needs:    foreign_keys=off\n");
        }
        if self.no_transaction {
            text.push_str("-- transaction: off\n");
        }
        if let Some(name) = &self.rust_down {
            text.extend(["-- rust-down: ", name, "\n"]);
        }
        text
    }
}

/// The name of a function.
fn function(key: &str, value: &str) -> Result<String> {
    let is_name = !value.starts_with(|first: char| first.is_ascii_digit())
        && value.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
        && !value.is_empty();
    if is_name {
        return Ok(value.to_owned());
    }
    Err(Error::failed(format!("the header `{key}: {value}` names no function"))
        .why(format!("it is the name of a Rust function, as in `-- {key}: rekey`"))
        .next("correct the line, or remove it"))
}

/// `L001 users: the table is dropped`, which the generator has written.
fn remark(comment: &str) -> Option<(String, String)> {
    let line = comment.trim();
    let lint = lint::find(line.split_whitespace().next()?)?;
    Some((lint.code.to_owned(), line.to_owned()))
}

/// `key: value` of a comment; other comments are for readers.
fn entry(comment: &str) -> Option<(&str, &str)> {
    let (key, value) = comment.split_once(':')?;
    let key = key.trim();
    let is_key = !key.is_empty()
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    is_key.then(|| (key, value.trim()))
}
