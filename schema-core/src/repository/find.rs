use super::{Repository, text};
use crate::{
    engine::sqlite::{Bound, Source},
    error::{Error, Kind, Result},
    expr::{Alias, KeyValue, Required, UniqueKey},
    query::explain_cell,
    record::{Record, Table},
    schema::Schema,
    value::{Binder, Cell, Row, Value},
};

impl<T: Table, S: Schema> Repository<'_, T, S> {
    /// The row of a primary key.
    ///
    /// # Errors
    /// `is_not_found` where there is none, or where it is soft-deleted.
    pub fn get(&self, key: impl KeyValue<T::Key>) -> Result<T> {
        match self.fetch_by_key(&key)? {
            Some(row) => Ok(row),
            None => Err(missing::<T>(&key)),
        }
    }

    /// The row of a primary key, or `None`.
    pub fn find(&self, key: impl KeyValue<T::Key>) -> Result<Option<T>> {
        self.fetch_by_key(&key)
    }

    fn fetch_by_key(&self, key: &impl KeyValue<T::Key>) -> Result<Option<T>> {
        let write = || format!("{}{}{}", text::select(T::DEF), text::where_key(T::DEF), live::<T>(" AND"));
        self.fetch(&Source::Slot(&T::slots().get, &write), key)
    }

    /// The row of a unique column or a unique set.
    ///
    /// # Errors
    /// `is_not_found` where there is none, or where it is soft-deleted.
    pub fn get_by<U: UniqueKey>(
        &self,
        unique: impl FnOnce(<T as Record>::Columns<Required>) -> U,
        value: impl KeyValue<U::Key>,
    ) -> Result<T> {
        let columns = unique(T::columns::<Required>(Alias::TARGET)).columns();
        match self.find_by_columns(&columns, &value)? {
            Some(row) => Ok(row),
            None => Err(Error::not_found(T::DEF, &describe::<U::Key>(names::<T>(&columns), &value))),
        }
    }

    /// The row of a unique column or a unique set, or `None`.
    pub fn find_by<U: UniqueKey>(
        &self,
        unique: impl FnOnce(<T as Record>::Columns<Required>) -> U,
        value: impl KeyValue<U::Key>,
    ) -> Result<Option<T>> {
        self.find_by_columns(&unique(T::columns::<Required>(Alias::TARGET)).columns(), &value)
    }

    fn find_by_columns<K>(&self, columns: &[u16], value: &impl KeyValue<K>) -> Result<Option<T>> {
        let condition = text::equals(names::<T>(columns));
        let sql = format!("{} WHERE {condition}{}", text::select(T::DEF), live::<T>(" AND"));
        self.fetch(&Source::Text(&sql), value)
    }

    fn fetch<K>(&self, source: &Source<'_>, key: &impl KeyValue<K>) -> Result<Option<T>> {
        self.session.read(|connection| {
            connection.with(source, |bound| {
                bind_key(bound, key)?;
                if !bound.step()? {
                    return Ok(None);
                }
                read_row::<T>(bound).map(Some)
            })
        })
    }

    /// Every row, in the order of the primary key.
    pub fn list(&self) -> Result<Vec<T>> {
        let write = || {
            let order = text::key_names(T::DEF).map(crate::dialect::quote_identifier).collect::<Vec<_>>();
            let order =
                if order.is_empty() { String::new() } else { format!(" ORDER BY {}", order.join(", ")) };
            format!("{}{}{order}", text::select(T::DEF), live::<T>(" WHERE"))
        };
        self.session.read(|connection| {
            connection.with(&Source::Slot(&T::slots().list, &write), |bound| {
                let mut rows = Vec::new();
                while bound.step()? {
                    rows.push(read_row::<T>(bound)?);
                }
                Ok(rows)
            })
        })
    }

    /// Number of rows.
    pub fn count(&self) -> Result<u64> {
        let write = || {
            let table = crate::dialect::quote_identifier(&T::DEF.name);
            format!("SELECT count(*) FROM {table}{}", live::<T>(" WHERE"))
        };
        self.session.read(|connection| {
            connection.with(&Source::Slot(&T::slots().count, &write), |bound| {
                bound.step()?;
                match bound.row().cell(0) {
                    Cell::Integer(rows) => Ok(u64::try_from(rows).unwrap_or(0)),
                    _ => Ok(0),
                }
            })
        })
    }

    /// Whether there is a row of this primary key.
    pub fn exists(&self, key: impl KeyValue<T::Key>) -> Result<bool> {
        self.exists_by(&key)
    }

    pub(super) fn exists_by(&self, key: &impl KeyValue<T::Key>) -> Result<bool> {
        let write = || {
            let table = crate::dialect::quote_identifier(&T::DEF.name);
            format!("SELECT 1 FROM {table}{}{}", text::where_key(T::DEF), live::<T>(" AND"))
        };
        self.session.read(|connection| {
            connection.with(&Source::Slot(&T::slots().exists, &write), |bound| {
                bind_key(bound, key)?;
                Ok::<_, Error>(bound.step()?)
            })
        })
    }
}

/// The condition that leaves out soft-deleted rows, after a keyword.
pub(super) fn live<T: Table>(keyword: &str) -> String {
    text::soft_delete(T::DEF).map_or(String::new(), |(_, mark)| {
        format!("{keyword} {} IS NULL", crate::dialect::quote_identifier(&mark.name))
    })
}

fn names<T: Table>(columns: &[u16]) -> impl Iterator<Item = &'static str> {
    columns.iter().filter_map(|index| T::SHAPE.column(*index))
}

#[cold]
pub(super) fn missing<T: Table>(key: &impl KeyValue<T::Key>) -> Error {
    Error::not_found(T::DEF, &key_in_words::<T>(key))
}

/// `id = 7`.
pub(super) fn key_in_words<T: Table>(key: &impl KeyValue<T::Key>) -> String {
    describe::<T::Key>(text::key_names(T::DEF), key)
}

/// `isbn = '978'`, for a message.
fn describe<'n, K>(names: impl Iterator<Item = &'n str>, key: &impl KeyValue<K>) -> String {
    let mut values: Vec<Value> = Vec::new();
    match key.bind(&mut Binder::values(&mut values)) {
        Ok(()) => {
            let parts = names.zip(&values).map(|(name, value)| format!("{name} = {value}"));
            parts.collect::<Vec<_>>().join(", ")
        }
        Err(error) => error.to_string(),
    }
}

pub(super) fn bind_key<'v, K>(bound: &mut Bound<'_, 'v>, key: &'v impl KeyValue<K>) -> Result<()> {
    key.bind(&mut Binder::sqlite(bound.parameters()))
        .map_err(|error| Error::new(Kind::Value, format!("key: {error}; nothing was run")))
}

#[inline]
pub(super) fn read_row<T: Table>(bound: &Bound<'_, '_>) -> Result<T> {
    let row = Row::Sqlite(bound.row());
    T::read(row, 0).map_err(|error| explain_cell(error, &T::SHAPE, row))
}
