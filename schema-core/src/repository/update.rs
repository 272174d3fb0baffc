use super::{
    Repository, Update,
    calls::{Calls, hooks_in},
    check::check_assigns,
    find::{bind_key, live, read_row},
    new_row::fill,
    text,
    violation::{assigned, explain_update, key_values},
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
    /// `is_not_found` where there is no such row, `is_invalid` where a `check_fn` refuses a value, `violates`
    /// where a constraint refuses the change.
    pub fn update<A: Assignments<Assign>>(
        &self,
        key: impl KeyValue<T::Key>,
        change: impl FnOnce(<T as Record>::Columns<Required>) -> A,
    ) -> Result<()>
    where
        T: Mutable,
        S: Writable,
    {
        self.change(&key, collect::<T, A>(change), &live::<T>(" AND"), Outcome::Nothing).map(drop)
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
        self.change(&key, assigns, &live::<T>(" AND"), Outcome::Row)?
            .ok_or_else(|| Error::misuse("an UPDATE with RETURNING gave no row"))
    }

    /// Sets the columns that the patch sets. An empty patch runs no SQL.
    ///
    /// # Errors
    /// `is_not_found` where there is no such row, `is_invalid` where a `check_fn` refuses a value, `violates`
    /// where a constraint refuses the change.
    pub fn patch(&self, key: impl KeyValue<T::Key>, update: T::Update) -> Result<()>
    where
        T: Mutable,
        S: Writable,
    {
        let mut assigns = Vec::new();
        update.push(&mut assigns);
        self.change(&key, assigns, &live::<T>(" AND"), Outcome::Nothing).map(drop)
    }

    /// Updates the row of a key, with its hooks. `condition` is SQL after the key's.
    pub(super) fn change(
        &self,
        key: &impl KeyValue<T::Key>,
        assigns: Vec<Assign>,
        condition: &str,
        outcome: Outcome,
    ) -> Result<Option<T>> {
        match hooks_in::<T, S>(self.session)? {
            Some(hooks) if !assigns.is_empty() => {
                Calls::run(hooks, self.session, |calls| calls.update::<S>(key, assigns, condition)).map(Some)
            }
            _ => self.change_row(key, assigns, condition, outcome),
        }
    }

    /// Runs an UPDATE by key.
    pub(super) fn change_row(
        &self,
        key: &impl KeyValue<T::Key>,
        mut assigns: Vec<Assign>,
        condition: &str,
        outcome: Outcome,
    ) -> Result<Option<T>> {
        if assigns.is_empty() {
            return Ok(None);
        }
        // In the order of the columns, so that one set of them is one text.
        assigns.sort_by_key(|assign| assign.column);
        set_once::<T>(&assigns)?;
        check_assigns::<T>(&assigns)?;
        let kept = Kept::beside::<T>(&assigns)?;
        let values = Values(&assigns, &kept);
        if let Some(columns) = values.columns()
            && outcome == Outcome::Nothing
            && condition == live::<T>(" AND")
        {
            let write =
                || values.text::<T>(|writer, _| writer.text("?"), condition, outcome).unwrap_or_default();
            let source = Source::Columns(&T::slots().update, columns, &write);
            return self.run(key, &source, values.bound(), &assigns, outcome);
        }
        let statement = values.statement::<T>(condition, outcome)?;
        self.run(key, &Source::Text(&statement.sql), statement.values.iter(), &assigns, outcome)
    }

    fn run<'v>(
        &self,
        key: &impl KeyValue<T::Key>,
        source: &Source<'_>,
        values: impl Iterator<Item = &'v Value>,
        assigns: &[Assign],
        outcome: Outcome,
    ) -> Result<Option<T>> {
        self.session.write_one(outcome == Outcome::Row, |connection| {
            let row = connection
                .with(source, |bound| {
                    let mut binder = Binder::sqlite(bound.parameters());
                    values.for_each(|value| binder.value(value));
                    bind_key(bound, key)?;
                    let mut row = None;
                    while bound.step()? {
                        row = Some(read_row::<T>(bound)?);
                    }
                    Ok(row)
                })
                .map_err(|error: Error| {
                    let error = match source {
                        Source::Text(sql) => error.in_statement(sql),
                        Source::Slot(..) | Source::Columns(..) => error,
                    };
                    explain_update::<T>(error, connection, &assigned::<T>(assigns), &key_values(key))
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

#[inline]
fn set_once<T: Table>(assigns: &[Assign]) -> Result<()> {
    let Some(twice) = assigns.windows(2).find(|pair| pair[0].column == pair[1].column) else { return Ok(()) };
    let column = T::SHAPE.column(twice[0].column).unwrap_or_default();
    Err(Error::misuse(format!("column `{column}` is set twice in one update; nothing was changed")))
}

/// The columns that the framework keeps, where they are not set by hand.
#[derive(Clone, Debug)]
struct Kept {
    updated_at: Option<(u16, Value)>,
    version: Option<u16>,
}

impl Kept {
    #[inline]
    fn beside<T: Table>(assigns: &[Assign]) -> Result<Self> {
        let unset = |role| {
            let (index, _) = text::with_role(T::DEF, role)?;
            let column = u16::try_from(index).ok()?;
            assigns.iter().all(|assign| assign.column != column).then_some(column)
        };
        let updated_at = match unset(ColumnRole::UpdatedAt) {
            Some(column) => Some((column, fill::<T>(usize::from(column))?)),
            None => None,
        };
        Ok(Self { updated_at, version: unset(ColumnRole::Version) })
    }
}

/// What an UPDATE of many rows sets: by hand, and beside it.
#[derive(Clone, Debug)]
pub(crate) struct SetList {
    assigns: Vec<Assign>,
    kept: Kept,
    alias: Alias,
}

impl SetList {
    /// In the order of the columns, each once. `alias`: the table, as expressions name it.
    pub(crate) fn new<T: Table>(mut assigns: Vec<Assign>, alias: Alias) -> Result<Self> {
        if assigns.is_empty() {
            return Err(Error::misuse("an update that sets no column; nothing was changed"));
        }
        assigns.sort_by_key(|assign| assign.column);
        set_once::<T>(&assigns)?;
        check_assigns::<T>(&assigns)?;
        let kept = Kept::beside::<T>(&assigns)?;
        Ok(Self { assigns, kept, alias })
    }

    /// What is set by hand.
    pub(crate) fn into_assigns(self) -> Vec<Assign> {
        self.assigns
    }

    /// The mark of a deleted row, where the model has one.
    pub(crate) fn deleted<T: Table>(alias: Alias) -> Result<Option<Self>> {
        let Some((index, _)) = text::soft_delete(T::DEF) else { return Ok(None) };
        let column = u16::try_from(index).unwrap_or(u16::MAX);
        Self::new::<T>(vec![Assign { column, value: Node::Value(fill::<T>(index)?) }], alias).map(Some)
    }

    pub(crate) fn write<T: Table>(&self, writer: &mut Writer) {
        write_set::<T>(writer, &self.assigns, &self.kept, self.alias, &Writer::node);
    }
}

/// `a = ?, b = b + 1`
fn write_set<T: Table>(
    writer: &mut Writer,
    assigns: &[Assign],
    Kept { updated_at, version }: &Kept,
    alias: Alias,
    value: &dyn Fn(&mut Writer, &Node),
) {
    let mut separator = "";
    let mut set = |writer: &mut Writer, column: u16, node: &Node, value: &dyn Fn(&mut Writer, &Node)| {
        let column = T::SHAPE.column(column).unwrap_or_default();
        writer.text(&format!("{separator}{} = ", quote_identifier(column)));
        separator = ", ";
        value(writer, node);
    };
    for assign in assigns {
        set(writer, assign.column, &assign.value, value);
    }
    if let Some((column, now)) = updated_at {
        set(writer, *column, &Node::Value(now.clone()), value);
    }
    if let Some(column) = *version {
        let next = infix(Node::Column(alias, column), " + ", crate::expr::sql("1"));
        set(writer, column, &next, &Writer::node);
    }
}

/// What an UPDATE by key sets: by hand, and beside it.
struct Values<'a>(&'a [Assign], &'a Kept);

impl<'a> Values<'a> {
    /// The columns as bits, where every one of them is set to a value: then they alone make the text.
    #[inline]
    fn columns(&self) -> Option<u64> {
        self.0.iter().try_fold(0_u64, |columns, assign| {
            let plain = assign.column < 64 && matches!(assign.value, Node::Value(_));
            plain.then(|| columns | 1 << assign.column)
        })
    }

    /// The parameters where every column is set to a value.
    fn bound(&self) -> impl Iterator<Item = &'a Value> {
        let set = self.0.iter().filter_map(|assign| match &assign.value {
            Node::Value(value) => Some(value),
            _ => None,
        });
        set.chain(self.1.updated_at.as_ref().map(|(_, now)| now))
    }

    fn statement<T: Table>(&self, condition: &str, outcome: Outcome) -> Result<Statement> {
        self.writer::<T>(Writer::node, condition, outcome).finish()
    }

    /// The text alone, with each value written by `value`.
    fn text<T: Table>(
        &self,
        value: impl Fn(&mut Writer, &Node),
        condition: &str,
        outcome: Outcome,
    ) -> Result<String> {
        self.writer::<T>(value, condition, outcome).finish().map(|statement| statement.sql)
    }

    fn writer<T: Table>(
        &self,
        value: impl Fn(&mut Writer, &Node),
        condition: &str,
        outcome: Outcome,
    ) -> Writer {
        let Self(assigns, kept) = self;
        let mut writer = Writer::for_target(T::SHAPE);
        writer.text(&format!("UPDATE {} SET ", quote_identifier(&T::DEF.name)));
        write_set::<T>(&mut writer, assigns, kept, Alias::TARGET, &value);
        writer.text(&text::where_key(T::DEF));
        writer.text(condition);
        if outcome == Outcome::Row {
            writer.text(&text::returning(T::DEF));
        }
        writer
    }
}
