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
    pub candidates: Vec<Path>,
    /// What the old one was, as in `TEXT NOT NULL`.
    pub old_definition: String,
    /// What the candidates are, in the same order.
    pub candidate_definitions: Vec<String>,
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
    /// The flags that answer the question, one answer each.
    pub fn flags(&self) -> Vec<String> {
        let renames = self.candidates.iter().map(|new| format!("--rename {}:{new}", self.old));
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
            write!(formatter, "{candidate}")?;
        }
        formatter.write_str(": renamed, or dropped and added?")
    }
}
