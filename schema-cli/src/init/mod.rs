//! A project's first files. Nothing that is there is overwritten; what must be added to a file is
//! inserted into its text, which otherwise stays as it is.

mod alias;
mod manifest;
mod plan;
mod template;
mod write;

pub(crate) use plan::{Action, Entry, Options, Plan, plan};
pub(crate) use template::{embedded, sample_schema};
pub(crate) use write::write;
