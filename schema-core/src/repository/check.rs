//! What a model's check functions say of values, before any SQL runs.

use std::fmt;

use super::{
    Update,
    new_row::{Resolved, new_values, resolve},
};
use crate::{
    error::{Error, InvalidField, Result},
    expr::{Assign, Given, Node},
    record::Table,
    value::{Row, SqlType, Value},
};

/// The `check_fn` of a column.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct FieldCheck {
    /// Position of the column.
    pub column: u16,
    /// What is wrong with a value, if anything is.
    pub run: fn(&Value) -> Result<(), String>,
}

/// The checks of a table's own columns, and behind them those of its groups, each from its position on.
#[doc(hidden)]
pub const fn join_checks<const N: usize>(
    own: &[FieldCheck],
    groups: &[(u16, &'static [FieldCheck])],
) -> [FieldCheck; N] {
    const NONE: FieldCheck = FieldCheck { column: 0, run: |_| Ok(()) };
    let mut all = [NONE; N];
    let mut next = 0;
    while next < own.len() {
        all[next] = own[next];
        next += 1;
    }
    let mut group = 0;
    while group < groups.len() {
        let (from, checks) = groups[group];
        let mut at = 0;
        while at < checks.len() {
            all[next] = FieldCheck { column: from + checks[at].column, run: checks[at].run };
            next += 1;
            at += 1;
        }
        group += 1;
    }
    all
}

/// What a `check_fn` returns: `Result<(), E>` of an `E` that says what is wrong.
#[diagnostic::on_unimplemented(
    message = "a `check_fn` returns `Result<(), E>`, and this one returns `{Self}`",
    label = "returns `{Self}`",
    note = "write `fn name(value: &T) -> Result<(), &'static str>`, or another `E` that implements `Display`"
)]
pub trait CheckOutcome {
    #[doc(hidden)]
    fn into_message(self) -> Result<(), String>;
}

#[diagnostic::do_not_recommend]
impl<E: fmt::Display> CheckOutcome for Result<(), E> {
    fn into_message(self) -> Result<(), String> {
        self.map_err(|error| error.to_string())
    }
}

/// Runs the check of a column of type `T` on a value. NULL has nothing to check; a value that is no `T`
/// is reported where it is written.
#[doc(hidden)]
pub fn checked<T: SqlType>(
    value: &Value,
    check: impl FnOnce(&T::Rust) -> Result<(), String>,
) -> Result<(), String> {
    if *value == Value::Null {
        return Ok(());
    }
    T::read(Row::Values(std::slice::from_ref(value)), 0).map_or(Ok(()), |value| check(&value))
}

/// The fields that were found invalid so far.
#[derive(Debug, Default)]
pub(crate) struct Invalid(Vec<InvalidField>);

impl Invalid {
    /// Checks the values of a row by the positions of their columns. `row`: its position among several.
    pub(crate) fn values<'v, T: Table>(
        &mut self,
        row: Option<usize>,
        value: impl Fn(usize) -> Option<&'v Value>,
    ) {
        for check in T::CHECKS {
            let column = usize::from(check.column);
            let Some(Err(message)) = value(column).map(|value| (check.run)(value)) else { continue };
            let Some(column) = T::DEF.columns.get(column) else { continue };
            let (table, field, column) =
                (T::DEF.name.to_string(), column.field.to_string(), column.name.to_string());
            self.0.push(InvalidField { table, column, field, row, message });
        }
    }

    /// Checks a new row.
    pub(crate) fn new_row<T: Table>(
        &mut self,
        at: Option<usize>,
        row: &T::New,
        resolved: &Resolved,
    ) -> Result<()> {
        if T::CHECKS.is_empty() {
            return Ok(());
        }
        let values = new_values::<T>(row, resolved).map_err(|error| error.explain(T::DEF))?;
        self.values::<T>(at, |column| values.get(column)?.as_ref());
        Ok(())
    }

    /// Checks what an UPDATE sets to a value; what an expression gives, only the database knows.
    pub(crate) fn assigns<T: Table>(&mut self, assigns: &[Assign]) {
        self.values::<T>(None, |column| {
            let assign = assigns.iter().find(|assign| usize::from(assign.column) == column)?;
            match &assign.value {
                Node::Value(value) => Some(value),
                _ => None,
            }
        });
    }

    /// Whether no more is to be looked for: nobody would read it.
    pub(crate) fn is_enough(&self) -> bool {
        self.0.len() >= 100
    }

    /// What an error has found so far.
    pub(super) fn of(error: &Error) -> Self {
        Self(error.invalid().to_vec())
    }

    /// An error of all that was found.
    pub(crate) fn into_result(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::invalid_fields(self.0)) }
    }
}

/// Checks a new row, alone.
pub(crate) fn check_new<T: Table>(row: &T::New, resolved: &Resolved) -> Result<()> {
    let mut invalid = Invalid::default();
    invalid.new_row::<T>(None, row, resolved)?;
    invalid.into_result()
}

/// Checks what an UPDATE sets, alone: also that each value has a form in SQL.
pub(crate) fn check_assigns<T: Table>(assigns: &[Assign]) -> Result<()> {
    for Assign { column, value } in assigns {
        if let Node::Invalid(error) = value {
            return Err(Error::value(
                error.clone(),
                &T::DEF.name,
                T::SHAPE.column(*column).unwrap_or_default(),
            ));
        }
    }
    let mut invalid = Invalid::default();
    invalid.assigns::<T>(assigns);
    invalid.into_result()
}

/// What a generated `NewX::validate` does.
#[doc(hidden)]
pub fn validate_new<T: Table>(row: &T::New, given: &[Given]) -> Result<()> {
    check_new::<T>(row, &resolve::<T>(given)?)
}

/// What a generated `XUpdate::validate` does.
#[doc(hidden)]
pub fn validate_update<U: Update>(update: &U) -> Result<()> {
    let mut assigns = Vec::new();
    update.push(&mut assigns);
    check_assigns::<U::Table>(&assigns)
}
