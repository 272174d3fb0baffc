use std::time::Duration;

use schema_migrate::run::{Asked, Check, CheckOutcome, Event, Observer};
use serde_json::{Value, json};

use super::rehearse::show_rehearsal;
use crate::{
    output::{Screen, count, duration, plural, shown},
    present::{asked_line, backup_as_json, backup_line, brief_checks, show_checks},
    progress::Progress,
};

/// Shows a run as it goes on, and keeps it for JSON.
#[derive(Debug)]
pub(super) struct Watch<'s> {
    screen: &'s Screen,
    progress: Progress,
    /// Whether every check has a line of its own.
    each_check: bool,
    /// What was checked before the work.
    pub(super) checks: Vec<Check>,
    /// What the rows were asked while the checks were made: told after them.
    held: Vec<String>,
    is_checked: bool,
    /// What the rows were asked, and what they answered.
    pub(super) asked: Vec<Asked>,
    /// The backup that was taken.
    pub(super) backup: Value,
    /// The revisions that were done, or failed.
    pub(super) revisions: Vec<Value>,
    pub(super) warnings: Vec<String>,
    /// The backup's id, for the way back.
    pub(super) backup_name: Option<String>,
}

impl<'s> Watch<'s> {
    pub(super) fn new(screen: &'s Screen) -> Self {
        Self {
            screen,
            progress: Progress::new(screen),
            each_check: false,
            checks: Vec::new(),
            held: Vec::new(),
            is_checked: false,
            asked: Vec::new(),
            backup: Value::Null,
            revisions: Vec::new(),
            warnings: Vec::new(),
            backup_name: None,
        }
    }

    /// The same, which shows a line for each check.
    pub(super) fn each_check(mut self, each: bool) -> Self {
        self.each_check = each;
        self
    }

    /// Takes what is still shown as going on off the screen.
    pub(super) fn finish(&mut self) {
        self.progress.finish();
    }

    fn preflight(&mut self, checks: &[Check]) {
        self.progress.finish();
        let has_failed = checks.iter().any(|check| check.outcome == CheckOutcome::Failed);
        if self.each_check {
            self.screen.line("Preflight");
            show_checks(self.screen, checks);
        } else if !has_failed {
            // What has failed, the error says.
            self.screen.line(format!("Preflight  {}", brief_checks(checks)));
        }
        self.checks = checks.to_vec();
        self.is_checked = true;
        self.held.drain(..).for_each(|line| self.screen.line(line));
    }

    fn revision(&mut self, revision: &str, took: Duration, rows: u64, state: &str) {
        self.revisions.push(json!({
            "revision": revision,
            "state": state,
            "ms": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            "rows": rows,
        }));
    }
}

impl Observer for Watch<'_> {
    fn event(&mut self, event: &Event<'_>) {
        let screen = self.screen;
        match event {
            Event::Waiting { holder, wait } => {
                let who = holder.map_or_else(|| "another process".to_owned(), ToString::to_string);
                screen.aside(format!("Waiting    up to {} for {who}", duration(*wait)));
                self.progress.start("waiting for the lock", 0);
            }
            Event::Phase { what } => {
                self.progress.start(*what, 0);
                screen.detail(format!("         {what}"));
            }
            Event::Created { database } => screen.line(format!("Created    {}", shown(database))),
            Event::Preflight { checks } => self.preflight(checks),
            Event::Asked { asked } => {
                self.progress.finish();
                let line = format!("Asked      {}", asked_line(asked));
                if self.is_checked {
                    screen.line(line);
                } else {
                    self.held.push(line);
                }
                self.asked.push((*asked).clone());
            }
            Event::Warning { text } => self.warnings.push((*text).to_owned()),
            Event::Progress { progress } => self.progress.show(*progress),
            Event::Backup { taken } => {
                self.progress.finish();
                screen.line(format!("Backup     {}", backup_line(taken)));
                self.backup = backup_as_json(taken);
                self.backup_name = Some(taken.name.to_string());
            }
            Event::Begin { number, total, revision, statements } => {
                self.progress.start(format!("{number}/{total}  {revision}"), *statements as u64);
            }
            Event::Statement { line, sql, meter, .. } => {
                self.progress.part(*meter);
                screen.detail(format!("         line {line}: {}", sql.lines().next().unwrap_or_default()));
            }
            Event::StatementDone { number, rows, duration: took, .. } => {
                self.progress.at(*number as u64);
                screen.detail(format!("         {}, {}", rows_text(*rows), duration(*took)));
            }
            Event::RustStep { name, .. } => screen.detail(format!("         Rust step {name}")),
            Event::Walked { what, done, total } => {
                self.progress.detail(format!("{what} {} of {} rows", count(*done), count(*total)));
            }
            Event::RustStepDone { rows, duration: took, .. } => {
                screen.detail(format!("         {}, {}", rows_text(*rows), duration(*took)));
            }
            Event::Done { number, total, revision, statements, duration: took, rows } => {
                self.progress.finish();
                screen.line(format!(
                    "  {number}/{total}  {revision:<36} {}, {}   {}",
                    plural(*statements, "statement"),
                    rows_text(*rows),
                    duration(*took)
                ));
                self.revision(revision, *took, *rows, "done");
            }
            Event::Retry { error, attempt, attempts, pause } => {
                self.progress.finish();
                let why = error.reason().and_then(|why| why.lines().next()).unwrap_or_else(|| error.what());
                screen.aside(format!("Retry      {attempt} of {attempts} in {}: {why}", duration(*pause)));
            }
            Event::Failed { number, total, revision, duration: took } => {
                self.progress.finish();
                screen.line(format!("  {number}/{total}  {revision:<36} FAILED after {}", duration(*took)));
                self.revision(revision, *took, 0, "failed");
            }
            Event::Rehearsed { rehearsal } => {
                self.progress.finish();
                show_rehearsal(screen, rehearsal);
            }
            Event::Settled { checkpointed } => screen.detail(format!(
                "         statistics looked after{}",
                if *checkpointed { ", log written into the database" } else { "" }
            )),
            Event::Verified { models } => {
                self.progress.finish();
                screen.line(match models {
                    Some(true) => "Verified   foreign keys ok, database = models",
                    Some(false) => "Verified   foreign keys ok; the models differ from the database",
                    None => "Verified   foreign keys ok",
                });
            }
            _ => {}
        }
    }
}

fn rows_text(rows: u64) -> String {
    format!("{} {}", count(rows), if rows == 1 { "row" } else { "rows" })
}
