use schema_migrate::{Error, shell_word};
use serde_json::json;

use super::Context;
use crate::{
    arguments::InitArguments,
    init::{Action, Entry, Options, Plan, plan, write},
    output::Outcome,
};

pub(super) fn run(context: &Context<'_>, arguments: &InitArguments) -> Result<Outcome, Error> {
    let plan = plan(&Options {
        folder: arguments.folder.clone(),
        schema: arguments.name.clone(),
        framework: arguments.framework_path.clone(),
    })?;
    if !arguments.dry_run {
        write(&plan)?;
    }
    show(context, &plan, arguments.dry_run);
    let next = next(&plan);
    let screen = context.screen();
    for (position, next) in next.iter().enumerate() {
        screen.line(format!("{} {next}", if position == 0 { "Next     " } else { "         " }));
    }
    let warnings = plan.from_registry.then(|| UNPUBLISHED.to_owned()).into_iter().collect();
    let files: Vec<_> = plan.entries.iter().map(as_json).collect();
    Ok(Outcome::done(json!({
        "folder": plan.folder.display().to_string(),
        "dry_run": arguments.dry_run,
        "files": files,
        "next": next,
    }))
    .warnings(warnings))
}

/// What is to be done before anything builds.
const UNPUBLISHED: &str = "the framework's crates are in no registry yet: in models/Cargo.toml and xtask/Cargo.toml write \
    `{ path = \"CHECKOUT/schema-core\" }` or `{ git = \"URL\" }` in the place of their versions, each of schema-core, \
    schema-migrate and schema-cli (--framework-path CHECKOUT does so for a new project)";

fn show(context: &Context<'_>, plan: &Plan, dry_run: bool) {
    let screen = context.screen();
    let doing = if dry_run { "Would write" } else { "Wrote" };
    screen.line(format!("{doing:<9} {}", plan.folder.display()));
    let width = plan.entries.iter().map(|entry| entry.path.len()).max().unwrap_or(0);
    for entry in &plan.entries {
        screen.line(format!("  {} {:<width$}   {}", sign(entry), entry.path, entry.what));
    }
    for entry in &plan.entries {
        if let Action::ByHand(lines) = &entry.action {
            screen.line(format!("Add to {} by hand:", entry.path));
            for line in lines.lines() {
                screen.line(format!("    {line}").trim_end());
            }
        }
    }
}

fn next(plan: &Plan) -> Vec<String> {
    let here = std::env::current_dir().is_ok_and(|here| here == plan.folder);
    let go = (!here).then(|| format!("cd {}", shell_word(&plan.folder.display().to_string())));
    go.into_iter()
        .chain(["cargo xtask db-generate initial", "cargo xtask db-migrate"].map(str::to_owned))
        .collect()
}

fn sign(entry: &Entry) -> char {
    match entry.action {
        Action::Create(_) => '+',
        Action::Change { .. } => '~',
        Action::Keep => '=',
        Action::ByHand(_) => '!',
    }
}

fn as_json(entry: &Entry) -> serde_json::Value {
    let (action, lines) = match &entry.action {
        Action::Create(_) => ("create", None),
        Action::Change { .. } => ("change", None),
        Action::Keep => ("keep", None),
        Action::ByHand(lines) => ("by_hand", Some(lines)),
    };
    json!({ "path": entry.path, "action": action, "what": entry.what, "lines": lines })
}
