//! The calls of a model's hooks, on the transaction of what they belong to.

use std::{any::TypeId, cell::Cell, fmt};

use super::{Change, Filled, Hooks};
use crate::{
    database::Session,
    error::{Error, Result},
    expr::{Alias, Assign},
    record::Table,
    schema::Schema,
};

type OfRow<T> = for<'r> fn(Session<'_>, &'r T) -> Result<()>;

/// The hooks of a model as data, so that a model without them pays nothing.
#[doc(hidden)]
pub struct HookFns<T: Table> {
    schema: fn() -> TypeId,
    schema_name: fn() -> &'static str,
    before_insert: for<'n> fn(Session<'_>, &'n mut Filled<T::New>) -> Result<()>,
    after_insert: OfRow<T>,
    before_update: for<'r> fn(Session<'_>, &'r T, &'r mut Change<T>) -> Result<()>,
    after_update: for<'r> fn(Session<'_>, &'r T, &'r T) -> Result<()>,
    before_delete: OfRow<T>,
    after_delete: OfRow<T>,
}

impl<T: Table> Clone for HookFns<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Table> Copy for HookFns<T> {}
impl<T: Table> fmt::Debug for HookFns<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookFns").field("model", &T::DEF.model).finish_non_exhaustive()
    }
}

/// The functions of a model's impl.
#[doc(hidden)]
pub const fn hooks_of<T: Hooks>() -> HookFns<T> {
    HookFns {
        schema: TypeId::of::<T::Schema>,
        schema_name: std::any::type_name::<T::Schema>,
        before_insert: |session, new| session.with_tx(|tx| T::before_insert(tx, new)),
        after_insert: |session, row| session.with_tx(|tx| T::after_insert(tx, row)),
        before_update: |session, old, change| session.with_tx(|tx| T::before_update(tx, old, change)),
        after_update: |session, old, new| session.with_tx(|tx| T::after_update(tx, old, new)),
        before_delete: |session, row| session.with_tx(|tx| T::before_delete(tx, row)),
        after_delete: |session, row| session.with_tx(|tx| T::after_delete(tx, row)),
    }
}

/// Where every write of a model begins: its hooks, where it has any, for a handle of the schema `S`.
///
/// # Errors
/// They are written for another schema; the table is being read by a stream of rows.
#[inline]
pub(crate) fn hooks_in<T: Table, S: Schema>(session: Session<'_>) -> Result<Option<HookFns<T>>> {
    session.may_write(&T::DEF.name)?;
    match T::HOOKS {
        Some(hooks) if (hooks.schema)() != TypeId::of::<S>() => Err(Error::misuse(format!(
            "the hooks of `{}` are written for the schema `{}`, and this database is opened as `{}`; nothing was changed",
            T::DEF.model,
            last((hooks.schema_name)()),
            last(std::any::type_name::<S>()),
        ))),
        hooks => Ok(hooks),
    }
}

fn last(name: &'static str) -> &'static str {
    name.rsplit("::").next().unwrap_or(name)
}

/// Calls of hooks within hooks: a hook that writes its own table calls itself.
const DEEPEST: u32 = 16;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

struct Deeper;

impl Deeper {
    fn enter<T: Table>() -> Result<Self> {
        let depth = DEPTH.get();
        if depth == DEEPEST {
            return Err(Error::misuse(format!(
                "hooks have called each other {DEEPEST} times, at last those of `{}`: a hook that writes its own \
                 table has to end somewhere; nothing was changed",
                T::DEF.model
            )));
        }
        DEPTH.set(depth + 1);
        Ok(Self)
    }
}

impl Drop for Deeper {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get().saturating_sub(1));
    }
}

/// The hooks of a model on the transaction that a call writes in.
#[derive(Debug)]
pub(crate) struct Calls<'s, T: Table> {
    hooks: HookFns<T>,
    pub(crate) session: Session<'s>,
}

impl<T: Table> Calls<'_, T> {
    /// Runs a call in a transaction, or in a savepoint of the one that there is.
    pub(crate) fn run<R>(
        hooks: HookFns<T>,
        session: Session<'_>,
        work: impl FnOnce(&Calls<'_, T>) -> Result<R>,
    ) -> Result<R> {
        session.atomically_on(|session| work(&Calls { hooks, session }))
    }

    /// The same hooks in a savepoint.
    pub(super) fn inner<R>(&self, work: impl FnOnce(&Calls<'_, T>) -> Result<R>) -> Result<R> {
        Calls::run(self.hooks, self.session, work)
    }

    pub(crate) fn before_insert(&self, new: &mut Filled<T::New>) -> Result<()> {
        let _deeper = Deeper::enter::<T>()?;
        (self.hooks.before_insert)(self.session, new)
    }

    pub(crate) fn after_insert(&self, row: &T) -> Result<()> {
        let _deeper = Deeper::enter::<T>()?;
        (self.hooks.after_insert)(self.session, row)
    }

    /// What is set after the hook has seen it.
    pub(crate) fn before_update(&self, old: &T, assigns: Vec<Assign>, alias: Alias) -> Result<Vec<Assign>> {
        let _deeper = Deeper::enter::<T>()?;
        let mut change = Change::new(assigns, alias);
        (self.hooks.before_update)(self.session, old, &mut change)?;
        Ok(change.assigns)
    }

    pub(crate) fn after_update(&self, old: &T, new: &T) -> Result<()> {
        let _deeper = Deeper::enter::<T>()?;
        (self.hooks.after_update)(self.session, old, new)
    }

    pub(crate) fn before_delete(&self, row: &T) -> Result<()> {
        let _deeper = Deeper::enter::<T>()?;
        (self.hooks.before_delete)(self.session, row)
    }

    pub(crate) fn after_delete(&self, row: &T) -> Result<()> {
        let _deeper = Deeper::enter::<T>()?;
        (self.hooks.after_delete)(self.session, row)
    }
}
