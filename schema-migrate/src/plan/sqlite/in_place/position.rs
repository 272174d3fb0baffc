use schema_core::model::{Engine, TriggerDef};

use super::{Phases, Work};
use crate::plan::sqlite::mention::mentions;
use crate::sql::tokens;

/// What to say of new columns that the new schema has further to the front: ADD COLUMN puts them last,
/// and a view or trigger that counts columns sees another order than in a new database.
pub(super) fn notes(work: &Work<'_>, phases: &Phases<'_>) -> Vec<String> {
    let table = work.new.name.as_ref();
    let is_new = |name: &str| phases.added.iter().any(|(column, _)| column.name.eq_ignore_ascii_case(name));
    let behind = work.new.columns.iter().rev().skip_while(|column| is_new(&column.name));
    let early: Vec<&str> =
        behind.map(|column| column.name.as_ref()).filter(|name: &&str| is_new(name)).collect();
    if early.is_empty() {
        return Vec::new();
    }
    let to = work.builder.to;
    let views = to.views.iter().map(|view| ("view", view.name.as_ref(), &view.sql));
    let trigger = |trigger: &'_ TriggerDef| trigger.sql.on(Engine::Sqlite).map(str::to_owned);
    let triggers = to
        .tables
        .iter()
        .flat_map(|table| table.triggers.iter())
        .chain(to.views.iter().flat_map(|view| view.triggers.iter()))
        .filter_map(|item| Some(("trigger", item.name.as_ref(), trigger(item)?)));
    let views = views.filter_map(|(kind, name, sql)| Some((kind, name, sql.on(Engine::Sqlite)?.to_owned())));
    let counting = views.chain(triggers).find(|(_, _, text)| counts_columns(text, table));
    let Some((kind, name, _)) = counting else { return Vec::new() };
    let note = |column: &str| {
        format!(
            "{table}.{column} is added behind the last column, and {kind} {name} goes by the order of columns \
             (`*`, or INSERT without a list): name the columns there"
        )
    };
    early.into_iter().rev().map(note).collect()
}

/// Whether the text takes the columns of a table in their order.
fn counts_columns(text: &str, table: &str) -> bool {
    if !mentions(text, table) {
        return false;
    }
    let all = tokens(text).unwrap_or_default();
    all.windows(2).enumerate().any(|(position, pair)| {
        let [before, now] = pair else { return false };
        let is_star = now.is_symbol("*")
            && (["SELECT", "DISTINCT", "ALL"].iter().any(|word| before.is(word))
                || before.is_symbol(",")
                || before.is_symbol("."));
        let is_insert = before.is("INTO")
            && now.names(table)
            && all
                .get(position + 2)
                .is_some_and(|next| ["VALUES", "SELECT", "WITH"].iter().any(|word| next.is(word)));
        is_star || is_insert
    })
}
