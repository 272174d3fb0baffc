use super::{
    Repository,
    calls::{Calls, hooks_in},
    find::{bind_key, key_in_words, live, missing},
    new_row::fill,
    text,
    update::Outcome,
    violation::{explain_delete, key_values},
};
use crate::{
    dialect::quote_identifier,
    engine::sqlite::Source,
    error::{Error, Kind, Result},
    expr::{Assign, KeyValue, Node},
    record::{Mutable, Table},
    schema::{Schema, Writable},
    value::Value,
};

impl<T: Table, S: Schema> Repository<'_, T, S> {
    /// Deletes the row of a primary key. A model with `#[column(soft_delete)]` is marked instead.
    ///
    /// # Errors
    /// `is_not_found` where there is no such row, `violates` where a foreign key refuses it.
    pub fn delete(&self, key: impl KeyValue<T::Key>) -> Result<()>
    where
        T: Mutable,
        S: Writable,
    {
        match text::soft_delete(T::DEF) {
            Some((index, _)) => {
                let mark = fill::<T>(index)?;
                self.with_hooks(&key, &live::<T>(" AND"), |on| {
                    let (assigns, condition) = Self::mark(index, mark, "IS NULL");
                    on.change_row(&key, assigns, &condition, Outcome::Nothing).map(drop)
                })
            }
            None => self.with_hooks(&key, "", |on| on.remove(&key)),
        }
    }

    /// Takes the mark of a soft-deleted row away.
    ///
    /// # Errors
    /// `is_not_found` where there is no deleted row of this key; the message says where the row is not deleted.
    pub fn restore(&self, key: impl KeyValue<T::Key>) -> Result<()>
    where
        T: Mutable,
        S: Writable,
    {
        match text::soft_delete(T::DEF) {
            Some((index, _)) => {
                let (assigns, condition) = Self::mark(index, Value::Null, "IS NOT NULL");
                match self.change(&key, assigns, &condition, Outcome::Nothing) {
                    Err(error) if error.is_not_found() && self.exists_by(&key)? => {
                        Err(not_deleted::<T>(&key))
                    }
                    answer => answer.map(drop),
                }
            }
            None => Err(Error::misuse(format!(
                "`{}` has no soft_delete column: its deleted rows are gone; nothing was changed",
                T::DEF.model
            ))),
        }
    }

    /// Removes the row of a primary key, whether it is marked as deleted or not.
    ///
    /// # Errors
    /// `is_not_found` where there is no such row, `violates` where a foreign key refuses it.
    pub fn delete_forever(&self, key: impl KeyValue<T::Key>) -> Result<()>
    where
        T: Mutable,
        S: Writable,
    {
        self.with_hooks(&key, "", |on| on.remove(&key))
    }

    /// Deletes the row of a key, with its hooks.
    fn with_hooks(
        &self,
        key: &impl KeyValue<T::Key>,
        condition: &str,
        delete: impl FnOnce(Repository<'_, T, S>) -> Result<()>,
    ) -> Result<()> {
        match hooks_in::<T, S>(self.session)? {
            Some(hooks) => Calls::run(hooks, self.session, |calls| calls.delete(key, condition, delete)),
            None => delete(*self),
        }
    }

    /// What marks a row, and on which rows.
    fn mark(index: usize, mark: Value, only_where: &str) -> (Vec<Assign>, String) {
        let name = T::DEF.columns.get(index).map_or("", |column| &*column.name);
        let column = u16::try_from(index).unwrap_or(u16::MAX);
        let condition = format!(" AND {} {only_where}", quote_identifier(name));
        (vec![Assign { column, value: Node::Value(mark) }], condition)
    }

    fn remove(&self, key: &impl KeyValue<T::Key>) -> Result<()> {
        let write = || format!("DELETE FROM {}{}", quote_identifier(&T::DEF.name), text::where_key(T::DEF));
        self.session.write(|connection| {
            connection
                .with(&Source::Slot(&T::slots().delete, &write), |bound| {
                    bind_key(bound, key)?;
                    while bound.step()? {}
                    Ok(())
                })
                .map_err(|error| explain_delete::<T>(error, connection, &key_values(key)))?;
            if connection.changes() == 0 { Err(missing::<T>(key)) } else { Ok(()) }
        })
    }
}

/// A row that is to be restored and lives.
#[cold]
fn not_deleted<T: Table>(key: &impl KeyValue<T::Key>) -> Error {
    Error::new(
        Kind::NotFound,
        format!(
            "the row of `{}` with {} is not deleted: there is nothing to restore; nothing was changed",
            T::DEF.name,
            key_in_words::<T>(key)
        ),
    )
}
