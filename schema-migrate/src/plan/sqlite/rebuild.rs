use schema_core::dialect::{quote_identifier, quote_text};
use schema_core::model::TableDef;

use super::builder::{Builder, Built, Direction, TableSteps, indexes_of, triggers_of};
use super::copy::copy;
use crate::Result;
use crate::diff::Change;
use crate::plan::{Cost, Step};
use crate::sql::{replace_name_after, strip_qualifier};

/// The steps that put a new table in the place of an old one: create, copy, drop, rename, in this
/// order. Renaming the old one away instead would rewrite every reference to it.
pub(super) fn steps(
    builder: &Builder<'_>,
    old: &TableDef,
    new: &TableDef,
    changes: &[&Change],
    built: &mut Built,
) -> Result<TableSteps> {
    let name = new.name.as_ref();
    let successor = builder.free_name(&format!("_new_{name}"));
    let definition = strip_qualifier(&super::definition::definition(builder, old, new, changes)?, name)?;
    let definition = replace_name_after(&definition, "TABLE", &successor)?;
    let copy = copy(builder, old, new, &successor, changes, built);
    let mut steps = vec![
        create(new, definition),
        copy.notes.into_iter().fold(
            Step::new(name, copy.sql, format!("copy the rows of {name}")).cost(Cost::RewritesTable),
            Step::note,
        ),
    ];
    if is_counted(old) && is_counted(new) {
        steps.extend(keep_sequence(name, &successor));
    } else if is_counted(old) && builder.direction == Direction::Up {
        built.irreversible.push(format!(
            "the highest id ever given in {name} cannot come back: without AUTOINCREMENT the id of a deleted row \
             can be given again"
        ));
    }
    steps.push(Step::new(
        name,
        format!("DROP TABLE {}", quote_identifier(name)),
        format!("drop the old {name}"),
    ));
    steps.push(Step::new(
        name,
        "PRAGMA legacy_alter_table=ON",
        "rename without touching what names the table",
    ));
    steps.push(Step::new(
        name,
        format!("ALTER TABLE {} RENAME TO {}", quote_identifier(&successor), quote_identifier(name)),
        format!("put the new {name} in its place"),
    ));
    steps.push(Step::new(name, "PRAGMA legacy_alter_table=OFF", "follow renames again"));
    Ok(TableSteps {
        before: Vec::new(),
        steps,
        indexes: indexes_of(new, old, changes),
        triggers: triggers_of(new, old, changes),
    })
}

fn create(new: &TableDef, definition: String) -> Step {
    let step = Step::new(&new.name, definition, format!("rebuild {}", new.name))
        .note(format!("rebuild {}", new.name));
    match (new.strict, new.columns.iter().any(|column| column.generated.is_some())) {
        (true, _) => step.since(37),
        (false, true) => step.since(31),
        _ => step,
    }
}

fn is_counted(table: &TableDef) -> bool {
    table.primary_key.as_ref().is_some_and(|key| key.autoincrement)
}

/// Hands the highest id ever given over to the new table, also where the table is empty by now.
fn keep_sequence(name: &str, successor: &str) -> [Step; 2] {
    let (name_text, successor) = (quote_text(name), quote_text(successor));
    [
        Step::new(
            name,
            format!("DELETE FROM sqlite_sequence WHERE name = {successor}"),
            format!("keep the highest id of {name}"),
        ),
        Step::new(
            name,
            format!(
                "INSERT INTO sqlite_sequence (name, seq) SELECT {successor}, seq FROM sqlite_sequence WHERE name = {name_text}"
            ),
            format!("keep the highest id of {name}"),
        ),
    ]
}
