use clap::Args;

/// Answers to what the engine never guesses.
#[derive(Args, Clone, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct AnswerArguments {
    /// The one is the other under a new name: users.name:users.full_name
    #[arg(long, value_name = "OLD:NEW", help_heading = "Answers")]
    pub(crate) rename: Vec<String>,
    /// It is dropped, with its values, and no rename: users.name
    #[arg(long, value_name = "NAME", help_heading = "Answers")]
    pub(crate) drop: Vec<String>,
    /// Every disappearance is a drop
    #[arg(long, help_heading = "Answers")]
    pub(crate) no_renames: bool,
    /// The expression that fills a column of existing rows: users.age="0"
    #[arg(long, value_name = "NAME=SQL", help_heading = "Answers")]
    pub(crate) backfill: Vec<String>,
    /// The expression that computes a column's new value: users.age="CAST(age AS INTEGER)"
    #[arg(long, value_name = "NAME=SQL", help_heading = "Answers")]
    pub(crate) convert: Vec<String>,
    /// A UNIQUE constraint and a unique index are two different things
    #[arg(long, help_heading = "Answers")]
    pub(crate) strict_unique: bool,
    /// Keep what is dropped in `_kept_..` tables, so that the way down brings it back
    #[arg(long, help_heading = "Answers")]
    pub(crate) keep_dropped: bool,
    /// Drop for good what earlier migrations have kept
    #[arg(long, conflicts_with = "keep_dropped", help_heading = "Answers")]
    pub(crate) drop_kept: bool,
    /// What may be lost: users.name, users, or all
    #[arg(long, value_name = "NAME", help_heading = "Answers")]
    pub(crate) allow_data_loss: Vec<String>,
}
