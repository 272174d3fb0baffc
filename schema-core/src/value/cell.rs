use std::{borrow::Cow, fmt};

use super::Value;
use crate::engine::sqlite::utf8;

/// One value of a row, borrowed from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'r> {
    /// NULL.
    Null,
    /// A 64-bit signed integer.
    Integer(i64),
    /// A 64-bit floating-point number.
    Real(f64),
    /// Text, not yet checked for UTF-8: SQLite stores any bytes as text.
    Text(&'r [u8]),
    /// Bytes.
    Blob(&'r [u8]),
}

impl<'r> Cell<'r> {
    /// A text cell as `str`.
    ///
    /// # Errors
    /// Where the cell is no text or the text is not UTF-8.
    #[inline]
    pub fn as_str(self, wanted: &'static str) -> Result<&'r str, CellError> {
        match self {
            Self::Text(bytes) => utf8(bytes).ok_or_else(|| CellError::new(self, wanted).because("not UTF-8")),
            _ => Err(CellError::new(self, wanted)),
        }
    }

    /// The same value with text of its own. Text that is not UTF-8 becomes a blob.
    pub fn to_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Integer(value) => Value::Integer(value),
            Self::Real(value) => Value::Real(value),
            Self::Text(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Value::Text(text.to_owned()),
                Err(_) => Value::Blob(bytes.to_vec()),
            },
            Self::Blob(bytes) => Value::Blob(bytes.to_vec()),
        }
    }

    /// What the database calls this kind of value.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Integer(_) => "INTEGER",
            Self::Real(_) => "REAL",
            Self::Text(_) => "TEXT",
            Self::Blob(_) => "BLOB",
        }
    }
}

impl<'r> From<&'r Value> for Cell<'r> {
    fn from(value: &'r Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Integer(value) => Self::Integer(*value),
            Value::Real(value) => Self::Real(*value),
            Value::Text(value) => Self::Text(value.as_bytes()),
            Value::Blob(value) => Self::Blob(value),
        }
    }
}

/// A cell that does not fit the Rust type of its column.
#[derive(Debug)]
pub struct CellError(Box<CellErrorParts>);

#[derive(Debug)]
struct CellErrorParts {
    position: usize,
    found: String,
    wanted: Cow<'static, str>,
    because: Option<String>,
}

impl CellError {
    /// The found cell and the name of the wanted Rust type.
    #[cold]
    pub fn new(found: Cell<'_>, wanted: &'static str) -> Self {
        let found = match found {
            Cell::Integer(value) => format!("INTEGER {value}"),
            Cell::Real(value) => format!("REAL {value:?}"),
            Cell::Text(bytes) => {
                let text = String::from_utf8_lossy(bytes);
                let short: String = text.chars().take(40).collect();
                let dots = if short.len() < text.len() { ".." } else { "" };
                format!("TEXT '{short}{dots}'")
            }
            Cell::Blob(bytes) => format!("BLOB of {} bytes", bytes.len()),
            Cell::Null => "NULL".to_owned(),
        };
        Self(Box::new(CellErrorParts { position: 0, found, wanted: wanted.into(), because: None }))
    }

    /// The found JSON and the name of the wanted Rust type.
    #[cold]
    pub(crate) fn of_json(found: &serde_json::Value, wanted: impl Into<Cow<'static, str>>) -> Self {
        let kind = match found {
            serde_json::Value::Null => "null".to_owned(),
            serde_json::Value::Bool(value) => format!("JSON {value}"),
            serde_json::Value::Number(value) => format!("JSON number {value}"),
            serde_json::Value::String(_) => "a JSON string".to_owned(),
            serde_json::Value::Array(_) => "a JSON array".to_owned(),
            serde_json::Value::Object(_) => "a JSON object".to_owned(),
        };
        Self(Box::new(CellErrorParts { position: 0, found: kind, wanted: wanted.into(), because: None }))
    }

    /// Adds what exactly does not fit.
    pub fn because(mut self, reason: impl fmt::Display) -> Self {
        self.0.because = Some(reason.to_string());
        self
    }

    /// Adds where in the row the cell stands.
    #[cold]
    pub fn at(mut self, position: usize) -> Self {
        self.0.position = position;
        self
    }

    /// What exactly does not fit.
    pub(crate) fn reason(&self) -> Option<&str> {
        self.0.because.as_deref()
    }

    pub(crate) fn position(&self) -> usize {
        self.0.position
    }
}

impl fmt::Display for CellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CellErrorParts { found, wanted, because, .. } = &*self.0;
        write!(f, "found {found}, wanted {wanted}")?;
        because.as_ref().map_or(Ok(()), |reason| write!(f, " ({reason})"))
    }
}

impl std::error::Error for CellError {}
