//! Feature `rust_decimal`: decimal numbers as text, since no number of SQLite's holds them exactly.
//!
//! They compare and sort by their value, through the collation `decimal` (which the `sqlite3` program has under the
//! same name): typed queries write it wherever a decimal is compared, ordered, grouped or told apart. What SQL would
//! calculate in floating point does not compile:
//!
//! ```compile_fail,E0277
//! # use schema_core::{Table, expr::{each, sum}};
//! # #[derive(Table)]
//! # struct Item { #[column(primary_key)] id: i64, price: rust_decimal::Decimal }
//! Item::query().aggregate(|i| sum(each(i, |i| i.price))); // `Decimal` is no number
//! ```
//!
//! ```
//! # use schema_core::{Table, expr::{each, sum}};
//! # #[derive(Table)]
//! # struct Item { #[column(primary_key)] id: i64, price: rust_decimal::Decimal }
//! Item::query().aggregate(|i| sum(each(i, |i| i.price.cast::<f64>()))); // said to be inexact
//! ```

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::{Binder, Cell, CellError, Plainly, Row, SqlType, Storage, ValueError, number::plain};

const NAME: &str = "Decimal";

/// The number that a text writes, where it is one of at most 28 digits.
fn parse(text: &str) -> Option<Decimal> {
    // The crate would also read digits with `_` between them.
    if text.bytes().any(|byte| !matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')) {
        return None;
    }
    Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok()
}

#[diagnostic::do_not_recommend]
impl SqlType for Decimal {
    plain!(Decimal, Text);
    const COLLATE: Option<&'static str> = Some(" COLLATE decimal");

    /// One text for each number, so that UNIQUE and keys tell numbers apart, and not texts.
    fn stored(value: Self) -> Self {
        value.normalize()
    }

    fn read(row: Row<'_>, at: usize) -> Result<Self, CellError> {
        let cell = row.cell(at);
        let refused = |why: &str| CellError::new(cell, NAME).because(why).at(at);
        match cell {
            Cell::Integer(value) => Ok(value.into()),
            Cell::Real(_) => Err(refused("a floating-point number is not exact: declare the column TEXT")),
            _ => parse(cell.as_str(NAME).map_err(|error| error.at(at))?)
                .ok_or_else(|| refused("no decimal number of at most 28 digits")),
        }
    }

    fn bind<'v>(value: &'v Self, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
        to.text_copied(&value.normalize().to_string());
        Ok(())
    }

    fn to_json(row: Row<'_>, at: usize) -> Result<serde_json::Value, CellError> {
        Ok(Self::read(row, at)?.to_string().into())
    }

    fn from_json(json: serde_json::Value) -> Result<Self, CellError> {
        let found = match &json {
            serde_json::Value::String(text) => parse(text),
            serde_json::Value::Number(number) => {
                number.as_i64().map(Self::from).or_else(|| number.as_u64().map(Self::from))
            }
            _ => None,
        };
        found.ok_or_else(|| {
            CellError::of_json(&json, NAME)
                .because("write it as a string, \"9.99\": a number with a point is read as floating point")
        })
    }
}
#[diagnostic::do_not_recommend]
impl Plainly for Decimal {}

/// The collation `decimal`. Text that is no decimal stands behind all numbers, by its bytes.
fn compare(left: &str, right: &str) -> Ordering {
    match (parse(left), parse(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => left.cmp(right),
    }
}

/// Gives a connection the collation.
pub(crate) fn register(connection: &rusqlite::Connection) -> rusqlite::Result<()> {
    connection.create_collation("decimal", compare)
}
