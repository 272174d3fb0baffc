//! What a person or a program reads: text, JSON, and the ways in which both end.

mod bytes;
mod envelope;
mod failure;
mod locale;
mod outcome;
mod screen;
mod table;

pub(crate) use bytes::{count, duration, plural};
pub(crate) use envelope::Envelope;
pub(crate) use outcome::Outcome;
pub(crate) use screen::{Screen, Verbosity};
pub(crate) use table::aligned;
