//! Counts tablets on their way from the purchase order to the bag.

mod models;
mod queries;

pub use models::*;
pub use queries::{BagTimes, OrderTrouble, SubmissionLine};
