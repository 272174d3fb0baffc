//! Models against what the files record: a migration, proven before it is written.

mod adopt;
mod name;
mod request;
mod work;

pub use adopt::adopt;
pub use name::default_name;
pub use request::{Drafted, GenerateRequest, Generated};
pub use work::generate;
pub(crate) use work::{name_of, next_revision};
