use schema_core::dialect::quote_identifier;
use schema_core::model::{ColumnDef, Engine};

use super::image::{Held, Image, Told, WHOLE};
use crate::diff::Path;
use crate::plan::sqlite::builder::Direction;
use crate::plan::sqlite::mention::in_primary_key;
use crate::plan::{Expectation, Level};

/// Where NULL is in the way, and where something takes its place.
pub(super) fn expectations(image: &Image<'_>, found: &mut Vec<Expectation>) {
    for column in image.new.columns.iter() {
        match image.old.column(&column.name) {
            _ if column.generated.is_some() => computed(image, column, found),
            Some(before) => kept(image, before, column, found),
            None => added(image, column, found),
        }
    }
}

fn path(image: &Image<'_>, column: &ColumnDef) -> Path {
    Path::new([image.new.name.as_ref(), column.name.as_ref()])
}

fn kept(image: &Image<'_>, before: &ColumnDef, column: &ColumnDef, found: &mut Vec<Expectation>) {
    let name = column.name.as_ref();
    let (path, quoted) = (path(image, column), quote_identifier(name));
    let is_null = format!("{quoted} IS NULL");
    let converted = image.convert(column).is_some();
    if column.nullable {
        if converted {
            found.extend(image.query_of_both(before, column).map(|query| Expectation {
                what: format!("values of {path} become NULL by its conversion"),
                query,
                level: Level::Told,
            }));
        }
        return;
    }
    if !before.nullable && !converted {
        return;
    }
    let fill = image.fill(column).filter(|_| before.nullable && fills(image, column));
    if let Some(fill) = fill {
        if image.builder.direction == Direction::Up
            && let Some(relation) = image.relation_of(&[name], Told { fills: false, ..WHOLE })
        {
            found.push(Expectation {
                what: format!("{path} gets {} where it is NULL", plain(&fill.sql)),
                query: image.select(&[name], &relation, &is_null),
                level: Level::Told,
            });
        }
        if fill.is_literal {
            return;
        }
    }
    let what = if in_primary_key(image.new, name) {
        format!("{path} holds no NULL: it is a key")
    } else {
        format!("{path} holds no NULL")
    };
    let query = image.query(&[name], &is_null);
    found.extend(query.map(|query| Expectation { what, query, level: Level::Required }));
}

/// Whether the copy puts something in the place of NULL: of a key, only what a person gave.
fn fills(image: &Image<'_>, column: &ColumnDef) -> bool {
    !in_primary_key(image.new, &column.name)
        || image.builder.backfill(&image.new.name, &column.name).is_some()
}

fn added(image: &Image<'_>, column: &ColumnDef, found: &mut Vec<Expectation>) {
    if column.nullable {
        return;
    }
    let name = column.name.as_ref();
    match image.fill(column) {
        Some(fill) if fill.is_literal || is_clock(&fill.sql) => return,
        Some(_) => {}
        // A rowid is given by SQLite.
        None if in_primary_key(image.new, name) => return,
        None => {
            let query = image.query(&[], "1");
            found.extend(query.map(|query| Expectation {
                what: format!(
                    "{} holds no row: nothing can stand in for {}",
                    image.new.name,
                    path(image, column)
                ),
                query,
                level: Level::Required,
            }));
            return;
        }
    }
    let query = image.query(&[name], &format!("{} IS NULL", quote_identifier(name)));
    found.extend(query.map(|query| Expectation {
        what: format!("what fills {} is never NULL", path(image, column)),
        query,
        level: Level::Required,
    }));
}

fn computed(image: &Image<'_>, column: &ColumnDef, found: &mut Vec<Expectation>) {
    let name = column.name.as_ref();
    let held = image.held(name, WHOLE);
    let forbids_anew = image.old.column(name).is_none_or(|before| before.nullable);
    if column.nullable || (held == Held::Same && !forbids_anew) {
        return;
    }
    let query = image.query(&[name], &format!("{} IS NULL", quote_identifier(name)));
    let expression = column.generated.as_ref().and_then(|generated| generated.expression.on(Engine::Sqlite));
    found.extend(query.map(|query| Expectation {
        what: format!("{} computes NULL for no row: {}", path(image, column), expression.unwrap_or_default()),
        query,
        level: Level::Required,
    }));
}

/// `CURRENT_TIMESTAMP` and its like have a value always.
fn is_clock(sql: &str) -> bool {
    ["(CURRENT_TIMESTAMP)", "(CURRENT_DATE)", "(CURRENT_TIME)"]
        .iter()
        .any(|clock| sql.eq_ignore_ascii_case(clock))
}

/// The expression without the parentheses that the planner put around it.
fn plain(sql: &str) -> &str {
    sql.strip_prefix('(').and_then(|sql| sql.strip_suffix(')')).unwrap_or(sql)
}
