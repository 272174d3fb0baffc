use schema_core::model::{SchemaDef, TableDef};

use crate::lint::{Finding, Lint, Severity};
use crate::sql::tokens;

pub(in crate::lint) const WITHOUT_ROWID: Lint = Lint {
    code: "L020",
    severity: Severity::Note,
    what: "a table is WITHOUT ROWID",
    why: "PostgreSQL has no such tables: it becomes an ordinary one, whose rows lie in no order",
    instead: "nothing, unless the order on the disk is what the table is for",
};

pub(in crate::lint) const ON_CONFLICT: Lint = Lint {
    code: "L021",
    severity: Severity::Warning,
    what: "a constraint has an ON CONFLICT clause",
    why: "PostgreSQL has none in constraints, and statements that rely on it fail there",
    instead: "the clause on the statement: an upsert, `INSERT .. ON CONFLICT DO ..`",
};

pub(in crate::lint) const VIRTUAL_TABLE: Lint = Lint {
    code: "L022",
    severity: Severity::Warning,
    what: "a virtual table",
    why: "its module is a part of SQLite",
    instead: "`#[table(fts(..))]` for full text, which the framework writes for each engine",
};

pub(in crate::lint) const DYNAMIC: Lint = Lint {
    code: "L025",
    severity: Severity::Note,
    what: "a table takes values of any type in any column",
    why: "a table that is not STRICT stores text in an INTEGER column, and PostgreSQL refuses those rows",
    instead: "`#[table(strict)]`",
};

pub(in crate::lint) const AUTOINCREMENT: Lint = Lint {
    code: "L029",
    severity: Severity::Note,
    what: "a key is AUTOINCREMENT",
    why: "an identity column of PostgreSQL does not count on from ids that a statement names, and its counter has to be set after a move",
    instead: "a key without it, where ids may be used again; otherwise nothing",
};

pub(super) fn findings(table: &TableDef, found: &mut Vec<Finding>) {
    let name = table.name.as_ref();
    if table.without_rowid {
        found.push(Finding::of(&WITHOUT_ROWID, &[name], "PostgreSQL has no tables WITHOUT ROWID"));
    }
    if !table.strict {
        let text = "the table is not STRICT: a value of another type is stored here and refused there";
        found.push(Finding::of(&DYNAMIC, &[name], text));
    }
    conflicts(table, found);
    if table.primary_key.as_ref().is_some_and(|key| key.autoincrement) {
        let text = "an identity column of PostgreSQL counts in another way than AUTOINCREMENT";
        found.push(Finding::of(&AUTOINCREMENT, &[name], text));
    }
}

fn conflicts(table: &TableDef, found: &mut Vec<Finding>) {
    let text = "PostgreSQL has no ON CONFLICT in a constraint";
    for column in table.columns.iter().filter(|column| column.not_null_conflict.is_some()) {
        found.push(Finding::of(&ON_CONFLICT, &[&table.name, &column.name], text));
    }
    let keys = table.primary_key.iter().map(|key| (key.conflict, &key.columns));
    for (conflict, columns) in
        keys.chain(table.uniques.iter().map(|unique| (unique.conflict, &unique.columns)))
    {
        if conflict.is_some() {
            let names: Vec<&str> = columns.iter().map(|column| column.name.as_ref()).collect();
            found.push(Finding::of(&ON_CONFLICT, &[&table.name], format!("({}): {text}", names.join(", "))));
        }
    }
}

pub(super) fn virtual_tables(schema: &SchemaDef, declared: &SchemaDef, found: &mut Vec<Finding>) {
    for table in schema.virtual_tables.iter() {
        let ours = declared.tables.iter().flat_map(|table| table.full_text.iter());
        if ours.into_iter().any(|own| own.name.eq_ignore_ascii_case(&table.name)) {
            continue;
        }
        let all = tokens(&table.sql).unwrap_or_default();
        let module = all.iter().skip_while(|token| !token.is("USING")).nth(1);
        let text = match module {
            Some(module) => format!("PostgreSQL has no virtual tables, and no module {}", module.name()),
            None => "PostgreSQL has no virtual tables".to_owned(),
        };
        found.push(Finding::of(&VIRTUAL_TABLE, &[&table.name], text));
    }
}
