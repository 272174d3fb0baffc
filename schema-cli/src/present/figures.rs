use schema_migrate::{
    diff::{Path, Question, QuestionKind},
    plan::{Blocked, Loss},
};

use crate::output::count;

/// Figures of a database beside a question; each is `None` where there is no database that tells.
#[derive(Clone, Copy)]
pub(crate) struct Counts<'c> {
    /// Rows of a table, values of a column, or rows with a value.
    pub(crate) path: &'c dyn Fn(&Path) -> Option<u64>,
    /// The one number that a query gives.
    pub(crate) number: &'c dyn Fn(&str) -> Option<u64>,
}

impl Counts<'_> {
    fn found(&self, query: Option<&str>) -> Option<u64> {
        (self.number)(&format!("SELECT count(*) FROM ({})", query?))
    }

    /// `12,408 values`, of what a question is about.
    pub(crate) fn held(&self, question: &Question) -> Option<String> {
        let noun = match question.kind {
            QuestionKind::Column => "value",
            QuestionKind::Table | QuestionKind::Variant => "row",
        };
        Some(with_noun((self.path)(&question.old)?, noun))
    }

    /// What is lost or changes: `12,408 values`, `3 of 12,408 values`.
    pub(crate) fn lost(&self, loss: &Loss) -> Option<String> {
        let all = (self.path)(&loss.what);
        if loss.query.is_none() {
            return Some(with_noun(all?, if loss.what.0.len() == 1 { "row" } else { "value" }));
        }
        let found = self.found(loss.query.as_deref())?;
        Some(match all {
            Some(all) => format!("{} of {}", count(found), with_noun(all, "value")),
            None => with_noun(found, "value"),
        })
    }

    /// How many rows wait for a value.
    pub(crate) fn waiting(&self, blocked: &Blocked) -> Option<String> {
        Some(with_noun(self.found(blocked.query.as_deref())?, "row"))
    }
}

fn with_noun(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}
