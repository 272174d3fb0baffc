//! The runner on filled databases: what it applies, what it refuses, and what a crash leaves.
#![cfg(unix)]

mod after;
mod application;
mod bad_database;
mod bad_files;
mod care;
mod crash;
mod generate;
mod going_back;
mod happy;
mod interrupted;
mod kept;
mod lock;
mod newer;
mod no_transaction;
mod rehearsed;
mod retry;
mod rust_step;
mod support;
mod views;
