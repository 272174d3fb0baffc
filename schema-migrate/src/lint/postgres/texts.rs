use schema_core::model::{DefaultDef, IndexTarget, SchemaDef, SqlText, TableDef};

use super::text::{for_every_engine, read};
use crate::diff::Path;
use crate::lint::{Finding, Lint, Severity};

pub(in crate::lint) const ROWID: Lint = Lint {
    code: "L023",
    severity: Severity::Warning,
    what: "a text uses the rowid",
    why: "rows of PostgreSQL have none",
    instead: "a primary key of the table's own",
};

pub(in crate::lint) const FUNCTION: Lint = Lint {
    code: "L026",
    severity: Severity::Warning,
    what: "a text calls what only SQLite has",
    why: "PostgreSQL refuses the definition, or computes something else",
    instead: "a text an engine: `check(sqlite = \"..\", postgres = \"..\")`",
};

pub(in crate::lint) const COLLATION: Lint = Lint {
    code: "L027",
    severity: Severity::Warning,
    what: "a collating sequence that only SQLite has",
    why: "PostgreSQL has no NOCASE and no RTRIM, nor what an application registers",
    instead: "a text an engine, or an index on `lower(..)` and queries that ask for it",
};

pub(in crate::lint) const TRIGGER: Lint = Lint {
    code: "L030",
    severity: Severity::Warning,
    what: "a trigger is written for SQLite alone",
    why: "a trigger of PostgreSQL calls a function, and its statements stand there",
    instead: "a text an engine: `trigger(name = \"..\", sqlite = \"..\", postgres = \"..\")`",
};

/// Texts of a table, each with what it is a part of.
pub(super) fn of_table(table: &TableDef, declared: Option<&TableDef>, found: &mut Vec<Finding>) {
    let name = table.name.as_ref();
    let is_column = |word: &str| table.column(word).is_some();
    let mut look = |path: &[&str], inspected: &SqlText, declared_text: Option<&SqlText>| {
        if let Some(text) = for_every_engine(inspected, declared.is_some(), declared_text) {
            report(name, &Path::new(path.iter().copied()).to_string(), text, &is_column, found);
        }
    };
    for column in table.columns.iter() {
        let model = declared.and_then(|table| table.column(&column.name));
        if let Some(generated) = &column.generated {
            let text = model.and_then(|model| model.generated.as_ref()).map(|own| &own.expression);
            look(&[name, &column.name], &generated.expression, text);
        }
        if let DefaultDef::Sql(sql) = &column.default {
            let text = match model.map(|model| &model.default) {
                Some(DefaultDef::Sql(text)) => Some(text),
                _ => None,
            };
            look(&[name, &column.name], sql, text);
        }
    }
    for check in table.checks.iter() {
        let same = |other: &&schema_core::model::CheckDef| {
            (check.name.is_some() && other.name == check.name) || other.expression == check.expression
        };
        let text = declared.and_then(|table| table.checks.iter().find(same)).map(|own| &own.expression);
        let own = check.name.as_deref().or(check.column.as_deref());
        let path = own.map_or(vec![name], |own| vec![name, own]);
        look(&path, &check.expression, text);
    }
    for index in table.indexes.iter() {
        let model = declared
            .and_then(|table| table.indexes.iter().find(|own| own.name.eq_ignore_ascii_case(&index.name)));
        if let Some(filter) = &index.filter {
            look(&[&index.name], filter, model.and_then(|model| model.filter.as_ref()));
        }
        for (position, part) in index.parts.iter().enumerate() {
            let IndexTarget::Expression(expression) = &part.target else { continue };
            let text = model.and_then(|model| match &model.parts.get(position)?.target {
                IndexTarget::Expression(text) => Some(text),
                IndexTarget::Column(_) => None,
            });
            look(&[&index.name], expression, text);
        }
    }
    collations(table, found);
    for trigger in table.triggers.iter() {
        let own = declared
            .and_then(|table| table.triggers.iter().find(|own| own.name.eq_ignore_ascii_case(&trigger.name)));
        if for_every_engine(&trigger.sql, declared.is_some(), own.map(|own| &own.sql)).is_some() {
            let text = "PostgreSQL does not take the text of this trigger";
            found.push(Finding::named(&TRIGGER, name, &trigger.name, text));
        }
    }
}

/// Collating sequences of columns, keys and indexes.
fn collations(table: &TableDef, found: &mut Vec<Finding>) {
    let foreign = |collation: Option<&str>| {
        collation.filter(|name| !name.eq_ignore_ascii_case("BINARY")).map(str::to_ascii_uppercase)
    };
    for column in table.columns.iter() {
        if let Some(collation) = foreign(column.collation.as_deref()) {
            let text = format!("PostgreSQL has no COLLATE {collation}");
            found.push(Finding::of(&COLLATION, &[&table.name, &column.name], text));
        }
    }
    for index in table.indexes.iter() {
        let own = index.parts.iter().find_map(|part| foreign(part.collation.as_deref()));
        if let Some(collation) = own {
            let text = format!("PostgreSQL has no COLLATE {collation}");
            found.push(Finding::named(&COLLATION, &table.name, &index.name, text));
        }
    }
}

/// Views, which may name any column of any table.
pub(super) fn of_views(schema: &SchemaDef, declared: &SchemaDef, found: &mut Vec<Finding>) {
    let is_column = |word: &str| schema.tables.iter().any(|table| table.column(word).is_some());
    for view in schema.views.iter() {
        let own = declared.views.iter().find(|own| own.name.eq_ignore_ascii_case(&view.name));
        let object = Path::new([view.name.as_ref()]).to_string();
        if let Some(text) = for_every_engine(&view.sql, false, own.map(|own| &own.sql)) {
            report(&view.name, &object, text, &is_column, found);
        }
        for trigger in view.triggers.iter() {
            let text = "PostgreSQL does not take the text of this trigger";
            let own = own
                .and_then(|own| own.triggers.iter().find(|own| own.name.eq_ignore_ascii_case(&trigger.name)));
            if for_every_engine(&trigger.sql, false, own.map(|own| &own.sql)).is_some() {
                found.push(Finding::named(&TRIGGER, &view.name, &trigger.name, text));
            }
        }
    }
}

fn report(table: &str, object: &str, text: &str, is_column: &dyn Fn(&str) -> bool, found: &mut Vec<Finding>) {
    let unknown = read(text, is_column);
    let mut add = |lint: &'static Lint, text: String| {
        found.push(Finding { lint, table: table.to_owned(), object: object.to_owned(), text });
    };
    if !unknown.functions.is_empty() {
        add(&FUNCTION, format!("PostgreSQL has no {}", unknown.functions.join(", no ")));
    }
    if !unknown.collations.is_empty() {
        add(&COLLATION, format!("PostgreSQL has no COLLATE {}", unknown.collations.join(", no ")));
    }
    if unknown.rowid {
        add(&ROWID, "rows of PostgreSQL have no rowid".to_owned());
    }
}
