use std::ops::{Deref, DerefMut};

use super::{FieldError, validate_new};
use crate::{
    error::{Error, Result},
    expr::{Alias, Assignments, ColumnKind, Given, Insert, InsertColumn, IsLeftOut},
    model::{ColumnDef, ColumnRole, DefaultDef},
    record::{Record, Table},
    value::{Binder, CellError, Row, SqlType, Value, ValueError},
};

/// A generated `NewBook`: the columns that a new row must have.
pub trait NewRow: Sized {
    /// The table that the row goes into.
    type Table: Table<New = Self>;

    #[doc(hidden)]
    fn bind<'v>(&'v self, fields: &mut NewFields<'_, 'v>) -> Result<(), FieldError>;

    /// The same row again.
    #[doc(hidden)]
    fn copy(&self) -> Self;

    /// The model: required columns from here, the others from the row.
    #[doc(hidden)]
    fn into_row(self, row: Row<'_>) -> Result<Self::Table, CellError>;
}

/// A new row with values for optional columns: `NewBook { .. }.with(|b| b.price_cents.set(999))`.
#[derive(Clone, Debug)]
pub struct Filled<N> {
    pub(crate) row: N,
    pub(crate) given: Vec<Given>,
}

/// So that rows with and without optional columns stand in one list: `NewBook { .. }.into()`.
impl<N: NewRow> From<N> for Filled<N> {
    fn from(row: N) -> Self {
        Self { row, given: Vec::new() }
    }
}

impl<N: NewRow> Filled<N> {
    #[doc(hidden)]
    pub fn new<A: Assignments<Given>>(
        row: N,
        fill: impl FnOnce(<N::Table as Record>::Columns<Insert>) -> A,
    ) -> Self {
        Self::from(row).with(fill)
    }

    /// Runs the `check_fn` of every column on what the row holds, without a database.
    ///
    /// # Errors
    /// `is_invalid`, with every field that was refused.
    pub fn validate(&self) -> Result<()> {
        validate_new::<N::Table>(&self.row, &self.given)
    }

    pub(crate) fn copy(&self) -> Self {
        Self { row: self.row.copy(), given: self.given.clone() }
    }

    /// As [`with`](Self::with), where the row is borrowed: in a hook.
    pub fn set<A: Assignments<Given>>(
        &mut self,
        fill: impl FnOnce(<N::Table as Record>::Columns<Insert>) -> A,
    ) {
        fill(N::Table::columns::<Insert>(Alias::TARGET)).assign_to(&mut self.given);
    }

    /// What an optional column was given; None where it takes its default.
    pub fn given<T: SqlType, K: ColumnKind + IsLeftOut>(
        &self,
        column: impl FnOnce(<N::Table as Record>::Columns<Insert>) -> InsertColumn<T, K>,
    ) -> Option<T::Rust> {
        let column = column(N::Table::columns::<Insert>(Alias::TARGET)).index;
        let given = self.given.iter().rev().find(|given| given.column == column)?;
        let value = given.value.as_ref().ok()?;
        T::read(Row::Values(std::slice::from_ref(value)), 0).ok()
    }

    /// Gives further optional columns a value; the last one counts.
    pub fn with<A: Assignments<Given>>(
        mut self,
        fill: impl FnOnce(<N::Table as Record>::Columns<Insert>) -> A,
    ) -> Self {
        self.set(fill);
        self
    }
}

/// The columns that every new row names.
impl<N> Deref for Filled<N> {
    type Target = N;
    fn deref(&self) -> &N {
        &self.row
    }
}

impl<N> DerefMut for Filled<N> {
    fn deref_mut(&mut self) -> &mut N {
        &mut self.row
    }
}

/// What `insert` takes: `NewBook { .. }`, with or without `.with(..)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no new row of `{T}`",
    label = "not a new `{T}`",
    note = "a new row is given by value: `NewBook {{ title: \"Dune\".into(), .. }}`, and `.with(|b| ..)` for the columns that the literal lacks; several go to `insert_many`, a row that is there to `save`"
)]
pub trait IntoNew<T: Table> {
    #[doc(hidden)]
    fn into_new(self) -> Filled<T::New>;
}

#[diagnostic::do_not_recommend]
impl<N: NewRow> IntoNew<N::Table> for N {
    fn into_new(self) -> Filled<N> {
        self.into()
    }
}

#[diagnostic::do_not_recommend]
impl<N: NewRow> IntoNew<N::Table> for Filled<N> {
    fn into_new(self) -> Self {
        self
    }
}

/// The optional columns of a new row.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    /// A value for every column of the table, NULL where the row itself has it or the database decides.
    pub(crate) values: Vec<Value>,
    /// The columns that the database decides: the INSERT does not name them.
    pub(crate) omitted: Vec<u16>,
    /// The optional columns that the caller gave a value.
    pub(crate) given: Vec<u16>,
    /// Whether only the database knows what one of those columns holds then. It tells the rowid by itself.
    pub(crate) decided: bool,
}

/// What the optional columns of a new row hold: what was given, what the framework fills in, or the
/// default, so that the row is known without asking the database.
pub(crate) fn resolve<T: Table>(given: &[Given]) -> Result<Resolved> {
    let mut resolved = Resolved { values: Vec::with_capacity(T::DEF.columns.len()), ..Resolved::default() };
    for (position, (index, column)) in (0..).zip(T::DEF.columns.iter().enumerate()) {
        let given = given.iter().rev().find(|given| given.column == position);
        let value = match given {
            Some(Given { value: Ok(value), .. }) => Some(value.clone()),
            Some(Given { value: Err(error), .. }) => {
                return Err(Error::value(error.clone(), &T::DEF.name, &column.name));
            }
            None => default::<T>(index, column)?,
        };
        if given.is_some() {
            resolved.given.push(position);
        }
        if value.is_none() {
            resolved.omitted.push(position);
            resolved.decided |= column.generated.is_some() || matches!(column.default, DefaultDef::Sql(_));
        }
        resolved.values.push(value.unwrap_or_default());
    }
    Ok(resolved)
}

/// Whether the column is a field of `NewX`.
pub(crate) fn is_named_by_every_row<T: Table>(index: usize, column: &ColumnDef) -> bool {
    !column.nullable
        && column.default == DefaultDef::None
        && column.role == ColumnRole::Plain
        && column.generated.is_none()
        && T::ROWID != Some(index)
}

fn default<T: Table>(index: usize, column: &'static ColumnDef) -> Result<Option<Value>> {
    if column.generated.is_some() {
        return Ok(None);
    }
    if matches!(column.role, ColumnRole::CreatedAt | ColumnRole::UpdatedAt) {
        return fill::<T>(index).map(Some);
    }
    Ok(match &column.default {
        DefaultDef::Sql(_) => None,
        DefaultDef::Now | DefaultDef::UuidV7 => Some(fill::<T>(index)?),
        DefaultDef::Integer(value) => Some(Value::Integer(*value)),
        DefaultDef::Real(value) => Some(Value::Real(*value)),
        DefaultDef::Text(value) => Some(Value::Text(value.to_string())),
        DefaultDef::Boolean(value) => Some(Value::Integer(i64::from(*value))),
        DefaultDef::None if column.role == ColumnRole::Version => Some(Value::Integer(1)),
        DefaultDef::None if T::ROWID == Some(index) => None,
        DefaultDef::None => Some(Value::Null),
    })
}

/// The value that the framework gives a column by itself.
pub(crate) fn fill<T: Table>(index: usize) -> Result<Value> {
    T::fill(index).map_err(|error| FieldError::new(index, error).explain(T::DEF))
}

/// The value of every column of a new row; None where the database decides it.
///
/// # Errors
/// A value that no SQL value can hold.
pub(crate) fn new_values<T: Table>(
    row: &T::New,
    resolved: &Resolved,
) -> Result<Vec<Option<Value>>, FieldError> {
    let whole = Resolved { values: resolved.values.clone(), ..Resolved::default() };
    let mut values = Vec::with_capacity(whole.values.len());
    row.bind(&mut NewFields::new(Binder::values(&mut values), &whole))?;
    // A generated column is not bound.
    let mut values = values.into_iter();
    Ok((0..)
        .zip(&*T::DEF.columns)
        .map(|(position, column)| {
            let value = if column.generated.is_some() { None } else { values.next() };
            value.filter(|_| !resolved.omitted.contains(&position))
        })
        .collect())
}

/// Takes the columns of a new row in their order.
#[derive(Debug)]
pub struct NewFields<'b, 'v> {
    binder: Binder<'b, 'v>,
    resolved: &'v Resolved,
}

impl<'b, 'v> NewFields<'b, 'v> {
    pub(crate) fn new(binder: Binder<'b, 'v>, resolved: &'v Resolved) -> Self {
        Self { binder, resolved }
    }

    /// A column that every new row names, and how its type binds it.
    ///
    /// # Errors
    /// Where no SQL value can hold it.
    #[inline]
    pub fn required<R>(
        &mut self,
        index: usize,
        value: &'v R,
        bind: impl FnOnce(&'v R, &mut Binder<'b, 'v>) -> Result<(), ValueError>,
    ) -> Result<(), FieldError> {
        bind(value, &mut self.binder).map_err(|error| FieldError::new(index, error))
    }

    /// A column that a new row may leave to its default.
    #[inline]
    pub fn optional(&mut self, index: usize) {
        let omitted = self.resolved.omitted.iter().any(|omitted| usize::from(*omitted) == index);
        if !omitted && let Some(value) = self.resolved.values.get(index) {
            self.binder.value(value);
        }
    }
}
