//! The db-* commands.
