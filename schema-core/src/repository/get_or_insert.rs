use super::{
    Filled, IntoNew, Repository,
    calls::{Calls, hooks_in},
    check::check_new,
    find::read_row,
    insert::insert_one,
    new_row::{new_values, resolve},
    text,
};
use crate::{
    engine::sqlite::{Connection, Source},
    error::{Error, Result},
    expr::{Alias, Required, UniqueKey},
    record::{Record, Table},
    schema::{Schema, Writable},
    value::Binder,
};

impl<T: Table, S: Schema> Repository<'_, T, S> {
    /// The row that has the new one's value in a unique column or set, or the new row, inserted:
    /// `get_or_insert(|t| t.name, NewTag { name: "sf".into() })`. Looking and inserting are one
    /// transaction, and a row that is there takes no new id.
    ///
    /// # Errors
    /// `is_invalid` where a `check_fn` refuses a value, `violates` where another constraint refuses the row, or where the row that is there is
    /// soft-deleted. Nothing is changed then.
    pub fn get_or_insert<U: UniqueKey>(
        &self,
        unique: impl FnOnce(<T as Record>::Columns<Required>) -> U,
        new: impl IntoNew<T>,
    ) -> Result<T>
    where
        S: Writable,
    {
        let hooks = hooks_in::<T, S>(self.session)?;
        let Filled { row, given } = new.into_new();
        let mut resolved = resolve::<T>(&given)?;
        if hooks.is_none() {
            check_new::<T>(&row, &resolved)?;
        }
        let columns = unique(T::columns::<Required>(Alias::TARGET)).columns();
        let values = new_values::<T>(&row, &resolved).map_err(|error| error.explain(T::DEF))?;
        let names = || columns.iter().filter_map(|column| T::SHAPE.column(*column));
        let key: Vec<_> =
            columns.iter().filter_map(|column| values.get(usize::from(*column)).cloned().flatten()).collect();
        if key.len() != columns.len() {
            let names: Vec<&str> = names().collect();
            return Err(Error::misuse(format!(
                "the new row has no value for `{}`, by which a row would be found: give it one; nothing was changed",
                names.join("`, `")
            )));
        }
        let sql = format!(
            "{} WHERE {}{}",
            text::select(T::DEF),
            text::equals(names()),
            super::find::live::<T>(" AND")
        );
        let there = |connection: &Connection| {
            connection.with(&Source::Text(&sql), |bound| {
                let mut binder = Binder::sqlite(bound.parameters());
                key.iter().for_each(|value| binder.value(value));
                if bound.step()? { read_row::<T>(bound).map(Some) } else { Ok(None) }
            })
        };
        if let Some(hooks) = hooks {
            return Calls::run(hooks, self.session, |calls| match calls.session.read(there)? {
                Some(there) => Ok(there),
                None => calls.insert(Filled { row, given }),
            });
        }
        self.session.atomically(|connection| match there(connection)? {
            Some(there) => Ok(there),
            None => insert_one::<T>(connection, row, &mut resolved),
        })
    }
}
