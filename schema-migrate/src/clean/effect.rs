/// What becomes of rows that refer to those that go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Their table.
    pub table: String,
    /// The table that they refer to.
    pub parent: String,
    /// How many there are.
    pub rows: u64,
    /// What becomes of them.
    pub kind: EffectKind,
}

/// What a foreign key does when its parent goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EffectKind {
    /// They go as well.
    Deleted,
    /// Their key becomes NULL, or its default.
    Unlinked,
}

impl EffectKind {
    /// `deleted` or `unlinked`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Unlinked => "unlinked",
        }
    }
}
