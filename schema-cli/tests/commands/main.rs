//! The commands as people and programs call them: real binaries over real, filled databases.

mod accepted;
mod adopt;
mod advise;
mod backup;
mod clear;
mod diff;
mod each;
mod expectations;
mod foreign;
mod generate;
mod heads;
mod health;
mod history;
mod init;
mod interrupted;
mod merge;
mod migrate;
mod next_commands;
mod no_transaction;
mod preflight;
mod project;
mod push;
mod reset;
mod restore;
mod seed;
mod settings;
mod squash;
mod stamp;
mod standing;
#[cfg(target_os = "linux")]
mod terminal;
mod test_migrations;
mod unlock;
mod upgrade;
mod usage;
mod whose_backup;
