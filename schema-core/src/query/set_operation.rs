use std::marker::PhantomData;

use super::{Select, Within, tree::SetOperation};

/// The tables of two queries.
#[derive(Debug)]
pub struct Both<A, B>(PhantomData<(A, B)>);

#[diagnostic::do_not_recommend]
impl<D, A: Within<D>, B: Within<D>> Within<D> for Both<A, B> {}

impl<O, Z, T> Select<O, Z, T> {
    /// `UNION`: the rows of both queries, equal ones once.
    pub fn union<Y>(self, other: Select<O, Y, T>) -> Select<O, Both<Z, Y>, T> {
        self.combine(SetOperation::Union, other)
    }

    /// `UNION ALL`: the rows of both queries.
    pub fn union_all<Y>(self, other: Select<O, Y, T>) -> Select<O, Both<Z, Y>, T> {
        self.combine(SetOperation::UnionAll, other)
    }

    /// `INTERSECT`: the rows that both queries have, equal ones once.
    pub fn intersect<Y>(self, other: Select<O, Y, T>) -> Select<O, Both<Z, Y>, T> {
        self.combine(SetOperation::Intersect, other)
    }

    /// `EXCEPT`: the rows that the other query does not have, equal ones once.
    pub fn except<Y>(self, other: Select<O, Y, T>) -> Select<O, Both<Z, Y>, T> {
        self.combine(SetOperation::Except, other)
    }

    fn combine<Y>(self, operation: SetOperation, other: Select<O, Y, T>) -> Select<O, Both<Z, Y>, T> {
        let read = self.read;
        Select::new(self.tree.combine(operation, other.tree), read)
    }
}
