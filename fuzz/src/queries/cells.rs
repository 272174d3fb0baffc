//! Rows as cells.

use schema_core::value::Value;

use super::{Group, Item, Line, Mark, tables::Sampled};

/// A row as cells.
pub(super) trait Cells {
    fn cells(&self) -> Vec<Value>;
}

fn integer(value: Option<i64>) -> Value {
    value.map_or(Value::Null, Value::Integer)
}
fn real(value: Option<f64>) -> Value {
    value.map_or(Value::Null, Value::Real)
}
fn text(value: Option<&String>) -> Value {
    value.map_or(Value::Null, |value| Value::Text(value.clone()))
}

impl Cells for Line {
    fn cells(&self) -> Vec<Value> {
        vec![
            integer(self.number),
            real(self.real),
            text(self.text.as_ref()),
            integer(self.truth.map(i64::from)),
        ]
    }
}
impl Cells for Item {
    fn cells(&self) -> Vec<Value> {
        vec![
            integer(Some(self.id)),
            integer(self.group_id),
            integer(Some(self.amount)),
            real(self.price),
            text(Some(&self.name)),
            text(self.note.as_ref()),
            integer(Some(i64::from(self.flag))),
        ]
    }
}
impl Cells for Group {
    fn cells(&self) -> Vec<Value> {
        vec![integer(Some(self.id)), text(Some(&self.title)), integer(self.place), real(Some(self.ratio))]
    }
}
impl Cells for Mark {
    fn cells(&self) -> Vec<Value> {
        vec![
            integer(Some(self.id)),
            integer(self.item_id),
            text(self.label.as_ref()),
            integer(Some(self.weight)),
            integer(self.known.map(i64::from)),
        ]
    }
}
impl<T: Cells + Sampled> Cells for Option<T> {
    fn cells(&self) -> Vec<Value> {
        self.as_ref().map_or_else(|| vec![Value::Null; T::DEF.columns.len()], Cells::cells)
    }
}
