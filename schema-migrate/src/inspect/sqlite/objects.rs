use std::collections::HashMap;

use schema_core::model::Text;
use schema_core::rusqlite::{Connection, Result};

use super::FRAMEWORK_TABLES;
use super::definition::VirtualTableText;

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Table,
    Virtual,
    View,
    Index,
    Trigger,
}

/// A row of `sqlite_schema`.
#[derive(Debug)]
pub(super) struct StoredObject {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) table: String,
    pub(super) sql: String,
    pub(super) strict: bool,
    pub(super) without_rowid: bool,
}

/// Every object with a text of its own, in the order of names.
#[derive(Debug)]
pub(super) struct Objects {
    all: Vec<StoredObject>,
    shadows: Vec<String>,
    /// Positions of the indexes by name, and of the triggers by the name of their table.
    indexes: HashMap<String, usize>,
    triggers: HashMap<String, Vec<usize>>,
}

/// A row of `pragma_table_list`, asked once for the whole database: asked table by table it costs
/// the square of their number.
struct Listed {
    kind: String,
    without_rowid: bool,
    strict: bool,
}

impl Objects {
    pub(super) fn read(connection: &Connection) -> Result<Self> {
        let listed = listed(connection)?;
        let mut statement = connection.prepare(
            "SELECT type, name, tbl_name, sql FROM main.sqlite_schema WHERE sql IS NOT NULL ORDER BY name",
        )?;
        let mut rows = statement.query([])?;
        let (mut all, mut shadows) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next()? {
            let (kind, name, table, sql): (String, String, String, String) =
                (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            if is_reserved(&table) {
                continue;
            }
            let entry = listed.get(&name);
            let kind = match (kind.as_str(), entry.map(|entry| entry.kind.as_str())) {
                ("table", Some("shadow")) => {
                    shadows.push(name);
                    continue;
                }
                ("table", Some("virtual")) => Kind::Virtual,
                ("table", _) => Kind::Table,
                ("view", _) => Kind::View,
                ("index", _) => Kind::Index,
                ("trigger", _) => Kind::Trigger,
                _ => continue,
            };
            let (strict, without_rowid) = match (kind, entry) {
                (Kind::Table, Some(entry)) => (entry.strict, entry.without_rowid),
                _ => (false, false),
            };
            all.push(StoredObject { kind, name, table, sql, strict, without_rowid });
        }
        shadows.extend(shadows_of_unknown_modules(connection, &all)?);
        all.retain(|object| !shadows.contains(&object.table));
        let mut objects = Self { all, shadows, indexes: HashMap::new(), triggers: HashMap::new() };
        for (position, object) in objects.all.iter().enumerate() {
            match object.kind {
                Kind::Index => {
                    objects.indexes.insert(object.name.clone(), position);
                }
                Kind::Trigger => {
                    objects.triggers.entry(object.table.to_ascii_lowercase()).or_default().push(position);
                }
                Kind::Table | Kind::Virtual | Kind::View => {}
            }
        }
        Ok(objects)
    }

    pub(super) fn of(&self, kind: Kind) -> impl Iterator<Item = &StoredObject> {
        self.all.iter().filter(move |object| object.kind == kind)
    }

    /// The shadow tables of a virtual table: theirs is the longest virtual name in front of `_`.
    pub(super) fn shadows(&self, name: &str) -> Vec<Text> {
        let owner = |shadow: &str| {
            self.of(Kind::Virtual)
                .filter(|object| {
                    shadow.strip_prefix(object.name.as_str()).is_some_and(|rest| rest.starts_with('_'))
                })
                .max_by_key(|object| object.name.len())
                .map(|object| object.name.as_str())
        };
        let of_this = self.shadows.iter().filter(|shadow| owner(shadow) == Some(name));
        of_this.map(|shadow| shadow.clone().into()).collect()
    }

    pub(super) fn index(&self, name: &str) -> Option<&StoredObject> {
        self.indexes.get(name).and_then(|position| self.all.get(*position))
    }

    /// The triggers on a table or view.
    pub(super) fn triggers_on(&self, table: &str) -> impl Iterator<Item = &StoredObject> {
        let positions = self.triggers.get(&table.to_ascii_lowercase());
        positions.into_iter().flatten().filter_map(|position| self.all.get(*position))
    }
}

/// What modules call the tables that they keep for a virtual table, behind its name: those of SQLite
/// itself and of the extensions that are met most.
const SHADOWS: [&str; 18] = [
    "content",
    "segments",
    "segdir",
    "docsize",
    "stat",
    "data",
    "idx",
    "config",
    "node",
    "parent",
    "rowid",
    "vocab",
    "info",
    "chunks",
    "rowids",
    "auxiliary",
    "vectors",
    "index",
];

/// The tables that look like those of a module which this SQLite does not have: it cannot tell itself.
fn shadows_of_unknown_modules(connection: &Connection, all: &[StoredObject]) -> Result<Vec<String>> {
    if !all.iter().any(|object| object.kind == Kind::Virtual) {
        return Ok(Vec::new());
    }
    let known: Vec<String> = connection
        .prepare("SELECT lower(name) FROM pragma_module_list")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_>>()?;
    let is_unknown = |object: &&StoredObject| {
        let module = VirtualTableText::read(&object.sql).map(|text| text.module);
        object.kind == Kind::Virtual && module.is_none_or(|module| !known.contains(&module))
    };
    let owners: Vec<&str> = all.iter().filter(is_unknown).map(|object| object.name.as_str()).collect();
    let is_shadow = |name: &str| {
        owners.iter().any(|owner| {
            let rest = name.strip_prefix(owner).and_then(|rest| rest.strip_prefix('_'));
            // Some count their tables: vector_chunks00, metadatatext01.
            rest.map(|rest| rest.trim_end_matches(|digit: char| digit.is_ascii_digit())).is_some_and(|rest| {
                SHADOWS.contains(&rest) || ["vector_chunks", "metadatachunks", "metadatatext"].contains(&rest)
            })
        })
    };
    let tables = all.iter().filter(|object| object.kind == Kind::Table && is_shadow(&object.name));
    Ok(tables.map(|object| object.name.clone()).collect())
}

fn listed(connection: &Connection) -> Result<HashMap<String, Listed>> {
    let mut statement =
        connection.prepare("SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main'")?;
    let rows = statement.query_map([], |row| {
        Ok((row.get(0)?, Listed { kind: row.get(1)?, without_rowid: row.get(2)?, strict: row.get(3)? }))
    })?;
    rows.collect()
}

/// Whether a table is SQLite's or the framework's.
fn is_reserved(table: &str) -> bool {
    let sqlite = table.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("sqlite_"));
    sqlite || FRAMEWORK_TABLES.iter().any(|name| name.eq_ignore_ascii_case(table))
}
