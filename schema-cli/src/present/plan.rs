use schema_migrate::plan::{Expectation, Level, Plan, Step};
use serde_json::{Value, json};

use crate::output::Screen;

/// Every step with its purpose and what it costs, there and back: under `-v`.
pub(crate) fn show_steps(screen: &Screen, plan: &Plan) {
    for (way, steps) in [("Up", &plan.up), ("Down", &plan.down)] {
        for (number, step) in (1..).zip(steps) {
            screen.detail(format!("{way:<9} {number:>2}  {}: {}", step.purpose, step.cost));
        }
    }
}

pub(crate) fn as_json(plan: &Plan) -> Value {
    json!({
        "up": steps(&plan.up),
        "down": steps(&plan.down),
        "expects": expectations(&plan.expectations),
        "down_expects": expectations(&plan.down_expectations),
        "minimum_engine": plan.minimum_engine.to_string(),
        "foreign_keys_off": plan.foreign_keys_off,
        "rebuilt": plan.rebuilt,
        "notes": plan.notes,
        "losses": plan.losses.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "irreversible": plan.irreversible,
    })
}

fn expectations(expectations: &[Expectation]) -> Value {
    expectations
        .iter()
        .map(|expectation| {
            json!({
                "what": expectation.what,
                "query": expectation.query,
                "required": expectation.level == Level::Required,
            })
        })
        .collect()
}

fn steps(steps: &[Step]) -> Value {
    steps
        .iter()
        .map(|step| {
            json!({
                "sql": step.sql,
                "purpose": step.purpose,
                "table": step.table,
                "cost": step.cost.to_string(),
                "notes": step.notes,
            })
        })
        .collect()
}
