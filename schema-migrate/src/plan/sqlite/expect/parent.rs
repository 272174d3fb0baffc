use std::collections::HashSet;

use schema_core::dialect::quote_identifier;
use schema_core::model::{ForeignKeyDef, SchemaDef, TableDef};

use super::image::{Image, is_in};
use crate::diff::{Comparison, original_column, original_table};
use crate::plan::sqlite::builder::Builder;
use crate::plan::{Expectation, Level};
use crate::sql::affinity::Affinity;
use crate::{Error, Result};

/// Rows that a foreign key leaves without their parent: one that is new, or whose columns hold
/// something else on either side.
pub(super) fn expectations(builder: &Builder<'_>, found: &mut Vec<Expectation>) {
    let changed = changed(builder.comparison);
    for child in builder.to.tables.iter().filter(|child| !child.foreign_keys.is_empty()) {
        let mut keys = child.foreign_keys.iter().filter(|key| touches(&changed, child, key)).peekable();
        let Some(children) = keys.peek().and_then(|_| Image::of(builder, child)) else { continue };
        for key in keys {
            // Rows of a table that is made now are made by the migration.
            let Some(parent) = builder.to.table(&key.table) else { continue };
            let Some(parents) = Image::of(builder, parent) else { continue };
            found.extend(orphans(&children, &parents, key));
        }
    }
}

fn orphans(children: &Image<'_>, parents: &Image<'_>, key: &ForeignKeyDef) -> Option<Expectation> {
    let from: Vec<&str> = key.columns.iter().map(AsRef::as_ref).collect();
    let to = referenced(parents.new, key)?;
    let is_new = !was_there(children, parents, key, &to);
    let is_asked = is_new
        || (!children.changes.is_empty() && children.is_moved(&from))
        || (!parents.changes.is_empty() && parents.is_moved(&to));
    if !is_asked {
        return None;
    }
    let quoted = |names: &[&str]| names.iter().map(|name| quote_identifier(name)).collect::<Vec<_>>();
    let (child, parent) = (quoted(&from), quoted(&to));
    let filled: Vec<String> = child.iter().map(|name| format!("{name} IS NOT NULL")).collect();
    let admits_null = |name: &&str| parents.new.column(name).is_none_or(|column| column.nullable);
    let known: Vec<String> = quoted(&to.iter().copied().filter(admits_null).collect::<Vec<_>>())
        .iter()
        .map(|name| format!("{name} IS NOT NULL"))
        .collect();
    let known = if known.is_empty() { String::new() } else { format!(" WHERE {}", known.join(" AND ")) };
    let filled = filled.join(" AND ");
    let query = if compares_alike(children.new, parents.new, &from, &to) {
        let compared = match child.as_slice() {
            [one] => one.clone(),
            several => format!("({})", several.join(", ")),
        };
        let condition = format!(
            "{filled} AND {compared} NOT IN (SELECT {} FROM {}{known})",
            parent.join(", "),
            parents.relation(&to)?
        );
        children.query(&from, &condition)?
    } else {
        joined(children, parents, &from, &to)?
    };
    Some(Expectation {
        what: format!(
            "every row of {} with {} has its row in {} ({})",
            children.new.name,
            from.join(", "),
            parents.new.name,
            to.join(", ")
        ),
        query,
        // Rows that have had no parent all along are no reason to refuse: the runner compares.
        level: if is_new && !similar(children, key).is_empty() { Level::Told } else { Level::Required },
    })
}

/// Whether the child's columns have the affinity of the parent's, and neither has a collation of its own.
fn compares_alike(child: &TableDef, parent: &TableDef, from: &[&str], to: &[&str]) -> bool {
    let of = |table: &TableDef, name: &str| {
        let column = table.column(name)?;
        Some((Affinity::of(&column.sql_type, table.strict), column.collation.is_none()))
    };
    from.iter().zip(to).all(|(from, to)| match (of(child, from), of(parent, to)) {
        (Some((child, true)), Some((parent, true))) => child == parent,
        _ => false,
    })
}

/// The query for the rows without a parent where the parent's affinity and collation compare otherwise
/// than the child's would. A plus takes those of the child away.
/// <https://sqlite.org/foreignkeys.html#fk_indexes>
fn joined(children: &Image<'_>, parents: &Image<'_>, from: &[&str], to: &[&str]) -> Option<String> {
    let own = |name: &str| format!("_child.{}", quote_identifier(name));
    let equal: Vec<String> = from
        .iter()
        .zip(to)
        .map(|(from, to)| {
            let collation = parents.new.column(to).and_then(|column| column.collation.as_deref());
            let to = quote_identifier(to);
            format!(
                "_parent.{to} COLLATE {} = +{}",
                quote_identifier(collation.unwrap_or("BINARY")),
                own(from)
            )
        })
        .collect();
    let filled: Vec<String> = from.iter().map(|name| format!("{} IS NOT NULL", own(name))).collect();
    Some(format!(
        "SELECT {} FROM {} AS _child LEFT JOIN {} AS _parent ON {} WHERE {} AND _parent.{} IS NULL",
        children.shown(from, "_child."),
        children.relation(from)?,
        parents.relation(to)?,
        equal.join(" AND "),
        filled.join(" AND "),
        quote_identifier(to.first()?)
    ))
}

/// The tables of which something changes, under their new names.
fn changed(comparison: &Comparison) -> HashSet<String> {
    comparison.changes.iter().map(|change| change.table().to_ascii_lowercase()).collect()
}

fn touches(changed: &HashSet<String>, child: &TableDef, key: &ForeignKeyDef) -> bool {
    changed.contains(&child.name.to_ascii_lowercase()) || changed.contains(&key.table.to_ascii_lowercase())
}

/// The columns of the parent that a key means.
fn referenced<'a>(parent: &'a TableDef, key: &'a ForeignKeyDef) -> Option<Vec<&'a str>> {
    let columns: Vec<&str> = if key.references.is_empty() {
        parent.primary_key.as_ref()?.columns.iter().map(|part| part.name.as_ref()).collect()
    } else {
        key.references.iter().map(AsRef::as_ref).collect()
    };
    (columns.len() == key.columns.len()).then_some(columns)
}

/// Whether the old table had a key over the same columns to the same place: its actions alone change.
fn was_there(children: &Image<'_>, parents: &Image<'_>, key: &ForeignKeyDef, to: &[&str]) -> bool {
    similar(children, key).into_iter().any(|old| {
        referenced(parents.old, old).is_some_and(|known| {
            known.len() == to.len()
                && known.iter().zip(to).all(|(left, right)| left.eq_ignore_ascii_case(right))
        })
    })
}

/// The keys that the old table had over the same columns to the same parent.
fn similar<'a>(children: &Image<'a>, key: &ForeignKeyDef) -> Vec<&'a ForeignKeyDef> {
    let is_same = |old: &&ForeignKeyDef| {
        old.table.eq_ignore_ascii_case(&key.table)
            && old.columns.len() == key.columns.len()
            && old
                .columns
                .iter()
                .zip(key.columns.iter())
                .all(|(left, right)| left.eq_ignore_ascii_case(right))
    };
    children.old.foreign_keys.iter().filter(is_same).collect()
}

/// Refuses a schema in which a foreign key refers to columns that are no key: SQLite would then
/// refuse every change of the rows. What was so before stays a person's own matter.
pub(in crate::plan::sqlite) fn refuse_lost_keys(
    from: &SchemaDef,
    to: &SchemaDef,
    comparison: &Comparison,
) -> Result<()> {
    let changed = changed(comparison);
    for child in to.tables.iter() {
        for key in child.foreign_keys.iter().filter(|key| touches(&changed, child, key)) {
            let Some(parent) = to.table(&key.table) else { continue };
            if is_key(parent, key) || was_no_key(from, child, key, comparison) {
                continue;
            }
            let columns = referenced(parent, key).map(|columns| columns.join(", "));
            let means = columns.unwrap_or_else(|| match &parent.primary_key {
                Some(_) => "its primary key, which has another number of columns".to_owned(),
                None => "its primary key, and it has none".to_owned(),
            });
            return Err(Error::failed(format!(
                "a foreign key of `{}` would refer to columns of `{}` that are no key",
                child.name, parent.name
            ))
            .why(format!(
                "({}) refers to {} ({means}), which is neither its primary key nor unique; SQLite then refuses every \
                 change of the rows",
                key.columns.join(", "),
                parent.name
            ))
            .state("nothing was changed")
            .next(format!(
                "keep a UNIQUE over the columns of `{}` that are referred to, or change the foreign key of `{}` with them",
                parent.name, child.name
            )));
        }
    }
    Ok(())
}

fn was_no_key(from: &SchemaDef, child: &TableDef, key: &ForeignKeyDef, comparison: &Comparison) -> bool {
    let renames = &comparison.renames;
    let Some(before) = from.table(original_table(renames, &child.name)) else { return false };
    before.foreign_keys.iter().any(|old| {
        old.columns.len() == key.columns.len()
            && old
                .columns
                .iter()
                .zip(key.columns.iter())
                .all(|(left, right)| left.eq_ignore_ascii_case(original_column(renames, &child.name, right)))
            && from.table(&old.table).is_some_and(|parent| !is_key(parent, old))
    })
}

/// Whether the columns that a foreign key means are the primary key or unique.
/// <https://sqlite.org/foreignkeys.html#fk_indexes>
fn is_key(parent: &TableDef, key: &ForeignKeyDef) -> bool {
    let Some(wanted) = referenced(parent, key) else { return false };
    if wanted.iter().any(|name| parent.column(name).is_none()) {
        return false;
    }
    let own = |name: &str| {
        parent.column(name).and_then(|column| column.collation.as_deref()).unwrap_or("BINARY").to_owned()
    };
    let same = |parts: &[(String, Option<String>)], collated: bool| {
        parts.len() == wanted.len()
            && parts.iter().all(|(name, collation)| {
                is_in(&wanted, name)
                    && (!collated
                        || collation.as_deref().is_none_or(|by| by.eq_ignore_ascii_case(&own(name))))
            })
    };
    let parts = |columns: &[schema_core::model::KeyColumn]| -> Vec<(String, Option<String>)> {
        columns
            .iter()
            .map(|part| (part.name.to_string(), part.collation.as_deref().map(str::to_owned)))
            .collect()
    };
    if let Some(primary) = &parent.primary_key
        && same(&parts(&primary.columns), !key.references.is_empty())
    {
        return true;
    }
    parent.uniques.iter().any(|unique| same(&parts(&unique.columns), true))
        || parent.indexes.iter().filter(|index| index.unique && index.filter.is_none()).any(|index| {
            let parts: Option<Vec<(String, Option<String>)>> = index
                .parts
                .iter()
                .map(|part| match &part.target {
                    schema_core::model::IndexTarget::Column(name) => {
                        Some((name.to_string(), part.collation.as_deref().map(str::to_owned)))
                    }
                    schema_core::model::IndexTarget::Expression(_) => None,
                })
                .collect();
            parts.is_some_and(|parts| same(&parts, true))
        })
}
