//! Applications that migrate when they start, and tests that want a migrated database.

mod app;
mod migrator;
mod policy;
mod test_db;
mod together;
