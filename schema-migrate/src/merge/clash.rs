use schema_core::model::SchemaDef;

use super::commute::Difference;
use crate::files::{FileStatement, Migration};
use crate::recorded::shown;
use crate::sql::tokens;
use crate::{Error, ErrorKind};

/// A branch: its head, and what it has that the others do not all have.
pub(super) struct Side<'a> {
    pub(super) head: &'a str,
    pub(super) migrations: &'a [&'a Migration],
}

/// Tells what clashes: the statements of every branch that are about the same tables.
pub(super) fn clash(sides: &[Side<'_>], known: &[SchemaDef], found: &Difference<'_>) -> Error {
    let failed = found.statement.and_then(|(migration, position)| {
        migration.up.statements.get(position).map(|statement| (migration, statement))
    });
    let mut names = found.tables.clone();
    if let Some((_, statement)) = failed {
        names.extend(objects_in(&statement.sql, known));
    }
    let mut lines = vec![found.what.clone()];
    for side in sides {
        lines.push(format!("on the branch of {}", side.head));
        let is_failed = failed
            .is_some_and(|(failed, _)| side.migrations.iter().any(|one| one.revision == failed.revision));
        let told: Vec<String> = match failed {
            Some((migration, statement)) if is_failed => vec![line(migration, statement)],
            _ => side
                .migrations
                .iter()
                .flat_map(|migration| {
                    migration.up.statements.iter().map(move |statement| (*migration, statement))
                })
                .filter(|(_, statement)| is_about(&statement.sql, &names))
                .map(|(migration, statement)| line(migration, statement))
                .collect(),
        };
        match told.is_empty() {
            true => lines.push("  no statement names it".to_owned()),
            false => lines.extend(told),
        }
    }
    Error::new(ErrorKind::Finding, "the branches do not fit together")
        .why(lines.join("\n"))
        .state("nothing was written")
        .next("make one of the migrations anew, behind the other: take it back (db-rollback) where it is applied, delete its file, db-generate")
        .next("or write the statements of one so that they hold in both orders")
}

/// `migrations/2025.._city.sql:6  ALTER TABLE ..`
fn line(migration: &Migration, statement: &FileStatement) -> String {
    let text = shown(&statement.sql).replace('\n', "\n      ");
    format!("  {}:{}  {text}", migration.path.display(), statement.line)
}

fn is_about(sql: &str, names: &[String]) -> bool {
    let all = tokens(sql).unwrap_or_default();
    names.iter().any(|name| all.iter().any(|token| token.names(name)))
}

/// The tables, views, indexes and triggers of these schemas that a statement names.
fn objects_in(sql: &str, schemas: &[SchemaDef]) -> Vec<String> {
    let all = tokens(sql).unwrap_or_default();
    let mut found: Vec<String> = Vec::new();
    for schema in schemas {
        let tables = schema.tables.iter().map(|table| table.name.to_string());
        let indexes =
            schema.tables.iter().flat_map(|table| table.indexes.iter()).map(|index| index.name.to_string());
        let triggers =
            schema.tables.iter().flat_map(|table| table.triggers.iter()).map(|one| one.name.to_string());
        let views = schema.views.iter().map(|view| view.name.to_string());
        let virtual_tables = schema.virtual_tables.iter().map(|table| table.name.to_string());
        let names = tables.chain(indexes).chain(triggers).chain(views).chain(virtual_tables);
        found.extend(names.filter(|name| all.iter().any(|token| token.names(name))));
    }
    found
}
