//! Branches of migrations on real, filled databases.

mod diamond;
mod world;
