use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use super::holder::Holder;
use super::seen::Seen;

/// How often a holder says that it lives.
pub(super) const BEAT: Duration = Duration::from_secs(2);

/// Says every few seconds that the holder lives, until it is dropped; then the holder's file goes.
#[derive(Debug)]
pub(super) struct Heartbeat {
    holder: Holder,
    path: PathBuf,
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Heartbeat {
    /// Writes the holder's file, and goes on writing it.
    pub(super) fn start(path: &Path, database: &Path) -> io::Result<Self> {
        let holder = Holder::this();
        holder.write(path, database)?;
        let (stop, stopped) = channel();
        let (own, own_path, own_database) = (holder.clone(), path.to_owned(), database.to_owned());
        let thread = thread::Builder::new().name("lock heartbeat".to_owned()).spawn(move || {
            while stopped.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
                if !is_still_ours(&own_path, &own) {
                    return;
                }
                if own.beating().write(&own_path, &own_database).is_err() {
                    // On a full disk the file's time still says it.
                    drop(File::open(&own_path).and_then(|file| file.set_modified(SystemTime::now())));
                }
            }
        })?;
        Ok(Self { holder, path: path.to_owned(), stop: Some(stop), thread: Some(thread) })
    }
}

/// A machine that slept for long may have been taken for dead: what another one has written since is
/// not ours to overwrite.
fn is_still_ours(path: &Path, own: &Holder) -> bool {
    match Seen::at(path) {
        Ok(Some(seen)) => seen.holder.is_some_and(|holder| holder.is(own)),
        // Somebody has taken it away. Who else would hold the lock has written one.
        Ok(None) => true,
        Err(_) => false,
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
        if is_still_ours(&self.path, &self.holder) {
            drop(fs::remove_file(&self.path));
        }
    }
}
