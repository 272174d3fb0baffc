use std::fmt::Debug;

use crate::{
    error::{Error, Kind, Result},
    record::Table,
    value::Value,
};

/// How many rows a relation gives for one row.
pub trait Cardinality: Copy + Debug + 'static {
    /// What stands beside the row.
    type Out<R>;
    /// The same relation with a condition of its own.
    type Filtered: Cardinality;
    /// Whether soft-deleted rows belong to it: what is always there cannot be left out.
    const WITH_DELETED: bool;
    #[doc(hidden)]
    fn collect<R, T: Table>(rows: Vec<R>, key: &Value) -> Result<Self::Out<R>>;
}

/// Any number: the far end of a foreign key, or a join table.
#[derive(Clone, Copy, Debug)]
pub enum Many {}
/// One or none: a foreign key that may be NULL, or the far end of a unique one.
#[derive(Clone, Copy, Debug)]
pub enum Optional {}
/// Exactly one: a foreign key that is NOT NULL.
#[derive(Clone, Copy, Debug)]
pub enum One {}

impl Cardinality for Many {
    type Out<R> = Vec<R>;
    type Filtered = Self;
    const WITH_DELETED: bool = false;
    fn collect<R, T: Table>(rows: Vec<R>, _: &Value) -> Result<Vec<R>> {
        Ok(rows)
    }
}

impl Cardinality for Optional {
    type Out<R> = Option<R>;
    type Filtered = Self;
    const WITH_DELETED: bool = false;
    fn collect<R, T: Table>(rows: Vec<R>, _: &Value) -> Result<Option<R>> {
        Ok(rows.into_iter().next())
    }
}

impl Cardinality for One {
    type Out<R> = R;
    type Filtered = Optional;
    const WITH_DELETED: bool = true;
    fn collect<R, T: Table>(rows: Vec<R>, key: &Value) -> Result<R> {
        rows.into_iter().next().ok_or_else(|| {
            Error::new(
                Kind::NotFound,
                format!(
                    "a row references {key} of `{}`, which is not there though the foreign key is NOT NULL: \
                     db-check lists such rows",
                    T::DEF.name
                ),
            )
        })
    }
}
