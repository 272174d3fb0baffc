//! INSERT that changes the row which is there already, or leaves it alone.

mod hooked;
mod index;
mod then;
mod unfinished;

use std::fmt;

use self::{
    index::{index, index_target},
    then::{Then, run},
};
use super::{
    Filled, IntoNew, Repository,
    calls::{Calls, hooks_in},
    check::Invalid,
    new_row::resolve,
};
use crate::{
    error::Result,
    expr::{Alias, Assign, Assignments, Condition, ConflictKey, Node, Required},
    record::{Mutable, Record, Table},
    schema::{Schema, Writable},
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

impl<'h, T: Table, S: Schema> Upsert<'h, T, S> {
    /// A row with the same value in a unique column, or in a unique set: `on_conflict(|b| b.isbn)`.
    pub fn on_conflict<U: ConflictKey>(
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

impl<'h, T: Table, S: Schema> UpsertOn<'h, T, S> {
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

impl<T: Table, S: Schema> UpsertThen<'_, T, S> {
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
        let session = self.on.upsert.repository.session;
        if let Some(hooks) = hooks_in::<T, S>(session)? {
            return Calls::run(hooks, session, |calls| self.each_with_hooks(calls, |row| done(Some(row), 1)));
        }
        self.check()?;
        let then = Then::<T>::new(self, returning)?;
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
