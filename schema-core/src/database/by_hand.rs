//! What other libraries have on their connections. Each call is refused by the compiler, which says what is
//! written here instead.

use super::Db;
use crate::schema::Schema;

/// A handle on which a transaction is begun and ended by hand: there is none.
#[diagnostic::on_unimplemented(
    message = "a transaction is a closure here, which cannot be left open",
    label = "not begun by hand",
    note = "`db.transaction(|tx| {{ BookRepository::new(tx).insert(new)?; Ok(()) }})?`: an error undoes all of it, `Ok` commits"
)]
pub trait BeginsByHand {
    #[doc(hidden)]
    fn never<T>() -> T;
}

/// A handle that takes the text of a statement: there is none.
#[diagnostic::on_unimplemented(
    message = "a handle takes no text of SQL",
    label = "no text",
    note = "`sql(\"UPDATE books SET seen = ? WHERE id = ?\").bind(seen).bind(id).run(&db)?`, and `.all::<Book>(&db)?` for rows"
)]
pub trait TakesText {
    #[doc(hidden)]
    fn never<T>() -> T;
}

/// A handle that writes rows itself: there is none.
#[diagnostic::on_unimplemented(
    message = "a handle does not know which table is meant",
    label = "of which table",
    note = "`BookRepository::new(&db).insert(NewBook {{ title: \"Dune\".into(), .. }})?`"
)]
pub trait WritesRows {
    #[doc(hidden)]
    fn never<T>() -> T;
}

#[doc(hidden)]
impl<S: Schema> Db<S> {
    pub fn begin<T>(&self) -> T
    where
        Self: BeginsByHand,
    {
        Self::never()
    }

    pub fn execute<A, T>(&self, _: A) -> T
    where
        Self: TakesText,
    {
        Self::never()
    }

    pub fn insert<N, T>(&self, _: N) -> T
    where
        Self: WritesRows,
    {
        Self::never()
    }
}
