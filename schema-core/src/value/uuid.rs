use uuid::Uuid;

use super::{Binder, Cell, CellError, Plainly, Row, SqlType, Storage, ValueError, number::plain};

/// Lower-case hyphenated text.
#[diagnostic::do_not_recommend]
impl SqlType for Uuid {
    plain!(Uuid, Text);

    #[inline]
    fn read(row: Row<'_>, at: usize) -> Result<Self, CellError> {
        let cell = row.cell(at);
        let text = cell.as_str("Uuid").map_err(|error| error.at(at))?;
        Uuid::try_parse(text).map_err(|reason| CellError::new(cell, "Uuid").because(reason).at(at))
    }

    #[inline]
    fn bind<'v>(value: &'v Self, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
        to.text_copied(value.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
        Ok(())
    }
}
#[diagnostic::do_not_recommend]
impl Plainly for Uuid {}

/// A `Uuid` stored as 16 bytes: `#[column(stored = "blob")]`.
#[derive(Clone, Copy, Debug)]
pub enum UuidBlob {}

#[diagnostic::do_not_recommend]
impl SqlType for UuidBlob {
    type Base = Self;
    type Opt = Option<Self>;
    type Like<U: SqlType> = U;
    type Rust = Uuid;
    const STORAGE: Storage = Storage::Blob;

    #[inline]
    fn read(row: Row<'_>, at: usize) -> Result<Uuid, CellError> {
        match row.cell(at) {
            cell @ Cell::Blob(bytes) => {
                Uuid::from_slice(bytes).map_err(|_| CellError::new(cell, "Uuid").because("16 bytes").at(at))
            }
            other => Err(CellError::new(other, "Uuid").at(at)),
        }
    }

    #[inline]
    fn bind<'v>(value: &'v Uuid, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
        to.blob(value.as_bytes());
        Ok(())
    }

    fn to_json(row: Row<'_>, at: usize) -> Result<serde_json::Value, CellError> {
        Ok(Self::read(row, at)?.to_string().into())
    }

    fn from_json(json: serde_json::Value) -> Result<Uuid, CellError> {
        Uuid::from_json(json)
    }
}
#[diagnostic::do_not_recommend]
impl Plainly for UuidBlob {}

/// A new time-ordered UUID as a column of type `T` stores it: text, or 16 bytes.
#[doc(hidden)]
pub fn fill_uuid<T: SqlType>() -> Result<super::Value, ValueError> {
    const {
        assert!(
            matches!(T::STORAGE, Storage::Text | Storage::Blob),
            "`default = uuid_v7` needs a column that is stored as text or blob"
        );
    };
    let uuid = Uuid::now_v7();
    match T::STORAGE {
        Storage::Blob => UuidBlob::to_value(&uuid),
        Storage::Text | Storage::Integer | Storage::Real | Storage::Any => Uuid::to_value(&uuid),
    }
}
