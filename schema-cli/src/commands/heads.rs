use schema_migrate::{
    Error,
    history::Standing,
    status::{Head, status},
};
use serde_json::{Value, json};

use super::{
    Context,
    status::{middle_as_json, next_in, told_middle},
    target::target,
};
use crate::{
    arguments::HeadsArguments,
    output::{Outcome, aligned, shown},
};

pub(super) fn run(context: &Context<'_>, arguments: &HeadsArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    let found = status(&target(&settings)?)?;
    let screen = context.screen();
    for line in aligned(found.heads.iter().map(row)) {
        screen.result(line);
    }
    let heads: Vec<Value> = found
        .heads
        .iter()
        .map(|head| {
            json!({
                "revision": head.revision,
                "parents": head.parents,
                "applied_at": head.applied_at,
                "file": shown(&head.path),
            })
        })
        .collect();
    let data = json!({
        "schema": settings.schema.name,
        "heads": heads,
        "squash": found.middle.as_ref().map(middle_as_json),
    });
    if let Some(middle) = &found.middle {
        screen.line(told_middle(middle));
        let next = if middle.is_kept { context.call("migrate") } else { next_in(context, middle) };
        screen.line(format!("Next       {next}"));
    }
    if found.heads.is_empty() {
        screen.line("Done       the folder has no migration");
    }
    if !found.is_branched() {
        return Ok(Outcome::done(data));
    }
    screen.result(format!("Found      {} heads that no revision joins", found.heads.len()));
    match found.standing(Standing::Vanished).next() {
        Some(gone) => {
            let name = &gone.revision;
            screen
                .line(format!("Gone       {name} was applied, and its file is not there: it may join them"));
            screen.line(format!("Next       restore {name}.sql from version control"));
        }
        None => screen.line(format!("Next       {}", context.call("merge"))),
    }
    Ok(Outcome::finding(data))
}

fn row(head: &Head) -> Vec<String> {
    let when = match &head.applied_at {
        Some(at) => format!("applied {}", at.chars().take(19).collect::<String>()),
        None => "pending".to_owned(),
    };
    let follows = match head.parents.as_slice() {
        [] => "the first".to_owned(),
        parents => format!("follows {}", parents.join(", ")),
    };
    vec![head.revision.clone(), when, follows]
}
