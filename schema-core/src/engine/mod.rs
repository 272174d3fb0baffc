//! The engines that a database handle can stand on.

pub(crate) mod sqlite;
