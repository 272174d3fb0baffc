//! The commands as people and programs call them: real binaries over real, filled databases.

mod init;
mod project;
mod settings;
mod usage;
