//! How the library's findings look: the same for every command.

mod asked;
mod backup;
mod changes;
mod figures;
mod findings;
mod plan;
mod preflight;
mod settle;
mod unsettled;

pub(crate) use asked::{
    as_json as asked_as_json, line as asked_line, show as show_asked, warnings as asked_warnings,
};
pub(crate) use backup::{backup_as_json, backup_line};
pub(crate) use changes::{as_json as changes_as_json, show as show_changes};
pub(crate) use figures::Counts;
pub(crate) use findings::{
    as_json as findings_as_json, details as show_findings, warnings as finding_warnings,
};
pub(crate) use plan::{as_json as plan_as_json, show_steps};
pub(crate) use preflight::{as_json as checks_as_json, brief as brief_checks, show as show_checks};
pub(crate) use settle::{answers, settle};
pub(crate) use unsettled::Unsettled;
