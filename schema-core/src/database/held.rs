//! Which database files a thread is writing through a handle: whoever opens the file beside the handle
//! asks here first, since a thread that waits for itself waits for ever.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::pool::this_thread;

/// The files that are open for writing, and for each the thread that holds its writer.
static OPEN: Mutex<Vec<(PathBuf, Weak<AtomicUsize>)>> = Mutex::new(Vec::new());

fn open() -> MutexGuard<'static, Vec<(PathBuf, Weak<AtomicUsize>)>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Remembers a handle that writes, for as long as its `holder` lives.
pub(super) fn remember(path: &Path, holder: Weak<AtomicUsize>) {
    let mut open = open();
    open.retain(|(_, holder)| holder.strong_count() > 0);
    open.push((same(path), holder));
}

/// Whether this thread is inside a transaction or a write of a handle on the file.
pub fn writes_on_this_thread(path: &Path) -> bool {
    let path = same(path);
    let is_mine = |holder: &Weak<AtomicUsize>| {
        holder.upgrade().is_some_and(|holder| holder.load(Ordering::Relaxed) == this_thread())
    };
    open().iter().any(|(known, holder)| *known == path && is_mine(holder))
}

/// One spelling for a file, whatever links lead to it.
fn same(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}
