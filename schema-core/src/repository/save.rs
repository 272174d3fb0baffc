use super::{
    Fields, Repository,
    calls::{Calls, hooks_in},
    check::Invalid,
    find::{live, read_row},
    new_row::fill,
    text,
    violation::explain_update,
};
use crate::{
    dialect::quote_identifier,
    engine::sqlite::{Connection, Source},
    error::{Error, Kind, Result},
    model::{ColumnRole, TableDef},
    query::explain_cell,
    record::{Mutable, NamesRow, Table},
    schema::{Schema, Writable},
    value::{Binder, Cell, Row, Value},
};

impl<T: Table, S: Schema> Repository<'_, T, S> {
    /// Writes every column of a row that was read before, and returns it as it is then.
    ///
    /// With `#[column(version)]`, a row that somebody else changed meanwhile is left alone. Fields
    /// marked `skip` come back as their default.
    ///
    /// # Errors
    /// `is_stale` where the row has another version, `is_not_found` where it is gone, `is_invalid` where a
    /// `check_fn` refuses a value, `violates` where a constraint refuses the change.
    pub fn save(&self, row: &T) -> Result<T>
    where
        T: Mutable,
        T::Key: NamesRow,
        S: Writable,
    {
        let table = T::DEF;
        let mut values = Vec::with_capacity(table.columns.len());
        row.bind(&mut Fields::new(Binder::values(&mut values))).map_err(|error| error.explain(table))?;
        if let Some(hooks) = hooks_in::<T, S>(self.session)? {
            let saved = Calls::run(hooks, self.session, |calls| calls.save::<S>(row, &values))?;
            // Nothing has been done to a row of another version, and what follows says so.
            if let Some(saved) = saved {
                return Ok(saved);
            }
        }
        let mut invalid = Invalid::default();
        invalid.values::<T>(None, |column| values.get(column));
        invalid.into_result()?;
        let mut written = values.clone();
        if let Some((index, _)) = text::with_role(table, ColumnRole::UpdatedAt) {
            written[index] = fill::<T>(index)?;
        }
        if let Some((index, _)) = text::with_role(table, ColumnRole::Version)
            && let Value::Integer(version) = &mut written[index]
        {
            *version = version.saturating_add(1);
        }
        self.session.write_one(has_generated(T::DEF), |connection| save::<T>(connection, &values, &written))
    }
}

/// Whether the database computes a column, so that the saved row has to be read from it.
fn has_generated(table: &TableDef) -> bool {
    table.columns.iter().any(|column| column.generated.is_some())
}

/// Positions of the columns that `save` sets.
fn settable(table: &TableDef) -> impl Iterator<Item = usize> {
    let settable =
        |column: &crate::model::ColumnDef| column.generated.is_none() && !text::is_key(table, column);
    table.columns.iter().enumerate().filter(move |(_, column)| settable(column)).map(|(index, _)| index)
}

/// Positions of the columns that the saved row is found by: its key and the version that was read.
fn found_by(table: &TableDef) -> impl Iterator<Item = usize> {
    let key = text::key_names(table).filter_map(|name| table.position(name));
    key.chain(text::with_role(table, ColumnRole::Version).map(|(index, _)| index))
}

fn save<T: Table>(connection: &Connection, values: &[Value], written: &[Value]) -> Result<T> {
    let table = T::DEF;
    let name = |index: usize| table.columns.get(index).map_or("", |column| &*column.name);
    if settable(table).next().is_none() {
        return Err(Error::misuse(format!(
            "`{}` has no column beside its key: nothing to save",
            table.model
        )));
    }
    let generated = has_generated(table);
    let row = Row::Values(written);
    let known = || T::read(row, 0).map_err(|error| explain_cell(error, &T::SHAPE, row));
    let known = if generated { None } else { Some(known()?) };
    let write = || {
        let assigns: Vec<String> =
            settable(table).map(|index| format!("{} = ?", quote_identifier(name(index)))).collect();
        let condition = text::equals(found_by(table).map(name));
        let returning = if generated { text::returning(table) } else { String::new() };
        format!(
            "UPDATE {} SET {} WHERE {condition}{}{returning}",
            quote_identifier(&table.name),
            assigns.join(", "),
            live::<T>(" AND")
        )
    };
    let saved = connection
        .with(&Source::Slot(&T::slots().save, &write), |bound| {
            let mut binder = Binder::sqlite(bound.parameters());
            settable(table).filter_map(|index| written.get(index)).for_each(|value| binder.value(value));
            found_by(table).filter_map(|index| values.get(index)).for_each(|value| binder.value(value));
            let mut saved = None;
            while bound.step()? {
                saved = Some(read_row::<T>(bound)?);
            }
            Ok(saved)
        })
        .map_err(|error| {
            let new = |name: &str| written.get(table.position(name)?).cloned();
            let key: Vec<Value> = text::key_names(table)
                .filter_map(|name| values.get(table.position(name)?).cloned())
                .collect();
            explain_update::<T>(error, connection, &new, &key)
        })?;
    if connection.changes() == 0 {
        return Err(unsaved::<T>(connection, values)?);
    }
    saved.or(known).ok_or_else(|| Error::misuse("an UPDATE with RETURNING gave no row"))
}

/// Whether the row is gone or another.
fn unsaved<T: Table>(connection: &Connection, values: &[Value]) -> Result<Error> {
    let table = T::DEF;
    let key: Vec<(&str, &Value)> =
        text::key_names(table).filter_map(|name| Some((name, values.get(table.position(name)?)?))).collect();
    let described: Vec<String> = key.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let described = described.join(", ");
    let sql = format!("SELECT count(*) FROM {}{}", quote_identifier(&table.name), text::where_key(table))
        + &live::<T>(" AND");
    let there = connection.with(&Source::Text(&sql), |bound| {
        let mut binder = Binder::sqlite(bound.parameters());
        key.iter().for_each(|(_, value)| binder.value(value));
        Ok::<_, Error>(bound.step()? && bound.row().cell(0) != Cell::Integer(0))
    })?;
    Ok(if there {
        Error::new(
            Kind::Stale,
            format!(
                "the row of `{}` with {described} was changed by somebody else since it was read; \
                 nothing was changed: read it again",
                table.name
            ),
        )
    } else {
        Error::not_found(table, &described)
    })
}
