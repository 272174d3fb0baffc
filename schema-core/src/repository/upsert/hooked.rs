//! Upserts of a model with hooks: what will be done is found out first, so that it is known which to call.

use super::{NEW, THERE, Target, Then, UpsertThen, run};
use crate::{
    dialect::quote_identifier,
    error::{Error, Result},
    expr::{Assign, Node},
    query::Statement,
    record::Table,
    repository::{
        Filled, SetList,
        calls::Calls,
        check::check_new,
        hooked::in_row,
        new_row::{Resolved, new_values, resolve},
    },
    schema::Schema,
};

impl<T: Table, S: Schema> UpsertThen<'_, T, S> {
    /// Finds the row in the way before anything is written, so that it is known which hooks to call.
    pub(super) fn each_with_hooks(&self, calls: &Calls<'_, T>, mut done: impl FnMut(T)) -> Result<()> {
        let then = Then::<T>::new(self, true)?;
        let changes = self.all || !self.assigns.is_empty();
        let columns = match (&self.on.target, changes) {
            (Target::Columns(columns), true) => Some(columns),
            (Target::Index(name), true) => {
                return Err(Error::misuse(format!(
                    "an upsert on the index `{name}` does not tell beforehand which row it changes, so the hooks of \
                     `{}` could not run; nothing was changed: use `on_conflict`, or look for the row and update it",
                    T::DEF.model
                )));
            }
            _ => None,
        };
        for (at, new) in self.on.upsert.rows.iter().enumerate() {
            let several = self.on.upsert.rows.len() > 1;
            let row = match columns {
                Some(columns) => then.insert_or_change(calls, columns, new.copy()),
                None => then.insert_or_leave(calls, new.copy()),
            };
            row.map_err(|error| if several { in_row(at)(error) } else { error })?
                .into_iter()
                .for_each(&mut done);
        }
        Ok(())
    }
}

impl<T: Table> Then<'_, T> {
    /// Inserts a row, unless one is in its way: then nothing has been done, by hooks neither.
    fn insert_or_leave(&self, calls: &Calls<'_, T>, mut new: Filled<T::New>) -> Result<Option<T>> {
        let mut is_there = false;
        let inserted = calls.inner(|calls| {
            calls.before_insert(&mut new)?;
            let resolved = resolve::<T>(&new.given)?;
            check_new::<T>(&new.row, &resolved)?;
            let statement = self.insert_or(&resolved)?;
            let (row, _) =
                calls.session.write(|connection| run(connection, &statement, &new.row, &resolved, true))?;
            let Some(row) = row else {
                is_there = true;
                return Err(Error::misuse("a row is in the way"));
            };
            calls.after_insert(&row)?;
            Ok(row)
        });
        if is_there { Ok(None) } else { inserted.map(Some) }
    }

    /// Inserts a row, or changes the one that has its values in these columns.
    fn insert_or_change(
        &self,
        calls: &Calls<'_, T>,
        columns: &[u16],
        new: Filled<T::New>,
    ) -> Result<Option<T>> {
        let resolved = resolve::<T>(&new.given)?;
        let find = |filters: &[Node]| {
            let statement = Self::there(columns, &resolved, filters)?;
            calls.session.read(|connection| run(connection, &statement, &new.row, &resolved, true))
        };
        let Some(old) = find(&[])?.0 else { return calls.insert(new).map(Some) };
        if !self.filters.is_empty() && find(self.filters)?.0.is_none() {
            return Ok(None);
        }
        check_new::<T>(&new.row, &resolved)?;
        let mut set = self.changes(&resolved)?.map(SetList::into_assigns).unwrap_or_default();
        with_values_of::<T>(&mut set, &new.row, &resolved)?;
        let assigns = calls.before_update(&old, set, THERE)?;
        let set = SetList::new::<T>(assigns, THERE)?;
        let statement = self.change_there(&set, columns, &resolved)?;
        let (changed, _) =
            calls.session.write(|connection| run(connection, &statement, &new.row, &resolved, true))?;
        let Some(changed) = changed else { return Ok(None) };
        calls.after_update(&old, &changed)?;
        Ok(Some(changed))
    }

    /// The row that is there.
    fn there(columns: &[u16], resolved: &Resolved, filters: &[Node]) -> Result<Statement> {
        let mut writer = Self::with_new_row(resolved);
        let table = quote_identifier(&T::DEF.name);
        let all = T::DEF.columns.iter().map(|column| format!("{table}.{}", quote_identifier(&column.name)));
        let all = all.collect::<Vec<_>>().join(", ");
        writer.text(&format!("SELECT {all} FROM {table}, excluded WHERE {}", Self::is_same(columns)));
        writer.list(" AND ", filters, " AND ");
        writer.finish()
    }
}

/// Columns of the new row as the values that they have: a hook sees what is set.
fn with_values_of<T: Table>(assigns: &mut [Assign], row: &T::New, resolved: &Resolved) -> Result<()> {
    let values = new_values::<T>(row, resolved).map_err(|error| error.explain(T::DEF))?;
    for assign in assigns {
        let Node::Column(NEW, column) = assign.value else { continue };
        if let Some(Some(value)) = values.get(usize::from(column)) {
            assign.value = Node::Value(value.clone());
        }
    }
    Ok(())
}
