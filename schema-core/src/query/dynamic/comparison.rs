use std::{fmt, marker::PhantomData, str::FromStr};

use super::{
    facts::Facts,
    named::{DynamicColumn, Named, listed},
};
use crate::{
    error::{Error, Kind, Result},
    expr::{Columns, Expr, Node, collated, infix},
    query::WholeRow,
    record::Record,
    value::{SqlType, Storage, Value},
};

/// How a column is compared with a text: what a person chose, as [`FromStr`] reads it (`eq`, `starts_with`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `eq`: equal.
    Eq,
    /// `ne`: not equal.
    Ne,
    /// `lt`: smaller.
    Lt,
    /// `le`: smaller or equal.
    Le,
    /// `gt`: larger.
    Gt,
    /// `ge`: larger or equal.
    Ge,
    /// `contains`: the text is a part of it.
    Contains,
    /// `starts_with`: the text is its beginning.
    StartsWith,
    /// `ends_with`: the text is its end.
    EndsWith,
}

impl Comparison {
    /// Every comparison.
    pub const ALL: [Self; 9] = [
        Self::Eq,
        Self::Ne,
        Self::Lt,
        Self::Le,
        Self::Gt,
        Self::Ge,
        Self::Contains,
        Self::StartsWith,
        Self::EndsWith,
    ];

    /// Its name, as it is read from text.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Lt => "lt",
            Self::Le => "le",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Contains => "contains",
            Self::StartsWith => "starts_with",
            Self::EndsWith => "ends_with",
        }
    }

    /// Whether it looks for a part of a text.
    const fn is_about_text(self) -> bool {
        matches!(self, Self::Contains | Self::StartsWith | Self::EndsWith)
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Comparison {
    type Err = Error;

    /// # Errors
    /// `is_value`: there is no such comparison; the error lists those that there are.
    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|comparison| comparison.name() == name).ok_or_else(|| {
            let names = listed(Self::ALL.into_iter().map(Self::name));
            Error::new(
                Kind::Value,
                format!("there is no comparison `{name:.40}`, only {names}; nothing was run"),
            )
        })
    }
}

/// A condition on a column that was chosen at run time, its value checked against the column's type:
/// `query.filter(|b| criterion.of(b))`. It goes wherever the columns of its table are.
pub struct Criterion<R> {
    index: u16,
    test: Test,
    collate: Option<&'static str>,
    record: PhantomData<fn() -> R>,
}

#[derive(Clone, Debug)]
enum Test {
    Compared(Comparison, Value),
    In(Vec<Value>),
    Null(bool),
}

impl<R> Clone for Criterion<R> {
    fn clone(&self) -> Self {
        Self { index: self.index, test: self.test.clone(), collate: self.collate, record: PhantomData }
    }
}
impl<R> fmt::Debug for Criterion<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Criterion")
            .field("column", &self.index)
            .field("test", &self.test)
            .finish_non_exhaustive()
    }
}

impl<R: Record> Criterion<R> {
    /// The condition on a table of a query. It is NULL where the column is, which is known at run time alone.
    pub fn of<C: Columns<Record = R, Mode: WholeRow>>(&self, columns: C) -> Expr<Option<bool>> {
        let column = collated(Node::Column(columns.alias(), self.index), self.collate);
        match &self.test {
            Test::Compared(comparison, value) => compared(column, *comparison, value.clone()),
            Test::In(values) => Expr::<Value>::new(column).in_list(values).nullable(),
            Test::Null(true) => Expr::<Value>::new(column).is_null().nullable(),
            Test::Null(false) => Expr::<Value>::new(column).is_not_null().nullable(),
        }
    }
}

fn compared(column: Node, comparison: Comparison, value: Value) -> Expr<Option<bool>> {
    let text = |column| Expr::<Option<String>>::new(column);
    let operator = match (comparison, &value) {
        (Comparison::Ne, _) => " <> ",
        (Comparison::Lt, _) => " < ",
        (Comparison::Le, _) => " <= ",
        (Comparison::Gt, _) => " > ",
        (Comparison::Ge, _) => " >= ",
        (Comparison::Contains, Value::Text(part)) => return text(column).contains(part),
        (Comparison::StartsWith, Value::Text(part)) => return text(column).starts_with(part),
        (Comparison::EndsWith, Value::Text(part)) => return text(column).ends_with(part),
        // What looks into a text and has none was refused where the criterion was made.
        (Comparison::Eq | Comparison::Contains | Comparison::StartsWith | Comparison::EndsWith, _) => " = ",
    };
    Expr::new(infix(column, operator, Node::Value(value)))
}

impl<R: Record> Named<R> {
    /// Whether the column equals what the text stands for.
    ///
    /// # Errors
    /// As [`compare`](Self::compare).
    pub fn eq_text(&self, text: &str) -> Result<Criterion<R>> {
        self.compare(Comparison::Eq, text)
    }

    /// Compares the column with what a text stands for: a number, `true`, an instant, a variant of an enum,
    /// whatever the column's type reads.
    ///
    /// # Errors
    /// `is_value`: the text is no value of the column's type, or the column cannot be compared in this way. The
    /// error names the column and what it takes.
    pub fn compare(&self, comparison: Comparison, text: &str) -> Result<Criterion<R>> {
        if comparison.is_about_text() {
            let facts = self.facts();
            if facts.storage != Storage::Text || facts.is_json {
                return Err(self.refused(format_args!("holds no text that `{comparison}` could look into")));
            }
            return Ok(self.criterion(Test::Compared(comparison, Value::Text(text.to_owned()))));
        }
        Ok(self.criterion(Test::Compared(comparison, self.value(text)?)))
    }

    /// Whether the column equals what any of the texts stands for. Without a text no row does.
    ///
    /// # Errors
    /// As [`compare`](Self::compare).
    pub fn in_texts<'t>(&self, texts: impl IntoIterator<Item = &'t str>) -> Result<Criterion<R>> {
        let values = texts.into_iter().map(|text| self.value(text)).collect::<Result<_>>()?;
        Ok(self.criterion(Test::In(values)))
    }

    /// Whether the column is NULL.
    pub fn is_null(&self) -> Criterion<R> {
        self.criterion(Test::Null(true))
    }

    /// Whether the column is not NULL.
    pub fn is_not_null(&self) -> Criterion<R> {
        self.criterion(Test::Null(false))
    }

    fn criterion(&self, test: Test) -> Criterion<R> {
        Criterion { index: self.index(), test, collate: self.facts().collate, record: PhantomData }
    }

    fn value(&self, text: &str) -> Result<Value> {
        let Facts { is_json, parse, expected, .. } = self.facts();
        if is_json {
            return Err(self.refused("holds JSON, which no text is compared with"));
        }
        parse(text).map_err(|why| self.refused(format_args!("takes {}: {why}", expected())))
    }

    fn refused(&self, why: impl fmt::Display) -> Error {
        Error::new(Kind::Value, format!("`{}.{}` {why}; nothing was run", Self::table(), self.name()))
    }
}

impl<T: SqlType, K: crate::expr::Kind> Expr<T, K> {
    /// The expression under a name, for [`select_named`](crate::query::Query::select_named), where it may stand
    /// beside columns that are chosen at run time.
    pub fn named(self, name: impl Into<std::borrow::Cow<'static, str>>) -> DynamicColumn {
        DynamicColumn::new(self.node(), name.into(), Facts::of::<T>())
    }
}
