//! Where the settings come from: `schema.toml`, then the environment, then flags.

mod clean;
mod duration;
mod file;
mod find;
mod resolve;
mod source;

pub(crate) use duration::read_age;
pub(crate) use file::SchemaSettings;
pub(crate) use resolve::{Place, Settings, resolve};
pub(crate) use source::file_of_url;
