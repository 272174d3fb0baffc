//! What a person is told about a change set, code by code.

mod allowing;
mod changes;
mod models;
mod postgres;
mod state;
mod support;
