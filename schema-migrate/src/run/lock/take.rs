use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::heartbeat::{BEAT, Heartbeat};
use super::holder::Holder;
use super::seen::{SILENCE, Says, Seen};
use crate::run::interrupt::Interrupt;
use crate::run::observer::{Event, Observer, Silent};
use crate::run::target::{holder_file, lock_file};
use crate::{Error, ErrorKind, Result};

/// How often a taken lock is tried again.
const PAUSE: Duration = Duration::from_millis(10);

/// How long a holder's file has to stay as it is before a holder on another machine counts as dead: its
/// clock may be wrong, but a living one would have written in that time.
const WATCHED: Duration = Duration::from_millis(2_500 + 1_000 * BEAT.as_secs());

/// The right to migrate a database, held until it is dropped. It is a lock on `<database>.lock`,
/// which the operating system takes back when the process ends, however it ends. Who holds it stands
/// in `<database>.lock.holder`.
#[derive(Debug)]
pub struct Lock {
    // In this order: the holder's file goes while the lock is still held.
    heartbeat: Option<Heartbeat>,
    file: File,
    taken_over: Option<String>,
}

impl Lock {
    /// Takes the lock, trying for as long as `wait`. The file stays when the lock is gone: whoever
    /// removed it would let two processes in, each holding a lock on a file of the same name.
    pub fn take(database: &Path, wait: Duration) -> Result<Self> {
        Self::take_observed(database, wait, &mut Silent, &Interrupt::default())
    }

    /// The same; the observer is told for whom it waits, and who asks to stop is heard.
    pub fn take_observed(
        database: &Path,
        wait: Duration,
        observer: &mut dyn Observer,
        interrupt: &Interrupt,
    ) -> Result<Self> {
        let (path, holder) = (lock_file(database), holder_file(database));
        let unusable = |error: io::Error| unusable(&path, &error);
        let begun = Instant::now();
        let mut told = None;
        loop {
            let held_by = match try_lock(&path, database).map_err(unusable)? {
                Ok(file) => match settle(&holder, observer).map_err(unusable)? {
                    Settled::Free { taken_over } => {
                        let heartbeat = Heartbeat::start(&holder, database).map_err(unusable)?;
                        return Ok(Self { heartbeat: Some(heartbeat), file, taken_over });
                    }
                    Settled::Held { by, age } => (by, Some(age)),
                },
                Err(()) => (Seen::at(&holder).ok().flatten().and_then(|seen| seen.holder), None),
            };
            if begun.elapsed() >= wait {
                return Err(taken(held_by.0.as_ref(), held_by.1, &path));
            }
            // Told once for each holder; the file may be a moment behind the lock.
            let is_known = match (&told, &held_by.0) {
                (Some(Some(told)), Some(now)) => Holder::is(told, now),
                (Some(_), None) => true,
                _ => false,
            };
            if !is_known && (held_by.0.is_some() || begun.elapsed() > PAUSE * 5) {
                observer.event(&Event::Waiting {
                    holder: held_by.0.as_ref(),
                    wait: wait.saturating_sub(begun.elapsed()),
                });
                told = Some(held_by.0);
            }
            interrupt.sleep(PAUSE)?;
        }
    }

    /// What a person should know where the lock was taken over from a holder on another machine.
    pub fn taken_over(&self) -> Option<&str> {
        self.taken_over.as_deref()
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        drop(self.heartbeat.take());
        drop(self.file.unlock());
    }
}

/// The lock of this machine's kernel, or nothing where somebody has it.
pub(super) fn try_lock(path: &Path, database: &Path) -> io::Result<std::result::Result<File, ()>> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o640);
    let file = options.open(path)?;
    give_to_the_owner(&file, database);
    match file.try_lock() {
        Ok(()) => Ok(Ok(file)),
        Err(TryLockError::WouldBlock) => Ok(Err(())),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// What a file that root makes beside a database would otherwise do: keep its owner's programs from it.
#[cfg(unix)]
pub(super) fn give_to_the_owner(file: &File, database: &Path) {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(owner) = std::fs::metadata(database).or_else(|_| std::fs::metadata(folder)) else { return };
    let is_theirs = |own: std::fs::Metadata| (own.uid(), own.gid()) == (owner.uid(), owner.gid());
    if !file.metadata().is_ok_and(is_theirs) {
        // A file system without owners has none to give it to.
        drop(fchown(file, Some(owner.uid()), Some(owner.gid())));
    }
}

#[cfg(not(unix))]
pub(super) fn give_to_the_owner(_: &File, _: &Path) {}

/// Whether a lock that the kernel gives is free on other machines, too.
pub(super) enum Settled {
    Free { taken_over: Option<String> },
    Held { by: Option<Holder>, age: Duration },
}

pub(super) fn settle(holder: &Path, observer: &mut dyn Observer) -> io::Result<Settled> {
    let Some(seen) = Seen::at(holder)? else { return Ok(Settled::Free { taken_over: None }) };
    let by = seen.holder.clone();
    match (seen.says(), by) {
        (Says::Left, _) => return Ok(Settled::Free { taken_over: None }),
        (Says::Lives(age), by) => return Ok(Settled::Held { by, age }),
        _ => {}
    }
    observer.event(&Event::Phase { what: "watching whether the lock's holder lives" });
    let begun = Instant::now();
    while begun.elapsed() < WATCHED {
        thread::sleep(PAUSE * 10);
        match Seen::at(holder)? {
            None => return Ok(Settled::Free { taken_over: None }),
            Some(now) if now != seen => {
                return Ok(Settled::Held { by: now.holder, age: Duration::ZERO });
            }
            Some(_) => {}
        }
    }
    let taken_over = match (seen.says(), &seen.holder) {
        (Says::Silent(age), Some(by)) => format!(
            "the lock was taken over from {by}: nothing was heard of it for {} minutes",
            age.as_secs() / 60
        ),
        _ => format!("{} said nothing about who held the lock, and was replaced", holder.display()),
    };
    Ok(Settled::Free { taken_over: Some(taken_over) })
}

/// Who holds the lock, found without taking it for longer than a moment or making its file. `None` where
/// nobody does, and where this user may not look.
pub(crate) fn lock_standing(database: &Path) -> Option<String> {
    let (path, holder) = (lock_file(database), holder_file(database));
    if !path.exists() {
        return None;
    }
    let locked = try_lock(&path, database).ok()?;
    let seen = Seen::at(&holder).ok().flatten();
    let is_elsewhere = seen.as_ref().is_some_and(|seen| matches!(seen.says(), Says::Lives(_)));
    if locked.is_ok() && !is_elsewhere {
        return None;
    }
    let by = seen.and_then(|seen| seen.holder);
    Some(by.map_or_else(|| "another process".to_owned(), |by| by.to_string()))
}

pub(super) fn unusable(path: &Path, error: &io::Error) -> Error {
    Error::new(ErrorKind::Preflight, format!("the lock file {} cannot be written", path.display()))
        .why(error.to_string())
        .state("nothing was changed")
        .next("see that the folder of the database is there and this user may write to it")
}

pub(super) fn taken(holder: Option<&Holder>, age: Option<Duration>, path: &Path) -> Error {
    let mut why = match holder {
        Some(holder) => format!("{holder} holds {}", path.display()),
        None => format!("another process holds {}", path.display()),
    };
    let mut error = Error::new(ErrorKind::Locked, "another program is migrating this database")
        .state("nothing was changed")
        .next("wait for it to end, then run the command again");
    if let Some(age) = age {
        why = format!(
            "{why}\nit runs on another machine and was last heard of {} seconds ago; after {} minutes of \
             silence the lock is free",
            age.as_secs(),
            SILENCE.as_secs() / 60
        );
        error = error.next("db-unlock clears the lock once its holder is dead");
    }
    error.why(why)
}
