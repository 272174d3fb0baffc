//! Text and bytes.

use std::borrow::Cow;

use super::{Binder, Cell, CellError, HeldAsText, Plainly, Row, SqlType, Storage, ValueError, number::plain};

macro_rules! texts {
    ($($type:ty, $name:literal;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl SqlType for $type {
            plain!($type, Text);

            #[inline]
            fn read(row: Row<'_>, at: usize) -> Result<Self, CellError> {
                row.cell(at).as_str($name).map(|text| text.to_owned().into()).map_err(|error| error.at(at))
            }

            #[inline]
            fn bind<'v>(value: &'v Self, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
                to.text(value);
                Ok(())
            }
        }
        #[diagnostic::do_not_recommend]
        impl Plainly for $type {}
        #[diagnostic::do_not_recommend]
        impl HeldAsText for $type {}
    )*};
}
texts!(String, "String"; Box<str>, "Box<str>"; Cow<'static, str>, "Cow<str>";);

#[diagnostic::do_not_recommend]
impl SqlType for Vec<u8> {
    plain!(Vec<u8>, Blob);

    #[inline]
    fn read(row: Row<'_>, at: usize) -> Result<Self, CellError> {
        match row.cell(at) {
            Cell::Blob(bytes) => Ok(bytes.to_vec()),
            other => Err(CellError::new(other, "Vec<u8>").at(at)),
        }
    }

    #[inline]
    fn bind<'v>(value: &'v Self, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
        to.blob(value);
        Ok(())
    }
}
#[diagnostic::do_not_recommend]
impl Plainly for Vec<u8> {}
