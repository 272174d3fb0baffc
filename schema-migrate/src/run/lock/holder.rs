use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

use super::machine::Machine;

const INSTANT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");

/// Longer than any file that was written here.
const LONGEST: usize = 4096;

/// Who holds the lock of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its process.
    pub process: u32,
    /// The machine or container that it runs on.
    pub host: String,
    /// What was called, without what follows the first words.
    pub command: String,
    /// Since when it holds the lock, in UTC.
    pub since: OffsetDateTime,
    /// When it last said that it lives.
    pub(super) heartbeat: OffsetDateTime,
    pub(super) boot: String,
}

impl Holder {
    /// This process, from now on.
    pub(super) fn this() -> Self {
        let words = std::env::args_os().take(3).map(|word| printable(&word.to_string_lossy()));
        let machine = Machine::this();
        let now = now();
        Self {
            process: std::process::id(),
            host: machine.host.clone(),
            command: words.collect::<Vec<_>>().join(" "),
            since: now,
            heartbeat: now,
            boot: machine.boot.clone(),
        }
    }

    /// Whether both are the same hold of the lock.
    pub(super) fn is(&self, other: &Self) -> bool {
        (self.process, &self.host, self.since) == (other.process, &other.host, other.since)
    }

    /// The same, which still lives.
    pub(super) fn beating(&self) -> Self {
        Self { heartbeat: now(), ..self.clone() }
    }

    /// Reads what `text` writes; `None` where a part of it is missing or is something else.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.get(..text.len().min(LONGEST))?;
        let entry = |key: &str| {
            let lines = text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
            let mut values = lines.filter_map(|line| line.split_once(": ").filter(|(name, _)| *name == key));
            values.next().map(|(_, value)| value.trim())
        };
        let at = |key: &str| {
            PrimitiveDateTime::parse(entry(key)?, INSTANT).ok().map(PrimitiveDateTime::assume_utc)
        };
        Some(Self {
            process: entry("process")?.parse().ok()?,
            host: printable(entry("host")?),
            command: printable(entry("command")?),
            since: at("since")?,
            heartbeat: at("heartbeat")?,
            boot: entry("boot")?.to_owned(),
        })
    }

    fn text(&self) -> String {
        let at = |instant: OffsetDateTime| instant.format(INSTANT).unwrap_or_default();
        format!(
            "process: {}\nhost: {}\ncommand: {}\nsince: {}\nheartbeat: {}\nboot: {}\n",
            self.process,
            self.host,
            self.command,
            at(self.since),
            at(self.heartbeat),
            self.boot
        )
    }

    /// Writes the file so that a reader finds the one before or this one, and never half of it.
    pub(super) fn write(&self, path: &Path, database: &Path) -> io::Result<()> {
        let new = path.with_extension("holder.new");
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o640);
        let mut file = options.open(&new)?;
        super::take::give_to_the_owner(&file, database);
        let written = file.write_all(self.text().as_bytes()).and_then(|()| fs::rename(&new, path));
        if written.is_err() {
            drop(fs::remove_file(&new));
        }
        written
    }
}

/// `process 4711 on tome-1 (tome db migrate), since 2026-11-21 02:31:55 (UTC)`.
impl fmt::Display for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = self.since.format(INSTANT).map_err(|_| fmt::Error)?;
        write!(formatter, "process {}", self.process)?;
        if !self.host.is_empty() {
            write!(formatter, " on {}", self.host)?;
        }
        if !self.command.is_empty() {
            write!(formatter, " ({})", self.command)?;
        }
        write!(formatter, ", since {since} (UTC)")
    }
}

/// Whole seconds, as they are written.
pub(super) fn now() -> OffsetDateTime {
    let now = OffsetDateTime::now_utc();
    now.replace_nanosecond(0).unwrap_or(now)
}

fn printable(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_half_of_it_is_nothing() {
        let holder = Holder { command: "app db migrate: now".to_owned(), ..Holder::this() };
        let text = holder.text();
        assert_eq!(Holder::read(&text), Some(holder));
        for end in 0..text.len() {
            assert_eq!(Holder::read(&text[..end]), None, "{:?}", &text[..end]);
        }
        for garbage in ["", "\0\0\0", "process: x\n", "process: 1\nhost: \n"] {
            assert_eq!(Holder::read(garbage), None, "{garbage:?}");
        }
    }

    #[test]
    fn an_instant_that_is_none_makes_it_unreadable() {
        let text = Holder::this().text();
        let since = text.lines().find(|line| line.starts_with("since")).unwrap();
        assert_eq!(Holder::read(&text.replace(since, "since: soon")), None);
    }
}
