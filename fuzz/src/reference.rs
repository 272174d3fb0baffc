use std::collections::BTreeMap;
use std::path::Path;

use schema_core::dialect::{quote_identifier, quote_text};
use schema_core::rusqlite::Connection;
use schema_core::rusqlite::config::DbConfig;

use crate::case::Case;
use crate::database::{self, Row};
use crate::kinds;
use crate::schema::Table;

/// What the new database has to hold: the new schema, into which plain SQL has carried the old rows,
/// column by column, as a person would who knows what belongs to what.
#[derive(Debug)]
pub(crate) struct Reference {
    pub(crate) connection: Connection,
    /// Why the rows do not fit the new schema, where they do not.
    pub(crate) misfit: Option<String>,
    /// Columns whose values differ from run to run.
    fickle: Vec<(String, String)>,
}

/// The values that a person gave for columns, by table and column of the new schema.
pub(crate) type Backfills = BTreeMap<(String, String), String>;

impl Reference {
    pub(crate) fn build(case: &Case, old: &Path, backfills: &Backfills) -> Result<Self, String> {
        let connection = database::open(None).map_err(|error| error.to_string())?;
        database::run(&connection, &case.to_statements())?;
        let quiet = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false);
        quiet.map_err(|error| error.to_string())?;
        let attach = format!("ATTACH {} AS old", quote_text(&old.display().to_string()));
        connection.execute_batch(&attach).map_err(|error| error.to_string())?;
        let mut reference = Self { connection, misfit: None, fickle: Vec::new() };
        for pair in case.tables() {
            if let Err(error) = reference.carry(case, pair, backfills) {
                reference.misfit.get_or_insert(error);
            }
        }
        reference.connection.execute_batch("DETACH old").map_err(|error| error.to_string())?;
        Ok(reference)
    }

    fn carry(
        &mut self,
        case: &Case,
        (old, new): (&Table, &Table),
        backfills: &Backfills,
    ) -> Result<(), String> {
        let columns = case.columns((old, new));
        let key = rowid_alias(&self.connection, &new.name)?;
        let (mut targets, mut sources) = (Vec::new(), Vec::new());
        let source_rowid = rowid_of(&self.connection, "old", &old.name)?;
        for column in &new.columns {
            if column.generated.is_some() {
                continue;
            }
            let is_fickle = column.default.as_deref().is_some_and(kinds::is_fickle);
            let is_alias = key.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(&column.name));
            let given = backfills.get(&(new.name.clone(), column.name.clone())).map(|sql| format!("({sql})"));
            let fill = given.clone().or_else(|| column.default.as_deref().and_then(expression));
            let source = match columns.iter().find(|(_, after)| *after == column.name) {
                Some((before, _)) => {
                    let own = quote_identifier(before);
                    if is_alias {
                        self.no_nulls(old, before)?;
                    }
                    let in_key =
                        new.primary_key().is_some_and(|key| key.iter().any(|part| part.column == column.id));
                    match fill.filter(|_| column.not_null.is_some() && !in_key) {
                        Some(fill) => {
                            if is_fickle {
                                self.fickle.push((new.name.clone(), column.name.clone()));
                            }
                            format!("coalesce({own}, {fill})")
                        }
                        None => own,
                    }
                }
                None if given.is_some() => given.unwrap_or_default(),
                None if is_alias => match source_rowid {
                    Some(name) => name.to_owned(),
                    None => continue,
                },
                None => {
                    if is_fickle {
                        self.fickle.push((new.name.clone(), column.name.clone()));
                    }
                    continue;
                }
            };
            targets.push(quote_identifier(&column.name));
            sources.push(source);
        }
        if key.is_none()
            && let (Some(source), Some(target)) =
                (source_rowid, rowid_of(&self.connection, "main", &new.name)?)
        {
            targets.push(target.to_owned());
            sources.push(source.to_owned());
        }
        if targets.is_empty() {
            // Nothing is carried over, and the rows are there all the same.
            let Some(column) = new.columns.iter().find(|column| column.generated.is_none()) else {
                return Ok(());
            };
            targets.push(quote_identifier(&column.name));
            sources.push(column.default.as_deref().and_then(expression).unwrap_or_else(|| "NULL".to_owned()));
        }
        let sql = format!(
            "INSERT OR ABORT INTO main.{} ({}) SELECT {} FROM old.{}",
            quote_identifier(&new.name),
            targets.join(", "),
            sources.join(", "),
            quote_identifier(&old.name)
        );
        self.connection.execute_batch(&sql).map_err(|error| format!("{error}: {sql}"))
    }

    /// NULL in a key that is the rowid would become an invented number.
    fn no_nulls(&self, old: &Table, column: &str) -> Result<(), String> {
        let sql = format!(
            "SELECT 1 FROM old.{} WHERE {} IS NULL",
            quote_identifier(&old.name),
            quote_identifier(column)
        );
        match database::rows(&self.connection, &sql)?.len() {
            0 => Ok(()),
            count => Err(format!("{count} keys are NULL")),
        }
    }

    /// The first table whose rows are not what they have to be.
    pub(crate) fn difference(&self, result: &Connection) -> Result<Option<String>, String> {
        for table in database::tables(&self.connection)? {
            let (wanted, found) = (self.contents(&self.connection, &table)?, self.contents(result, &table)?);
            if wanted != found {
                return Ok(Some(format!(
                    "table {table} has to hold\n{}and holds\n{}",
                    show(&wanted),
                    show(&found)
                )));
            }
        }
        Ok(None)
    }

    fn contents(&self, connection: &Connection, table: &str) -> Result<Vec<Row>, String> {
        let mut columns: Vec<String> = database::columns(&self.connection, table)?
            .iter()
            .filter(|column| !self.is_fickle(table, column))
            .map(|column| quote_identifier(column))
            .collect();
        if let Some(rowid) = database::rowid_name(connection, table)? {
            columns.push(rowid.to_owned());
        }
        if columns.is_empty() {
            columns.push("1".to_owned());
        }
        database::rows(connection, &format!("SELECT {} FROM {}", columns.join(", "), quote_identifier(table)))
    }

    fn is_fickle(&self, table: &str, column: &str) -> bool {
        self.fickle.iter().any(|(known, fickle)| known == table && fickle.eq_ignore_ascii_case(column))
    }
}

fn show(rows: &[Row]) -> String {
    let lines: Vec<String> = rows.iter().map(|row| format!("  {}\n", row.join(", "))).collect();
    lines.concat()
}

/// The column whose value is the rowid.
pub(crate) fn rowid_alias(connection: &Connection, table: &str) -> Result<Option<String>, String> {
    let literal = quote_text(table);
    let sql = format!(
        "SELECT name FROM pragma_table_xinfo({literal}) WHERE pk = 1 \
         AND (SELECT count(*) FROM pragma_table_xinfo({literal}) WHERE pk > 0) = 1 \
         AND NOT EXISTS (SELECT 1 FROM pragma_index_list({literal}) WHERE origin = 'pk') \
         AND (SELECT wr FROM pragma_table_list WHERE name = {literal} AND schema = 'main') = 0"
    );
    let read = || -> schema_core::rusqlite::Result<Option<String>> {
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        rows.next()?.map(|row| row.get(0)).transpose()
    };
    read().map_err(|error| error.to_string())
}

fn rowid_of(connection: &Connection, schema: &str, table: &str) -> Result<Option<&'static str>, String> {
    let literal = quote_text(table);
    for name in ["_rowid_", "oid", "rowid"] {
        let hidden = format!(
            "SELECT 1 FROM pragma_table_xinfo({literal}, {}) WHERE lower(name) = '{name}'",
            quote_text(schema)
        );
        if database::rows(connection, &hidden)?.is_empty() {
            let sql = format!("SELECT {name} FROM {schema}.{} LIMIT 0", quote_identifier(table));
            return Ok(connection.prepare(&sql).is_ok().then_some(name));
        }
    }
    Ok(None)
}

/// A default as an expression; none where it is NULL.
fn expression(default: &str) -> Option<String> {
    let bare = default.trim_matches(|character| character == '(' || character == ')');
    if bare.eq_ignore_ascii_case("null") {
        return None;
    }
    let known = ["true", "false", "current_timestamp", "current_date", "current_time"];
    let is_word = default.chars().all(|character| character.is_ascii_alphabetic())
        && !known.iter().any(|word| default.eq_ignore_ascii_case(word));
    if is_word || default.starts_with('"') {
        return Some(quote_text(default.trim_matches('"')));
    }
    Some(format!("({default})"))
}
