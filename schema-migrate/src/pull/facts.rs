//! What the values of a database are, whatever its columns declare.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use schema_core::dialect::quote_identifier;
use schema_core::model::SchemaDef;
use schema_core::rusqlite::functions::FunctionFlags;
use schema_core::rusqlite::{Connection, ErrorCode};
use schema_core::value::Value;

use super::time_type::TimeType;
use crate::{Error, Result};

/// The kinds of a column's stored values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each kind is there or not")]
pub struct Kinds {
    /// Whether a value is NULL.
    pub null: bool,
    /// Whether a value is an integer.
    pub integer: bool,
    /// Whether a value is a floating-point number.
    pub real: bool,
    /// Whether a value is text.
    pub text: bool,
    /// Whether a value is a blob.
    pub blob: bool,
    /// Whether an integer is neither 0 nor 1.
    pub beyond_boolean: bool,
    /// Whether an integer is one that a floating-point number may not be equal to.
    pub beyond_real: bool,
    /// Whether a text is none that the date, time or instant of the declared type reads.
    pub beyond_time: bool,
}

/// Something whose values were not all seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unseen {
    /// The table or view.
    pub object: String,
    /// What stood in the way.
    pub why: String,
}

/// What was seen of a database's values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    kinds: HashMap<(String, String), Kinds>,
    /// Tables and views whose values were not all seen: the time was up, or they cannot be read here.
    pub unseen: Vec<Unseen>,
}

/// Kinds counted for a column, in the order of [`Kinds`].
const COUNTED: usize = 8;

/// Whole numbers up to here are floating-point numbers of their own.
const WHOLE: i64 = 1 << 53;

/// Columns a statement: SQLite has a limit of 2,000 result columns.
const COLUMNS: usize = 200;

/// The SQL function that says whether a text is none of a type of time.
const BEYOND_TIME: &str = "_beyond_time";

impl Facts {
    /// Looks at every value of every table and view, for as long as `within` in all.
    pub fn read(connection: &mut Connection, schema: &SchemaDef, within: Duration) -> Result<Self> {
        let until = Instant::now() + within;
        let stop = connection.progress_handler(20_000, Some(move || Instant::now() > until));
        stop.map_err(|error| Error::sqlite("look at the values", error))?;
        readers(connection).map_err(|error| Error::sqlite("look at the values", error))?;
        let mut facts = Self::default();
        for table in schema.tables.iter() {
            let columns: Vec<Column> =
                table.columns.iter().map(|column| Column::of(&column.name, &column.sql_type)).collect();
            facts.look(connection, &table.name, &columns);
        }
        for view in schema.views.iter() {
            let sql = format!("SELECT * FROM main.{} LIMIT 0", quote_identifier(&view.name));
            let columns = connection.prepare(&sql).map(|statement| {
                let of = |column: schema_core::rusqlite::Column<'_>| {
                    Column::of(column.name(), column.decl_type().unwrap_or_default())
                };
                statement.columns().map(of).collect::<Vec<_>>()
            });
            match columns {
                Ok(columns) => facts.look(connection, &view.name, &columns),
                Err(error) => facts.unseen.push(unseen(&view.name, &error)),
            }
        }
        let none: Option<fn() -> bool> = None;
        connection
            .progress_handler(0, none)
            .and_then(|()| connection.remove_function(BEYOND_TIME, 2))
            .map_err(|error| Error::sqlite("look at the values", error))?;
        Ok(facts)
    }

    fn look(&mut self, connection: &Connection, table: &str, columns: &[Column]) {
        for chunk in columns.chunks(COLUMNS) {
            match kinds(connection, table, chunk) {
                Ok(found) => {
                    self.kinds.extend(
                        chunk
                            .iter()
                            .zip(found)
                            .map(|(column, kinds)| ((table.to_owned(), column.name.clone()), kinds)),
                    );
                }
                Err(error) => {
                    // A function that only the application has, or no time left: its types are as declared.
                    debug_assert!(error.sqlite_error_code() != Some(ErrorCode::ApiMisuse));
                    self.unseen.push(unseen(table, &error));
                    return;
                }
            }
        }
    }

    /// What was seen of a column; `None` where it was not looked at.
    pub fn of(&self, table: &str, column: &str) -> Option<Kinds> {
        self.kinds.get(&(table.to_owned(), column.to_owned())).copied()
    }
}

/// A column that is looked at, and the type of time that its declaration speaks of.
struct Column {
    name: String,
    time: Option<TimeType>,
}

impl Column {
    fn of(name: &str, declared: &str) -> Self {
        Self { name: name.to_owned(), time: TimeType::of(declared) }
    }
}

fn unseen(object: &str, error: &schema_core::rusqlite::Error) -> Unseen {
    let why = match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => "the time was up".to_owned(),
        _ => error.to_string(),
    };
    Unseen { object: object.to_owned(), why }
}

/// Lets SQL ask the very readers of the types of time.
fn readers(connection: &Connection) -> schema_core::rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function(BEYOND_TIME, 2, flags, |arguments| {
        let ty = TimeType::of_code(arguments.get(0)?);
        // Text that is no UTF-8 is read by none of them.
        let text = arguments.get_raw(1).as_str().map(|text| Value::Text(text.into()));
        Ok(text.map_or(true, |text| !ty.reads(&text)))
    })
}

fn kinds(
    connection: &Connection,
    table: &str,
    columns: &[Column],
) -> schema_core::rusqlite::Result<Vec<Kinds>> {
    // The sum takes away a collating sequence that only the application has.
    let seen: Vec<String> = columns
        .iter()
        .map(|column| {
            let name = quote_identifier(&column.name);
            let beyond_time = match column.time {
                Some(ty) => format!("max(CASE WHEN typeof({name}) = 'text' THEN {BEYOND_TIME}({}, {name}) END)", ty.code()),
                None => "0".to_owned(),
            };
            format!(
                "max(typeof({name}) = 'null'), max(typeof({name}) = 'integer'), max(typeof({name}) = 'real'), \
                 max(typeof({name}) = 'text'), max(typeof({name}) = 'blob'), \
                 max(typeof({name}) = 'integer' AND {name} + 0 NOT IN (0, 1)), \
                 max(typeof({name}) = 'integer' AND {name} + 0 NOT BETWEEN -{WHOLE} AND {WHOLE}), {beyond_time}"
            )
        })
        .collect();
    let sql = format!("SELECT {} FROM main.{}", seen.join(", "), quote_identifier(table));
    connection.query_row(&sql, [], |row| {
        let mut found = Vec::with_capacity(columns.len());
        for at in 0..columns.len() {
            let mut seen = [false; COUNTED];
            for (kind, seen) in seen.iter_mut().enumerate() {
                // NULL where there is no row.
                *seen = row.get::<_, Option<bool>>(at * COUNTED + kind)?.unwrap_or(false);
            }
            let [null, integer, real, text, blob, beyond_boolean, beyond_real, beyond_time] = seen;
            found.push(Kinds { null, integer, real, text, blob, beyond_boolean, beyond_real, beyond_time });
        }
        Ok(found)
    })
}
