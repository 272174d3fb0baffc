//! Results that are no list.

use std::{collections::HashMap, hash::Hash};

use super::{Query, Scope, Select, Within, run::each};
use crate::{
    database::Runs,
    error::{Error, Kind, Result},
};

impl<S: Scope> Query<S> {
    /// Hands on every row as it is read, so that memory does not grow with their number.
    ///
    /// An error of `work` ends the reading and is the answer. The rows are those of the moment at which
    /// reading began, whatever `work` writes meanwhile. Inside of a transaction it may write, but not to the
    /// tables that are read: what it would read next could be what it has written, without an end.
    pub fn for_each<H: Runs>(self, handle: &H, work: impl FnMut(S::Out) -> Result<()>) -> Result<()>
    where
        S::Tables: Within<H::Schema>,
    {
        self.select_all().for_each(handle, work)
    }
}

impl<O, Z, T> Select<O, Z, T> {
    /// Hands on every row as it is read, so that memory does not grow with their number.
    ///
    /// An error of `work` ends the reading and is the answer. The rows are those of the moment at which
    /// reading began, whatever `work` writes meanwhile. Inside of a transaction it may write, but not to the
    /// tables that are read: what it would read next could be what it has written, without an end.
    pub fn for_each<H: Runs>(&self, handle: &H, work: impl FnMut(O) -> Result<()>) -> Result<()>
    where
        Z: Within<H::Schema>,
    {
        let statement = self.statement()?;
        handle.session().read(|connection| {
            let _reading = connection.reading(self.tree.stored_tables());
            each(connection, &statement, &self.tree, self.read, work)
        })
    }
}

impl<K: Eq + Hash, V, Z, T> Select<(K, V), Z, T> {
    /// The rows as a map from the first column to the second: `select(|b| (b.isbn, b))`.
    ///
    /// # Errors
    /// `is_too_many_rows` where two rows have one key: [`into_groups`](Self::into_groups) keeps them all.
    pub fn into_map<H: Runs>(&self, handle: &H) -> Result<HashMap<K, V>>
    where
        Z: Within<H::Schema>,
    {
        let mut map = HashMap::new();
        self.for_each(handle, |(key, value)| match map.insert(key, value) {
            None => Ok(()),
            Some(_) => Err(Error::new(
                Kind::TooManyRows,
                "two rows have one key: `into_groups` keeps every row of a key, `group_by` makes one of them",
            )),
        })?;
        Ok(map)
    }

    /// The rows of each key, in the order of the query.
    pub fn into_groups<H: Runs>(&self, handle: &H) -> Result<HashMap<K, Vec<V>>>
    where
        Z: Within<H::Schema>,
    {
        let mut groups = HashMap::<K, Vec<V>>::new();
        self.for_each(handle, |(key, value)| {
            groups.entry(key).or_default().push(value);
            Ok(())
        })?;
        Ok(groups)
    }
}
