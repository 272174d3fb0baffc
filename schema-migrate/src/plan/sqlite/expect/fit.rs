use schema_core::dialect::quote_identifier;
use schema_core::model::ColumnDef;

use super::image::{Held, Image, Told, WHOLE};
use crate::diff::Path;
use crate::plan::{Expectation, Level};
use crate::sql::affinity::{Affinity, refused};

/// Values that a STRICT table or a rowid refuses for their type, and values that another type
/// makes into others.
pub(super) fn expectations(image: &Image<'_>, found: &mut Vec<Expectation>) {
    for column in image.new.columns.iter().filter(|column| column.generated.is_none()) {
        refusals(image, column, found);
        alterations(image, column, found);
    }
}

fn refusals(image: &Image<'_>, column: &ColumnDef, found: &mut Vec<Expectation>) {
    let name = column.name.as_ref();
    let before = image.old.column(name);
    let is_rowid = |table: &schema_core::model::TableDef| {
        table.primary_key.as_ref().is_some_and(|key| {
            key.rowid_alias && key.columns.iter().any(|part| part.name.eq_ignore_ascii_case(name))
        })
    };
    let becomes_rowid = is_rowid(image.new) && !is_rowid(image.old);
    let kind_changes = before.is_none_or(|before| !before.sql_type.eq_ignore_ascii_case(&column.sql_type));
    let is_made = matches!(image.held(name, WHOLE), Held::Made(_));
    let is_asked = (image.new.strict && (!image.old.strict || kind_changes || is_made)) || becomes_rowid;
    let invented = before.is_none() && image.builder.backfill(&image.new.name, name).is_none();
    if !is_asked || invented {
        return;
    }
    let kind = if becomes_rowid { "INTEGER" } else { column.sql_type.as_ref() };
    let Some(condition) = refused(kind, &quote_identifier(name)) else { return };
    // The condition is about what is given to the column.
    let relation = image.relation_of(&[name], Told { stores: false, ..WHOLE });
    let query = relation.map(|relation| image.select(&[name], &relation, &condition));
    found.extend(query.map(|query| Expectation {
        what: format!("every value of {} fits {kind}", Path::new([image.new.name.as_ref(), name])),
        query,
        level: Level::Required,
    }));
}

fn alterations(image: &Image<'_>, column: &ColumnDef, found: &mut Vec<Expectation>) {
    let Some(query) = altered(image, column) else { return };
    let name = column.name.as_ref();
    found.push(Expectation {
        what: format!(
            "values of {} change for good, or are none of its type",
            Path::new([image.new.name.as_ref(), name])
        ),
        query,
        level: Level::Told,
    });
}

/// The query for the values that another affinity changes; `None` where it changes none, or where a
/// person has said how they are converted.
pub(super) fn altered(image: &Image<'_>, column: &ColumnDef) -> Option<String> {
    let name = column.name.as_ref();
    let before = image.old.column(name).filter(|before| before.generated.is_none())?;
    let (stored, stores) =
        (Affinity::of(&before.sql_type, image.old.strict), Affinity::of(&column.sql_type, image.new.strict));
    if column.generated.is_some() || image.convert(column).is_some() || !stores.alters(stored) {
        return None;
    }
    image.query_before(name, &stores.altered(&quote_identifier(name)))
}
