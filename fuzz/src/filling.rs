use schema_core::dialect::quote_identifier;
use schema_core::rusqlite::Connection;
use schema_core::rusqlite::config::DbConfig;

use crate::database;
use crate::kinds;
use crate::random::Random;
use crate::schema::{Rule, Schema, Table};
use crate::template::Id;

/// The rows of a schema's tables.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filling {
    /// Each row, in the order in which they are stored.
    pub rows: Vec<Filled>,
    /// Tables with the highest id that they ever gave.
    pub marks: Vec<(Id, i64)>,
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub struct Filled {
    /// The table.
    pub table: Id,
    /// Its rowid, where it is no column's value.
    pub rowid: Option<i64>,
    /// Literals by column; the rest is left to the defaults.
    pub values: Vec<(Id, String)>,
}

impl Filling {
    /// The statements that store the rows: foreign keys and triggers are off, so that rows without a
    /// parent are among them, as in databases that grew.
    pub fn statements(&self, schema: &Schema) -> Vec<String> {
        let rows = self.rows.iter().filter_map(|row| row.statement(schema));
        let marks = self.marks.iter().filter_map(|(table, mark)| {
            let name = schema_core::dialect::quote_text(&schema.table(*table)?.name);
            let counted =
                schema.table(*table)?.constraints.iter().any(|constraint| {
                    matches!(constraint.rule, Rule::PrimaryKey { autoincrement: true, .. })
                });
            counted.then(|| {
                format!(
                    "DELETE FROM sqlite_sequence WHERE name = {name};\n\
                     INSERT INTO sqlite_sequence (name, seq) VALUES ({name}, {mark})"
                )
            })
        });
        rows.chain(marks).collect()
    }
}

impl Filled {
    fn statement(&self, schema: &Schema) -> Option<String> {
        let table = schema.table(self.table)?;
        let (mut names, mut values) = (Vec::new(), Vec::new());
        if let Some(rowid) = self.rowid.filter(|_| !table.without_rowid) {
            let taken =
                |name: &str| table.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
            if let Some(name) = ["_rowid_", "oid", "rowid"].into_iter().find(|name| !taken(name)) {
                names.push(name.to_owned());
                values.push(rowid.to_string());
            }
        }
        for (column, value) in &self.values {
            if let Some(column) = table.column(*column).filter(|column| column.generated.is_none()) {
                names.push(quote_identifier(&column.name));
                values.push(value.clone());
            }
        }
        let into = quote_identifier(&table.name);
        Some(if names.is_empty() {
            format!("INSERT OR ABORT INTO {into} DEFAULT VALUES")
        } else {
            format!("INSERT OR ABORT INTO {into} ({}) VALUES ({})", names.join(", "), values.join(", "))
        })
    }
}

/// Rows that the schema takes. `connection` holds the empty schema, and the rows afterwards.
pub(crate) fn fill(random: &mut Random, schema: &Schema, connection: &Connection) -> Filling {
    let mut filling = Filling::default();
    let _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false);
    for table in &schema.tables {
        let wanted = if random.percent(10) { 0 } else { random.between(1, 7) };
        for _ in 0..wanted {
            for _ in 0..8 {
                let row = row(random, schema, table, connection);
                let stored = row.statement(schema).is_some_and(|sql| connection.execute_batch(&sql).is_ok());
                if stored {
                    filling.rows.push(row);
                    break;
                }
            }
        }
        if random.percent(50) {
            filling.marks.push((table.id, i64::try_from(random.between(2_000, 3_000)).unwrap_or(2_000)));
        }
    }
    filling
}

fn row(random: &mut Random, schema: &Schema, table: &Table, connection: &Connection) -> Filled {
    let alias = |id: Id| table.primary_key().is_some_and(|parts| parts.len() == 1 && parts[0].column == id);
    let mut values: Vec<(Id, String)> = Vec::new();
    for column in table.columns.iter().filter(|column| column.generated.is_none()) {
        if alias(column.id) && column.sql_type == "INTEGER" {
            if random.percent(90) {
                values.push((column.id, random.below(1500).to_string()));
            }
        } else if column.not_null.is_none() && random.percent(20) {
            values.push((column.id, "NULL".to_owned()));
        } else if column.default.is_none() || random.percent(80) {
            values.push((column.id, kinds::value(random, &column.sql_type, table.strict)));
        }
    }
    for constraint in &table.constraints {
        if let Rule::ForeignKey { columns, table: parent, references, .. } = &constraint.rule
            && random.percent(75)
            && let Some(found) = parent_values(random, schema, *parent, references, connection)
        {
            for (column, value) in columns.iter().zip(found) {
                values.retain(|(known, _)| known != column);
                values.push((*column, value));
            }
        }
    }
    Filled {
        table: table.id,
        rowid: random.percent(60).then(|| i64::try_from(random.below(900)).unwrap_or(1)),
        values,
    }
    .without_double_rowid(table)
}

impl Filled {
    /// A rowid that a column gives needs no second one.
    fn without_double_rowid(mut self, table: &Table) -> Self {
        let key = table.primary_key().unwrap_or_default();
        let is_alias =
            |id: Id| table.column(id).is_some_and(|column| column.sql_type.eq_ignore_ascii_case("INTEGER"));
        if key.iter().any(|part| is_alias(part.column)) && key.len() == 1 {
            self.rowid = None;
        }
        self
    }
}

fn parent_values(
    random: &mut Random,
    schema: &Schema,
    parent: Id,
    references: &[Id],
    connection: &Connection,
) -> Option<Vec<String>> {
    let table = schema.table(parent)?;
    let key: Vec<Id> = match references {
        [] => table.primary_key()?.iter().map(|part| part.column).collect(),
        named => named.to_vec(),
    };
    let columns: Option<Vec<String>> = key
        .iter()
        .map(|id| table.column(*id).map(|column| format!("quote({})", quote_identifier(&column.name))))
        .collect();
    let sql = format!("SELECT {} FROM {}", columns?.join(", "), quote_identifier(&table.name));
    let rows = database::rows(connection, &sql).ok()?;
    let row = random.pick_or_none(&rows)?;
    // Each is the text of a literal, shown as a text.
    let literal = |cell: &String| cell.trim_matches('\'').replace("\\'", "'").replace("\\\\", "\\");
    let literals: Vec<String> = row.iter().map(literal).collect();
    literals
        .iter()
        .all(|text| text.is_ascii() && !text.contains('\\') && !text.is_empty())
        .then_some(literals)
}
