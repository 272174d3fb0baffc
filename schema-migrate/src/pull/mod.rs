//! A live database as Rust models.
//!
//! For each table the most readable form is chosen: attributes wherever they say the table, proven
//! by building what they say and comparing it with what is live. What they do not say is written as
//! SQL: an index as its `CREATE INDEX`, a table as its `CREATE TABLE`. So the models show no
//! difference against the database that they come from.

mod build;
mod comment;
mod enumeration;
mod facts;
mod model;
mod name;
mod options;
mod prove;
mod references;
mod rust_type;
mod said;
mod singular;
mod source;
mod time_type;
mod view;
mod write;

pub use facts::{Facts, Kinds, Unseen};
pub use options::{Fallback, PullOptions, Pulled, SourceFile};
pub use source::pull;
