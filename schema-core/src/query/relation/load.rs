use std::{
    collections::{HashMap, HashSet},
    fmt::Write,
};

use super::{cardinality::Cardinality, related::Related, with::Loaded};
use crate::{
    database::Session,
    error::{Error, Result},
    expr::{Alias, By, Node, Order, sequence, sql},
    query::{SelectTree, Writer, fetch_all, writer::Statement},
    record::{Record, Table},
    value::{CellError, Row, SqlType as _, Value},
};

/// A relation whose rows can be loaded beside those that they belong to.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no relation",
    label = "not a relation",
    note = "`with(|a| a.books())`: foreign keys give `b.author()` and `a.books()`"
)]
pub trait Loads {
    /// What stands beside each row.
    type Out;
    /// The tables that are read.
    type Tables;
    /// The column that rows are found by, of the row that they belong to.
    #[doc(hidden)]
    fn outer(&self) -> (Alias, u16);
    /// For each key what belongs to it, in the order of the keys.
    #[doc(hidden)]
    fn load(&self, session: Session<'_>, keys: Vec<Value>) -> Result<Vec<Self::Out>>;
}

/// Relations that are loaded beside a row of `T`: a tuple of up to four.
#[diagnostic::on_unimplemented(
    message = "more than four relations beside one row",
    label = "a fifth `with`",
    note = "load some of them with a query of their own, or beside the rows of another relation"
)]
pub trait Nested<T> {
    /// The row with what stands beside it: `T`, or `(T, Vec<Book>, ..)`.
    type Row;
    /// The tables that are read beside `T`'s.
    type Tables;
    /// One relation more.
    type Push<R: Loads>;
    #[doc(hidden)]
    fn push<R: Loads>(self, relation: R) -> Self::Push<R>;
    #[doc(hidden)]
    fn outer(&self) -> Vec<(Alias, u16)>;
    /// Puts what belongs to each row beside it. Each row comes with the values of `outer`.
    #[doc(hidden)]
    fn load(&self, session: Session<'_>, rows: Vec<(T, Vec<Value>)>) -> Result<Vec<Self::Row>>;
}

/// What a fifth relation beside one row leads to: nothing that could be read.
#[derive(Clone, Copy, Debug)]
pub struct TooManyRelations;

impl<T> Nested<T> for () {
    type Row = T;
    type Tables = ();
    type Push<R: Loads> = (R,);
    fn push<R: Loads>(self, relation: R) -> (R,) {
        (relation,)
    }
    fn outer(&self) -> Vec<(Alias, u16)> {
        Vec::new()
    }
    fn load(&self, _: Session<'_>, rows: Vec<(T, Vec<Value>)>) -> Result<Vec<T>> {
        Ok(rows.into_iter().map(|(row, _)| row).collect())
    }
}

macro_rules! nested {
    ($($name:ident $value:ident $at:tt),* => $($push:tt)*) => {
        impl<T, $($name: Loads),*> Nested<T> for ($($name,)*) {
            type Row = (T, $($name::Out),*);
            type Tables = nested!(@tables $($name)*);
            nested!(@push ($($at)*) $($push)*);
            fn outer(&self) -> Vec<(Alias, u16)> {
                vec![$(self.$at.outer()),*]
            }
            fn load(&self, session: Session<'_>, rows: Vec<(T, Vec<Value>)>) -> Result<Vec<Self::Row>> {
                let keys = |at: usize| -> Vec<Value> {
                    rows.iter().map(|(_, keys)| keys.get(at).cloned().unwrap_or_default()).collect()
                };
                $(let mut $value = self.$at.load(session, keys($at))?.into_iter();)*
                let mut nested = Vec::with_capacity(rows.len());
                for (row, _) in rows {
                    match ($($value.next(),)*) {
                        ($(Some($value),)*) => nested.push((row, $($value),*)),
                        _ => return Err(Error::misuse("a relation gave fewer answers than there are rows")),
                    }
                }
                Ok(nested)
            }
        }
    };
    (@tables) => { () };
    (@tables $head:ident $($tail:ident)*) => { ($head::Tables, nested!(@tables $($tail)*)) };
    (@push ($($at:tt)*)) => {
        type Push<R: Loads> = TooManyRelations;
        fn push<R: Loads>(self, _: R) -> TooManyRelations {
            TooManyRelations
        }
    };
    (@push ($($at:tt)*) $($name:ident)*) => {
        type Push<R: Loads> = ($($name,)* R,);
        fn push<R: Loads>(self, relation: R) -> Self::Push<R> {
            ($(self.$at,)* relation,)
        }
    };
}
nested!(A a 0 => A);
nested!(A a 0, B b 1 => A B);
nested!(A a 0, B b 1, C c 2 => A B C);
nested!(A a 0, B b 1, C c 2, D d 3 =>);

impl<T: Table, C: Cardinality, W: Nested<T, Row: Clone>> Loads for Related<T, C, W> {
    type Out = C::Out<W::Row>;
    type Tables = Loaded<T, W::Tables>;

    fn outer(&self) -> (Alias, u16) {
        self.link.outer
    }

    fn load(&self, session: Session<'_>, keys: Vec<Value>) -> Result<Vec<Self::Out>> {
        if let Some(problem) = self.link.problem {
            return Err(Error::misuse(problem));
        }
        let mut wanted = HashMap::<Key, Vec<usize>>::new();
        for (position, key) in keys.iter().enumerate() {
            if *key != Value::Null {
                wanted.entry(Key::of(key, self.link.collation)).or_default().push(position);
            }
        }
        let mut groups: Vec<Vec<W::Row>> = keys.iter().map(|_| Vec::new()).collect();
        if !wanted.is_empty() {
            let (statement, tree) = self.statement(&keys)?;
            let (key, nested) = (T::SHAPE.width(), self.with.outer());
            let read = |row: Row<'_>, at: usize| -> Result<(Value, (T, Vec<Value>)), CellError> {
                let values = nested
                    .iter()
                    .map(|(_, column)| Value::read(row, usize::from(*column)))
                    .collect::<Result<_, _>>()?;
                Ok((Value::read(row, key)?, (<T as Record>::read(row, at)?, values)))
            };
            let found = fetch_all(session, &statement, &tree, read)?;
            let (of, found): (Vec<Value>, Vec<_>) = found.into_iter().unzip();
            for (key, row) in of.iter().zip(self.with.load(session, found)?) {
                let Some((last, others)) = wanted
                    .get(&Key::of(key, self.link.collation))
                    .and_then(|positions| positions.split_last())
                else {
                    return Err(unmatched::<T>(key));
                };
                others.iter().for_each(|other| groups[*other].push(row.clone()));
                groups[*last].push(row);
            }
        }
        groups.into_iter().zip(&keys).map(|(group, key)| C::collect::<W::Row, T>(group, key)).collect()
    }
}

#[cold]
fn unmatched<T: Table>(key: &Value) -> Error {
    Error::misuse(format!(
        "a row of `{}` belongs to the key {key}, which SQLite finds equal to another one and this program does not: \
         the two columns of the foreign key have another type or collation in the database than in the models",
        T::DEF.name
    ))
}

/// A key as it is found again: equal where SQLite finds it equal.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Integer(i64),
    Real(u64),
    Text(String),
    Blob(Vec<u8>),
    Null,
}

impl Key {
    fn of(value: &Value, collation: Option<&str>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Integer(number) => Self::Integer(*number),
            Value::Real(number) => Self::Real(number.to_bits()),
            Value::Blob(bytes) => Self::Blob(bytes.clone()),
            Value::Text(text) => Self::Text(match collation {
                Some(name) if name.eq_ignore_ascii_case("nocase") => text.to_ascii_lowercase(),
                Some(name) if name.eq_ignore_ascii_case("rtrim") => text.trim_end_matches(' ').to_owned(),
                _ => text.clone(),
            }),
        }
    }
}

impl<T: Table, C: Cardinality, W> Related<T, C, W> {
    /// One statement for all keys: they are elements of a JSON array, which is one parameter however many
    /// there are. Behind the columns of the table stands the key that a row belongs to.
    fn statement(&self, keys: &[Value]) -> Result<(Statement, SelectTree)> {
        let mut tree = self.query.tree.same();
        let table = self.alias(0);
        let key = self.inner_key();
        let (array, are_blobs) = as_json(keys)?;
        let elements =
            if are_blobs { "(SELECT unhex(value) FROM json_each(" } else { "(SELECT value FROM json_each(" };
        tree.filters.push(sequence([key.clone(), sql(" IN "), sql(elements), Node::Value(array), sql("))")]));
        let width = u16::try_from(T::SHAPE.width()).unwrap_or(u16::MAX);
        tree.select = (0..width).map(|index| Node::Column(table, index)).collect();
        tree.select.push(Node::Column(self.alias(self.link.inner.0), self.link.inner.1));
        for name in T::DEF.primary_key.iter().flat_map(|key| key.columns.iter()) {
            if let Some(index) = T::DEF.position(&name.name).and_then(|index| u16::try_from(index).ok()) {
                tree.order.push(Order::by(By::Node(Node::Column(table, index)), false));
            }
        }
        let Some(limit) = tree.limit.take() else {
            let mut writer = Writer::default();
            writer.select(&tree);
            return Ok((writer.finish()?, tree));
        };
        // So many for each key: rows are numbered among those of one key.
        let order = std::mem::take(&mut tree.order).into_iter().map(Order::node);
        let mut numbered = vec![sql("row_number() OVER (PARTITION BY "), key];
        for (position, term) in order.enumerate() {
            numbered.extend([sql(if position == 0 { " ORDER BY " } else { ", " }), term]);
        }
        numbered.push(sql(")"));
        tree.select.push(Node::Sequence(numbered));
        let mut writer = Writer::default();
        writer.select(&tree);
        let mut statement = writer.finish()?;
        let names: Vec<String> = (0..tree.select.len()).map(|at| format!("c{at}")).collect();
        let number = &names[names.len() - 1];
        statement.sql = format!(
            "WITH related({}) AS ({}) SELECT * FROM related WHERE {number} <= ? ORDER BY {number}",
            names.join(", "),
            statement.sql
        );
        statement.values.push(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
        Ok((statement, tree))
    }
}

/// The keys as a JSON array, each once, and whether they are bytes, written as hexadecimal digits.
fn as_json(keys: &[Value]) -> Result<(Value, bool)> {
    let are_blobs = keys.iter().any(|key| matches!(key, Value::Blob(_)));
    let mut seen = HashSet::new();
    let elements: Vec<serde_json::Value> = keys
        .iter()
        .filter(|key| **key != Value::Null && seen.insert(Key::of(key, None)))
        .map(|key| match key {
            Value::Integer(number) if !are_blobs => Ok((*number).into()),
            Value::Text(text) if !are_blobs => Ok(text.as_str().into()),
            Value::Blob(bytes) => Ok(hexadecimal(bytes).into()),
            other => Err(Error::misuse(format!(
                "a relation is loaded by keys that are integers, text or bytes, all of one kind; {other} is none"
            ))),
        })
        .collect::<Result<_>>()?;
    Ok((Value::Text(serde_json::Value::Array(elements).to_string()), are_blobs))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
