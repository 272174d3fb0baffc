//! Rust types and SQL values.
//!
//! [`SqlType`] ties a column's type to the Rust type that it reads and binds. Values travel without
//! an intermediate copy: on the way out as a [`Cell`] that borrows the row, on the way in through a
//! [`Binder`] that borrows the value.

mod any;
mod binder;
mod cell;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "rust_decimal")]
pub(crate) mod decimal;
mod finite;
#[cfg(feature = "jiff")]
mod jiff;
mod json;
mod newtype;
mod number;
mod option;
mod owned;
mod row;
mod sql_type;
mod text;
mod time;
mod unix;
mod uuid;
mod words;

pub use binder::{Binder, ValueError};
pub use cell::{Cell, CellError};
pub use json::{Json, JsonValue};
pub use newtype::Newtype;
pub use owned::Value;
pub use row::Row;
#[doc(hidden)]
pub use sql_type::HeldAsText;
pub use sql_type::{ColumnType, Number, Plainly, SqlType, Storage, Textual};
pub use time::{Instant, fill_now};
pub use unix::{AsInstant, Unix, UnixMilliseconds};
pub use uuid::{AsUuid, UuidBlob, fill_uuid};
pub(crate) use words::expected;
