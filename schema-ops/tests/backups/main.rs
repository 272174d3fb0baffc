//! Backups of filled databases, in real files.

mod damage;
mod listing;
mod processes;
mod restoring;
mod support;
mod taking;
