use schema_core::model::SchemaDef;
use schema_migrate::{
    Error,
    diff::{Answers, Path},
    keep::{Destination, destination},
    plan::{self, EngineVersion, Plan},
};

use super::{Context, live::Live};
use crate::present::{Counts, Unsettled, settle};

/// What is compared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sides<'a> {
    pub(super) from: &'a SchemaDef,
    pub(super) to: &'a SchemaDef,
    /// Where renames and values are declared.
    pub(super) hints: &'a SchemaDef,
    /// The database that figures come from.
    pub(super) live: Option<&'a Live>,
    /// The oldest engine that may run the steps; the bundled one where there is none.
    pub(super) target: Option<EngineVersion>,
    /// What an unanswered question leaves behind, in words.
    pub(super) state: &'a str,
}

/// Compares and plans until nothing is open any more.
pub(super) fn plan(
    context: &Context<'_>,
    sides: &Sides<'_>,
    answers: &mut Answers,
) -> Result<(Destination, Plan), Error> {
    let Sides { from, to, hints, live, target, state } = *sides;
    loop {
        let Destination { schema, answers: settled, comparison } = destination(from, to, hints, answers)?;
        let plan = if comparison.questions.is_empty() {
            let engine = target.unwrap_or_else(EngineVersion::bundled);
            Some(plan::sqlite(from, &schema, &comparison, &settled, engine)?)
        } else {
            None
        };
        let open = Unsettled::of(&comparison.questions, plan.as_ref());
        if open.is_empty()
            && let Some(plan) = plan
        {
            return Ok((Destination { schema, answers: settled, comparison }, plan));
        }
        if comparison.questions.is_empty() {
            for change in &comparison.changes {
                context.screen().aside(format!("  {change}"));
            }
        }
        let path = |path: &Path| live?.count(path);
        let number = |query: &str| live?.number(query);
        let counts = Counts { path: &path, number: &number };
        settle(context.prompter(), &open, answers, counts, state)?;
    }
}
