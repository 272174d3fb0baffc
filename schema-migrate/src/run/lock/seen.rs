use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::holder::{Holder, now};
use super::machine::Machine;

/// After how long without a heartbeat the holder on another machine counts as gone.
pub(super) const SILENCE: Duration = Duration::from_secs(300);

/// How far two clocks may be apart before an instant counts as one that has not come yet.
const SKEW: Duration = Duration::from_secs(60);

/// The holder's file at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// What it says, where that can be made sense of.
    pub(super) holder: Option<Holder>,
    bytes: Vec<u8>,
    modified: Option<SystemTime>,
}

/// What it says about a lock that the kernel of this machine gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// It was left by a process of this machine, which has ended.
    Left,
    /// A process of another machine has said that it lives, so long ago.
    Lives(Duration),
    /// A process of another machine has said nothing for so long.
    Silent(Duration),
    /// Nobody knows who has written it.
    Nothing,
}

impl Seen {
    /// `None` where there is no such file.
    pub(super) fn at(path: &Path) -> io::Result<Option<Self>> {
        let modified = match fs::metadata(path) {
            Ok(file) => file.modified().ok(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        // A file that this user may not read still shows by its time whether somebody writes it.
        let bytes = fs::read(path).unwrap_or_default();
        let holder = std::str::from_utf8(&bytes).ok().and_then(Holder::read);
        Ok(Some(Self { holder, bytes, modified }))
    }

    pub(super) fn says(&self) -> Says {
        let Some(holder) = &self.holder else { return Says::Nothing };
        if Machine::this().shares_locks_with(&holder.host, &holder.boot) {
            return Says::Left;
        }
        let age = self.age(holder);
        if age > SILENCE { Says::Silent(age) } else { Says::Lives(age) }
    }

    /// Since when nothing was heard of the holder. Its own clock and that of the file system are asked;
    /// the later counts, unless it has not come yet.
    fn age(&self, holder: &Holder) -> Duration {
        let written = self.modified.and_then(|at| match SystemTime::now().duration_since(at) {
            Ok(age) => Some(age),
            Err(ahead) => (ahead.duration() < SKEW).then_some(Duration::ZERO),
        });
        let beaten = now() - holder.heartbeat;
        let beaten = match Duration::try_from(beaten) {
            Ok(age) => Some(age),
            Err(_) => (beaten.unsigned_abs() < SKEW).then_some(Duration::ZERO),
        };
        written.into_iter().chain(beaten).min().unwrap_or_default()
    }
}
