use std::{borrow::Cow, fmt, sync::Arc};

use serde::ser::{Error as _, SerializeMap};

use super::{facts::Facts, named::DynamicColumn};
use crate::{
    database::Runs,
    error::{Error, Kind, Result},
    expr::{Node, Rows},
    query::{IntoCursor, Page, Paged, Plan, Query, Scope, Select, SelectTree, Within},
    value::{Cell, CellError, Row, Value},
};

/// A query whose columns were chosen at run time; each row gives a [`NamedRow`].
pub struct NamedSelect<Z> {
    select: Select<Vec<Value>, Z>,
    headings: Headings,
}

/// Pages of a query whose columns were chosen at run time.
pub struct NamedPages<Z> {
    pages: Paged<Vec<Value>, Z>,
    headings: Headings,
}

/// What the columns are called and how their cells are read.
type Headings = Arc<[(Cow<'static, str>, Facts)]>;

/// A row of columns that were chosen at run time: values by their names, in the order in which they were chosen.
/// serde writes it as an object.
#[derive(Clone)]
pub struct NamedRow {
    headings: Headings,
    values: Vec<Value>,
}

impl<Z> Clone for NamedSelect<Z> {
    fn clone(&self) -> Self {
        Self { select: self.select.clone(), headings: Arc::clone(&self.headings) }
    }
}
impl<Z> Clone for NamedPages<Z> {
    fn clone(&self) -> Self {
        Self { pages: self.pages.clone(), headings: Arc::clone(&self.headings) }
    }
}
impl<Z> fmt::Debug for NamedSelect<Z> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NamedSelect").field(&self.select).finish()
    }
}
impl<Z> fmt::Debug for NamedPages<Z> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NamedPages").field(&self.pages).finish()
    }
}

impl<S: Scope> Query<S> {
    /// Chooses at run time what a row gives: columns by name, and expressions that were given one.
    ///
    /// ```
    /// # use schema_core::{Db, Table};
    /// # #[derive(Table)]
    /// # struct Book { #[column(primary_key)] id: i64, title: String, price_cents: i64 }
    /// # schema_core::schema! { pub(crate) Library { Book } }
    /// # fn list(db: &Db<Library>, fields: &[&str]) -> Result<String, Box<dyn std::error::Error>> {
    /// let allowed = BookColumns::allow(|b| [b.id, b.title, b.price_cents]);
    /// let fields = fields.iter().map(|name| allowed.by_name(name)).collect::<schema_core::Result<Vec<_>>>()?;
    /// let rows = Book::query().select_named(|b| fields.iter().map(|field| field.of(b)).collect()).all(db)?;
    /// Ok(serde_json::to_string(&rows)?)
    /// # }
    /// ```
    pub fn select_named(
        self,
        columns: impl FnOnce(S::Cols<Rows>) -> Vec<DynamicColumn>,
    ) -> NamedSelect<S::Tables> {
        let columns = columns(self.cols());
        NamedSelect::of(self.tree, columns)
    }
}

impl<Z> NamedSelect<Z> {
    pub(in crate::query) fn of(mut tree: SelectTree, columns: Vec<DynamicColumn>) -> Self {
        let mut headings: Vec<(Cow<'static, str>, Facts)> = Vec::with_capacity(columns.len());
        // Before them their number: how a row is read has no room for it.
        tree.select.push(Node::Sql(columns.len().to_string().into()));
        for column in columns {
            let (node, name, facts) = column.into_parts();
            if headings.iter().any(|(other, _)| *other == name) {
                tree.problem.get_or_insert_with(|| {
                    format!(
                        "two columns of one row are named `{name}`: give one another name by `.named(..)`"
                    )
                });
            }
            tree.select.push(node);
            headings.push((name, facts));
        }
        if headings.is_empty() {
            tree.problem.get_or_insert_with(|| "no column was chosen: a row would be empty".to_owned());
        }
        Self { select: Select::new(tree, read), headings: headings.into() }
    }
}

fn read(row: Row<'_>, at: usize) -> Result<Vec<Value>, CellError> {
    let count = match row.cell(at) {
        Cell::Integer(count) => usize::try_from(count).unwrap_or(0),
        other => return Err(CellError::new(other, "the number of columns").at(at)),
    };
    Ok((at + 1..=at + count).map(|position| row.cell(position).to_value()).collect())
}

fn named(headings: &Headings) -> impl Fn(Vec<Value>) -> NamedRow {
    |values| NamedRow { headings: Arc::clone(headings), values }
}

impl<Z> NamedSelect<Z> {
    /// At most this many rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.select = self.select.limit(rows);
        self
    }

    /// Leaves out this many rows.
    pub fn offset(mut self, rows: u64) -> Self {
        self.select = self.select.offset(rows);
        self
    }

    /// Equal rows once.
    pub fn distinct(mut self) -> Self {
        self.select = self.select.distinct();
        self
    }

    /// Every row.
    pub fn all<H: Runs>(&self, handle: &H) -> Result<Vec<NamedRow>>
    where
        Z: Within<H::Schema>,
    {
        Ok(self.select.all(handle)?.into_iter().map(named(&self.headings)).collect())
    }

    /// The only row.
    ///
    /// # Errors
    /// `is_not_found` where there is none, `is_too_many_rows` where there are several.
    pub fn one<H: Runs>(&self, handle: &H) -> Result<NamedRow>
    where
        Z: Within<H::Schema>,
    {
        self.select.one(handle).map(named(&self.headings))
    }

    /// The only row, or `None`.
    ///
    /// # Errors
    /// `is_too_many_rows` where there are several.
    pub fn optional<H: Runs>(&self, handle: &H) -> Result<Option<NamedRow>>
    where
        Z: Within<H::Schema>,
    {
        Ok(self.select.optional(handle)?.map(named(&self.headings)))
    }

    /// The first row of the order, or `None`.
    pub fn first<H: Runs>(&self, handle: &H) -> Result<Option<NamedRow>>
    where
        Z: Within<H::Schema>,
    {
        Ok(self.select.first(handle)?.map(named(&self.headings)))
    }

    /// Hands on every row as it is read, as [`Select::for_each`] does.
    pub fn for_each<H: Runs>(&self, handle: &H, mut work: impl FnMut(NamedRow) -> Result<()>) -> Result<()>
    where
        Z: Within<H::Schema>,
    {
        let named = named(&self.headings);
        self.select.for_each(handle, |values| work(named(values)))
    }

    /// Number of rows, within `limit` and `offset`.
    pub fn count<H: Runs>(&self, handle: &H) -> Result<u64>
    where
        Z: Within<H::Schema>,
    {
        self.select.count(handle)
    }

    /// The rows within `limit` and `offset`, and how many the same filters give without them.
    pub fn all_and_total<H: Runs>(&self, handle: &H) -> Result<(Vec<NamedRow>, u64)>
    where
        Z: Within<H::Schema>,
    {
        let (rows, total) = self.select.all_and_total(handle)?;
        Ok((rows.into_iter().map(named(&self.headings)).collect(), total))
    }

    /// Goes on behind a page: with its `next`. `None` is the first page.
    pub fn after(self, cursor: impl IntoCursor) -> NamedPages<Z> {
        NamedPages { pages: self.select.after(cursor), headings: self.headings }
    }

    /// Goes back in front of a page: with its `previous`. `None` is the last page.
    pub fn before(self, cursor: impl IntoCursor) -> NamedPages<Z> {
        NamedPages { pages: self.select.before(cursor), headings: self.headings }
    }

    /// The first page: as many rows as `limit` says, and cursors for the pages around it.
    ///
    /// # Errors
    /// As [`Paged::page`].
    pub fn page<H: Runs>(self, handle: &H) -> Result<Page<NamedRow>>
    where
        Z: Within<H::Schema>,
    {
        self.after(None).page(handle)
    }

    /// How SQLite finds the rows on this database, in words. Nothing is run.
    pub fn explain<H: Runs>(&self, handle: &H) -> Result<Plan>
    where
        Z: Within<H::Schema>,
    {
        self.select.explain(handle)
    }

    /// The statement's text, with `?` for each value. Where it cannot be written, why, as a comment.
    pub fn to_sql(&self) -> String {
        self.select.to_sql()
    }
}

impl<Z> NamedPages<Z> {
    /// At most this many rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.pages = self.pages.limit(rows);
        self
    }

    /// The page.
    ///
    /// # Errors
    /// As [`Paged::page`].
    pub fn page<H: Runs>(&self, handle: &H) -> Result<Page<NamedRow>>
    where
        Z: Within<H::Schema>,
    {
        let Page { rows, next, previous } = self.pages.page(handle)?;
        Ok(Page { rows: rows.into_iter().map(named(&self.headings)).collect(), next, previous })
    }
}

impl NamedRow {
    /// The value of a column, as it is stored; `None` where none of that name was chosen.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.iter().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    /// Names and values, in the order in which they were chosen.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.headings.iter().map(|(name, _)| &**name).zip(&self.values)
    }

    /// As a JSON object: a `bool` as `true` or `false`, JSON as JSON, a UUID as its text, other bytes as a list of numbers,
    /// everything else as it is stored. A `BookUpdate` reads the same.
    ///
    /// # Errors
    /// `is_value`: a value does not fit the type of its column, or is infinite.
    pub fn to_json(&self) -> Result<serde_json::Map<String, serde_json::Value>> {
        self.cells().map(|(name, cell)| Ok((name.to_owned(), cell?))).collect()
    }

    fn cells(&self) -> impl Iterator<Item = (&str, Result<serde_json::Value>)> {
        self.headings.iter().enumerate().map(|(at, (name, facts))| {
            // A column that is never NULL is on the far side of a LEFT JOIN.
            let is_missing = facts.nullable && matches!(self.values.get(at), None | Some(Value::Null));
            let cell = match is_missing {
                true => Ok(serde_json::Value::Null),
                false => (facts.json)(Row::Values(&self.values), at),
            };
            (&**name, cell.map_err(|error| Error::new(Kind::Value, format!("`{name}`: {error}"))))
        })
    }
}

impl fmt::Debug for NamedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl serde::Serialize for NamedRow {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.values.len()))?;
        for (name, cell) in self.cells() {
            map.serialize_entry(name, &cell.map_err(S::Error::custom)?)?;
        }
        map.end()
    }
}
