//! The right to migrate a database: the operating system's lock on `<database>.lock`, which ends with
//! its holder, and a file beside it that says who that is.
//!
//! Where two machines share a folder, the lock of one may be unknown to the other. There the heartbeat
//! in the holder's file counts, and nothing else does.

mod heartbeat;
mod holder;
mod machine;
mod seen;
mod take;
mod unlock;

pub use holder::Holder;
pub use take::Lock;
pub(crate) use take::lock_standing;
pub use unlock::{Unlocked, unlock};
