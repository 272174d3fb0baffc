//! Joins branches of migrations that do not stand in each other's way.

mod clash;
mod commute;
mod request;

pub use request::{MergeRequest, Merged, merge};
