//! The handle of a database: its connections, its transactions and what may run inside them.

mod by_hand;
mod changes;
mod context;
mod copy;
mod db;
mod deadline;
mod handle;
mod held;
mod options;
mod pool;
#[cfg(feature = "tokio")]
mod run;
mod session;
#[cfg(test)]
mod session_tests;
mod shared;
mod target;
mod transaction;
mod tx;

pub use changes::Changes;
pub(crate) use context::CursorKey;
pub use copy::Progress;
pub use db::{Db, Opens};
pub use handle::{Handle, Runs};
pub use held::writes_on_this_thread;
pub use options::OpenOptions;
pub use session::Session;
pub use tx::{ReadTx, Savepoint, Tx, in_transaction_of};
