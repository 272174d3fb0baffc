use std::{
    collections::BTreeSet,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, Sender},
    },
};

use crate::record::Table;

/// The tables that a transaction has changed: what [`Db::subscribe`](crate::Db::subscribe) receives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    tables: Arc<BTreeSet<String>>,
}

impl Changes {
    /// Names of the tables, in alphabetical order.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.tables.iter().map(String::as_str)
    }

    /// Whether the table of a model is among them.
    pub fn touches<T: Table>(&self) -> bool {
        self.tables.contains(&*T::DEF.name)
    }
}

/// Who wants to hear of changes.
#[derive(Default)]
pub(super) struct Subscribers {
    any: AtomicBool,
    list: Mutex<Vec<Sender<Changes>>>,
}

impl Subscribers {
    #[inline]
    pub(super) fn any(&self) -> bool {
        self.any.load(Ordering::Acquire)
    }

    pub(super) fn add(&self) -> Receiver<Changes> {
        let (sender, receiver) = mpsc::channel();
        let mut list = self.list();
        list.push(sender);
        self.any.store(true, Ordering::Release);
        receiver
    }

    /// Tells everybody who still listens.
    pub(super) fn tell(&self, tables: BTreeSet<String>) {
        let changes = Changes { tables: Arc::new(tables) };
        let mut list = self.list();
        list.retain(|subscriber| subscriber.send(changes.clone()).is_ok());
        self.any.store(!list.is_empty(), Ordering::Release);
    }

    fn list(&self) -> MutexGuard<'_, Vec<Sender<Changes>>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Subscribers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscribers").field("any", &self.any).finish_non_exhaustive()
    }
}
