use std::collections::{HashMap, HashSet};

use schema_core::dialect::quote_identifier;
use schema_core::model::{Engine, SqlText, TriggerDef, ViewDef};

use super::builder::Builder;
use crate::diff::Change;
use crate::plan::Step;
use crate::sql::{tokens, words};

/// The steps that views need, by the time at which they run.
#[derive(Debug, Default)]
pub(super) struct ViewSteps {
    /// What cannot follow the renames, before them.
    pub(super) first: Vec<Step>,
    /// What else goes, behind the renames: while a view is gone, what names it keeps SQLite from them.
    pub(super) drop: Vec<Step>,
    /// What comes, when every table is what it will be.
    pub(super) create: Vec<Step>,
}

/// A view and the words in its text.
struct Read<'a> {
    view: &'a ViewDef,
    words: HashSet<String>,
}

/// Drops what goes and what is another, with every view over it, the topmost first, and makes what
/// is new or stays, the lowest first. Its INSTEAD OF triggers come back with a view.
pub(super) fn steps(builder: &Builder<'_>) -> ViewSteps {
    let changes = &builder.comparison.changes;
    let mut stuck: HashSet<String> = builder.comparison.stuck.iter().map(|name| lower(name)).collect();
    let mut going = stuck.clone();
    let mut coming: HashSet<String> = HashSet::new();
    for change in changes {
        match change {
            Change::CreateView { view } => _ = coming.insert(lower(&view.name)),
            Change::DropView { .. }
            | Change::ChangeView { .. }
            | Change::DropTable { .. }
            | Change::DropVirtualTable { .. }
            | Change::ChangeVirtualTable { .. } => _ = going.insert(lower(change.table())),
            _ => {}
        }
    }
    let mut found = ViewSteps::default();
    if !going.is_empty() {
        let old = read(builder.comparison.renamed.views.iter().map(AsRef::as_ref));
        with_dependents(&old, &mut going);
        with_dependents(&old, &mut stuck);
        let dropped: Vec<Read<'_>> =
            old.into_iter().filter(|read| going.contains(&lower(&read.view.name))).collect();
        for read in lowest_first(dropped).into_iter().rev() {
            let name = lower(&read.view.name);
            let steps = if stuck.contains(&name) { &mut found.first } else { &mut found.drop };
            let is_changed = changes.iter().any(|change| {
                let own = matches!(change, Change::DropView { .. } | Change::ChangeView { .. });
                own && change.table().eq_ignore_ascii_case(&name)
            });
            let step = drop_view(read.view);
            steps.push(if is_changed { step } else { step.note("comes back as it is, further down") });
            coming.insert(lower(&read.view.name));
        }
    }
    let made = builder.to.views.iter().map(AsRef::as_ref);
    let made = read(made.filter(|view| coming.contains(&lower(&view.name))));
    for read in lowest_first(made) {
        create(builder, read.view, &mut found.create);
    }
    triggers_alone(builder, &coming, &mut found);
    found
}

/// The triggers that differ on views that stay where they are.
fn triggers_alone(builder: &Builder<'_>, coming: &HashSet<String>, found: &mut ViewSteps) {
    let on_view = |table: &str| {
        let is_view = |view: &ViewDef| view.name.eq_ignore_ascii_case(table);
        !coming.contains(&lower(table)) && builder.to.views.iter().any(|view| is_view(view))
    };
    for change in &builder.comparison.changes {
        match change {
            Change::AddTrigger { table, trigger } if on_view(table) => {
                found.create.push(create_trigger(table, trigger));
            }
            Change::DropTrigger { table, trigger } if on_view(table) => {
                found.drop.push(drop_trigger(table, trigger));
            }
            Change::ChangeTrigger { table, from, to } if on_view(table) => {
                found.drop.push(drop_trigger(table, from));
                found.create.push(create_trigger(table, to));
            }
            _ => {}
        }
    }
}

/// Makes a view and its triggers, in their old texts where those say the same.
fn create(builder: &Builder<'_>, new: &ViewDef, steps: &mut Vec<Step>) {
    let renamed = &builder.comparison.renamed;
    let old = renamed.views.iter().find(|old| old.name.eq_ignore_ascii_case(&new.name));
    let changed = |name: &str| {
        builder.comparison.changes.iter().any(|change| match change {
            Change::ChangeView { to, .. } => to.name == name,
            Change::ChangeTrigger { table, to, .. } => *table == new.name && to.name == name,
            _ => false,
        })
    };
    let text = old.filter(|_| !changed(&new.name)).map_or(&new.sql, |old| &old.sql);
    steps.push(Step::new(&new.name, whole(text), format!("create view {}", new.name)));
    for trigger in new.triggers.iter() {
        let kept = old
            .iter()
            .flat_map(|old| old.triggers.iter())
            .find(|kept| kept.name.eq_ignore_ascii_case(&trigger.name) && !changed(&trigger.name));
        steps.push(create_trigger(&new.name, kept.unwrap_or(trigger)));
    }
}

fn drop_view(view: &ViewDef) -> Step {
    let sql = format!("DROP VIEW {}", quote_identifier(&view.name));
    Step::new(&view.name, sql, format!("drop view {}", view.name))
}

fn create_trigger(view: &str, trigger: &TriggerDef) -> Step {
    Step::new(view, whole(&trigger.sql), format!("create trigger {}", trigger.name))
}

fn drop_trigger(view: &str, trigger: &TriggerDef) -> Step {
    let sql = format!("DROP TRIGGER {}", quote_identifier(&trigger.name));
    Step::new(view, sql, format!("drop trigger {}", trigger.name))
}

/// The text up to its last token: a comment at its end would swallow the semicolon in a file.
fn whole(sql: &SqlText) -> &str {
    let text = sql.on(Engine::Sqlite).unwrap_or_default();
    let end = tokens(text).ok().and_then(|all| all.last().map(|token| token.end));
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

fn read<'a>(views: impl Iterator<Item = &'a ViewDef>) -> Vec<Read<'a>> {
    views.map(|view| Read { view, words: words(view.sql.on(Engine::Sqlite).unwrap_or_default()) }).collect()
}

/// Adds every view that names one of these, and every view over those.
fn with_dependents(views: &[Read<'_>], going: &mut HashSet<String>) {
    loop {
        let more: Vec<String> = views
            .iter()
            .map(|read| (lower(&read.view.name), &read.words))
            .filter(|(name, words)| !going.contains(name) && !words.is_disjoint(going))
            .map(|(name, _)| name)
            .collect();
        if more.is_empty() {
            return;
        }
        going.extend(more);
    }
}

/// The views in an order in which each comes behind those that it names.
fn lowest_first(views: Vec<Read<'_>>) -> Vec<Read<'_>> {
    let position: HashMap<String, usize> =
        views.iter().enumerate().map(|(position, read)| (lower(&read.view.name), position)).collect();
    let below = |at: usize| -> Vec<usize> {
        let mut found: Vec<usize> =
            views[at].words.iter().filter_map(|word| position.get(word)).copied().collect();
        found.sort_unstable();
        found
    };
    let mut order = Vec::with_capacity(views.len());
    let mut seen = vec![false; views.len()];
    for first in 0..views.len() {
        let mut path: Vec<(usize, Vec<usize>)> = Vec::new();
        if !std::mem::replace(&mut seen[first], true) {
            path.push((first, below(first)));
        }
        while let Some((at, rest)) = path.last_mut() {
            match rest.pop() {
                Some(next) if !std::mem::replace(&mut seen[next], true) => path.push((next, below(next))),
                Some(_) => {}
                None => {
                    order.push(*at);
                    path.pop();
                }
            }
        }
    }
    let mut views: Vec<Option<Read<'_>>> = views.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| views[at].take()).collect()
}

fn lower(name: &str) -> String {
    name.to_ascii_lowercase()
}
