//! How the library's findings look: the same for every command.

mod changes;
mod findings;
mod plan;
mod settle;
mod unsettled;

pub(crate) use changes::{as_json as changes_as_json, show as show_changes};
pub(crate) use findings::{
    as_json as findings_as_json, details as show_findings, warnings as finding_warnings,
};
pub(crate) use plan::as_json as plan_as_json;
pub(crate) use settle::{answers, settle};
pub(crate) use unsettled::Unsettled;
