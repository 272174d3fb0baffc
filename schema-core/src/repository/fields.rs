use crate::{
    error::Error,
    model::TableDef,
    value::{Binder, ValueError},
};

/// A field whose value no SQL value can hold.
#[derive(Debug)]
pub struct FieldError {
    index: usize,
    error: ValueError,
}

impl FieldError {
    pub(crate) fn new(index: usize, error: ValueError) -> Self {
        Self { index, error }
    }

    #[cold]
    pub(crate) fn explain(self, table: &TableDef) -> Error {
        let column = table.columns.get(self.index).map_or("", |column| &*column.name);
        Error::value(self.error, &table.name, column)
    }
}

/// Takes the fields of a model in the order of their columns.
#[derive(Debug)]
pub struct Fields<'b, 'v>(Binder<'b, 'v>);

impl<'b, 'v> Fields<'b, 'v> {
    pub(crate) fn new(binder: Binder<'b, 'v>) -> Self {
        Self(binder)
    }

    /// The next field, and how its type binds it.
    ///
    /// # Errors
    /// Where no SQL value can hold it.
    #[inline]
    pub fn field<R>(
        &mut self,
        index: usize,
        value: &'v R,
        bind: impl FnOnce(&'v R, &mut Binder<'b, 'v>) -> Result<(), ValueError>,
    ) -> Result<(), FieldError> {
        bind(value, &mut self.0).map_err(|error| FieldError::new(index, error))
    }
}
