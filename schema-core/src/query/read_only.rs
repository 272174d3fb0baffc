//! Changes that are written on a query. Each call is refused by the compiler, which says what is written instead.

use super::{Query, Scope};

/// A query that changes the rows that it finds: there is none.
#[diagnostic::on_unimplemented(
    message = "a query reads rows and changes none",
    label = "changes rows",
    note = "`Book::update().filter(|b| ..).set(|b| b.title.set(\"Dune\")).run(&db)?`, `Book::delete().filter(|b| ..).run(&db)?`"
)]
pub trait ChangesRows {
    #[doc(hidden)]
    fn never<T>() -> T;
}

#[doc(hidden)]
impl<S: Scope> Query<S> {
    pub fn update<F, T>(self, _: F) -> T
    where
        Self: ChangesRows,
    {
        <Self as ChangesRows>::never()
    }

    pub fn set<F, T>(self, _: F) -> T
    where
        Self: ChangesRows,
    {
        <Self as ChangesRows>::never()
    }

    pub fn delete<T>(self) -> T
    where
        Self: ChangesRows,
    {
        <Self as ChangesRows>::never()
    }
}
