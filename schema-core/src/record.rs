//! What the derives implement: records and tables.

use crate::{
    engine::sqlite::Slot,
    expr::{Alias, Columns, Mode},
    model::{TableDef, ViewDef},
    query::{DeleteQuery, Query, UpdateQuery},
    repository::{FieldCheck, FieldError, Fields, HookFns, NewRow, Update},
    value::{CellError, Row, Value, ValueError},
};

/// Anything with named columns: a table, or a struct that a query yields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no table",
    label = "not a table",
    note = "derive `Table` for it"
)]
pub trait Record: Sized + 'static {
    /// The columns as fields, generic over what they stand for.
    type Columns<M: Mode>: Columns<Mode = M, Record = Self>;

    /// Where the columns come from.
    const SHAPE: Shape;

    #[doc(hidden)]
    fn columns<M: Mode>(alias: Alias) -> Self::Columns<M>;

    /// Reads the record from the columns of a row, beginning at a position.
    ///
    /// # Errors
    /// The first cell that does not fit.
    fn read(row: Row<'_>, at: usize) -> Result<Self, CellError>;
}

/// The columns of a record as data.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A table of the schema.
    Table(&'static TableDef),
    /// A view of the schema.
    View(&'static ViewDef),
    /// The named columns of a query's result.
    Row(&'static [&'static str]),
}

impl Shape {
    /// Number of columns.
    pub const fn width(self) -> usize {
        let columns = match self {
            Self::Table(table) => &table.columns,
            Self::View(view) => &view.columns,
            Self::Row(names) => return names.len(),
        };
        match columns {
            std::borrow::Cow::Borrowed(columns) => columns.len(),
            std::borrow::Cow::Owned(columns) => columns.len(),
        }
    }

    /// Name of a column in SQL.
    pub(crate) fn column(self, index: u16) -> Option<&'static str> {
        let columns = match self {
            Self::Table(table) => &table.columns,
            Self::View(view) => &view.columns,
            Self::Row(names) => return names.get(usize::from(index)).copied(),
        };
        columns.get(usize::from(index)).map(|column| &*column.name)
    }

    /// A column that is never NULL, by which a LEFT JOIN tells a missing row. Only a table is sure of
    /// one: what a view gives, no constraint has checked.
    pub(crate) fn presence(self) -> Option<usize> {
        match self {
            // What a statement of its own declares, only the database knows.
            Self::Table(table) if table.sql.is_some() && !table.without_rowid => None,
            Self::Table(table) => table.columns.iter().position(|column| !column.nullable),
            Self::View(_) | Self::Row(_) => None,
        }
    }
}

/// A table: a struct that derives `Table`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no table",
    label = "not a table",
    note = "derive `Table` for it"
)]
pub trait Table: Record {
    /// The table as data.
    const DEF: &'static TableDef;

    /// Position of the column that is SQLite's rowid, where the database gives it.
    #[doc(hidden)]
    const ROWID: Option<usize>;

    /// The check functions of its columns.
    #[doc(hidden)]
    const CHECKS: &'static [FieldCheck] = &[];

    /// What the model does around the writing of its rows.
    #[doc(hidden)]
    const HOOKS: Option<HookFns<Self>> = None;

    /// Type of the primary key: a column's base type, [`Set`](crate::expr::Set) of them, or [`NoKey`].
    type Key;

    /// `NewBook`: the columns that a new row must have.
    type New: NewRow<Table = Self>;

    /// `BookUpdate`: a patch for each column that can be changed.
    type Update: Update<Table = Self>;

    #[doc(hidden)]
    fn slots() -> &'static Slots;

    /// The value that the framework gives a column by itself: an instant or a UUID.
    #[doc(hidden)]
    fn fill(index: usize) -> Result<Value, ValueError>;

    /// Binds every column in order, generated ones included.
    #[doc(hidden)]
    fn bind<'v>(&'v self, fields: &mut Fields<'_, 'v>) -> Result<(), FieldError>;

    /// A query over the table.
    fn query() -> Query<Self> {
        Query::new()
    }

    /// An update of the rows that a condition picks:
    /// `Book::update().filter(|b| b.stock.eq(0)).set(|b| b.price.set(b.price * 0.9)).run(&db)`.
    fn update() -> UpdateQuery<Self>
    where
        Self: Mutable,
    {
        UpdateQuery::new()
    }

    /// A deletion of the rows that a condition picks. A model with `#[column(soft_delete)]` is marked
    /// instead, unless it is `forever()`.
    fn delete() -> DeleteQuery<Self>
    where
        Self: Mutable,
    {
        DeleteQuery::new()
    }
}

/// A table's name and columns, apart from its definition: two tables may reference each other, and a
/// constant that needs itself does not compile. Foreign keys ask for no other trait of their parent, so
/// that a type that is no table is reported once.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no table",
    label = "not a table",
    note = "derive `Table` for it"
)]
pub trait NamedTable: Sized {
    /// The table itself.
    type Itself: Table;
    /// The table's name in the database.
    const NAME: &'static str;
    /// Each field and its column's name.
    const COLUMNS: &'static [(&'static str, &'static str)];

    #[doc(hidden)]
    fn rows() -> Query<Self>;
}

/// A table whose rows may be updated and deleted: every one that is not `append_only`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is append-only: its rows are never updated or deleted",
    label = "append-only",
    note = "`#[table(append_only)]` on `{Self}` says so"
)]
pub trait Mutable: Table {}
#[diagnostic::do_not_recommend]
impl<T: Table + Changeable> Mutable for T {}

/// What the derive says of a table that is not `append_only`. Apart from [`Mutable`], so that the compiler
/// does not list them all where one is.
#[doc(hidden)]
pub trait Changeable {}

/// A key that names a row: every table's but that of a table without a primary key.
#[diagnostic::on_unimplemented(
    message = "this table has no primary key, by which a row could be found again",
    label = "no primary key",
    note = "mark a field `#[column(primary_key)]`, or write with `sqlite_raw`"
)]
pub trait NamesRow {}
#[diagnostic::do_not_recommend]
impl<T: crate::value::SqlType> NamesRow for T {}
#[diagnostic::do_not_recommend]
impl<T> NamesRow for crate::expr::Set<T> {}

/// The key of a table that has none: no value fits it.
#[derive(Clone, Copy, Debug)]
pub enum NoKey {}

/// The statements of a table that have a fixed text.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Slots {
    pub(crate) get: Slot,
    pub(crate) insert: Slot,
    pub(crate) insert_returning: Slot,
    pub(crate) insert_many: Slot,
    pub(crate) save: Slot,
    pub(crate) update: Slot,
    pub(crate) delete: Slot,
    pub(crate) list: Slot,
    pub(crate) count: Slot,
    pub(crate) exists: Slot,
}

impl Slots {
    /// Slots that get their numbers at first use.
    pub const fn new() -> Self {
        Self {
            get: Slot::new(),
            insert: Slot::new(),
            insert_returning: Slot::new(),
            insert_many: Slot::new(),
            save: Slot::new(),
            update: Slot::new(),
            delete: Slot::new(),
            list: Slot::new(),
            count: Slot::new(),
            exists: Slot::new(),
        }
    }
}
