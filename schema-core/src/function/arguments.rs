use crate::value::{CellError, Row, SqlType};

/// The types of a function's arguments: `()`, or a tuple of up to six column types.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of argument types",
    label = "no tuple of column types",
    note = "`Function<(String,), String>` takes one argument, `Function<(), String>` none"
)]
pub trait FunctionArguments: 'static {
    /// The values that the code is given.
    type Values;
    /// How many there are.
    const COUNT: u8;
    /// Which of them may be NULL.
    #[doc(hidden)]
    const NULLABLE: &'static [bool];
    #[doc(hidden)]
    fn read(row: Row<'_>) -> Result<Self::Values, CellError>;
}

impl FunctionArguments for () {
    type Values = ();
    const COUNT: u8 = 0;
    const NULLABLE: &'static [bool] = &[];
    fn read(_: Row<'_>) -> Result<(), CellError> {
        Ok(())
    }
}

macro_rules! tuples {
    ($count:literal: $($name:ident $at:tt),*) => {
        impl<$($name: SqlType),*> FunctionArguments for ($($name,)*) {
            type Values = ($($name::Rust,)*);
            const COUNT: u8 = $count;
            const NULLABLE: &'static [bool] = &[$($name::NULLABLE),*];
            fn read(row: Row<'_>) -> Result<Self::Values, CellError> {
                Ok(($($name::read(row, $at)?,)*))
            }
        }
    };
}
tuples!(1: A 0);
tuples!(2: A 0, B 1);
tuples!(3: A 0, B 1, C 2);
tuples!(4: A 0, B 1, C 2, D 3);
tuples!(5: A 0, B 1, C 2, D 3, E 4);
tuples!(6: A 0, B 1, C 2, D 3, E 4, F 5);
