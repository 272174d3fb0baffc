use std::fmt;
use std::ops::Deref;

use super::MigrationTx;
use crate::Result;

/// Which part of a migration a Rust step belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// It runs after the statements of up.
    Up,
    /// It runs before the statements of down.
    Down,
}

type Function = fn(&MigrationTx<'_>) -> Result<()>;

/// A function that belongs to a revision, made by [`migration`](macro@crate::migration). It can still
/// be called by its name.
#[derive(Clone, Copy)]
pub struct RustStep {
    /// The revision.
    pub revision: &'static str,
    /// The name of the function.
    pub name: &'static str,
    /// Which part of the revision it belongs to.
    pub direction: Direction,
    function: Function,
}

impl RustStep {
    /// A function, and the revision that it belongs to.
    pub const fn new(
        revision: &'static str,
        name: &'static str,
        direction: Direction,
        function: Function,
    ) -> Self {
        Self { revision, name, direction, function }
    }
}

impl Deref for RustStep {
    type Target = Function;

    fn deref(&self) -> &Function {
        &self.function
    }
}

impl PartialEq for RustStep {
    fn eq(&self, other: &Self) -> bool {
        (self.revision, self.name, self.direction) == (other.revision, other.name, other.direction)
    }
}

impl Eq for RustStep {}

impl fmt::Debug for RustStep {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RustStep")
            .field("revision", &self.revision)
            .field("name", &self.name)
            .field("direction", &self.direction)
            .finish_non_exhaustive()
    }
}
