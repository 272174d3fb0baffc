//! What an application does around the writing of its rows.

use std::fmt;

use super::Filled;
use crate::{
    database::Tx,
    error::Result,
    expr::{Alias, Assign, Assignments, Col, ColumnKind, Node, Required},
    record::{Record, Table},
    schema::Schema,
    value::{Row, SqlType},
};

/// What a model does before and after its rows are inserted, updated and deleted, in the same transaction.
///
/// `#[table(hooks)]` on the struct says that there is an impl; each function is empty unless it is
/// written. An error in one undoes the whole call.
///
/// ```
/// use schema_core::{Has, Hooks, Result, Table, Tx};
///
/// #[derive(Table)]
/// #[table(hooks)]
/// struct Book {
///     #[column(primary_key)]
///     id: i64,
///     title: String,
/// }
///
/// #[derive(Table)]
/// struct Note {
///     #[column(primary_key)]
///     id: i64,
///     text: String,
/// }
///
/// schema_core::schema! {
///     /// Everything this application owns.
///     pub(crate) Library { Book, Note }
/// }
///
/// impl Hooks for Book {
///     type Schema = Library;
///
///     fn after_insert(tx: &Tx<'_, Library>, book: &Book) -> Result<()> {
///         NoteRepository::new(tx).insert(NewNote { text: format!("new: {}", book.title) })?;
///         Ok(())
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` says `#[table(hooks)]` and has no `impl Hooks for {Self}`",
    label = "no hooks are written",
    note = "write `impl Hooks for {Self} {{ type Schema = MySchema; .. }}`, or take `hooks` away"
)]
pub trait Hooks: HasHooks {
    /// The schema of the database, whose other tables hooks may read and write.
    type Schema: Schema;

    /// Before a row is inserted; it may be changed: `new.title = ..`, `new.set(|b| b.slug.set(..))`.
    ///
    /// # Errors
    /// Any: the row is not inserted.
    fn before_insert(tx: &Tx<'_, Self::Schema>, new: &mut Filled<Self::New>) -> Result<()> {
        let _ = (tx, new);
        Ok(())
    }

    /// After a row was inserted.
    ///
    /// # Errors
    /// Any: the insert is undone.
    fn after_insert(tx: &Tx<'_, Self::Schema>, row: &Self) -> Result<()> {
        let _ = (tx, row);
        Ok(())
    }

    /// Before a row is updated; what is set may be changed: `change.set(|b| b.slug.set(..))`.
    ///
    /// # Errors
    /// Any: the row is not updated.
    fn before_update(tx: &Tx<'_, Self::Schema>, old: &Self, change: &mut Change<Self>) -> Result<()> {
        let _ = (tx, old, change);
        Ok(())
    }

    /// After a row was updated.
    ///
    /// # Errors
    /// Any: the update is undone.
    fn after_update(tx: &Tx<'_, Self::Schema>, old: &Self, new: &Self) -> Result<()> {
        let _ = (tx, old, new);
        Ok(())
    }

    /// Before a row is deleted, or marked as deleted.
    ///
    /// # Errors
    /// Any: the row is not deleted.
    fn before_delete(tx: &Tx<'_, Self::Schema>, row: &Self) -> Result<()> {
        let _ = (tx, row);
        Ok(())
    }

    /// After a row was deleted, or marked as deleted. `row` is as it was before.
    ///
    /// # Errors
    /// Any: the deletion is undone.
    fn after_delete(tx: &Tx<'_, Self::Schema>, row: &Self) -> Result<()> {
        let _ = (tx, row);
        Ok(())
    }
}

/// A table whose struct says `#[table(hooks)]`.
#[diagnostic::on_unimplemented(
    message = "nothing calls the hooks of `{Self}`",
    label = "`{Self}` has no `#[table(hooks)]`",
    note = "write `#[table(hooks)]` on the struct, so that its repository calls them"
)]
pub trait HasHooks: Table {}

/// What an update sets, before it runs.
pub struct Change<T> {
    pub(crate) assigns: Vec<Assign>,
    alias: Alias,
    table: std::marker::PhantomData<fn() -> T>,
}

impl<T: Table> Change<T> {
    pub(crate) fn new(assigns: Vec<Assign>, alias: Alias) -> Self {
        Self { assigns, alias, table: std::marker::PhantomData }
    }

    /// Sets further columns; a column that is set already is set to this instead.
    pub fn set<A: Assignments<Assign>>(
        &mut self,
        change: impl FnOnce(<T as Record>::Columns<Required>) -> A,
    ) {
        let mut further = Vec::new();
        change(T::columns::<Required>(self.alias)).assign_to(&mut further);
        self.assigns.retain(|assign| further.iter().all(|other| other.column != assign.column));
        self.assigns.extend(further);
    }

    /// Whether the update sets a column.
    pub fn sets<C: SqlType, K: ColumnKind>(
        &self,
        column: impl FnOnce(<T as Record>::Columns<Required>) -> Col<C, K>,
    ) -> bool {
        self.assign(column(T::columns::<Required>(self.alias)).parts.index).is_some()
    }

    /// What a column is set to; None where it is not set, or set to an expression, which only the
    /// database can work out.
    pub fn value<C: SqlType, K: ColumnKind>(
        &self,
        column: impl FnOnce(<T as Record>::Columns<Required>) -> Col<C, K>,
    ) -> Option<C::Rust> {
        match &self.assign(column(T::columns::<Required>(self.alias)).parts.index)?.value {
            Node::Value(value) => C::read(Row::Values(std::slice::from_ref(value)), 0).ok(),
            _ => None,
        }
    }

    fn assign(&self, column: u16) -> Option<&Assign> {
        self.assigns.iter().find(|assign| assign.column == column)
    }
}

impl<T> fmt::Debug for Change<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Change").field(&self.assigns).finish()
    }
}
