//! What would make a database faster, found by asking SQLite how it works: foreign keys without an index, indexes
//! that nobody needs, statistics that are missing, and statements that read a big table from end to end.
//!
//! Statements are planned on a copy of the schema in memory that has the live database's statistics.
//! There an index can be tried: one is advised only where SQLite would then use it.

mod aliases;
mod candidate;
mod compared;
mod copy;
mod programs;
mod scan;
mod statement;
mod statistics;
mod work;

pub use scan::{Compared, Help, Index, IndexColumn, IndexPart, Scan};
pub use statement::{Statement, StatementKind, read_statements};
pub use statistics::{Lacking, Statistics};
pub use work::{Advice, Request, Unplanned, advise};
