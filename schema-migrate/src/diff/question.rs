use std::fmt;

use super::path::Path;

/// Something that has gone beside something that is new: renamed, or dropped and added?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What kind of thing it is.
    pub kind: QuestionKind,
    /// What is gone.
    pub old: Path,
    /// What is new and may be the old one under another name; the likeliest first.
    pub candidates: Vec<Candidate>,
    /// What the old one was, as in `TEXT NOT NULL`.
    pub old_definition: String,
}

/// What may be the old one under another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its name.
    pub path: Path,
    /// What it is, as in `TEXT NOT NULL, same place`.
    pub definition: String,
    /// The query, on the old schema, for the number of old values that are none of its type.
    pub misfits: Option<String>,
}

/// What a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuestionKind {
    /// A table.
    Table,
    /// A column.
    Column,
    /// A variant of an enum, stored as text.
    Variant,
}

impl Question {
    /// Puts the candidates whose type the stored values fit before the others. `misfits` gives the
    /// number that a query finds, where a database tells.
    pub fn rank(&mut self, misfits: &dyn Fn(&str) -> Option<u64>) {
        let unfit = |candidate: &Candidate| candidate.misfits.as_deref().and_then(misfits).unwrap_or(0) > 0;
        self.candidates.sort_by_cached_key(unfit);
    }

    /// The flags that answer the question, one answer each.
    pub fn flags(&self) -> Vec<String> {
        let renames = self.candidates.iter().map(|new| format!("--rename {}:{}", self.old, new.path));
        renames.chain([format!("--drop {}", self.old)]).collect()
    }
}

impl fmt::Display for Question {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} -> ", self.old)?;
        for (position, candidate) in self.candidates.iter().enumerate() {
            if position > 0 {
                formatter.write_str(" or ")?;
            }
            write!(formatter, "{}", candidate.path)?;
        }
        formatter.write_str(": renamed, or dropped and added?")
    }
}
