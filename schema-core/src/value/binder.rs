use std::fmt;

use super::Value;
use crate::engine::sqlite::Parameters;

/// Where values go on their way into a statement: each call fills the next parameter.
#[derive(Debug)]
pub struct Binder<'b, 'v>(Target<'b, 'v>);

#[derive(Debug)]
enum Target<'b, 'v> {
    Sqlite(Parameters<'b, 'v>),
    Values(&'b mut Vec<Value>),
}

impl<'b, 'v> Binder<'b, 'v> {
    #[inline]
    pub(crate) fn sqlite(parameters: Parameters<'b, 'v>) -> Self {
        Self(Target::Sqlite(parameters))
    }

    pub(crate) fn values(values: &'b mut Vec<Value>) -> Self {
        Self(Target::Values(values))
    }

    /// NULL.
    #[inline]
    pub fn null(&mut self) {
        match &mut self.0 {
            Target::Sqlite(parameters) => parameters.null(),
            Target::Values(values) => values.push(Value::Null),
        }
    }

    /// A 64-bit signed integer.
    #[inline]
    pub fn integer(&mut self, value: i64) {
        match &mut self.0 {
            Target::Sqlite(parameters) => parameters.integer(value),
            Target::Values(values) => values.push(Value::Integer(value)),
        }
    }

    /// A floating-point number.
    ///
    /// # Errors
    /// NaN, which SQLite would store as NULL.
    #[inline]
    pub fn real(&mut self, value: f64) -> Result<(), ValueError> {
        if value.is_nan() {
            return Err(ValueError::new("NaN is no SQL value: SQLite would store NULL"));
        }
        match &mut self.0 {
            Target::Sqlite(parameters) => parameters.real(value),
            Target::Values(values) => values.push(Value::Real(value)),
        }
        Ok(())
    }

    /// Text that lives as long as the statement runs.
    #[inline]
    pub fn text(&mut self, value: &'v str) {
        match &mut self.0 {
            Target::Sqlite(parameters) => parameters.text(value),
            Target::Values(values) => values.push(Value::Text(value.to_owned())),
        }
    }

    /// Text that was made for the occasion.
    #[inline]
    pub fn text_copied(&mut self, value: &str) {
        match &mut self.0 {
            Target::Sqlite(parameters) => parameters.text_copied(value),
            Target::Values(values) => values.push(Value::Text(value.to_owned())),
        }
    }

    /// Bytes that live as long as the statement runs.
    #[inline]
    pub fn blob(&mut self, value: &'v [u8]) {
        match &mut self.0 {
            Target::Sqlite(parameters) => parameters.blob(value),
            Target::Values(values) => values.push(Value::Blob(value.to_vec())),
        }
    }

    /// Bytes that were made for the occasion.
    #[inline]
    pub fn blob_copied(&mut self, value: &[u8]) {
        match &mut self.0 {
            Target::Sqlite(parameters) => parameters.blob_copied(value),
            Target::Values(values) => values.push(Value::Blob(value.to_vec())),
        }
    }

    /// A value that is already a SQL value and lives as long as the statement runs.
    #[inline]
    pub fn value(&mut self, value: &'v Value) {
        match value {
            Value::Null => self.null(),
            Value::Integer(value) => self.integer(*value),
            Value::Text(value) => self.text(value),
            Value::Blob(value) => self.blob(value),
            Value::Real(value) => match &mut self.0 {
                Target::Sqlite(parameters) => parameters.real(*value),
                Target::Values(values) => values.push(Value::Real(*value)),
            },
        }
    }
}

/// A Rust value that no SQL value of its column's type can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueError(String);

impl ValueError {
    /// Says what does not fit and why.
    #[cold]
    pub fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ValueError {}
