//! Writing with hooks: a row is read before it is changed, and each is changed by itself.

use super::{
    Fields, Filled, IntoNew, Repository,
    calls::Calls,
    check::{Invalid, check_new},
    find::{bind_key, live, missing, read_row},
    insert::insert_one,
    new_row::resolve,
    text,
    update::Outcome,
};
use crate::{
    engine::sqlite::Source,
    error::{Error, Result},
    expr::{Alias, Assign, KeyValue, Node},
    model::ColumnRole,
    record::Table,
    schema::Schema,
    value::{Binder, Value, ValueError},
};

/// The key of a row that was read.
pub(crate) struct RowKey(pub(crate) Vec<Value>);

impl RowKey {
    pub(crate) fn of<T: Table>(row: &T) -> Result<Self> {
        let values = values_of(row)?;
        let key = text::key_names(T::DEF).filter_map(|name| values.get(T::DEF.position(name)?).cloned());
        Ok(Self(key.collect()))
    }
}

impl<K> KeyValue<K> for RowKey {
    fn bind<'v>(&'v self, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
        self.0.iter().for_each(|value| to.value(value));
        Ok(())
    }
}

/// Every column of a row.
pub(super) fn values_of<T: Table>(row: &T) -> Result<Vec<Value>> {
    let mut values = Vec::with_capacity(T::DEF.columns.len());
    row.bind(&mut Fields::new(Binder::values(&mut values))).map_err(|error| error.explain(T::DEF))?;
    Ok(values)
}

impl<T: Table> Calls<'_, T> {
    pub(super) fn insert(&self, mut new: Filled<T::New>) -> Result<T> {
        self.before_insert(&mut new)?;
        let Filled { row, given } = new;
        let mut resolved = resolve::<T>(&given)?;
        check_new::<T>(&row, &resolved)?;
        let row = self.session.write(|connection| insert_one::<T>(connection, row, &mut resolved))?;
        self.after_insert(&row)?;
        Ok(row)
    }

    /// Inserts rows one after the other. Where one is refused, so are those behind it that are wrong too.
    pub(super) fn insert_each<N: IntoNew<T>>(
        &self,
        rows: impl Iterator<Item = N>,
        mut done: impl FnMut(T),
    ) -> Result<()> {
        let mut rows = rows.enumerate();
        while let Some((at, new)) = rows.next() {
            match self.insert(new.into_new()).map_err(in_row(at)) {
                Ok(row) => done(row),
                Err(error) if error.is_invalid() => return Err(self.invalid_too(error, rows)),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Adds to what was refused of one row what is refused of those behind it. They are not inserted: all is
    /// undone anyway.
    #[cold]
    fn invalid_too<N: IntoNew<T>>(&self, first: Error, rows: impl Iterator<Item = (usize, N)>) -> Error {
        let mut invalid = Invalid::of(&first);
        for (at, new) in rows {
            let mut new = new.into_new();
            let checked = self.before_insert(&mut new).and_then(|()| {
                let Filled { row, given } = &new;
                invalid.new_row::<T>(Some(at), row, &resolve::<T>(given)?)
            });
            // What stops here says less than what is known already.
            if checked.is_err() || invalid.is_enough() {
                break;
            }
        }
        invalid.into_result().err().unwrap_or(first)
    }

    /// Updates the row of a key. `condition` is SQL after the key's.
    pub(super) fn update<S: Schema>(
        &self,
        key: &impl KeyValue<T::Key>,
        assigns: Vec<Assign>,
        condition: &str,
    ) -> Result<T> {
        let old = self.there(key, condition)?;
        let assigns = self.before_update(&old, assigns, Alias::TARGET)?;
        let on = Repository::<T, S>::on(self.session);
        let new = on.change_row(key, assigns, condition, Outcome::Row)?.ok_or_else(|| missing::<T>(key))?;
        self.after_update(&old, &new)?;
        Ok(new)
    }

    /// Deletes the row of a key by what `delete` does.
    pub(super) fn delete<S: Schema>(
        &self,
        key: &impl KeyValue<T::Key>,
        condition: &str,
        delete: impl FnOnce(Repository<'_, T, S>) -> Result<()>,
    ) -> Result<()> {
        let row = self.there(key, condition)?;
        self.before_delete(&row)?;
        delete(Repository::on(self.session))?;
        self.after_delete(&row)
    }

    /// Writes every column of a row, as `save` does. None where its version is another by now: nothing
    /// has been done then.
    pub(super) fn save<S: Schema>(&self, row: &T, values: &[Value]) -> Result<Option<T>> {
        let key = RowKey::of(row)?;
        let old = self.there(&key, &live::<T>(" AND"))?;
        if let Some((version, _)) = text::with_role(T::DEF, ColumnRole::Version)
            && values_of(&old)?.get(version) != values.get(version)
        {
            return Ok(None);
        }
        let kept = |role| matches!(role, ColumnRole::UpdatedAt | ColumnRole::Version);
        let assigns = (0..)
            .zip(&*T::DEF.columns)
            .zip(values)
            .filter(|((_, column), _)| {
                column.generated.is_none() && !text::is_key(T::DEF, column) && !kept(column.role)
            })
            .map(|((column, _), value)| Assign { column, value: Node::Value(value.clone()) })
            .collect();
        self.update::<S>(&key, assigns, &live::<T>(" AND")).map(Some)
    }

    /// The row of a key, as it is now.
    fn there(&self, key: &impl KeyValue<T::Key>, condition: &str) -> Result<T> {
        let sql = format!("{}{}{condition}", text::select(T::DEF), text::where_key(T::DEF));
        let row = self.session.read(|connection| {
            connection.with(&Source::Text(&sql), |bound| {
                bind_key(bound, key)?;
                if bound.step()? { read_row::<T>(bound).map(Some) } else { Ok(None) }
            })
        })?;
        row.ok_or_else(|| missing::<T>(key))
    }
}

/// Says in which of several rows the fields of an error are.
pub(super) fn in_row(at: usize) -> impl FnOnce(Error) -> Error {
    move |error| if error.is_invalid() { error.in_row(at) } else { error }
}
