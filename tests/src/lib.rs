//! What crosses crates: compile-fail cases, end-to-end runs, and the guide's own code.

pub mod book;
