use std::collections::HashSet;

use schema_core::dialect::quote_identifier;
use schema_core::model::{Engine, VirtualTableDef};

use super::builder::{Builder, Built, Direction};
use crate::diff::{Change, ColumnAspect, Path};
use crate::inspect::can_build;
use crate::inspect::sqlite::definition::{Content, VirtualTableText};
use crate::plan::{Cost, Loss, Step};
use crate::sql::words;

/// The steps that virtual tables need, by the time at which they run.
#[derive(Debug, Default)]
pub(super) struct VirtualSteps {
    /// What goes, behind the triggers that go.
    pub(super) drop: Vec<Step>,
    /// What is new or another, once the tables are what they will be.
    pub(super) create: Vec<Step>,
    /// Indexes that are built from their content anew, behind everything else.
    pub(super) fill: Vec<Step>,
}

/// Plans the virtual tables. Their shadow tables come and go with them.
pub(super) fn steps(builder: &Builder<'_>, built: &mut Built) -> VirtualSteps {
    let mut found = VirtualSteps::default();
    for change in &builder.comparison.changes {
        match change {
            Change::CreateVirtualTable { table } => {
                found.create.push(create(table, &table.sql));
                found.fill.extend(fill(builder, table));
            }
            Change::DropVirtualTable { table } => {
                found.drop.push(drop_table(builder, table));
                gone(builder, table, built);
            }
            Change::ChangeVirtualTable { from, to } => {
                change_table(builder, from, to, &mut found, built);
                found.fill.extend(fill(builder, to));
            }
            _ => {}
        }
    }
    for table in builder.to.virtual_tables.iter() {
        let is_new = found.create.iter().any(|step| step.table == table.name);
        if is_new || !content_is_another(builder, table) {
            continue;
        }
        if can_build(table) {
            found.fill.extend(fill(builder, table));
        } else {
            built.notes.push(format!(
                "the index {0} does not follow these values: its module or tokenizer is not in this program; \
                 build it anew with one that has it: INSERT INTO {1} ({1}) VALUES ('rebuild')",
                table.name,
                quote_identifier(&table.name)
            ));
        }
    }
    built.notes.extend(builder.comparison.left_alone.iter().map(|name| {
        format!(
            "virtual table {name} differs and is left alone: its module or tokenizer is not in this program"
        )
    }));
    found
}

fn create(table: &VirtualTableDef, sql: &str) -> Step {
    Step::new(&table.name, sql, format!("create virtual table {}", table.name))
}

fn drop_table(builder: &Builder<'_>, table: &VirtualTableDef) -> Step {
    let displaced = &builder.comparison.displaced;
    let aside = displaced.iter().find(|(original, _)| original.is(&[&table.name]));
    let name = aside.and_then(|(_, aside)| aside.0.last()).map_or(table.name.as_ref(), String::as_str);
    Step::new(
        &table.name,
        format!("DROP TABLE {}", quote_identifier(name)),
        format!("drop virtual table {}", table.name),
    )
}

/// Another definition is another table. What a full-text table keeps itself moves across.
fn change_table(
    builder: &Builder<'_>,
    from: &VirtualTableDef,
    to: &VirtualTableDef,
    found: &mut VirtualSteps,
    built: &mut Built,
) {
    let texts = (VirtualTableText::read(&from.sql), VirtualTableText::read(&to.sql));
    let (Some(old), Some(new)) = texts else { return };
    let own = |text: &VirtualTableText| text.is_full_text() && text.content() == Content::Own;
    if !(own(&old) && own(&new)) {
        gone(builder, from, built);
        found.create.extend([drop_table(builder, from), create(to, &to.sql)]);
        return;
    }
    let names = |text: &VirtualTableText| -> Vec<String> {
        text.columns.iter().filter_map(|words| words.first()).cloned().collect()
    };
    let (before, after) = (names(&old), names(&new));
    let has = |names: &[String], name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    let (kept, lost): (Vec<&String>, Vec<&String>) = before.iter().partition(|name| has(&after, name));
    for name in lost {
        lose(builder, built, &[&from.name, name]);
    }
    let successor = builder.free_name(&format!("_new_{}", to.name));
    let definition = crate::sql::replace_name_after(&to.sql, "TABLE", &successor);
    let columns: Vec<String> =
        ["rowid".to_owned()].into_iter().chain(kept.iter().map(|name| quote_identifier(name))).collect();
    let (columns, name) = (columns.join(", "), quote_identifier(&to.name));
    let successor = quote_identifier(&successor);
    found.create.extend([
        create(to, &definition.unwrap_or_else(|_| to.sql.to_string())),
        Step::new(
            &to.name,
            format!("INSERT INTO {successor} ({columns})\nSELECT {columns}\nFROM {name}"),
            format!("copy the rows of {}", to.name),
        )
        .cost(Cost::RewritesTable),
        drop_table(builder, from),
        Step::new(&to.name, "PRAGMA legacy_alter_table=ON", "rename without touching what names the table"),
        Step::new(
            &to.name,
            format!("ALTER TABLE {successor} RENAME TO {name}"),
            format!("put the new {} in its place", to.name),
        ),
        Step::new(&to.name, "PRAGMA legacy_alter_table=OFF", "follow renames again"),
    ]);
}

/// Says what goes with a virtual table: an index over another table can be built again, what it
/// keeps itself cannot.
fn gone(builder: &Builder<'_>, table: &VirtualTableDef, built: &mut Built) {
    let text = VirtualTableText::read(&table.sql);
    match text.as_ref().map_or(Content::Own, VirtualTableText::content) {
        // A module without tables of its own keeps nothing.
        // Of an index without content nothing but the application has what it was filled with.
        Content::Own | Content::None if !table.shadows.is_empty() => lose(builder, built, &[&table.name]),
        _ => {}
    }
}

fn lose(builder: &Builder<'_>, built: &mut Built, parts: &[&str]) {
    if builder.direction == Direction::Up {
        let what = Path::new(parts.iter().copied());
        built.irreversible.push(format!("the values of {what} cannot come back"));
        built.losses.push(Loss::gone(what, builder.answers.permits(parts)));
    }
}

/// Builds an index over a table that has been there before.
fn fill(builder: &Builder<'_>, table: &VirtualTableDef) -> Option<Step> {
    let text = VirtualTableText::read(&table.sql)?;
    let Content::External(content) = text.content() else { return None };
    let is_new =
        builder.comparison.changes.iter().any(
            |change| matches!(change, Change::CreateTable { table } if table.eq_ignore_ascii_case(content)),
        );
    if is_new {
        return None;
    }
    let name = quote_identifier(&table.name);
    let sql = format!("INSERT INTO {name} ({name}) VALUES ('rebuild')");
    Some(
        Step::new(&table.name, sql, format!("index the rows of {content} in {}", table.name))
            .cost(Cost::ReadsRows),
    )
}

/// Whether values or row numbers that an index was built over become others behind its back: the
/// copy of a rebuild fires no trigger.
fn content_is_another(builder: &Builder<'_>, table: &VirtualTableDef) -> bool {
    let Some(text) = VirtualTableText::read(&table.sql) else { return false };
    let Content::External(content) = text.content() else { return false };
    if view_gives_another(builder, content) {
        return true;
    }
    let indexed = |name: &str| {
        text.columns.iter().any(|words| words.first().is_some_and(|word| word.eq_ignore_ascii_case(name)))
    };
    let is_content = |name: &str| name.eq_ignore_ascii_case(content);
    builder.comparison.changes.iter().any(|change| match change {
        // Nothing in the index follows a rename: it is built anew, or refused.
        Change::RenameTable { from, .. } => is_content(from),
        change if !is_content(change.table()) => false,
        Change::ChangePrimaryKey { .. } | Change::TableOption { .. } => true,
        Change::AlterColumn { to, aspects, .. } => {
            let values = [ColumnAspect::Type, ColumnAspect::Nullability, ColumnAspect::Generated];
            indexed(&to.name) && aspects.iter().any(|aspect| values.contains(aspect))
        }
        Change::RenameVariant { column, .. } => indexed(column),
        Change::RenameColumn { from, .. } => indexed(from),
        Change::AddColumn { column, .. } | Change::DropColumn { column, .. } => indexed(&column.name),
        _ => false,
    })
}

/// Whether what an index was built over is a view that gives something else from now on: it is another
/// itself, or one below it is, or a table that it reads.
fn view_gives_another(builder: &Builder<'_>, content: &str) -> bool {
    let views: Vec<(&str, &str)> = [&builder.comparison.renamed, builder.to]
        .into_iter()
        .flat_map(|schema| schema.views.iter())
        .filter_map(|view| Some((view.name.as_ref(), view.sql.on(Engine::Sqlite)?)))
        .collect();
    let mut open = vec![content.to_ascii_lowercase()];
    let mut below: HashSet<String> = HashSet::new();
    while let Some(name) = open.pop() {
        for (_, text) in views.iter().filter(|(view, _)| view.eq_ignore_ascii_case(&name)) {
            open.extend(words(text).into_iter().filter(|word| below.insert(word.clone())));
        }
    }
    builder.comparison.changes.iter().any(|change| {
        let gives_another = !matches!(
            change,
            Change::AddIndex { .. }
                | Change::DropIndex { .. }
                | Change::ChangeIndex { .. }
                | Change::AddTrigger { .. }
                | Change::DropTrigger { .. }
                | Change::ChangeTrigger { .. }
                | Change::AddCheck { .. }
                | Change::DropCheck { .. }
                | Change::AddForeignKey { .. }
                | Change::DropForeignKey { .. }
                | Change::AddUnique { .. }
                | Change::DropUnique { .. }
        );
        gives_another && below.contains(&change.table().to_ascii_lowercase())
    })
}
