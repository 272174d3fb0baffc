//! From declared types to Rust's.

use super::Kinds;
use super::time_type::TimeType;

/// A Rust type that a column's values are read as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RustType {
    Integer,
    Real,
    Boolean,
    Text,
    Bytes,
    /// Any value.
    Value,
    Instant,
    Date,
    Time,
    /// An enum of the model: its position.
    Enum(usize),
}

impl RustType {
    /// The declared type that the derive gives it.
    pub(super) fn storage(&self, strict: bool) -> &'static str {
        match self {
            Self::Integer | Self::Boolean => "INTEGER",
            Self::Real => "REAL",
            Self::Text | Self::Instant | Self::Date | Self::Time | Self::Enum(_) => "TEXT",
            Self::Bytes => "BLOB",
            Self::Value if strict => "ANY",
            Self::Value => "",
        }
    }

    /// Whether the derive lets a collating sequence stand on it.
    pub(super) fn is_collated(&self) -> bool {
        !matches!(self, Self::Integer | Self::Real | Self::Boolean | Self::Bytes)
    }

    /// Whether every value that was seen can be read as it.
    fn holds(&self, kinds: Kinds) -> bool {
        let Kinds { integer, real, text, blob, beyond_boolean, beyond_real, beyond_time, .. } = kinds;
        match self {
            Self::Value => true,
            Self::Integer => !real && !text && !blob,
            Self::Boolean => !real && !text && !blob && !beyond_boolean,
            Self::Real => !text && !blob && !beyond_real,
            Self::Text | Self::Enum(_) => !integer && !real && !blob,
            Self::Instant | Self::Date | Self::Time => !integer && !real && !blob && !beyond_time,
            Self::Bytes => !integer && !real && !text,
        }
    }
}

/// The type of a column, by its declaration and by what is known of its values.
pub(super) fn rust_type(declared: &str, kinds: Option<Kinds>, times: bool) -> RustType {
    let usual = by_declaration(declared, times);
    let Some(kinds) = kinds else { return usual };
    let seen = kinds.integer || kinds.real || kinds.text || kinds.blob;
    if !seen {
        return usual;
    }
    let is_boolean = ["BOOL", "BOOLEAN"].iter().any(|word| declared.eq_ignore_ascii_case(word));
    if is_boolean && RustType::Boolean.holds(kinds) {
        return RustType::Boolean;
    }
    if usual != RustType::Value && usual.holds(kinds) {
        return usual;
    }
    // What the declaration does not say, the values do, where they are all of one kind; so does a text
    // that is no date.
    let is_time = matches!(usual, RustType::Instant | RustType::Date | RustType::Time);
    if is_time && RustType::Text.holds(kinds) {
        return RustType::Text;
    }
    if usual == RustType::Value && !declared.is_empty() {
        let other = [RustType::Integer, RustType::Text, RustType::Bytes];
        if let Some(one) = other.into_iter().find(|one| one.holds(kinds)) {
            return one;
        }
        if is_number(declared) && RustType::Real.holds(kinds) {
            return RustType::Real;
        }
    }
    RustType::Value
}

fn is_number(declared: &str) -> bool {
    let upper = declared.to_ascii_uppercase();
    ["NUM", "DEC", "MONEY", "CURRENCY"].iter().any(|word| upper.contains(word))
}

fn by_declaration(declared: &str, times: bool) -> RustType {
    let upper = declared.to_ascii_uppercase();
    let word = upper.split(['(', ' ']).next().unwrap_or_default();
    let has = |part: &str| upper.contains(part);
    match TimeType::of(declared) {
        Some(_) if !times => return RustType::Text,
        Some(TimeType::Instant) => return RustType::Instant,
        Some(TimeType::Date) => return RustType::Date,
        Some(TimeType::Time) => return RustType::Time,
        None => {}
    }
    match word {
        "BOOL" | "BOOLEAN" => return RustType::Integer,
        "JSON" | "JSONB" | "UUID" | "GUID" | "STRING" | "URL" | "PATH" => return RustType::Text,
        _ => {}
    }
    // The order of SQLite's own rules. <https://sqlite.org/datatype3.html>
    if has("INT") {
        RustType::Integer
    } else if has("CHAR") || has("CLOB") || has("TEXT") {
        RustType::Text
    } else if has("BLOB") || has("BINARY") {
        RustType::Bytes
    } else if has("REAL") || has("FLOA") || has("DOUB") {
        RustType::Real
    } else {
        RustType::Value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declared_type_is_read_by_the_rules_of_sqlite() {
        for (declared, wanted) in [
            ("INTEGER", RustType::Integer),
            ("BIGINT UNSIGNED", RustType::Integer),
            ("VARCHAR(20)", RustType::Text),
            ("BLOB", RustType::Bytes),
            ("DOUBLE PRECISION", RustType::Real),
            ("DECIMAL(10, 2)", RustType::Value),
            ("", RustType::Value),
            ("ANY", RustType::Value),
            ("datetime(6)", RustType::Text),
            ("bool", RustType::Integer),
            ("JSON", RustType::Text),
        ] {
            assert_eq!(rust_type(declared, None, false), wanted, "{declared}");
        }
        assert_eq!(rust_type("DATETIME", None, true), RustType::Instant);
    }

    #[test]
    fn what_is_stored_outweighs_what_is_declared() {
        let text = Kinds { text: true, ..Kinds::default() };
        let both = Kinds { text: true, integer: true, ..Kinds::default() };
        let bits = Kinds { integer: true, ..Kinds::default() };
        let numbers = Kinds { integer: true, beyond_boolean: true, ..Kinds::default() };
        assert_eq!(rust_type("INTEGER", Some(both), false), RustType::Value);
        assert_eq!(rust_type("INTEGER", Some(text), false), RustType::Value);
        assert_eq!(rust_type("CURRENCY", Some(numbers), false), RustType::Integer);
        let fractions = Kinds { real: true, ..numbers };
        assert_eq!(rust_type("CURRENCY", Some(fractions), false), RustType::Real);
        let large = Kinds { beyond_real: true, ..fractions };
        assert_eq!(rust_type("CURRENCY", Some(large), false), RustType::Value);
        assert_eq!(rust_type("DATE", Some(Kinds { beyond_time: true, ..text }), true), RustType::Text);
        assert_eq!(rust_type("DATE", Some(text), true), RustType::Date);
        assert_eq!(rust_type("COLOUR", Some(text), false), RustType::Text);
        assert_eq!(rust_type("BOOL", Some(bits), false), RustType::Boolean);
        assert_eq!(rust_type("BOOL", Some(numbers), false), RustType::Integer);
        assert_eq!(rust_type("TEXT", Some(Kinds::default()), false), RustType::Text);
    }
}
