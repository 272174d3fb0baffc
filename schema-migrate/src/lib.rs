//! Inspects databases, compares schemas, writes migrations and runs them.

pub mod diff;
mod error;
pub mod inspect;
pub mod plan;
pub mod sql;

pub use error::{Error, ErrorKind, Result};
