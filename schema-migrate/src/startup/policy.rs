/// What a starting program does about migrations that are pending.
///
/// Whatever the policy: an edited or vanished revision, and a database that is newer than the program,
/// are errors, and nothing is changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// Applies them. Of several programs that start together one does, and the others wait for it.
    #[default]
    Apply,
    /// Applies none and goes on: [`Report::revisions`](crate::run::Report::revisions) lists what is
    /// pending, and [`Report::dry_run`](crate::run::Report::dry_run) is set.
    Check,
    /// Applies none, and is an error where any is pending: it lists them and names the command to run.
    Refuse,
}
