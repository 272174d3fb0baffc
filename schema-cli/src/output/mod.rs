//! What a person or a program reads: text, JSON, and the ways in which both end.

mod envelope;
mod failure;
mod locale;
mod measure;
mod objects;
mod outcome;
mod path;
mod screen;
mod table;

pub(crate) use envelope::{Envelope, error_as_json};
pub(crate) use measure::{age, count, duration, plural, size};
pub(crate) use objects::objects;
pub(crate) use outcome::Outcome;
pub(crate) use path::{shortened, shown};
pub(crate) use screen::{Screen, Verbosity};
pub(crate) use table::aligned;
