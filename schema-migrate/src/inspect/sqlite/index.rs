use std::borrow::Cow;
use std::collections::HashMap;

use schema_core::model::{ColumnDef, IndexDef, IndexPart, IndexTarget, SqlText};
use schema_core::rusqlite::{Connection, Result};

use super::definition::IndexText;
use super::objects::Objects;

/// What `index_list` and `index_xinfo` say about an index.
#[derive(Debug)]
pub(super) struct IndexInfo {
    pub(super) name: String,
    pub(super) unique: bool,
    /// `c` for CREATE INDEX, `u` for UNIQUE, `pk` for PRIMARY KEY.
    pub(super) origin: String,
    pub(super) parts: Vec<PartInfo>,
}

/// One part of an index's key.
#[derive(Debug)]
pub(super) struct PartInfo {
    /// The column; none for an expression and for the rowid.
    pub(super) column: Option<String>,
    pub(super) is_expression: bool,
    pub(super) descending: bool,
    pub(super) collation: String,
}

/// The indexes of every table, by the table's name, in the order of their names.
pub(super) fn read(connection: &Connection) -> Result<HashMap<String, Vec<IndexInfo>>> {
    let mut statement = connection.prepare(
        "SELECT m.name, l.name, l.\"unique\", l.origin, x.cid, x.name, x.\"desc\", x.coll \
         FROM main.sqlite_schema AS m, pragma_index_list(m.name, 'main') AS l, \
              pragma_index_xinfo(l.name, 'main') AS x \
         WHERE m.type = 'table' AND m.rootpage > 0 AND x.key = 1 ORDER BY m.name, l.name, x.seqno",
    )?;
    let mut rows = statement.query([])?;
    let mut found: HashMap<String, Vec<IndexInfo>> = HashMap::new();
    while let Some(row) = rows.next()? {
        let indexes = found.entry(row.get(0)?).or_default();
        let name: String = row.get(1)?;
        if indexes.last().is_none_or(|last| last.name != name) {
            indexes.push(IndexInfo { name, unique: row.get(2)?, origin: row.get(3)?, parts: Vec::new() });
        }
        let part = PartInfo {
            column: row.get(5)?,
            is_expression: row.get::<_, i64>(4)? == -2,
            descending: row.get(6)?,
            collation: row.get::<_, Option<String>>(7)?.unwrap_or_else(|| "BINARY".to_owned()),
        };
        if let Some(index) = indexes.last_mut() {
            index.parts.push(part);
        }
    }
    Ok(found)
}

/// An index that a `CREATE INDEX` of its own made.
pub(super) fn index(
    info: &IndexInfo,
    objects: &Objects,
    columns: &[ColumnDef],
) -> crate::Result<Option<IndexDef>> {
    let Some(object) = objects.index(&info.name).filter(|_| info.origin == "c") else { return Ok(None) };
    let text = IndexText::read(&object.sql)?;
    let mut parts = Vec::with_capacity(info.parts.len());
    for (position, part) in info.parts.iter().enumerate() {
        let target = if part.is_expression {
            let expression = text.parts.get(position).cloned().unwrap_or_default();
            IndexTarget::Expression(SqlText::owned(expression))
        } else {
            IndexTarget::Column(Cow::Owned(part.column.clone().unwrap_or_else(|| "rowid".to_owned())))
        };
        parts.push(IndexPart { collation: collation(part, columns), target, descending: part.descending });
    }
    Ok(Some(IndexDef {
        name: info.name.clone().into(),
        parts: parts.into(),
        unique: info.unique,
        filter: text.filter.map(SqlText::owned),
        sql: Some(object.sql.clone().into()),
    }))
}

/// The collating sequence of a part, where it is not its column's. An expression carries its own
/// in its text.
pub(super) fn collation(part: &PartInfo, columns: &[ColumnDef]) -> Option<Cow<'static, str>> {
    if part.is_expression {
        return None;
    }
    let name = part.column.as_deref()?;
    let column = columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))?;
    let own = column.collation.as_deref().unwrap_or("BINARY");
    if own.eq_ignore_ascii_case(&part.collation) { None } else { Some(part.collation.clone().into()) }
}
