use super::{
    Filled, IntoNew, NewFields, NewRow, Repository,
    calls::{Calls, hooks_in},
    check::check_new,
    find::read_row,
    new_row::{Resolved, resolve},
    text,
    violation::explain_insert,
};
use crate::{
    engine::sqlite::{Connection, Source},
    error::Result,
    model::{DefaultDef, TableDef},
    query::explain_cell,
    record::Table,
    schema::{Schema, Writable},
    value::{Binder, Row, Value},
};

impl<T: Table, S: Schema> Repository<'_, T, S> {
    /// Inserts a row and returns it, with every default filled in.
    ///
    /// The row is read back with RETURNING only where the database decides a column (`default_sql`,
    /// generated columns): it costs ten times the insert.
    ///
    /// # Errors
    /// `is_invalid` where a `check_fn` refuses a value, `violates` where a constraint refuses the row. Nothing is changed then.
    pub fn insert(&self, new: impl IntoNew<T>) -> Result<T>
    where
        S: Writable,
    {
        if let Some(hooks) = hooks_in::<T, S>(self.session)? {
            return Calls::run(hooks, self.session, |calls| calls.insert(new.into_new()));
        }
        let Filled { row, given } = new.into_new();
        let mut resolved = resolve::<T>(&given)?;
        check_new::<T>(&row, &resolved)?;
        let returning = resolved.decided;
        self.session.write_one(returning, |connection| insert_one::<T>(connection, row, &mut resolved))
    }
}

pub(super) fn insert_one<T: Table>(
    connection: &Connection,
    row: T::New,
    resolved: &mut Resolved,
) -> Result<T> {
    if resolved.decided {
        let write = || insert_text(T::DEF, &resolved.omitted, 1) + &text::returning(T::DEF);
        let text;
        let source = if is_usual::<T>(&resolved.omitted) {
            Source::Slot(&T::slots().insert_returning, &write)
        } else {
            text = write();
            Source::Text(&text)
        };
        return connection
            .with(&source, |bound| {
                let mut fields = NewFields::new(Binder::sqlite(bound.parameters()), resolved);
                row.bind(&mut fields).map_err(|error| error.explain(T::DEF))?;
                bound.step()?;
                let inserted = read_row::<T>(bound)?;
                // The statement's changes and its constraints are complete at its end.
                while bound.step()? {}
                Ok(inserted)
            })
            .map_err(|error| explain_insert::<T>(error, connection, [(&row, &*resolved)]));
    }
    let write = || insert_text(T::DEF, &resolved.omitted, 1);
    // Of two texts, with the rowid and without, the one without is the common one.
    let text;
    let source = if resolved.omitted.is_empty() && T::ROWID.is_some() {
        text = write();
        Source::Text(&text)
    } else {
        Source::Slot(&T::slots().insert, &write)
    };
    connection
        .with(&source, |bound| {
            let mut fields = NewFields::new(Binder::sqlite(bound.parameters()), resolved);
            row.bind(&mut fields).map_err(|error| error.explain(T::DEF))?;
            while bound.step()? {}
            Ok(())
        })
        .map_err(|error| explain_insert::<T>(error, connection, [(&row, &*resolved)]))?;
    if let Some(rowid) = T::ROWID
        && let Some(value @ Value::Null) = resolved.values.get_mut(rowid)
    {
        *value = Value::Integer(connection.raw().last_insert_rowid());
    }
    let values = Row::Values(&resolved.values);
    // What was given may not be read as its type wrote it: serde's two halves may differ. The row is there by now.
    row.into_row(values).map_err(|error| {
        explain_cell(error, &T::SHAPE, values)
            .hint("; the row was inserted, and stays unless a transaction around it is rolled back")
    })
}

pub(super) fn insert_text(table: &TableDef, omitted: &[u16], rows: usize) -> String {
    text::insert(table, &|index| omitted.iter().all(|omitted| usize::from(*omitted) != index), rows)
}

/// Whether these are the columns that a new row leaves out where nothing is given.
pub(super) fn is_usual<T: Table>(omitted: &[u16]) -> bool {
    let left_out = T::DEF
        .columns
        .iter()
        .filter(|column| column.generated.is_some() || matches!(column.default, DefaultDef::Sql(_)));
    left_out.count() + usize::from(T::ROWID.is_some()) == omitted.len()
}
