//! Calls that come too early. Each is refused by the compiler, which says what is missing before it.

use super::{Upsert, UpsertOn, UpsertThen};
use crate::{
    error::{Error, Result},
    expr::{Assign, Assignments, Required},
    record::{Record, Table},
    schema::Schema,
};

/// An upsert that says what is done with the row that is in the way.
#[diagnostic::on_unimplemented(
    message = "this upsert does not say what is done with the row that is in the way",
    label = "`.update(..)`, `.update_all()` or `.do_nothing()` is missing before it",
    note = "`upsert(new).on_conflict(|b| b.isbn).update(|b, new| b.title.set(new.title)).run()`, or `upsert(new).do_nothing().run()`"
)]
pub trait SaysWhatToDo {}
#[diagnostic::do_not_recommend]
impl<T: Table, S> SaysWhatToDo for UpsertThen<'_, T, S> {}

/// An upsert that says which row is in the way.
#[diagnostic::on_unimplemented(
    message = "this upsert does not say which row is in the way",
    label = "`.on_conflict(..)` is missing before it",
    note = "`upsert(new).on_conflict(|b| b.isbn).update(|b, new| b.title.set(new.title)).run()`"
)]
pub trait SaysWhich {}
#[diagnostic::do_not_recommend]
impl<T: Table, S> SaysWhich for UpsertOn<'_, T, S> {}

fn unfinished<R>() -> Result<R> {
    Err(Error::misuse("an upsert that is not finished; nothing was changed"))
}

#[doc(hidden)]
impl<'h, T: Table, S: Schema> Upsert<'h, T, S> {
    pub fn update<A: Assignments<Assign>>(
        self,
        _: impl FnOnce(<T as Record>::Columns<Required>, <T as Record>::Columns<Required>) -> A,
    ) -> UpsertThen<'h, T, S>
    where
        Self: SaysWhich,
    {
        self.do_nothing()
    }

    pub fn update_all(self) -> UpsertThen<'h, T, S>
    where
        Self: SaysWhich,
    {
        self.do_nothing()
    }

    pub fn run(&self) -> Result<u64>
    where
        Self: SaysWhatToDo,
    {
        unfinished()
    }

    pub fn returning(&self) -> Result<Vec<T>>
    where
        Self: SaysWhatToDo,
    {
        unfinished()
    }
}

#[doc(hidden)]
impl<T: Table, S: Schema> UpsertOn<'_, T, S> {
    pub fn run(&self) -> Result<u64>
    where
        Self: SaysWhatToDo,
    {
        unfinished()
    }

    pub fn returning(&self) -> Result<Vec<T>>
    where
        Self: SaysWhatToDo,
    {
        unfinished()
    }
}
