use std::{any::type_name, cell::Cell as Slot};

use crate::{
    expr::{Alias, ColumnKind, Mode, OfRow, Required},
    model::Domain,
    record::Record,
    value::{CellError, Row, SqlType, Storage, Value},
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

fn expected<T: SqlType>() -> String {
    match T::DOMAIN {
        Domain::Boolean => return "`true` or `false`".to_owned(),
        Domain::Variants(variants) => {
            let texts: Vec<String> = variants.iter().map(|variant| format!("`{}`", variant.value)).collect();
            return format!("one of {}", texts.join(", "));
        }
        Domain::Any => {}
    }
    let name = type_name::<<T::Base as SqlType>::Rust>();
    // `DateTime` of `chrono::DateTime<chrono::Utc>`.
    let path = name.split('<').next().unwrap_or(name);
    let name = path.rsplit("::").next().unwrap_or(path);
    match name {
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "String" => "text".to_owned(),
        "OffsetDateTime" | "PrimitiveDateTime" | "DateTime" | "NaiveDateTime" | "Timestamp" => {
            "an instant such as `2025-11-27T14:30:55Z`".to_owned()
        }
        "Date" | "NaiveDate" => "a date such as `2025-11-27`".to_owned(),
        "Time" | "NaiveTime" => "a time such as `14:30:55`".to_owned(),
        "Decimal" => "a decimal number such as `9.99`".to_owned(),
        "Uuid" => "a UUID".to_owned(),
        other => format!("a `{other}`"),
    }
}
