use std::{borrow::Cow, fmt, marker::PhantomData};

use super::facts::Facts;
use crate::{
    error::{Error, Kind, Result},
    expr::{By, Columns, Expr, Mode as _, Node, Order, Place, Places, collated, sequence, sql},
    query::{Choice, Part, WholeRow},
    record::{Record, Shape},
    value::{CellError, Row, SqlType, Storage, Value},
};

/// A column that was chosen by its name at run time: `BookColumns::by_name("title")`.
///
/// Given the columns of a closure it is an order or a value; [`eq_text`](Self::eq_text) and its like make
/// conditions of it.
///
/// ```
/// # use schema_core::{Db, Table};
/// # #[derive(Table)]
/// # struct Book { #[column(primary_key)] id: i64, title: String, price_cents: i64 }
/// # schema_core::schema! { pub(crate) Library { Book } }
/// # fn list(db: &Db<Library>, sort: &str, filter: &str, text: &str) -> schema_core::Result<Vec<Book>> {
/// let allowed = BookColumns::allow(|b| [b.title, b.price_cents]);
/// let (sort, wanted) = (allowed.by_name(sort)?, allowed.by_name(filter)?.eq_text(text)?);
/// Book::query().filter(|b| wanted.of(b)).order_by(|b| (sort.of(b).desc(), b.id.asc())).all(db)
/// # }
/// ```
pub struct Named<R> {
    index: u16,
    name: &'static str,
    facts: Facts,
    record: PhantomData<fn() -> R>,
}

impl<R> Clone for Named<R> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<R> Copy for Named<R> {}
impl<R> fmt::Debug for Named<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Named").field(&self.name).finish()
    }
}

impl<R: Record> Named<R> {
    /// The column of a field, whatever column it is.
    ///
    /// # Errors
    /// `is_value`: the struct has no such field; the error lists those that it has.
    #[doc(hidden)]
    pub fn find(name: &str) -> Result<Self> {
        let width = u16::try_from(R::SHAPE.width()).unwrap_or(u16::MAX);
        let fields: Vec<&'static str> = (0..width).filter_map(|index| field(R::SHAPE, index)).collect();
        let found = (0..width).find(|index| field(R::SHAPE, *index) == Some(name));
        found.and_then(Self::at).ok_or_else(|| unknown(name, fields))
    }

    fn at(index: u16) -> Option<Self> {
        Some(Self {
            index,
            name: field(R::SHAPE, index)?,
            facts: Facts::find::<R>(index)?,
            record: PhantomData,
        })
    }

    /// The name of its field.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// How the database stores its values.
    pub fn storage(&self) -> Storage {
        self.facts.storage
    }

    /// Whether it may be NULL.
    pub fn is_nullable(&self) -> bool {
        self.facts.nullable
    }

    /// What it takes, in words: `a whole number`, ``one of `draft`, `published` ``.
    pub fn expects(&self) -> String {
        (self.facts.expected)()
    }

    /// The column of a table of a query.
    pub fn of<C: Columns<Record = R, Mode: WholeRow>>(&self, columns: C) -> DynamicColumn {
        let node = Node::Column(columns.alias(), self.index);
        let nullable = self.facts.nullable || C::Mode::NULLABLE;
        DynamicColumn::new(node, Cow::Borrowed(self.name), Facts { nullable, ..self.facts })
    }

    pub(super) fn index(&self) -> u16 {
        self.index
    }

    pub(super) fn facts(&self) -> Facts {
        self.facts
    }

    pub(super) fn table() -> &'static str {
        match R::SHAPE {
            Shape::Table(table) => &table.name,
            Shape::View(view) => &view.name,
            Shape::Row(_) => "result",
        }
    }
}

/// The name of a field.
fn field(shape: Shape, index: u16) -> Option<&'static str> {
    let columns = match shape {
        Shape::Table(table) => &table.columns,
        Shape::View(view) => &view.columns,
        Shape::Row(names) => return names.get(usize::from(index)).copied(),
    };
    columns.get(usize::from(index)).map(|column| &*column.field)
}

pub(super) fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn unknown<'n>(name: &str, allowed: impl IntoIterator<Item = &'n str>) -> Error {
    let allowed = listed(allowed);
    Error::new(
        Kind::Value,
        format!("`{name:.40}` is no column that may be chosen here: {allowed}; nothing was run"),
    )
}

/// The columns of a model that may be chosen at run time, and no others:
/// `BookColumns::allow(|b| [b.title, b.price_cents])`.
pub struct Allowed<R> {
    columns: Vec<(Cow<'static, str>, u16)>,
    record: PhantomData<fn() -> R>,
}

impl<R> Clone for Allowed<R> {
    fn clone(&self) -> Self {
        Self { columns: self.columns.clone(), record: PhantomData }
    }
}
impl<R> fmt::Debug for Allowed<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.columns.iter().map(|(name, _)| name)).finish()
    }
}

impl<R: Record> Allowed<R> {
    #[doc(hidden)]
    pub fn new<const N: usize>(columns: impl FnOnce(R::Columns<Places>) -> [Place; N]) -> Self {
        let places = columns(R::columns::<Places>(crate::expr::Alias::TARGET));
        let columns = places
            .iter()
            .flat_map(Place::columns)
            .filter_map(|index| Some((Cow::Borrowed(field(R::SHAPE, *index)?), *index)))
            .collect();
        Self { columns, record: PhantomData }
    }

    /// One more, under another name than its field's: `.also("price", |b| b.price_cents)`.
    pub fn also(
        mut self,
        name: impl Into<Cow<'static, str>>,
        column: impl FnOnce(R::Columns<Places>) -> Place,
    ) -> Self {
        let place = column(R::columns::<Places>(crate::expr::Alias::TARGET));
        if let [index] = place.columns() {
            self.columns.push((name.into(), *index));
        }
        self
    }

    /// The names that may be chosen.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| &**name)
    }

    /// The column of a name.
    ///
    /// # Errors
    /// `is_value`: the name is none of those allowed; the error lists them.
    pub fn by_name(&self, name: &str) -> Result<Named<R>> {
        let found = self.columns.iter().find(|(allowed, _)| allowed == name);
        found.and_then(|(_, index)| Named::at(*index)).ok_or_else(|| unknown(name, self.names()))
    }
}

/// A column or expression of a query that was chosen at run time: [`Named::of`], or
/// [`Expr::named`](crate::expr::Expr::named).
#[derive(Clone, Debug)]
pub struct DynamicColumn {
    node: Node,
    name: Cow<'static, str>,
    facts: Facts,
}

impl DynamicColumn {
    pub(super) fn new(node: Node, name: Cow<'static, str>, facts: Facts) -> Self {
        Self { node: collated(node, facts.collate), name, facts }
    }

    /// Smallest first; NULL before everything.
    pub fn asc(self) -> Order {
        Order::by(By::Node(self.node), self.facts.nullable)
    }

    /// Largest first; NULL after everything.
    pub fn desc(self) -> Order {
        self.asc().reversed()
    }

    /// `IS NULL`.
    pub fn is_null(self) -> Expr<bool> {
        Expr::new(sequence([sql("("), self.node, sql(" IS NULL)")]))
    }

    /// `IS NOT NULL`.
    pub fn is_not_null(self) -> Expr<bool> {
        Expr::new(sequence([sql("("), self.node, sql(" IS NOT NULL)")]))
    }

    /// The same under another name, for [`select_named`](crate::query::Query::select_named).
    pub fn named(self, name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), ..self }
    }

    pub(super) fn into_parts(self) -> (Node, Cow<'static, str>, Facts) {
        (self.node, self.name, self.facts)
    }
}

#[diagnostic::do_not_recommend]
impl Choice for DynamicColumn {
    type Row = Value;
    type Types = Value;
    type Chosen = Self;
    const WIDTH: usize = 1;
    fn chosen(self) -> Self {
        self
    }
    fn read(row: Row<'_>, at: usize) -> Result<Value, CellError> {
        Value::read(row, at)
    }
}

#[diagnostic::do_not_recommend]
impl Part for DynamicColumn {
    fn select_into(self, select: &mut Vec<Node>) {
        select.push(self.node);
    }
}
