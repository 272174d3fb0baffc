//! `bool`, the integers and the floating-point numbers.

use super::{Binder, Cell, CellError, Number, Plainly, Row, SqlType, Storage, ValueError};
use crate::model::Domain;

/// The parts of an implementation that every type of its own base shares.
macro_rules! plain {
    ($type:ty, $storage:ident) => {
        type Base = $type;
        type Opt = Option<$type>;
        type Like<U: SqlType> = U;
        type Rust = $type;
        const STORAGE: Storage = Storage::$storage;
    };
}
pub(super) use plain;

macro_rules! integers {
    ($($type:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl SqlType for $type {
            plain!($type, Integer);

            #[inline]
            fn read(row: Row<'_>, at: usize) -> Result<Self, CellError> {
                match row.cell(at) {
                    Cell::Integer(value) => <$type>::try_from(value)
                        .map_err(|_| CellError::new(Cell::Integer(value), stringify!($type)).because("out of range").at(at)),
                    other => Err(CellError::new(other, stringify!($type)).at(at)),
                }
            }

            #[inline]
            fn bind<'v>(value: &'v Self, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
                match i64::try_from(*value) {
                    Ok(value) => {
                        to.integer(value);
                        Ok(())
                    }
                    Err(_) => Err(ValueError::new(format!(
                        "{value} is over 9223372036854775807, the largest integer that SQL stores"
                    ))),
                }
            }
        }
        #[diagnostic::do_not_recommend]
        impl Plainly for $type {}
        #[diagnostic::do_not_recommend]
        impl Number for $type {
            type Sum = i64;
        }
    )*};
}

#[allow(clippy::useless_conversion, reason = "i64 is one of the types")]
mod integers {
    use super::{Binder, Cell, CellError, Number, Plainly, Row, SqlType, Storage, ValueError};
    integers!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);
}

#[diagnostic::do_not_recommend]
impl SqlType for bool {
    plain!(bool, Integer);
    const DOMAIN: Domain = Domain::Boolean;

    #[inline]
    fn read(row: Row<'_>, at: usize) -> Result<Self, CellError> {
        match row.cell(at) {
            Cell::Integer(0) => Ok(false),
            Cell::Integer(1) => Ok(true),
            other => Err(CellError::new(other, "bool").because("0 or 1").at(at)),
        }
    }

    #[inline]
    fn bind<'v>(value: &'v Self, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
        to.integer(i64::from(*value));
        Ok(())
    }
}
#[diagnostic::do_not_recommend]
impl Plainly for bool {}

#[diagnostic::do_not_recommend]
impl SqlType for f64 {
    plain!(f64, Real);

    #[inline]
    #[allow(clippy::cast_precision_loss, reason = "only what is exact is taken")]
    fn read(row: Row<'_>, at: usize) -> Result<Self, CellError> {
        // Up to here every integer has a double of its own.
        const EXACT: i64 = 1 << 53;
        match row.cell(at) {
            Cell::Real(value) => Ok(value),
            // A column without REAL affinity keeps 1 as an integer.
            Cell::Integer(value) if (-EXACT..=EXACT).contains(&value) => Ok(value as f64),
            other => Err(CellError::new(other, "f64").at(at)),
        }
    }

    #[inline]
    fn bind<'v>(value: &'v Self, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
        to.real(*value)
    }
}
#[diagnostic::do_not_recommend]
impl Plainly for f64 {}
#[diagnostic::do_not_recommend]
impl Number for f64 {
    type Sum = f64;
}

#[diagnostic::do_not_recommend]
impl SqlType for f32 {
    plain!(f32, Real);

    #[inline]
    #[allow(clippy::cast_possible_truncation, reason = "a number written as f32 comes back the same")]
    fn read(row: Row<'_>, at: usize) -> Result<Self, CellError> {
        let value = f64::read(row, at)?;
        let narrow = value as f32;
        if narrow.is_infinite() && value.is_finite() {
            return Err(CellError::new(Cell::Real(value), "f32").because("out of range").at(at));
        }
        Ok(narrow)
    }

    #[inline]
    fn bind<'v>(value: &'v Self, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
        to.real(f64::from(*value))
    }
}
#[diagnostic::do_not_recommend]
impl Plainly for f32 {}
#[diagnostic::do_not_recommend]
impl Number for f32 {
    type Sum = f64;
}
