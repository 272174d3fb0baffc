use schema_core::model::SchemaDef;
use schema_migrate::diff::{Answers, compare};
use schema_migrate::plan::{self, Plan};

use super::{Outcome, Step, Trial, failed, kind_of};
use crate::reference::Backfills;
use crate::schema::Table;

impl Trial<'_> {
    /// The plan, with a value for every column that waits for one.
    pub(super) fn plan(
        &self,
        from: &SchemaDef,
        to: &SchemaDef,
        answers: &mut Answers,
    ) -> Step<(Plan, Backfills)> {
        let mut backfills = Backfills::new();
        for _ in 0..30 {
            let comparison = match compare(from, to, to, answers) {
                Ok(comparison) => comparison,
                Err(error) if error.what().contains("hides the rowid") => {
                    return Err(Outcome::Refused("SQLite renames no column to or from a name of the rowid"));
                }
                // Of a key that is there twice SQLite renames only one.
                Err(error) if error.what().starts_with("SQLite cannot make a rename") => {
                    return Err(Outcome::Refused("SQLite itself cannot do the rename"));
                }
                Err(error) => return failed(kind_of("compare", &error), error.to_string()),
            };
            if let Some(question) = comparison.questions.first() {
                return failed("a question that was answered", question.to_string());
            }
            let plan = match plan::sqlite(from, to, &comparison, answers, self.case.target) {
                Ok(plan) => plan,
                Err(error) if error.what().contains("would be broken") => {
                    return Err(Outcome::Refused("a view or trigger would be broken"));
                }
                Err(error) if error.to_string().contains("are no key") => {
                    return Err(Outcome::Refused("a foreign key would point at what is no key"));
                }
                Err(error) => return failed(kind_of("plan", &error), error.to_string()),
            };
            if plan.blocked.is_empty() {
                if plan.minimum_engine > self.case.target {
                    return failed("a plan for a newer engine", plan.minimum_engine.to_string());
                }
                return Ok((plan, backfills));
            }
            for blocked in &plan.blocked {
                let value = self.backfill(&blocked.table, &blocked.column);
                let path = schema_migrate::diff::Path::new([blocked.table.as_str(), blocked.column.as_str()]);
                let read = answers.backfill(&format!("{path}={value}"));
                read.or_else(|error| failed("an answer is refused", error.to_string()))?;
                if backfills.insert((blocked.table.clone(), blocked.column.clone()), value).is_some() {
                    return failed("a question that was answered", blocked.to_string());
                }
            }
        }
        failed("questions without an end", String::new())
    }

    /// A value for the column that differs from row to row where a rowid is at hand.
    pub(super) fn backfill(&self, table: &str, column: &str) -> String {
        let pair = self.case.tables().into_iter().find(|(_, new)| new.name == table);
        let has_rowid = pair.is_some_and(|(old, new)| {
            let named = |table: &Table| {
                table.columns.iter().any(|column| {
                    ["rowid", "oid", "_rowid_"].iter().any(|name| column.name.eq_ignore_ascii_case(name))
                })
            };
            !old.without_rowid && !named(old) && !named(new)
        });
        let found = pair.and_then(|(_, new)| new.columns.iter().find(|found| found.name == column));
        let kind = found.map(|column| column.sql_type.to_ascii_uppercase()).unwrap_or_default();
        match (has_rowid, kind.as_str()) {
            (true, "TEXT") => "'filled ' || _rowid_",
            (true, "BLOB") => "CAST(_rowid_ AS BLOB)",
            (true, _) => "_rowid_",
            (false, "TEXT") => "'filled'",
            (false, "BLOB") => "x'aa'",
            (false, "REAL") => "2.5",
            (false, _) => "77",
        }
        .to_owned()
    }
}
