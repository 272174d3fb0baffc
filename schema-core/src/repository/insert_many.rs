use super::{
    IntoNew, NewFields, NewRow, Repository,
    insert::{insert_text, is_usual},
    new_row::{Resolved, resolve},
    violation::explain_insert,
};
use crate::{
    engine::sqlite::{Connection, Source},
    error::Result,
    record::Table,
    schema::{Schema, Writable},
    value::Binder,
};

/// Rows a statement. Measured: beyond 50, a longer VALUES list gains nothing more.
const ROWS: usize = 50;

/// Parameters that a statement of SQLite may have. <https://sqlite.org/limits.html#max_variable_number>
const PARAMETERS: usize = 32_766;

impl<T: Table, S: Schema> Repository<'_, T, S> {
    /// Inserts every row, or none: in one transaction, several rows a statement. Returns their number.
    ///
    /// # Errors
    /// `violates` where a constraint refuses a row. Nothing is changed then.
    pub fn insert_many<N: IntoNew<T>>(&self, rows: impl IntoIterator<Item = N>) -> Result<u64>
    where
        S: Writable,
    {
        let at_once = (PARAMETERS / T::DEF.columns.len().max(1)).clamp(1, ROWS);
        let mut rows = rows.into_iter().peekable();
        if rows.peek().is_none() {
            return Ok(0);
        }
        self.session.atomically(|connection| {
            let mut inserted = 0;
            let mut chunk: Vec<(T::New, Resolved)> = Vec::with_capacity(at_once);
            for new in rows {
                let new = new.into_new();
                let resolved = resolve::<T>(&new.given)?;
                let fits = chunk.first().is_none_or(|(_, first)| first.omitted == resolved.omitted);
                if chunk.len() == at_once || !fits {
                    inserted += insert_chunk::<T>(connection, &chunk, at_once)?;
                    chunk.clear();
                }
                chunk.push((new.row, resolved));
            }
            Ok(inserted + insert_chunk::<T>(connection, &chunk, at_once)?)
        })
    }
}

fn insert_chunk<T: Table>(
    connection: &Connection,
    chunk: &[(T::New, Resolved)],
    at_once: usize,
) -> Result<u64> {
    let Some((_, first)) = chunk.first() else { return Ok(0) };
    let every_column_is_omitted = first.omitted.len() == T::DEF.columns.len();
    if every_column_is_omitted && chunk.len() > 1 {
        // DEFAULT VALUES takes no list of rows.
        return chunk.chunks(1).map(|row| insert_chunk::<T>(connection, row, at_once)).sum();
    }
    let write = || insert_text(T::DEF, &first.omitted, chunk.len());
    let text;
    let source = if chunk.len() == at_once && is_usual(T::DEF, &first.omitted) {
        Source::Slot(&T::slots().insert_many, &write)
    } else {
        text = write();
        Source::Text(&text)
    };
    connection
        .with(&source, |bound| {
            for (row, resolved) in chunk {
                let mut fields = NewFields::new(Binder::sqlite(bound.parameters()), resolved);
                row.bind(&mut fields).map_err(|error| error.explain(T::DEF))?;
            }
            while bound.step()? {}
            Ok(())
        })
        .map_err(|error| {
            explain_insert::<T>(error, connection, chunk.iter().map(|(row, resolved)| (row, resolved)))
        })?;
    Ok(chunk.len() as u64)
}
