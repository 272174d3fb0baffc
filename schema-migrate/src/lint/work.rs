use std::collections::HashSet;

use schema_core::model::{SchemaDef, TableDef};

use super::{
    Finding, Subject, conversion, drops, foreign_key, irreversible, names, narrowed, not_null, postgres,
    primary_key, rebuild, redundant_index, unique,
};
use crate::diff::{Change, Path};
use crate::keep::is_kept;

/// What a person should know about a change set. What was so before is not told again.
pub fn lint(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    drops::findings(subject, &mut found);
    conversion::findings(subject, &mut found);
    narrowed::findings(subject, &mut found);
    not_null::findings(subject, &mut found);
    irreversible::findings(subject, &mut found);
    rebuild::findings(subject, &mut found);
    unique::findings(subject, &mut found);
    let mut names: Vec<&str> = subject.changes().map(Change::table).collect();
    names.sort_unstable();
    names.dedup();
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for name in names {
        if let Some(table) = subject.before().table(name) {
            of_table(table, subject.before(), subject.before(), &mut before);
        }
        if let Some(table) = subject.to.table(name) {
            of_table(table, subject.to, subject.declared, &mut after);
        }
    }
    of_rest(subject.before(), subject.before(), &mut before);
    of_rest(subject.to, subject.declared, &mut after);
    let known: HashSet<_> = before.iter().map(identity).collect();
    after.retain(|finding| is_new_name(subject, finding) || !known.contains(&identity(finding)));
    found.extend(after);
    sorted(found)
}

/// What makes two findings the same.
fn identity(finding: &Finding) -> (&str, &str, &str) {
    (finding.code(), &finding.object, &finding.text)
}

/// Everything that can be said about a schema as it is. `declared` are the models that it comes from,
/// where there are any, and otherwise the schema itself.
pub fn lint_schema(schema: &SchemaDef, declared: &SchemaDef) -> Vec<Finding> {
    let mut found = Vec::new();
    for table in schema.tables.iter() {
        of_table(table, schema, declared, &mut found);
    }
    of_rest(schema, declared, &mut found);
    sorted(found)
}

fn of_table(table: &TableDef, schema: &SchemaDef, declared: &SchemaDef, found: &mut Vec<Finding>) {
    // Nobody works with what is kept.
    if is_kept(&table.name) {
        return;
    }
    foreign_key::findings(table, schema, found);
    redundant_index::findings(table, found);
    primary_key::findings(table, found);
    names::findings(table, found);
    postgres::of_table(table, declared.table(&table.name), found);
}

/// Views and virtual tables.
fn of_rest(schema: &SchemaDef, declared: &SchemaDef, found: &mut Vec<Finding>) {
    for view in schema.views.iter() {
        names::of_view(view, found);
    }
    postgres::of_rest(schema, declared, found);
}

/// Whether the finding is about a name that this change set gives to something that was there before.
fn is_new_name(subject: &Subject<'_>, finding: &Finding) -> bool {
    if finding.lint != &names::RESERVED && finding.lint != &postgres::LENGTH {
        return false;
    }
    subject.changes().any(|change| match change {
        Change::RenameTable { to, .. } => finding.object == Path::new([to.as_str()]).to_string(),
        Change::RenameColumn { table, to, .. } => {
            finding.object == Path::new([table.as_str(), to.as_str()]).to_string()
        }
        _ => false,
    })
}

fn sorted(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by(|left, right| (left.code(), &left.object).cmp(&(right.code(), &right.object)));
    found.dedup();
    found
}
