//! Databases of other programs, pulled, adopted and migrated by the real binaries: the models are
//! compiled as one crate, with a schema a database.

mod adopted;
mod databases;
mod journey;
mod pulled;
mod rows;
