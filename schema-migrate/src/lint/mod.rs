//! What a person should know before saying yes: findings with a stable code and one line each.
//!
//! [`lint`](lint()) looks at a change set, [`lint_schema`] at everything a schema holds. The codes,
//! what each is about and what to write instead stand in [`CODES`] and in `docs/lint.md`.

mod allow;
mod code;
mod columns;
mod conversion;
mod drops;
mod finding;
mod foreign_key;
mod irreversible;
mod keywords;
mod names;
mod narrowed;
mod no_transaction;
mod not_null;
mod postgres;
mod primary_key;
mod rebuild;
mod redundant_index;
mod subject;
mod unique;
mod work;

pub use allow::{Allowance, Allowed, Findings};
pub use code::{CODES, Lint, Severity, find, known};
pub use finding::Finding;
pub(crate) use no_transaction::no_transaction;
pub(crate) use subject::counted;
pub use subject::{Figures, Subject};
pub use work::{lint, lint_schema};
