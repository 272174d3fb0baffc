//! Backups of filled databases, in real files.

mod damage;
mod processes;
mod support;
mod taking;
