//! What the database guides of five applications promise their users, kept for every application.
//!
//! A test is named after its promise: `t` Tome, `tt` TabletTracker, `d` duplistatus, `a` AniBridge,
//! `v` Velist, and the promise's number in its guide. Each runs the real program on a real, filled
//! database.

mod anibridge;
mod application;
mod duplistatus;
#[path = "../commands/project.rs"]
#[allow(dead_code, reason = "shared with the tests of the commands, which use all of it")]
mod project;
mod tablettracker;
mod tome;
mod velist;
