//! What a plan expects of the rows that are there, as queries on the schema as it is before it.

mod check;
mod fit;
mod image;
mod null;
mod parent;
mod relation;
mod unique;

use schema_core::model::{ColumnDef, SchemaDef, TableDef};
use schema_core::rusqlite::config::DbConfig;

use self::image::{Image, Told, WHOLE};
pub(super) use self::parent::refuse_lost_keys;
use super::builder::Builder;
use crate::Result;
use crate::inspect::{execute, replay};
use crate::plan::{Expectation, Level};
use crate::sql::{TokenKind, one_line, tokens};

/// Every expectation of the way that the builder plans. A query that SQLite does not take on the
/// schema `from` is left out: a person's expression may name what the migration makes.
pub(super) fn expectations(builder: &Builder<'_>, from: &SchemaDef) -> Result<Vec<Expectation>> {
    let mut found = Vec::new();
    for table in builder.changed_tables() {
        let Some(image) = Image::of(builder, table).filter(Image::changes_rows) else { continue };
        null::expectations(&image, &mut found);
        fit::expectations(&image, &mut found);
        check::expectations(&image, &mut found);
        unique::expectations(&image, &mut found);
    }
    parent::expectations(builder, &mut found);
    let mut asked: Vec<Expectation> = Vec::new();
    for expectation in found {
        let Some(expectation) = expectation.in_one_line() else { continue };
        if !asked.iter().any(|known| known.query == expectation.query) {
            asked.push(expectation);
        }
    }
    if asked.is_empty() {
        return Ok(asked);
    }
    // What is only told comes first: it explains what the others find.
    asked.sort_by_key(|expectation| expectation.level == Level::Required);
    let scratch = replay(from)?;
    let mut taken = Vec::with_capacity(asked.len());
    for expectation in asked {
        // SQLite gives a column `true` of a subquery another name, and reads `"true"` as text then.
        scratch.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, !names_a_truth(&expectation.query))?;
        if execute(&scratch, &format!("EXPLAIN {}", expectation.query)).is_ok() {
            taken.push(expectation);
        }
    }
    Ok(taken)
}

/// Whether a quoted name in the query is `true` or `false`.
fn names_a_truth(query: &str) -> bool {
    let all = tokens(query).unwrap_or_default();
    all.iter().any(|token| token.kind == TokenKind::Quoted && (token.names("true") || token.names("false")))
}

/// The query for the values of a column that its new type changes for good, where it can.
pub(super) fn altered_values(builder: &Builder<'_>, table: &TableDef, column: &ColumnDef) -> Option<String> {
    fit::altered(&Image::of(builder, table)?, column)
}

/// The query for the rows that hold NULL in a column, or for all rows where it is new.
pub(super) fn unfilled_rows(builder: &Builder<'_>, table: &TableDef, column: &str) -> Option<String> {
    let image = Image::of(builder, table)?;
    if image.old.column(column).is_none() {
        return image.query(&[], "1");
    }
    let relation = image.relation_of(&[column], Told { fills: false, ..WHOLE })?;
    Some(image.select(
        &[column],
        &relation,
        &format!("{} IS NULL", schema_core::dialect::quote_identifier(column)),
    ))
}

impl Expectation {
    /// The same as it can stand in a comment; `None` where a name or text of it takes several lines.
    fn in_one_line(self) -> Option<Self> {
        let what: Vec<&str> = self.what.split_whitespace().collect();
        Some(Self { what: what.join(" "), query: one_line(&self.query)?, level: self.level })
    }
}
