//! INSERT that changes the row which is there already, or leaves it alone.

mod hooked;
mod index;

use std::fmt;

use self::index::{index, index_target};
use super::{
    Filled, IntoNew, NewFields, NewRow, Repository, SetList,
    calls::{Calls, hooks_in},
    check::Invalid,
    find::read_row,
    insert::insert_text,
    new_row::{Resolved, is_named_by_every_row, resolve},
    text,
    violation::explain_insert,
};
use crate::{
    dialect::quote_identifier,
    engine::sqlite::{Connection, Source},
    error::{Error, Result},
    expr::{Alias, Assign, Assignments, Condition, Node, Required, UniqueKey},
    model::{ColumnRole, DefaultDef, Engine},
    query::{Statement, Writer},
    record::{Mutable, Record, Table},
    schema::{Schema, Writable},
    value::Binder,
};

impl<'h, T: Table, S: Schema> Repository<'h, T, S> {
    /// Inserts a row, or changes the one that is in its way:
    /// `upsert(new).on_conflict(|b| b.isbn).update(|b, new| b.title.set(new.title)).run()`.
    ///
    /// A row in the way is found also where it is soft-deleted. In a table with AUTOINCREMENT a row that
    /// is there takes no new id.
    pub fn upsert(&self, new: impl IntoNew<T>) -> Upsert<'h, T, S>
    where
        S: Writable,
    {
        self.upsert_many([new])
    }

    /// Inserts rows, or changes those that are in their way; all in one transaction.
    pub fn upsert_many<N: IntoNew<T>>(&self, rows: impl IntoIterator<Item = N>) -> Upsert<'h, T, S>
    where
        S: Writable,
    {
        let rows = rows.into_iter().map(IntoNew::into_new).collect();
        Upsert { repository: *self, rows }
    }
}

/// Rows to insert, before it is said what may be in their way.
#[must_use = "nothing is written before `.run()`"]
pub struct Upsert<'h, T: Table, S> {
    repository: Repository<'h, T, S>,
    rows: Vec<Filled<T::New>>,
}

/// Rows to insert and what may be in their way.
#[must_use = "nothing is written before `.run()`"]
pub struct UpsertOn<'h, T: Table, S> {
    upsert: Upsert<'h, T, S>,
    target: Target,
}

/// Rows to insert, what may be in their way, and what is done then.
#[must_use = "nothing is written before `.run()`"]
pub struct UpsertThen<'h, T: Table, S> {
    on: UpsertOn<'h, T, S>,
    assigns: Vec<Assign>,
    /// Whether every column is taken from the new row.
    all: bool,
    filters: Vec<Node>,
}

/// What two rows may not have in common.
#[derive(Clone, Debug)]
enum Target {
    /// Any constraint.
    Any,
    /// Columns.
    Columns(Vec<u16>),
    /// A unique index, by its name.
    Index(String),
}

/// The row that is in the way, and the one that was to be inserted.
const THERE: Alias = Alias::TARGET;
const NEW: Alias = Alias { query: 0, at: 1 };

impl<'h, T: Table, S: Schema + Writable> Upsert<'h, T, S> {
    /// A row with the same value in a unique column, or in a unique set: `on_conflict(|b| b.isbn)`.
    pub fn on_conflict<U: UniqueKey>(
        self,
        unique: impl FnOnce(<T as Record>::Columns<Required>) -> U,
    ) -> UpsertOn<'h, T, S> {
        let columns = unique(T::columns::<Required>(Alias::TARGET)).columns();
        UpsertOn { upsert: self, target: Target::Columns(columns) }
    }

    /// A row that a unique index of the model finds equal, by the index's name: one of expressions, or of
    /// some rows alone (`unique, where = ".."`).
    pub fn on_index(self, name: &str) -> UpsertOn<'h, T, S> {
        UpsertOn { upsert: self, target: Target::Index(name.to_owned()) }
    }

    /// Leaves every row alone that is in the way, whatever constraint says so.
    pub fn do_nothing(self) -> UpsertThen<'h, T, S> {
        UpsertOn { upsert: self, target: Target::Any }.do_nothing()
    }
}

impl<'h, T: Table, S: Schema + Writable> UpsertOn<'h, T, S> {
    /// Leaves the row alone that is in the way.
    pub fn do_nothing(self) -> UpsertThen<'h, T, S> {
        UpsertThen { on: self, assigns: Vec::new(), all: false, filters: Vec::new() }
    }

    /// Sets columns of the row that is in the way; the second argument is the row that was to be inserted:
    /// `|b, new| (b.title.set(new.title), b.seen.set(b.seen + 1))`. `updated_at` and `version` follow by
    /// themselves.
    pub fn update<A: Assignments<Assign>>(
        self,
        change: impl FnOnce(<T as Record>::Columns<Required>, <T as Record>::Columns<Required>) -> A,
    ) -> UpsertThen<'h, T, S>
    where
        T: Mutable,
    {
        let mut assigns = Vec::new();
        change(T::columns::<Required>(THERE), T::columns::<Required>(NEW)).assign_to(&mut assigns);
        UpsertThen { on: self, assigns, all: false, filters: Vec::new() }
    }

    /// Sets what the new row gives: its required columns and those of `.with(..)`, but for its key and what
    /// the row in the way was found by. Columns that it does not give stay as they are.
    pub fn update_all(self) -> UpsertThen<'h, T, S>
    where
        T: Mutable,
    {
        UpsertThen { on: self, assigns: Vec::new(), all: true, filters: Vec::new() }
    }
}

impl<T: Table, S: Schema + Writable> UpsertThen<'_, T, S> {
    /// Changes the row in the way only where this is true; else it is left alone.
    pub fn filter<C: Condition>(
        mut self,
        condition: impl FnOnce(<T as Record>::Columns<Required>, <T as Record>::Columns<Required>) -> C,
    ) -> Self {
        let condition = condition(T::columns::<Required>(THERE), T::columns::<Required>(NEW));
        self.filters.push(condition.into_condition().node());
        self
    }

    /// Runs it, and gives the number of rows that were inserted or changed.
    ///
    /// # Errors
    /// `is_invalid` where a `check_fn` refuses a value, `violates` where another constraint refuses a row. Nothing is changed then.
    pub fn run(&self) -> Result<u64> {
        let mut rows = 0;
        self.each(false, |_, changes| rows += changes)?;
        Ok(rows)
    }

    /// Runs it, and gives the rows that were inserted or changed, as they are then.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn returning(&self) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        self.each(true, |row, _| rows.extend(row))?;
        Ok(rows)
    }

    /// The new rows and what is set beside them, together.
    fn check(&self) -> Result<()> {
        let mut invalid = Invalid::default();
        let rows = &self.on.upsert.rows;
        if !T::CHECKS.is_empty() {
            for (at, Filled { row, given }) in rows.iter().enumerate() {
                let at = (rows.len() > 1).then_some(at);
                invalid.new_row::<T>(at, row, &resolve::<T>(given)?)?;
            }
        }
        invalid.assigns::<T>(&self.assigns);
        invalid.into_result()
    }

    fn each(&self, returning: bool, mut done: impl FnMut(Option<T>, u64)) -> Result<()> {
        if let Some(hooks) = hooks_in::<T, S>()? {
            let session = self.on.upsert.repository.session;
            return Calls::run(hooks, session, |calls| self.each_with_hooks(calls, |row| done(Some(row), 1)));
        }
        self.check()?;
        let then = Then::<T>::new(self, returning)?;
        let session = self.on.upsert.repository.session;
        session.atomically(|connection| {
            for Filled { row, given } in &self.on.upsert.rows {
                let resolved = resolve::<T>(given)?;
                for statement in then.statements(&resolved)? {
                    let (row, changes) = run(connection, &statement, row, &resolved, returning)?;
                    done(row, changes);
                    if changes > 0 {
                        break;
                    }
                }
            }
            Ok(())
        })
    }
}

fn run<T: Table>(
    connection: &Connection,
    statement: &Statement,
    row: &T::New,
    resolved: &Resolved,
    returning: bool,
) -> Result<(Option<T>, u64)> {
    let found = connection
        .with(&Source::Text(&statement.sql), |bound| {
            let mut fields = NewFields::new(Binder::sqlite(bound.parameters()), resolved);
            row.bind(&mut fields).map_err(|error| error.explain(T::DEF))?;
            let mut binder = Binder::sqlite(bound.parameters());
            statement.values.iter().for_each(|value| binder.value(value));
            let mut found = None;
            while bound.step()? {
                if returning {
                    found = Some(read_row::<T>(bound)?);
                }
            }
            Ok(found)
        })
        .map_err(|error| explain_insert::<T>(error, connection, [(row, resolved)]))?;
    Ok((found, connection.changes()))
}

/// What is done with a row that is in the way, and how it is found.
struct Then<'u, T: Table> {
    set: Option<SetList>,
    all: bool,
    filters: &'u [Node],
    target: &'u Target,
    /// What `ON CONFLICT` says of the target, and the words for it that come from the model.
    conflict: String,
    returning: bool,
    table: std::marker::PhantomData<fn() -> T>,
}

impl<'u, T: Table> Then<'u, T> {
    fn new<S>(then: &'u UpsertThen<'_, T, S>, returning: bool) -> Result<Self> {
        let target = &then.on.target;
        let conflict = match target {
            Target::Any => String::new(),
            Target::Columns(columns) => {
                let names =
                    columns.iter().filter_map(|column| T::SHAPE.column(*column)).map(quote_identifier);
                format!(" ({})", names.collect::<Vec<_>>().join(", "))
            }
            Target::Index(name) => index_target(index::<T>(name)?)?,
        };
        let set = match then.assigns.is_empty() {
            true => None,
            false => Some(SetList::new::<T>(then.assigns.clone(), THERE)?),
        };
        let UpsertThen { filters, all, .. } = then;
        if set.is_none() && !all && !filters.is_empty() {
            return Err(Error::misuse(
                "a `filter` on `do_nothing` has nothing to decide; nothing was changed",
            ));
        }
        let table = std::marker::PhantomData;
        Ok(Self { set, all: *all, filters, target, conflict, returning, table })
    }

    /// The statements that a row needs, until one of them has changed something.
    fn statements(&self, resolved: &Resolved) -> Result<Vec<Statement>> {
        if resolved.omitted.len() == T::DEF.columns.len() {
            return Err(Error::misuse(
                "a row of nothing but defaults has nothing that could be in its way: use `insert`; nothing was changed",
            ));
        }
        match self.target {
            // INSERT takes an id from the sequence before it finds the row in the way.
            Target::Columns(columns) if T::DEF.primary_key.as_ref().is_some_and(|key| key.autoincrement) => {
                let mut statements = Vec::new();
                statements.extend(self.update_there(columns, resolved)?);
                statements.push(self.insert_absent(columns, resolved)?);
                Ok(statements)
            }
            _ => Ok(vec![self.insert_or(resolved)?]),
        }
    }

    /// What is set, where a row in the way is changed.
    fn changes(&self, resolved: &Resolved) -> Result<Option<SetList>> {
        if !self.all {
            return Ok(self.set.clone());
        }
        let found_by: &[u16] = match self.target {
            Target::Columns(columns) => columns,
            Target::Any | Target::Index(_) => &[],
        };
        let assigns = (0..)
            .zip(&*T::DEF.columns)
            .filter(|(position, column)| {
                let is_given = resolved.given.contains(position)
                    || is_named_by_every_row::<T>(usize::from(*position), column);
                is_given
                    && column.generated.is_none()
                    && !found_by.contains(position)
                    && !resolved.omitted.contains(position)
                    && !text::is_key(T::DEF, column)
                    && column.role == ColumnRole::Plain
            })
            .map(|(column, _)| Assign { column, value: Node::Column(NEW, column) })
            .collect::<Vec<_>>();
        if assigns.is_empty() {
            return Ok(None);
        }
        SetList::new::<T>(assigns, THERE).map(Some)
    }

    fn writer() -> Writer {
        let mut writer = Writer::of_table(THERE, T::SHAPE, quote_identifier(&T::DEF.name));
        writer.also(NEW, T::SHAPE, "excluded");
        writer
    }

    fn end(&self, mut writer: Writer) -> Result<Statement> {
        if self.returning {
            writer.text(&text::returning(T::DEF));
        }
        writer.finish()
    }

    /// `INSERT .. ON CONFLICT .. DO ..`
    fn insert_or(&self, resolved: &Resolved) -> Result<Statement> {
        let mut writer = Self::writer();
        writer.text(&insert_text(T::DEF, &resolved.omitted, 1));
        writer.text(&format!(" ON CONFLICT{} DO ", self.conflict));
        match self.changes(resolved)? {
            None => writer.text("NOTHING"),
            Some(set) => {
                writer.text("UPDATE SET ");
                set.write::<T>(&mut writer);
                writer.list(" WHERE ", self.filters, " AND ");
            }
        }
        self.end(writer)
    }

    /// The new row as a table of the name that ON CONFLICT gives it. Its values are bound first.
    fn with_new_row(resolved: &Resolved) -> Writer {
        let columns = (0..).zip(&*T::DEF.columns).filter(|(_, column)| column.generated.is_none());
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for (position, column) in columns {
            names.push(quote_identifier(&column.name));
            values.push(match (resolved.omitted.contains(&position), &column.default) {
                (false, _) => "?".to_owned(),
                (true, DefaultDef::Sql(sql)) => format!("({})", sql.on(Engine::Sqlite).unwrap_or("NULL")),
                (true, _) => "NULL".to_owned(),
            });
        }
        let mut writer = Self::writer();
        writer.text(&format!("WITH excluded({}) AS (SELECT {}) ", names.join(", "), values.join(", ")));
        writer
    }

    fn is_same(columns: &[u16]) -> String {
        let table = quote_identifier(&T::DEF.name);
        let names = columns.iter().filter_map(|column| T::SHAPE.column(*column)).map(quote_identifier);
        names.map(|name| format!("{table}.{name} = excluded.{name}")).collect::<Vec<_>>().join(" AND ")
    }

    /// `UPDATE` of the row that is there, where one is to be changed.
    fn update_there(&self, columns: &[u16], resolved: &Resolved) -> Result<Option<Statement>> {
        let Some(set) = self.changes(resolved)? else { return Ok(None) };
        self.change_there(&set, columns, resolved).map(Some)
    }

    fn change_there(&self, set: &SetList, columns: &[u16], resolved: &Resolved) -> Result<Statement> {
        let mut writer = Self::with_new_row(resolved);
        writer.text(&format!("UPDATE {} SET ", quote_identifier(&T::DEF.name)));
        set.write::<T>(&mut writer);
        writer.text(&format!(" FROM excluded WHERE {}", Self::is_same(columns)));
        writer.list(" AND ", self.filters, " AND ");
        self.end(writer)
    }

    /// `INSERT` of the row where there is none.
    fn insert_absent(&self, columns: &[u16], resolved: &Resolved) -> Result<Statement> {
        let named: Vec<String> = (0..)
            .zip(&*T::DEF.columns)
            .filter(|(position, _)| !resolved.omitted.contains(position))
            .map(|(_, column)| quote_identifier(&column.name))
            .collect();
        let (table, named) = (quote_identifier(&T::DEF.name), named.join(", "));
        let mut writer = Self::with_new_row(resolved);
        writer.text(&format!(
            "INSERT INTO {table} ({named}) SELECT {named} FROM excluded WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {})",
            Self::is_same(columns)
        ));
        self.end(writer)
    }
}

impl<T: Table, S> fmt::Debug for Upsert<'_, T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upsert")
            .field("table", &T::DEF.name)
            .field("rows", &self.rows.len())
            .finish_non_exhaustive()
    }
}

impl<T: Table, S> fmt::Debug for UpsertOn<'_, T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpsertOn").field("rows", &self.upsert).field("target", &self.target).finish()
    }
}

impl<T: Table, S> fmt::Debug for UpsertThen<'_, T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { on, assigns, all, filters } = self;
        let mut shown = f.debug_struct("UpsertThen");
        shown.field("on", on).field("set", assigns).field("all", all).field("filters", filters).finish()
    }
}
