//! Inspects databases, compares schemas, writes migrations and runs them.

mod error;
pub mod inspect;
pub mod sql;

pub use error::{Error, ErrorKind, Result};
