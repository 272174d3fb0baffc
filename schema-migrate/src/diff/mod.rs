//! Two schemas, and the changes that turn one into the other.
//!
//! Both sides are inspected databases, so what SQLite resolves is resolved on both. What is left
//! are texts, which are compared as folded tokens, and names, of which none is ever guessed to be
//! another: a disappearance beside an appearance is a question.

mod answers;
mod change;
mod check;
mod column;
mod compare;
mod default;
mod expression;
mod foreign_key;
mod index;
mod likeness;
mod names;
mod path;
mod primary_key;
mod program;
mod question;
mod rename;
mod renamed;
mod table;
mod trigger;
mod unique;
mod variant;
mod view;
mod virtual_table;

pub use answers::{Answers, Keeping};
pub use change::{Change, ColumnAspect};
pub(crate) use compare::names_taken;
pub use compare::{Comparison, compare};
pub(crate) use names::{original_column, original_table};
pub use path::Path;
pub use question::{Candidate, Question, QuestionKind};
pub(crate) use rename::Rename;
pub(crate) use renamed::RENAME_REFUSED;
pub(crate) use table::changes as table_changes;
pub(crate) use variant::listed as listed_variants;
