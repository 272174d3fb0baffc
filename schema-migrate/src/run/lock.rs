use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use time::OffsetDateTime;

use super::target::lock_file;
use crate::{Error, ErrorKind, Result};

/// How often a taken lock is tried again.
const PAUSE: Duration = Duration::from_millis(10);

/// The right to migrate a database, held until it is dropped. It is a lock on `<database>.lock`,
/// which the operating system takes back when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock, trying for as long as `wait`. The file stays when the lock is gone: whoever
    /// removed it would let two processes in, each holding a lock on a file of the same name.
    pub fn take(database: &Path, wait: Duration) -> Result<Self> {
        let path = lock_file(database);
        let unusable = |error: std::io::Error| {
            Error::new(ErrorKind::Preflight, format!("the lock file {} cannot be written", path.display()))
                .why(error.to_string())
                .state("nothing was changed")
                .next("see that the folder of the database is there and this user may write to it")
        };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o640);
        let mut file = options.open(&path).map_err(unusable)?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if begun.elapsed() < wait => thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return Err(taken(&mut file, &path)),
                Err(TryLockError::Error(error)) => return Err(unusable(error)),
            }
        }
        describe(&mut file).map_err(unusable)?;
        Ok(Self { file })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // What it says about its holder is of use to others only while the lock is held.
        drop(self.file.set_len(0));
        drop(self.file.unlock());
    }
}

/// Writes who holds the lock.
fn describe(file: &mut File) -> std::io::Result<()> {
    let command: Vec<String> = std::env::args_os()
        .take(2)
        .map(|argument| {
            argument.to_string_lossy().chars().filter(|character| !character.is_control()).collect()
        })
        .collect();
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .or_else(|| std::env::var("HOSTNAME").ok())
        .or_else(|| std::env::var("COMPUTERNAME").ok())
        .unwrap_or_default();
    file.set_len(0)?;
    file.rewind()?;
    let start = OffsetDateTime::now_utc().replace_nanosecond(0).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    writeln!(
        file,
        "process: {}\nhost: {}\ncommand: {}\nsince: {start}",
        std::process::id(),
        host.trim(),
        command.join(" ")
    )
}

fn taken(file: &mut File, path: &Path) -> Error {
    let mut holder = String::new();
    // Where it cannot be read, the file's name has to do.
    drop(file.rewind().and_then(|()| file.take(4096).read_to_string(&mut holder)));
    let holder: Vec<&str> = holder.lines().collect();
    let why = if holder.is_empty() {
        format!("another process holds {}", path.display())
    } else {
        format!("another process holds {} ({})", path.display(), holder.join(", "))
    };
    Error::new(ErrorKind::Locked, "another program is migrating this database")
        .why(why)
        .state("nothing was changed")
        .next("wait for it to end, then run the command again")
}
