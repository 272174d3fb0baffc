//! A database, read into the data of `schema_core::model`.
//!
//! What a pragma resolves is taken from the pragma; what no pragma shows (COLLATE, ON CONFLICT,
//! DEFERRABLE, CHECK, names of constraints, AUTOINCREMENT, generated expressions, a partial WHERE,
//! expressions of an index) is cut out of the stored text at the offsets of its tokens.

mod agree;
mod compile;
mod declared_views;
mod materialise;
mod neighbourhood;
mod replay;
mod scratch;
pub mod sqlite;

pub(crate) use compile::{Uncompiled, uncompiled};
pub use materialise::materialise;
pub(crate) use neighbourhood::Neighbourhood;
pub use replay::{broken, replay};
pub(crate) use replay::{leave_out_broken, replay_whole};
pub(crate) use schema_ops::{Unknown, unknown_name};
pub(crate) use scratch::{can_build, collations_in, is_foreign};
pub use scratch::{execute, scratch};
