use std::{fmt, marker::PhantomData};

use super::{Plan, Reads, SelectTree, Selection, Statement, Writer, hooked::run_with_hooks, run};
use crate::{
    database::{Db, Handle},
    dialect::quote_identifier,
    error::{Error, Result},
    expr::{Alias, Assign, Assignments, Condition, Node, OptionalCondition, Required},
    record::{Record as _, Table},
    repository::{SetList, column_list, explain_change, hooks_in, where_key_of},
    schema::Writable,
    value::{CellError, Row, Value},
};

/// Nothing is set yet.
#[derive(Clone, Copy, Debug)]
pub enum Unset {}
/// Something is set.
#[derive(Clone, Copy, Debug)]
pub enum Assigned {}

/// An UPDATE of the rows that a condition picks. `A` says whether something is set.
#[must_use = "nothing is changed before `.run(&db)`"]
pub struct UpdateQuery<T, A = Unset> {
    rows: Rows,
    assigns: Vec<Assign>,
    table: PhantomData<fn() -> (T, A)>,
}

/// A DELETE of the rows that a condition picks.
#[must_use = "nothing is deleted before `.run(&db)`"]
pub struct DeleteQuery<T> {
    rows: Rows,
    forever: bool,
    table: PhantomData<fn() -> T>,
}

/// A change with a RETURNING of its own: each changed row gives an `O`.
#[must_use = "nothing is changed before `.all(&db)`"]
pub struct Returning<C, O> {
    change: C,
    select: Vec<Node>,
    read: fn(Row<'_>, usize) -> Result<O, CellError>,
}

/// Which rows of a table are changed.
#[derive(Clone, Debug)]
struct Rows {
    /// What the person has written, for messages: a soft delete is an UPDATE in SQL.
    change: &'static str,
    tree: SelectTree,
    all: bool,
    /// Whether there was a filter that has vanished.
    vanished: bool,
}

impl Rows {
    fn of<T: Table>(change: &'static str) -> Self {
        Self { change, tree: SelectTree::new(T::SHAPE), all: false, vanished: false }
    }

    fn columns<T: Table>(&self) -> T::Columns<Required> {
        T::columns(self.tree.alias(0))
    }

    fn filter(&mut self, condition: impl OptionalCondition) {
        match condition.into_optional() {
            Some(condition) => self.tree.filters.push(condition.node()),
            None => self.vanished = true,
        }
    }

    /// A copy that keeps its number: it is never nested in itself.
    fn same(&self) -> Self {
        Self { change: self.change, tree: self.tree.same(), all: self.all, vanished: self.vanished }
    }

    /// Begins a statement about the table, whose columns are written with its name: an alias would not
    /// be known in RETURNING.
    fn begin<T: Table>(&self, words: &str, after: &str) -> Result<Writer> {
        if self.tree.filters.is_empty() && !self.all {
            let without = if self.vanished { "whose filters are all missing" } else { "without a filter" };
            return Err(Error::misuse(format!(
                "{} {without} would change every row of `{}`; nothing was changed: say `.all_rows()` if \
                 that is meant",
                self.change,
                T::DEF.name
            )));
        }
        let name = quote_identifier(&T::DEF.name);
        let mut writer = Writer::of_table(self.tree.alias(0), T::SHAPE, name.clone());
        writer.text(&format!("{words} {name}{after}"));
        Ok(writer)
    }

    /// SELECT of the whole rows.
    fn select<T: Table>(&self) -> Result<Statement> {
        let mut writer = self.begin::<T>(&format!("SELECT {} FROM", column_list(T::DEF)), "")?;
        self.condition(&mut writer);
        writer.finish()
    }

    fn condition(&self, writer: &mut Writer) {
        writer.list(" WHERE ", &self.conditions(), " AND ");
    }

    fn conditions(&self) -> Vec<Node> {
        let live = self.tree.from.first().and_then(|item| self.tree.live(item));
        live.into_iter().chain(self.tree.filters.iter().cloned()).collect()
    }

    /// The condition by itself, over the columns of the table by its name.
    fn alone<T: Table>(&self) -> Result<Statement> {
        let mut writer = Writer::of_table(self.tree.alias(0), T::SHAPE, quote_identifier(&T::DEF.name));
        writer.list("", &self.conditions(), " AND ");
        if self.conditions().is_empty() {
            writer.text("true");
        }
        writer.finish()
    }
}

/// What runs as a change: a deletion, or an update that sets something.
#[diagnostic::on_unimplemented(
    message = "this update sets no column",
    label = "`.set(..)` is missing before it",
    note = "`Book::update().filter(|b| ..).set(|b| b.title.set(\"Dune\")).run(&db)`"
)]
pub trait ChangeQuery {
    /// The table that is changed.
    type Table: Table;
    #[doc(hidden)]
    fn statement(&self, returning: &[Node]) -> Result<Statement>;
    #[doc(hidden)]
    fn alias(&self) -> Alias;
    /// SELECT of the rows that would be changed.
    #[doc(hidden)]
    fn picked(&self) -> Result<Statement>;
    /// What picks the rows that would be changed, as SQL about the table's columns.
    #[doc(hidden)]
    fn condition(&self) -> Result<Statement>;
    /// What an UPDATE sets; None where rows are deleted.
    #[doc(hidden)]
    fn assigns(&self) -> Option<&[Assign]>;
    /// The change of one row, by its key. `assigns`: what it sets, where rows are updated.
    #[doc(hidden)]
    fn of_row(&self, key: &[Value], assigns: Vec<Assign>, returning: &[Node]) -> Result<Statement>;
}

impl<T: Table> UpdateQuery<T> {
    pub(crate) fn new() -> Self {
        Self { rows: Rows::of::<T>("an UPDATE"), assigns: Vec::new(), table: PhantomData }
    }
}

impl<T: Table> DeleteQuery<T> {
    pub(crate) fn new() -> Self {
        Self { rows: Rows::of::<T>("a DELETE"), forever: false, table: PhantomData }
    }

    /// Removes rows for good, also those of a model with `#[column(soft_delete)]`, marked or not.
    pub fn forever(mut self) -> Self {
        self.forever = true;
        self.rows.tree.with_deleted = true;
        self
    }
}

impl<T: Table, A> UpdateQuery<T, A> {
    /// Sets columns: `|b| (b.price.set(b.price * 0.9), b.title.set("Dune"))`. `updated_at` and `version`
    /// follow by themselves. May be called several times.
    pub fn set<X: Assignments<Assign>>(
        mut self,
        change: impl FnOnce(T::Columns<Required>) -> X,
    ) -> UpdateQuery<T, Assigned> {
        change(self.rows.columns::<T>()).assign_to(&mut self.assigns);
        UpdateQuery { rows: self.rows, assigns: self.assigns, table: PhantomData }
    }
}

macro_rules! rows {
    ([$($generics:tt)*] $this:ty) => {
        impl<T: Table, $($generics)*> $this {
            /// Only rows for which the condition is true. Several filters must all be.
            pub fn filter<C: Condition>(mut self, condition: impl FnOnce(T::Columns<Required>) -> C) -> Self {
                let condition = condition(self.rows.columns::<T>());
                self.rows.filter(condition);
                self
            }

            /// Filters by a value where there is one. Without any other filter it refuses to run then, unless
            /// `all_rows` says that every row is meant.
            pub fn filter_some<V, C: Condition>(
                mut self,
                value: Option<V>,
                condition: impl FnOnce(T::Columns<Required>, V) -> C,
            ) -> Self {
                let columns = self.rows.columns::<T>();
                self.rows.filter(value.map(|value| condition(columns, value)));
                self
            }

            /// Filters by a condition where the closure gives one: a group, of which every part may be missing.
            /// Without any other filter it refuses to run then, unless `all_rows` says that every row is meant.
            pub fn filter_optional<C: OptionalCondition>(
                mut self,
                condition: impl FnOnce(T::Columns<Required>) -> C,
            ) -> Self {
                let condition = condition(self.rows.columns::<T>());
                self.rows.filter(condition);
                self
            }

            /// Every row, where no filter is given.
            pub fn all_rows(mut self) -> Self {
                self.rows.all = true;
                self
            }

            /// Soft-deleted rows too.
            pub fn with_deleted(mut self) -> Self {
                self.rows.tree.with_deleted = true;
                self
            }
        }

        impl<T, $($generics)*> Clone for $this {
            fn clone(&self) -> Self {
                self.copy()
            }
        }
    };
}
rows!([A] UpdateQuery<T, A>);
rows!([] DeleteQuery<T>);

impl<T, A> UpdateQuery<T, A> {
    fn copy(&self) -> Self {
        // The assignments speak of the columns by the number of the query, which the copy keeps.
        Self { rows: self.rows.same(), assigns: self.assigns.clone(), table: PhantomData }
    }
}

impl<T> DeleteQuery<T> {
    fn copy(&self) -> Self {
        Self { rows: self.rows.same(), forever: self.forever, table: PhantomData }
    }
}

impl<T, A> fmt::Debug for UpdateQuery<T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateQuery").field("rows", &self.rows).field("set", &self.assigns).finish()
    }
}

impl<T> fmt::Debug for DeleteQuery<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeleteQuery").field("rows", &self.rows).field("forever", &self.forever).finish()
    }
}

impl<C: fmt::Debug, O> fmt::Debug for Returning<C, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Returning").field("change", &self.change).finish_non_exhaustive()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Table> ChangeQuery for UpdateQuery<T, Assigned> {
    type Table = T;

    fn statement(&self, returning: &[Node]) -> Result<Statement> {
        let mut writer = self.rows.begin::<T>("UPDATE", " SET ")?;
        SetList::new::<T>(self.assigns.clone(), self.alias())?.write::<T>(&mut writer);
        self.rows.condition(&mut writer);
        writer.list(" RETURNING ", returning, ", ");
        writer.finish()
    }

    fn alias(&self) -> Alias {
        self.rows.tree.alias(0)
    }

    fn picked(&self) -> Result<Statement> {
        self.rows.select::<T>()
    }

    fn condition(&self) -> Result<Statement> {
        self.rows.alone::<T>()
    }

    fn assigns(&self) -> Option<&[Assign]> {
        Some(&self.assigns)
    }

    fn of_row(&self, key: &[Value], assigns: Vec<Assign>, returning: &[Node]) -> Result<Statement> {
        let mut writer = self.rows.begin::<T>("UPDATE", " SET ")?;
        SetList::new::<T>(assigns, self.alias())?.write::<T>(&mut writer);
        where_key_of(&mut writer, T::DEF, key);
        writer.list(" RETURNING ", returning, ", ");
        writer.finish()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Table> ChangeQuery for DeleteQuery<T> {
    type Table = T;

    fn statement(&self, returning: &[Node]) -> Result<Statement> {
        let mut writer = self.begin()?;
        self.rows.condition(&mut writer);
        writer.list(" RETURNING ", returning, ", ");
        writer.finish()
    }

    fn alias(&self) -> Alias {
        self.rows.tree.alias(0)
    }

    fn picked(&self) -> Result<Statement> {
        self.rows.select::<T>()
    }

    fn condition(&self) -> Result<Statement> {
        self.rows.alone::<T>()
    }

    fn assigns(&self) -> Option<&[Assign]> {
        None
    }

    fn of_row(&self, key: &[Value], _: Vec<Assign>, returning: &[Node]) -> Result<Statement> {
        let mut writer = self.begin()?;
        where_key_of(&mut writer, T::DEF, key);
        writer.list(" RETURNING ", returning, ", ");
        writer.finish()
    }
}

impl<T: Table> DeleteQuery<T> {
    /// The statement up to its condition.
    fn begin(&self) -> Result<Writer> {
        let mark = if self.forever { None } else { SetList::deleted::<T>(self.alias())? };
        match mark {
            Some(mark) => {
                let mut writer = self.rows.begin::<T>("UPDATE", " SET ")?;
                mark.write::<T>(&mut writer);
                Ok(writer)
            }
            None => self.rows.begin::<T>("DELETE FROM", ""),
        }
    }
}

macro_rules! changes {
    ([$($generics:tt)*] $this:ty) => {
        impl<T: Table, $($generics)*> $this {
            /// Runs it, and gives the number of rows.
            ///
            /// # Errors
            /// `violates` where a constraint refuses a row, `is_invalid` where a `check_fn` refuses a value that is
            /// set; nothing is changed then. Misuse where there is no filter, without `all_rows`.
            pub fn run<H: Handle<Schema: Writable>>(&self, handle: &H) -> Result<u64>
            where
                Self: ChangeQuery<Table = T>,
                Db<H::Schema>: Reads<T>,
            {
                if let Some(hooks) = hooks_in::<T, H::Schema>(handle.session())? {
                    let rows = run_with_hooks(self, handle.session(), hooks, &[], |_, _| Ok(()))?;
                    return Ok(rows.len() as u64);
                }
                let statement = self.statement(&[])?;
                handle.session().write(|connection| {
                    run::execute(connection, &statement)
                        .map_err(|error| explain_change(error, connection, self))?;
                    Ok(connection.changes())
                })
            }

            /// How SQLite finds the rows on this database, in words. Nothing is run.
            ///
            /// # Errors
            /// Misuse where there is no filter, without `all_rows`; the database lacks the table or a column.
            pub fn explain<H: Handle>(&self, handle: &H) -> Result<Plan>
            where
                Self: ChangeQuery<Table = T>,
                Db<H::Schema>: Reads<T>,
            {
                Plan::of(handle.session(), &self.statement(&[])?, &[])
            }

            /// Chooses what each changed row gives, as it is then: `returning(|b| (b.id, b.price))`.
            pub fn returning<X: Selection>(
                self,
                selection: impl FnOnce(T::Columns<Required>) -> X,
            ) -> Returning<Self, X::Row>
            where
                Self: ChangeQuery<Table = T>,
            {
                let mut select = Vec::new();
                selection(self.rows.columns::<T>()).select_into(&mut select);
                Returning { change: self, select, read: X::read }
            }

            /// The statement's text, with `?` for each value. Where it cannot be written, why, as a comment.
            pub fn to_sql(&self) -> String
            where
                Self: ChangeQuery<Table = T>,
            {
                self.statement(&[]).map_or_else(|error| format!("-- {error}"), |statement| statement.sql)
            }
        }
    };
}
changes!([A] UpdateQuery<T, A>);
changes!([] DeleteQuery<T>);

impl<C: ChangeQuery, O> Returning<C, O> {
    /// Runs it, and gives what was chosen of every changed row, in no particular order.
    ///
    /// # Errors
    /// Those of `run`, and a cell that does not fit.
    pub fn all<H: Handle<Schema: Writable>>(&self, handle: &H) -> Result<Vec<O>>
    where
        Db<H::Schema>: Reads<C::Table>,
    {
        if let Some(hooks) = hooks_in::<C::Table, H::Schema>(handle.session())? {
            return run_with_hooks(&self.change, handle.session(), hooks, &self.select, self.read);
        }
        let statement = self.change.statement(&self.select)?;
        let mut tree = SelectTree::new(C::Table::SHAPE);
        tree.place(self.change.alias(), &self.select);
        handle.session().atomically(|connection| {
            run::rows(connection, &statement, &tree, self.read)
                .map_err(|error| explain_change(error, connection, &self.change))
        })
    }
}
