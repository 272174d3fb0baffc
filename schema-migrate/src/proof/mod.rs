//! The proof of a migration on filled scratch databases, before its file is written.

mod cells;
mod copy;
mod fill;
mod full_text;
mod prove;
mod report;
mod values;

pub use prove::{Proof, prove};
pub use report::ProofReport;
