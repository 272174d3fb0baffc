use super::{Binder, Cell, CellError, HeldAsText, Number, Plainly, Row, SqlType, Storage, ValueError};
use crate::model::{Domain, TimeStorage};

#[diagnostic::do_not_recommend]
impl<T: Plainly> SqlType for Option<T> {
    type Base = T;
    type Opt = Option<T>;
    type Like<U: SqlType> = U::Opt;
    type Rust = Option<T::Rust>;

    const STORAGE: Storage = T::STORAGE;
    const DOMAIN: Domain = T::DOMAIN;
    const NULLABLE: bool = true;
    const IS_JSON: bool = T::IS_JSON;
    const TIME: Option<TimeStorage> = T::TIME;
    const COLLATE: Option<&'static str> = T::COLLATE;

    #[inline]
    fn read(row: Row<'_>, at: usize) -> Result<Self::Rust, CellError> {
        match row.cell(at) {
            Cell::Null => Ok(None),
            _ => T::read(row, at).map(Some),
        }
    }

    #[inline]
    fn bind<'v>(value: &'v Self::Rust, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
        match value {
            Some(value) => T::bind(value, to),
            None => {
                to.null();
                Ok(())
            }
        }
    }

    fn stored(value: Self::Rust) -> Self::Rust {
        value.map(T::stored)
    }

    fn to_json(row: Row<'_>, at: usize) -> Result<serde_json::Value, CellError> {
        match row.cell(at) {
            Cell::Null => Ok(serde_json::Value::Null),
            _ => T::to_json(row, at),
        }
    }

    fn from_json(json: serde_json::Value) -> Result<Self::Rust, CellError> {
        match json {
            serde_json::Value::Null => Ok(None),
            json => T::from_json(json).map(Some),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: Number + Plainly> Number for Option<T> {
    type Sum = <T::Sum as SqlType>::Opt;
}

#[diagnostic::do_not_recommend]
impl<T: HeldAsText + Plainly> HeldAsText for Option<T> {}
