//! What can be written behind each command.

mod answers;
mod check;
mod development;
mod diff;
mod display;
mod generate;
mod heads;
mod history;
mod init;
mod merge;
mod migrate;
mod pull;
mod rollback;
mod squash;
mod stamp;
mod status;
mod test_migrations;
mod unlock;

pub(crate) use answers::AnswerArguments;
pub(crate) use check::CheckArguments;
pub(crate) use development::{ClearArguments, LossArguments, ResetArguments, SeedArguments};
pub(crate) use diff::DiffArguments;
pub(crate) use display::{DisplayArguments, PlaceArguments};
pub(crate) use generate::{ComparedWith, GenerateArguments};
pub(crate) use heads::HeadsArguments;
pub(crate) use history::HistoryArguments;
pub(crate) use init::InitArguments;
pub(crate) use merge::MergeArguments;
pub(crate) use migrate::MigrateArguments;
pub(crate) use pull::PullArguments;
pub(crate) use rollback::RollbackArguments;
pub(crate) use squash::SquashArguments;
pub(crate) use stamp::StampArguments;
pub(crate) use status::StatusArguments;
pub(crate) use test_migrations::TestMigrationsArguments;
pub(crate) use unlock::UnlockArguments;
