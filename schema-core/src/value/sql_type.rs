use super::{Binder, Cell, CellError, Row, Value, ValueError};
use crate::{
    expr::{Alias, ColumnKind, Mode},
    model::{Domain, TimeStorage},
};

/// A column's type: how the database stores it and which Rust type it reads and binds.
///
/// For most types [`Rust`](Self::Rust) is the type itself. A type that one Rust value can be stored as
/// in several ways is a marker: [`Unix`](super::Unix) stores an `OffsetDateTime` as an integer.
///
/// Derive it for newtypes (`#[derive(SqlType)]`) and enums (`#[derive(SqlEnum)]`).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no column type",
    label = "no column type",
    note = "derive `SqlType` for a newtype, `SqlEnum` for an enum, or mark the field `#[column(json)]`; another table's row is its key: `#[column(references = Author)] author_id: i64`"
)]
pub trait SqlType: Sized + 'static {
    /// The type without its `Option`.
    type Base: SqlType<Base = Self::Base>;
    /// The type with an `Option`.
    type Opt: SqlType<Base = Self::Base>;
    /// `U`, nullable if this type is.
    type Like<U: SqlType>: SqlType<Base = U::Base>;
    /// The Rust type of a value.
    type Rust: Clone + 'static;

    /// How the database stores a value that is not NULL.
    const STORAGE: Storage;
    /// The values that the database can check.
    const DOMAIN: Domain = Domain::Any;
    /// Whether a value may be NULL.
    const NULLABLE: bool = false;
    /// Whether it is stored as the text of JSON.
    #[doc(hidden)]
    const IS_JSON: bool = false;

    /// How a point in time is stored, where the type is one.
    #[doc(hidden)]
    const TIME: Option<TimeStorage> = None;

    /// What SQL adds to a value wherever it is compared, where its text does not compare as the value does.
    #[doc(hidden)]
    const COLLATE: Option<&'static str> = None;

    /// Reads the cell at a position of a row.
    ///
    /// # Errors
    /// Where the cell does not fit.
    fn read(row: Row<'_>, at: usize) -> Result<Self::Rust, CellError>;

    /// Binds a value to the next parameter.
    ///
    /// # Errors
    /// Where no SQL value can hold it.
    fn bind<'v>(value: &'v Self::Rust, to: &mut Binder<'_, 'v>) -> Result<(), ValueError>;

    /// The SQL value of a Rust value.
    ///
    /// # Errors
    /// Where no SQL value can hold it.
    fn to_value(value: &Self::Rust) -> Result<Value, ValueError> {
        let mut values = Vec::with_capacity(1);
        Self::bind(value, &mut Binder::values(&mut values))?;
        Ok(values.pop().unwrap_or_default())
    }

    /// The value as it comes back from the database: an instant loses what is below a microsecond.
    #[doc(hidden)]
    fn stored(value: Self::Rust) -> Self::Rust {
        value
    }

    /// The cell at a position of a row as JSON that [`from_json`](Self::from_json) reads.
    ///
    /// # Errors
    /// Where the cell does not fit, or is a number that JSON has no form for.
    fn to_json(row: Row<'_>, at: usize) -> Result<serde_json::Value, CellError> {
        // Whatever stands there has to fit the model, as it has to for a model that is read.
        Self::read(row, at)?;
        cell_json::<Self>(row.cell(at), at)
    }

    /// The value again: `Clone`, asked of the column's type alone, so that what is none is reported once.
    #[doc(hidden)]
    fn copy(value: &Self::Rust) -> Self::Rust {
        value.clone()
    }

    /// A column of the type.
    #[doc(hidden)]
    fn column<M: Mode, O: 'static, K: ColumnKind>(alias: Alias, index: u16) -> M::Col<Self, O, K> {
        M::col::<Self, O, K>(alias, index)
    }

    /// A column of the type that the literal of a new row names.
    #[doc(hidden)]
    fn literal<M: Mode, O: 'static, K: ColumnKind>(alias: Alias, index: u16) -> M::Literal<Self, O, K> {
        M::literal::<Self, O, K>(alias, index)
    }

    /// Reads a value from JSON: what a patch's field holds.
    ///
    /// # Errors
    /// Where the JSON does not fit.
    fn from_json(json: serde_json::Value) -> Result<Self::Rust, CellError> {
        match sql_value::<Self>(&json) {
            Some(value) => Self::read(Row::Values(&[value]), 0),
            None => Err(CellError::of_json(&json, super::expected::<Self>())),
        }
    }
}

/// The JSON that stands for a cell.
fn cell_json<T: SqlType>(cell: Cell<'_>, at: usize) -> Result<serde_json::Value, CellError> {
    Ok(match cell {
        Cell::Null => serde_json::Value::Null,
        Cell::Integer(value) if T::DOMAIN == Domain::Boolean => (value == 1).into(),
        Cell::Integer(value) => value.into(),
        Cell::Real(value) => serde_json::Number::from_f64(value)
            .ok_or_else(|| CellError::new(cell, "a JSON number").because("it is infinite").at(at))?
            .into(),
        Cell::Text(_) => cell.as_str("text").map_err(|error| error.at(at))?.into(),
        Cell::Blob(bytes) => bytes.into(),
    })
}

/// The SQL value that a JSON value of a fitting kind stands for.
fn sql_value<T: SqlType>(json: &serde_json::Value) -> Option<Value> {
    Some(match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) if T::DOMAIN == Domain::Boolean => Value::Integer(i64::from(*value)),
        serde_json::Value::Number(number) if T::STORAGE == Storage::Integer => {
            Value::Integer(number.as_i64()?)
        }
        serde_json::Value::Number(number) if T::STORAGE == Storage::Real => Value::Real(number.as_f64()?),
        serde_json::Value::String(text) => Value::Text(text.clone()),
        serde_json::Value::Array(bytes) if T::STORAGE == Storage::Blob => {
            let byte = |json: &serde_json::Value| u8::try_from(json.as_u64()?).ok();
            Value::Blob(bytes.iter().map(byte).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

/// A column's type where generated code asks for one. A name of its own, so that the compiler does not list
/// the program's other types where one is none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no column type",
    label = "no column type",
    note = "derive `SqlType` for a newtype, `SqlEnum` for an enum, or mark the field `#[column(json)]`; another table's row is its key: `#[column(references = Author)] author_id: i64`"
)]
pub trait ColumnType {
    /// The type itself.
    type Itself: SqlType;
}
#[diagnostic::do_not_recommend]
impl<T: SqlType> ColumnType for T {
    type Itself = T;
}

/// A type that is never NULL and is its own base: everything but `Option`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no column type",
    label = "no column type",
    note = "derive `SqlType` for a newtype, `SqlEnum` for an enum, or mark the field `#[column(json)]`",
    note = "inside of JSON, an object or array is read as `Json<Meta>` or `serde_json::Value`; an `Option` is what comes out"
)]
pub trait Plainly: SqlType<Base = Self, Opt = Option<Self>> {}

/// A type that SQL can calculate with.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no number",
    label = "not a number",
    note = "`.cast::<i64>()` or `.cast::<f64>()` makes one of a text"
)]
pub trait Number: SqlType {
    /// The type of a sum of many: 64 bits wide.
    type Sum: SqlType;
}

/// A type that SQL holds as text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no text",
    label = "not text",
    note = "`.cast::<String>()` makes one of a number; an element of a JSON array is found by `exists(json_each(b.tags).filter(|t| t.value.eq(\"sf\")))`"
)]
pub trait Textual: SqlType {}
#[diagnostic::do_not_recommend]
impl<T: SqlType + HeldAsText> Textual for T {}

/// What types say that are text. Apart from [`Textual`], so that the compiler does not list a program's enums where
/// something is no text.
#[doc(hidden)]
pub trait HeldAsText {}

/// How the database stores a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// A 64-bit signed integer.
    Integer,
    /// A 64-bit floating-point number.
    Real,
    /// UTF-8 text.
    Text,
    /// Bytes.
    Blob,
    /// Any value, as it is.
    Any,
}

impl Storage {
    /// The declared type in SQLite's DDL. Any value is stored as it is in a column without a type:
    /// every other converts some of them. <https://sqlite.org/datatype3.html#affinity>
    pub const fn sqlite(self) -> &'static str {
        match self {
            Self::Integer => "INTEGER",
            Self::Real => "REAL",
            Self::Text => "TEXT",
            Self::Blob => "BLOB",
            Self::Any => "",
        }
    }

    /// The declared type in a STRICT table, where every column has one.
    pub const fn sqlite_strict(self) -> &'static str {
        match self {
            Self::Any => "ANY",
            _ => self.sqlite(),
        }
    }
}
