use crate::Result;

/// How far a backup or a restore has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done: "copying", "checking".
    pub what: &'static str,
    /// How much of it is done, in pages or in bytes.
    pub done: u64,
    /// How much there is; 0 where nobody knows.
    pub total: u64,
}

/// Called again and again while something goes on. Its error ends what goes on: nothing half-made stays.
pub type Watch<'a> = dyn FnMut(Progress) -> Result<()> + 'a;

/// Something begins of which nobody knows how long it takes.
pub(crate) fn begin(watch: &mut Watch<'_>, what: &'static str) -> Result<()> {
    watch(Progress { what, done: 0, total: 0 })
}
