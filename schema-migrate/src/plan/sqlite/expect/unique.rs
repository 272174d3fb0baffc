use schema_core::dialect::quote_identifier;
use schema_core::model::{Engine, IndexTarget, KeyColumn, TableDef};

use super::image::{Image, is_in};
use crate::diff::Change;
use crate::plan::{Expectation, Level};
use crate::sql::strip_qualifier;

/// Rows that share what has to be of one row alone from now on.
pub(super) fn expectations(image: &Image<'_>, found: &mut Vec<Expectation>) {
    let (old, new) = (image.old, image.new);
    let key_changes = image.changes.iter().any(|change| matches!(change, Change::ChangePrimaryKey { .. }));
    if let Some(key) = &new.primary_key {
        let part = Parts::of_key(new, &key.columns);
        if (key_changes && !is_unique_before(image, &part))
            || image.is_moved(&part.names())
            || part.is_collated_anew(old)
        {
            found.extend(shared(image, &part, ": it is the key"));
        }
    }
    for unique in new.uniques.iter() {
        let part = Parts::of_key(new, &unique.columns);
        if !is_unique_before(image, &part) || image.is_moved(&part.names()) {
            found.extend(shared(image, &part, ""));
        }
    }
    for index in new.indexes.iter().filter(|index| index.unique) {
        let Some(part) = Parts::of_index(image, index) else { continue };
        let is_new = image.changes.iter().any(|change| {
            matches!(change, Change::AddIndex { index: made, .. } | Change::ChangeIndex { to: made, .. } if made.name == index.name)
        });
        if (is_new && !is_unique_before(image, &part))
            || image.is_moved(&part.names())
            || part.is_collated_anew(old)
        {
            found.extend(shared(image, &part, &format!(": {} is unique", index.name)));
        }
    }
}

/// What has to be of one row alone.
struct Parts {
    /// The expressions, each with the collating sequence that compares it.
    expressions: Vec<(String, String)>,
    /// The columns that they mean.
    columns: Vec<String>,
    /// Only rows for which this holds count.
    filter: Option<String>,
    /// Whether every expression is a column.
    is_plain: bool,
    /// Whether a part has a collating sequence of its own, whatever its column's is.
    has_own: bool,
}

impl Parts {
    fn of_key(table: &TableDef, columns: &[KeyColumn]) -> Self {
        let expressions = columns
            .iter()
            .map(|part| {
                let own = table.column(&part.name).and_then(|column| column.collation.as_deref());
                (
                    quote_identifier(&part.name),
                    part.collation.as_deref().or(own).unwrap_or("BINARY").to_owned(),
                )
            })
            .collect();
        let has_own = columns.iter().any(|part| part.collation.is_some());
        let columns = columns.iter().map(|part| part.name.to_string()).collect();
        Self { expressions, columns, filter: None, is_plain: true, has_own }
    }

    fn of_index(image: &Image<'_>, index: &schema_core::model::IndexDef) -> Option<Self> {
        let table = image.new;
        let mut found = Self {
            expressions: Vec::new(),
            columns: Vec::new(),
            filter: None,
            is_plain: true,
            has_own: index.parts.iter().any(|part| part.collation.is_some()),
        };
        for part in index.parts.iter() {
            let (expression, own) = match &part.target {
                IndexTarget::Column(name) => {
                    found.add(&[name]);
                    let own = table.column(name).and_then(|column| column.collation.as_deref());
                    (quote_identifier(name), own.unwrap_or("BINARY"))
                }
                IndexTarget::Expression(sql) => {
                    let text = strip_qualifier(sql.on(Engine::Sqlite)?, &table.name).ok()?;
                    found.add(&image.mentioned(&text));
                    found.is_plain = false;
                    // Its own COLLATE, where it has one, is in the text.
                    (text, "")
                }
            };
            let collation = part.collation.as_deref().unwrap_or(own).to_owned();
            found.expressions.push((expression, collation));
        }
        if let Some(filter) = &index.filter {
            let text = strip_qualifier(filter.on(Engine::Sqlite)?, &table.name).ok()?;
            found.add(&image.mentioned(&text));
            found.filter = Some(text);
        }
        Some(found)
    }

    fn add(&mut self, names: &[&str]) {
        for name in names {
            if !self.columns.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                self.columns.push((*name).to_owned());
            }
        }
    }

    fn names(&self) -> Vec<&str> {
        self.columns.iter().map(String::as_str).collect()
    }

    /// Whether a column was compared by another collating sequence before.
    fn is_collated_anew(&self, old: &TableDef) -> bool {
        self.is_plain
            && !self.has_own
            && self.columns.iter().zip(&self.expressions).any(|(name, (_, collation))| {
                old.column(name).is_some_and(|before| {
                    !before.collation.as_deref().unwrap_or("BINARY").eq_ignore_ascii_case(collation)
                })
            })
    }
}

/// Whether a key, constraint or whole index of the old table keeps the same columns apart already.
fn is_unique_before(image: &Image<'_>, part: &Parts) -> bool {
    let old = image.old;
    let same = |known: &Parts| {
        known.is_plain
            && part.is_plain
            && known.filter.is_none()
            && known.expressions.len() <= part.expressions.len()
            && known.expressions.iter().all(|(name, collation)| {
                part.expressions
                    .iter()
                    .any(|(other, by)| other.eq_ignore_ascii_case(name) && by.eq_ignore_ascii_case(collation))
            })
    };
    old.primary_key.as_ref().is_some_and(|key| same(&Parts::of_key(old, &key.columns)))
        || old.uniques.iter().any(|unique| same(&Parts::of_key(old, &unique.columns)))
        || old.indexes.iter().filter(|index| index.unique && index.filter.is_none()).any(|index| {
            let columns: Option<Vec<KeyColumn>> = index
                .parts
                .iter()
                .map(|item| match &item.target {
                    IndexTarget::Column(name) => Some(KeyColumn {
                        name: name.clone(),
                        collation: item.collation.clone(),
                        descending: false,
                    }),
                    IndexTarget::Expression(_) => None,
                })
                .collect();
            columns.is_some_and(|columns| same(&Parts::of_key(old, &columns)))
        })
}

fn shared(image: &Image<'_>, part: &Parts, by: &str) -> Option<Expectation> {
    let names = part.names();
    let relation = image.relation(&names)?;
    let was_collated =
        names.iter().any(|name| image.old.column(name).is_some_and(|column| column.collation.is_some()));
    let compared: Vec<String> = part
        .expressions
        .iter()
        .map(|(expression, collation)| match collation.as_str() {
            "" => expression.clone(),
            "BINARY" if !was_collated => expression.clone(),
            collation => format!("{expression} COLLATE {}", quote_identifier(collation)),
        })
        .collect();
    let filled = part.expressions.iter().map(|(expression, _)| format!("{expression} IS NOT NULL"));
    let conditions: Vec<String> =
        filled.chain(part.filter.iter().map(|filter| format!("({filter})"))).collect();
    let shown = image.shown(&names, "");
    let count = free_name(image, "same");
    let key: Vec<String> = image.key().iter().map(|name| quote_identifier(name)).collect();
    let order = [compared.clone(), key].concat().join(", ");
    let query = format!(
        "SELECT {shown} FROM (SELECT {shown}, count(*) OVER (PARTITION BY {}) AS {count} FROM {relation} \
         WHERE {}) WHERE {count} > 1 ORDER BY {order}",
        compared.join(", "),
        conditions.join(" AND ")
    );
    let texts: Vec<&str> = part.expressions.iter().map(|(expression, _)| expression.as_str()).collect();
    let texts = match part.is_plain {
        // Behind the columns of the parts come those of the filter.
        true => part.columns.iter().take(texts.len()).cloned().collect::<Vec<_>>().join(", "),
        false => texts.join(", "),
    };
    let only = part.filter.as_ref().map(|filter| format!(" where {filter}")).unwrap_or_default();
    Some(Expectation {
        what: format!("no two rows of {} have the same {texts}{only}{by}", image.new.name),
        query,
        level: Level::Required,
    })
}

/// A name that no column of the table has.
fn free_name(image: &Image<'_>, wanted: &str) -> String {
    let taken: Vec<&str> =
        image.old.columns.iter().chain(image.new.columns.iter()).map(|column| column.name.as_ref()).collect();
    let mut name = wanted.to_owned();
    while is_in(&taken, &name) {
        name.push('_');
    }
    name
}
