//! The same question in plain SQL, asked by a program that knows nothing of the framework.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use schema_core::{
    Db, Schema, Writable,
    dialect::sqlite::create_statements,
    rusqlite::{Connection, types::Value as Sql},
    value::{SqlType, Value},
};
use tempfile::TempDir;

/// A database on disk with the tables of a schema, filled by SQL.
pub(crate) struct Filled<D: Schema> {
    pub(crate) db: Db<D>,
    pub(crate) path: PathBuf,
    pub(crate) folder: TempDir,
}

impl<D: Schema + Writable> Filled<D> {
    pub(crate) fn new(rows: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.db");
        let db = Db::<D>::open(path.display().to_string()).unwrap();
        db.sqlite_raw(|connection| {
            for table in &*D::DEF.tables {
                connection.execute_batch(&create_statements(table).join(";\n"))?;
            }
            connection.execute_batch(rows)
        })
        .unwrap();
        Self { db, path, folder }
    }

    /// Whether what a typed query gave is, cell by cell, what plain SQL gives; and that it is something.
    #[track_caller]
    pub(crate) fn agrees(&self, typed: &[Vec<Value>], sql: &str) {
        assert!(!typed.is_empty(), "the query gives no row: it shows nothing");
        assert_same(typed, &rows(&self.path, sql));
    }
}

/// Whether two results are the same. Sums of floating-point numbers may differ in the last digits between versions
/// of SQLite, which add them up in different ways.
#[track_caller]
pub(crate) fn assert_same(typed: &[Vec<Value>], plain: &[Vec<Value>]) {
    for (at, (left, right)) in typed.iter().zip(plain).enumerate() {
        let is_same =
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right));
        assert!(is_same, "row {at} differs\ntyped: {left:?}\nplain: {right:?}");
    }
    assert_eq!(typed.len(), plain.len(), "the number of rows differs");
}

fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Real(left), Value::Real(right)) => {
            (left - right).abs() <= 1e-9 * left.abs().max(right.abs()).max(1.0)
        }
        _ => left == right,
    }
}

/// What a query in SQL gives: by the `sqlite3` program, or by rusqlite where there is none.
#[track_caller]
pub(crate) fn rows(database: &Path, sql: &str) -> Vec<Vec<Value>> {
    let program = Command::new("sqlite3")
        .args(["-batch", "-init", "/dev/null", "-quote", "-noheader"])
        .arg(database)
        .arg(sql)
        .stdin(Stdio::null())
        .output();
    match program {
        Ok(output) => {
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "sqlite3: {errors}\n{sql}");
            read_quoted(&String::from_utf8(output.stdout).unwrap())
        }
        Err(_) => by_rusqlite(database, sql),
    }
}

fn by_rusqlite(database: &Path, sql: &str) -> Vec<Vec<Value>> {
    let connection = Connection::open(database).unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    let width = statement.column_count();
    let rows = statement.query_map([], |row| {
        (0..width)
            .map(|at| {
                Ok(match row.get(at)? {
                    Sql::Null => Value::Null,
                    Sql::Integer(value) => Value::Integer(value),
                    Sql::Real(value) => Value::Real(value),
                    Sql::Text(value) => Value::Text(value),
                    Sql::Blob(value) => Value::Blob(value),
                })
            })
            .collect()
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// Reads rows of SQL literals: `1,'it''s',NULL`.
fn read_quoted(output: &str) -> Vec<Vec<Value>> {
    let (mut rows, mut row) = (Vec::new(), Vec::new());
    let mut rest = output;
    while !rest.is_empty() {
        let (cell, behind) = literal(rest);
        row.push(cell);
        rest = behind;
        if let Some(next) = rest.strip_prefix(',') {
            rest = next;
        } else {
            rest = rest.strip_prefix('\n').unwrap_or(rest);
            rows.push(std::mem::take(&mut row));
        }
    }
    rows
}

fn literal(text: &str) -> (Value, &str) {
    if let Some(quoted) = text.strip_prefix('\'') {
        let mut value = String::new();
        let mut rest = quoted;
        loop {
            let (part, behind) = rest.split_once('\'').expect("a quoted text ends");
            value.push_str(part);
            match behind.strip_prefix('\'') {
                Some(more) => {
                    value.push('\'');
                    rest = more;
                }
                None => return (Value::Text(value), behind),
            }
        }
    }
    let end = text.find([',', '\n']).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let value = match word {
        "NULL" => Value::Null,
        _ => match word.parse() {
            Ok(integer) => Value::Integer(integer),
            Err(_) => Value::Real(word.parse().unwrap_or_else(|_| panic!("no literal: {word}"))),
        },
    };
    (value, rest)
}

/// The SQL value of a Rust value.
pub(crate) fn cell<T: SqlType<Rust = T>>(value: &T) -> Value {
    T::to_value(value).unwrap()
}

/// Rows as SQL values: `cells!(rows, |row| row.name, row.books)`.
macro_rules! cells {
    ($rows:expr, |$row:pat_param| $($value:expr),+ $(,)?) => {
        $rows.iter().map(|$row| vec![$($crate::plain::cell(&$value)),+]).collect::<Vec<_>>()
    };
}
pub(crate) use cells;
