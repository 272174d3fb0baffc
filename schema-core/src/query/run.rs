//! Running statements and saying where in the database an unreadable cell stands.

use std::fmt::Write;

use super::{SelectTree, writer::Statement};
use crate::{
    database::Session,
    engine::sqlite::{Bound, Connection, Failure, Source},
    error::{Error, Kind, Result},
    expr::Node,
    record::Shape,
    value::{Binder, CellError, Row},
};

/// Where the columns of a result come from.
pub(crate) trait Places {
    fn place(&self, position: usize) -> Option<Place>;
}

/// Where a column of a result comes from.
pub(crate) struct Place {
    shape: Shape,
    column: u16,
    /// Positions in the result, and columns, of the key of the same row.
    key: Vec<(usize, u16)>,
}

impl Places for SelectTree {
    fn place(&self, position: usize) -> Option<Place> {
        let Some(Node::Column(alias, index)) = self.select.get(position) else { return None };
        let shape = self.from.iter().find(|item| item.alias == *alias)?.shape;
        let mut key = Vec::new();
        for (at, node) in self.select.iter().enumerate() {
            if let Node::Column(other, column) = node
                && other == alias
                && is_key(shape, *column)
                && key.iter().all(|(_, known)| known != column)
            {
                key.push((at, *column));
            }
        }
        Some(Place { shape, column: *index, key })
    }
}

/// A whole record, read from the first column on.
impl Places for Shape {
    fn place(&self, position: usize) -> Option<Place> {
        let index = u16::try_from(position).ok()?;
        self.column(index)?;
        let width = u16::try_from(self.width()).ok()?;
        let key =
            (0..width).filter(|column| is_key(*self, *column)).map(|column| (usize::from(column), column));
        Some(Place { shape: *self, column: index, key: key.collect() })
    }
}

fn is_key(shape: Shape, index: u16) -> bool {
    let Shape::Table(table) = shape else { return false };
    let Some(name) = shape.column(index) else { return false };
    table.primary_key.as_ref().is_some_and(|key| key.columns.iter().any(|column| column.name == name))
}

/// The error for a cell that does not fit, with table, column and key of its row.
#[cold]
pub(crate) fn explain_cell(error: CellError, places: &dyn Places, row: Row<'_>) -> Error {
    let position = error.position();
    let Some(Place { shape, column, key }) = places.place(position) else {
        return Error::cell(error, "result", &format!("column {}", position + 1), "");
    };
    let table = match shape {
        Shape::Table(table) => table.name.to_string(),
        Shape::View(view) => view.name.to_string(),
        Shape::Row(_) => "result".to_owned(),
    };
    let mut described = String::new();
    for (at, part) in key {
        let name = shape.column(part).unwrap_or_default();
        let separator = if described.is_empty() { "" } else { ", " };
        let _ = write!(described, "{separator}{name} = {}", row.cell(at).to_value());
    }
    Error::cell(error, &table, shape.column(column).unwrap_or_default(), &described)
}

fn bind<'v>(bound: &mut Bound<'_, 'v>, statement: &'v Statement) {
    let mut binder = Binder::sqlite(bound.parameters());
    statement.values.iter().for_each(|value| binder.value(value));
}

/// Runs `work` on a statement. What SQLite refuses names it.
fn with<'v, R>(
    connection: &Connection,
    statement: &'v Statement,
    work: impl FnOnce(&mut Bound<'_, 'v>) -> Result<R, Ended>,
) -> Result<R> {
    let answer = connection.with(&Source::Text(&statement.sql), |bound| {
        bind(bound, statement);
        work(bound)
    });
    answer.map_err(|ended| match (ended, &statement.search) {
        (Ended::Work(error), _) => error,
        // What is wrong with a full-text search, SQLite finds when it begins.
        (Ended::Refused(failure), Some(search)) if failure.is_error() => not_searchable(search, &failure),
        (Ended::Refused(failure), _) => Error::from(failure).in_statement(&statement.sql),
    })
}

/// Why a statement has come to no end.
enum Ended {
    /// SQLite has refused it.
    Refused(Failure),
    /// What was done with its rows has failed.
    Work(Error),
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::Refused(failure)
    }
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Work(error)
    }
}

#[cold]
fn not_searchable(search: &str, failure: &Failure) -> Error {
    Error::new(
        Kind::Value,
        format!(
            "the search `{search}` is no full-text query ({}); nothing was read: plain words of any kind are \
             made one by `schema_core::expr::words`",
            failure.message
        ),
    )
}

/// Every row of a statement.
pub(crate) fn fetch_all<T>(
    session: Session<'_>,
    statement: &Statement,
    places: &dyn Places,
    read: impl Fn(Row<'_>, usize) -> Result<T, CellError>,
) -> Result<Vec<T>> {
    session.read(|connection| rows(connection, statement, places, read))
}

/// Every row of a statement, on a connection.
pub(super) fn rows<T>(
    connection: &Connection,
    statement: &Statement,
    places: &dyn Places,
    read: impl Fn(Row<'_>, usize) -> Result<T, CellError>,
) -> Result<Vec<T>> {
    let mut rows = Vec::new();
    each(connection, statement, places, read, |row| {
        rows.push(row);
        Ok(())
    })?;
    Ok(rows)
}

/// Hands every row on as it is read, until that fails.
pub(super) fn each<T>(
    connection: &Connection,
    statement: &Statement,
    places: &dyn Places,
    read: impl Fn(Row<'_>, usize) -> Result<T, CellError>,
    mut work: impl FnMut(T) -> Result<()>,
) -> Result<()> {
    with(connection, statement, |bound| {
        while bound.step()? {
            let row = Row::Sqlite(bound.row());
            match read(row, 0) {
                Ok(value) => work(value)?,
                Err(error) => return Err(explain_cell(error, places, row).into()),
            }
        }
        Ok(())
    })
}

/// Runs a statement that gives no rows.
pub(crate) fn execute(connection: &Connection, statement: &Statement) -> Result<()> {
    with(connection, statement, |bound| {
        while bound.step()? {}
        Ok(())
    })
}

/// The first row of a statement.
pub(crate) fn fetch_first<T>(
    session: Session<'_>,
    statement: &Statement,
    read: impl FnOnce(Row<'_>) -> T,
) -> Result<Option<T>> {
    session.read(|connection| {
        with(connection, statement, |bound| {
            Ok(if bound.step()? { Some(read(Row::Sqlite(bound.row()))) } else { None })
        })
    })
}
