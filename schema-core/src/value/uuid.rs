use std::{convert::Infallible, marker::PhantomData};

use uuid::Uuid;

use super::{Binder, Cell, CellError, Newtype, Plainly, Row, SqlType, Storage, ValueError, number::plain};

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

/// A type that `#[column(stored = "blob")]` stores as 16 bytes: `Uuid`, or a newtype of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not stored as a blob",
    label = "no `Uuid`",
    note = "`stored = \"blob\"` belongs to a `Uuid`, or to a newtype of it that derives `SqlType`"
)]
pub trait AsUuid: SqlType<Rust = Self> + Clone {
    #[doc(hidden)]
    fn as_uuid(&self) -> &Uuid;
    #[doc(hidden)]
    fn of_uuid(uuid: Uuid) -> Self;
}

#[diagnostic::do_not_recommend]
impl AsUuid for Uuid {
    fn as_uuid(&self) -> &Uuid {
        self
    }
    fn of_uuid(uuid: Uuid) -> Self {
        uuid
    }
}

#[diagnostic::do_not_recommend]
impl<T: Newtype<Inner: AsUuid> + SqlType<Rust = T> + Clone> AsUuid for T {
    fn as_uuid(&self) -> &Uuid {
        self.inner().as_uuid()
    }
    fn of_uuid(uuid: Uuid) -> Self {
        T::wrap(T::Inner::of_uuid(uuid))
    }
}

/// A `Uuid`, or a newtype of it, stored as 16 bytes: `#[column(stored = "blob")]`.
#[derive(Clone, Copy, Debug)]
pub struct UuidBlob<T = Uuid>(PhantomData<fn() -> T>, Infallible);

#[diagnostic::do_not_recommend]
impl<T: AsUuid> SqlType for UuidBlob<T> {
    type Base = Self;
    type Opt = Option<Self>;
    type Like<U: SqlType> = U;
    type Rust = T;
    const STORAGE: Storage = Storage::Blob;

    #[inline]
    fn read(row: Row<'_>, at: usize) -> Result<T, CellError> {
        match row.cell(at) {
            cell @ Cell::Blob(bytes) => Uuid::from_slice(bytes)
                .map(T::of_uuid)
                .map_err(|_| CellError::new(cell, "Uuid").because("16 bytes").at(at)),
            other => Err(CellError::new(other, "Uuid").at(at)),
        }
    }

    #[inline]
    fn bind<'v>(value: &'v T, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
        to.blob(value.as_uuid().as_bytes());
        Ok(())
    }

    fn to_json(row: Row<'_>, at: usize) -> Result<serde_json::Value, CellError> {
        Ok(Self::read(row, at)?.as_uuid().to_string().into())
    }

    fn from_json(json: serde_json::Value) -> Result<T, CellError> {
        Uuid::from_json(json).map(T::of_uuid)
    }
}
#[diagnostic::do_not_recommend]
impl<T: AsUuid> Plainly for UuidBlob<T> {}

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
        Storage::Blob => <UuidBlob>::to_value(&uuid),
        Storage::Text | Storage::Integer | Storage::Real | Storage::Any => Uuid::to_value(&uuid),
    }
}
