//! The proof of a migration on filled scratch databases, before its file is written.

mod cells;
mod copy;
mod fill;
mod full_text;
mod prove;
mod report;
mod scratch_run;
mod values;

pub(crate) use cells::{Surviving, difference, read as cells, whole};
pub(crate) use copy::{copy, count};
pub(crate) use fill::fill;
pub use prove::{Proof, prove};
pub use report::ProofReport;
pub(crate) use scratch_run::{Stop, fitting, run};
