use std::cell::Cell as Slot;

use crate::{
    expr::{Alias, ColumnKind, Mode, OfRow, Required},
    model::Domain,
    record::Record,
    value::{CellError, Row, SqlType, Storage, Value, expected},
};

/// What is known of a column's type at run time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub(in crate::query) nullable: bool,
    pub(in crate::query) storage: Storage,
    pub(in crate::query) is_json: bool,
    /// What is added to the column where it is compared.
    pub(in crate::query) collate: Option<&'static str>,
    /// The value that a text stands for, or why it stands for none.
    pub(in crate::query) parse: fn(&str) -> Result<Value, String>,
    /// What the column takes, in words.
    pub(in crate::query) expected: fn() -> String,
    /// The cell as JSON.
    pub(in crate::query) json: fn(Row<'_>, usize) -> Result<serde_json::Value, CellError>,
}

impl Facts {
    pub(in crate::query) fn of<T: SqlType>() -> Self {
        Self {
            nullable: T::NULLABLE,
            storage: T::STORAGE,
            is_json: T::IS_JSON,
            collate: T::COLLATE,
            parse: parse::<T>,
            expected: expected::<T>,
            json: T::to_json,
        }
    }

    /// The facts of a record's column.
    pub(in crate::query) fn find<R: Record>(index: u16) -> Option<Self> {
        FOUND.set(None);
        let _ = R::columns::<Wanted>(Alias { query: u32::from(index), at: 0 });
        FOUND.take()
    }
}

thread_local! {
    static FOUND: Slot<Option<Facts>> = const { Slot::new(None) };
}

/// The columns as what is known of one of them: of the one whose position stands in the place of the query's
/// number. So nothing is generated for the columns of a model that nobody names at run time.
#[derive(Clone, Copy, Debug)]
pub enum Wanted {}
impl Mode for Wanted {
    type Truth = bool;
    type Col<T: 'static, O: 'static, K: ColumnKind> = ();
    type Literal<T: 'static, O: 'static, K: ColumnKind> = ();
    type Set<T: 'static> = ();
    type Row = Required;
    type Level = OfRow;
    const NULLABLE: bool = false;
    fn col<T: SqlType, O: 'static, K: ColumnKind>(wanted: Alias, index: u16) {
        if wanted.query == u32::from(index) {
            FOUND.set(Some(Facts::of::<T>()));
        }
    }
    fn literal<T: SqlType, O: 'static, K: ColumnKind>(wanted: Alias, index: u16) {
        Self::col::<T, O, K>(wanted, index);
    }
    fn set<T: 'static>(_: &'static [u16]) {}
}

/// What a record's column takes, in words.
#[cold]
pub(crate) fn expected_in<R: Record>(index: u16) -> Option<String> {
    let Facts { expected, is_json, .. } = Facts::find::<R>(index)?;
    Some(if is_json { "JSON of its own form".to_owned() } else { expected() })
}

fn parse<T: SqlType>(text: &str) -> Result<Value, String> {
    let as_text = || serde_json::Value::from(text);
    let json = match (T::DOMAIN, T::STORAGE) {
        (Domain::Boolean, _) => match text {
            "true" | "1" => true.into(),
            "false" | "0" => false.into(),
            _ => as_text(),
        },
        // An instant that is stored as a number is written as text, too.
        (_, Storage::Integer) => text.parse::<i64>().map_or_else(|_| as_text(), Into::into),
        // NaN and what is infinite have no JSON, and become the text that they are.
        (_, Storage::Real) => {
            text.parse::<f64>().ok().filter(|n| n.is_finite()).map_or_else(as_text, Into::into)
        }
        (_, Storage::Text | Storage::Blob | Storage::Any) => as_text(),
    };
    let value = T::from_json(json).map_err(|error| error.to_string())?;
    T::to_value(&value).map_err(|error| error.to_string())
}
