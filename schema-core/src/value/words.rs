//! Column types in words, for people who have not written the program.

use std::any::type_name;

use super::SqlType;
use crate::model::Domain;

/// What a column of the type takes.
pub(crate) fn expected<T: SqlType>() -> String {
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
