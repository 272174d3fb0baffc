use super::{
    Repository, Update,
    find::{bind_key, read_row},
    new_row::fill,
    text,
    violation::{explain_update, key_values},
};
use crate::{
    dialect::quote_identifier,
    engine::sqlite::Source,
    error::{Error, Result},
    expr::{Alias, Assign, Assignments, KeyValue, Node, Required, infix},
    model::ColumnRole,
    query::{Statement, Writer},
    record::{Mutable, Record, Table},
    schema::{Schema, Writable},
    value::{Binder, Value},
};

impl<T: Table, S: Schema> Repository<'_, T, S> {
    /// Sets columns of the row of a primary key: `|b| (b.title.set("Dune"), b.n.set(b.n + 1))`.
    /// `updated_at` and `version` follow by themselves.
    ///
    /// # Errors
    /// `is_not_found` where there is no such row, `violates` where a constraint refuses the change.
    pub fn update<A: Assignments<Assign>>(
        &self,
        key: impl KeyValue<T::Key>,
        change: impl FnOnce(<T as Record>::Columns<Required>) -> A,
    ) -> Result<()>
    where
        T: Mutable,
        S: Writable,
    {
        self.change(&key, collect::<T, A>(change), "", Outcome::Nothing).map(drop)
    }

    /// As [`update`](Self::update), and returns the row as it is then.
    pub fn update_returning<A: Assignments<Assign>>(
        &self,
        key: impl KeyValue<T::Key>,
        change: impl FnOnce(<T as Record>::Columns<Required>) -> A,
    ) -> Result<T>
    where
        T: Mutable,
        S: Writable,
    {
        let assigns = collect::<T, A>(change);
        if assigns.is_empty() {
            return self.get(key);
        }
        self.change(&key, assigns, "", Outcome::Row)?
            .ok_or_else(|| Error::misuse("an UPDATE with RETURNING gave no row"))
    }

    /// Sets the columns that the patch sets. An empty patch runs no SQL.
    ///
    /// # Errors
    /// `is_not_found` where there is no such row, `violates` where a constraint refuses the change.
    pub fn patch(&self, key: impl KeyValue<T::Key>, update: T::Update) -> Result<()>
    where
        T: Mutable,
        S: Writable,
    {
        let mut assigns = Vec::new();
        update.push(&mut assigns);
        self.change(&key, assigns, "", Outcome::Nothing).map(drop)
    }

    /// Runs an UPDATE by key. `condition` is SQL after the key's.
    pub(super) fn change(
        &self,
        key: &impl KeyValue<T::Key>,
        mut assigns: Vec<Assign>,
        condition: &str,
        outcome: Outcome,
    ) -> Result<Option<T>> {
        if assigns.is_empty() {
            return Ok(None);
        }
        let statement = statement::<T>(&mut assigns, condition, outcome)?;
        self.session.write(|connection| {
            let row = connection
                .with(&Source::Text(&statement.sql), |bound| {
                    {
                        let mut binder = Binder::sqlite(bound.parameters());
                        statement.values.iter().for_each(|value| binder.value(value));
                    }
                    bind_key(bound, key)?;
                    let mut row = None;
                    while bound.step()? {
                        row = Some(read_row::<T>(bound)?);
                    }
                    Ok(row)
                })
                .map_err(|error| {
                    let new = |name: &str| {
                        let column = T::DEF.position(name)?;
                        let assign = assigns.iter().find(|assign| usize::from(assign.column) == column)?;
                        match &assign.value {
                            Node::Value(value) => Some(value.clone()),
                            // An expression's value is not known; NULL is judged by nobody.
                            _ => Some(Value::Null),
                        }
                    };
                    explain_update::<T>(error, connection, &new, &key_values(key))
                })?;
            if connection.changes() == 0 {
                return Err(super::find::missing::<T>(key));
            }
            Ok(row)
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Nothing,
    Row,
}

fn collect<T: Table, A: Assignments<Assign>>(
    change: impl FnOnce(<T as Record>::Columns<Required>) -> A,
) -> Vec<Assign> {
    let mut assigns = Vec::new();
    change(T::columns::<Required>(Alias::TARGET)).assign_to(&mut assigns);
    assigns
}

fn statement<T: Table>(assigns: &mut Vec<Assign>, condition: &str, outcome: Outcome) -> Result<Statement> {
    kept::<T>(assigns)?;
    let mut writer = Writer::for_target(T::SHAPE);
    writer.text(&format!("UPDATE {} SET ", quote_identifier(&T::DEF.name)));
    for (position, assign) in assigns.iter().enumerate() {
        if assigns.iter().skip(position + 1).any(|later| later.column == assign.column) {
            let column = T::SHAPE.column(assign.column).unwrap_or_default();
            return Err(Error::misuse(format!(
                "column `{column}` is set twice in one update; nothing was changed"
            )));
        }
        let column = T::SHAPE.column(assign.column).unwrap_or_default();
        let separator = if position == 0 { "" } else { ", " };
        writer.text(&format!("{separator}{} = ", quote_identifier(column)));
        writer.node(&assign.value);
    }
    writer.text(&text::where_key(T::DEF));
    writer.text(condition);
    if outcome == Outcome::Row {
        writer.text(&text::returning(T::DEF));
    }
    writer.finish()
}

/// Adds the columns that the framework keeps, where they are not set by hand.
fn kept<T: Table>(assigns: &mut Vec<Assign>) -> Result<()> {
    let is_set = |assigns: &[Assign], column: u16| assigns.iter().any(|assign| assign.column == column);
    if let Some((index, _)) = text::with_role(T::DEF, ColumnRole::UpdatedAt)
        && let Ok(column) = u16::try_from(index)
        && !is_set(assigns, column)
    {
        assigns.push(Assign { column, value: Node::Value(fill::<T>(index)?) });
    }
    if let Some((index, _)) = text::with_role(T::DEF, ColumnRole::Version)
        && let Ok(column) = u16::try_from(index)
        && !is_set(assigns, column)
    {
        let value = infix(Node::Column(Alias::TARGET, column), " + ", Node::Value(Value::Integer(1)));
        assigns.push(Assign { column, value });
    }
    Ok(())
}
