use schema_migrate::{
    Error,
    run::{self, Holder, Unlocked},
};
use serde_json::{Value, json};

use super::{Context, target::target, watch::Watch};
use crate::{
    arguments::UnlockArguments,
    output::{Outcome, shown},
};

pub(super) fn run(context: &Context<'_>, arguments: &UnlockArguments) -> Result<Outcome, Error> {
    let target = target(&context.settings(&arguments.place)?)?;
    let mut watch = Watch::new(context.screen());
    let unlocked = run::unlock(&target.database, arguments.dry_run, &mut watch)?;
    drop(watch);
    let screen = context.screen();
    match &unlocked {
        None => screen.result("Done       the lock is free, and nothing is left of an earlier holder"),
        Some(left) => {
            screen.line(format!("Left       {}", left_by(left)));
            screen.result(if arguments.dry_run {
                format!("Dry run    {} would be taken away; nothing was changed", shown(&left.file))
            } else {
                format!("Done       {} was taken away; the lock is free", shown(&left.file))
            });
        }
    }
    Ok(Outcome::done(json!({
        "database": shown(&target.database),
        "dry_run": arguments.dry_run,
        "cleared": unlocked.as_ref().map(|left| json!({
            "file": shown(&left.file),
            "holder": left.holder.as_ref().map(holder_as_json),
        })),
    })))
}

fn left_by(left: &Unlocked) -> String {
    match &left.holder {
        Some(holder) => format!("by {holder}, which is gone"),
        None => "by nobody knows whom: the file says nothing".to_owned(),
    }
}

fn holder_as_json(holder: &Holder) -> Value {
    json!({ "process": holder.process, "host": holder.host, "command": holder.command })
}
