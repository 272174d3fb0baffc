//! A column of any value.

use super::{Binder, CellError, Plainly, Row, SqlType, Storage, Value, ValueError, number::plain};

#[diagnostic::do_not_recommend]
impl SqlType for Value {
    plain!(Value, Any);

    #[inline]
    fn read(row: Row<'_>, at: usize) -> Result<Self, CellError> {
        Ok(row.cell(at).to_value())
    }

    #[inline]
    fn bind<'v>(value: &'v Self, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
        match value {
            Value::Real(number) => to.real(*number),
            other => {
                to.value(other);
                Ok(())
            }
        }
    }

    fn from_json(json: serde_json::Value) -> Result<Self, CellError> {
        let wanted = "Value";
        Ok(match &json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Integer(i64::from(*value)),
            serde_json::Value::String(text) => Self::Text(text.clone()),
            serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(integer), _) => Self::Integer(integer),
                // A whole number over 64 bits would lose its last digits.
                (None, Some(real)) if !number.is_u64() => Self::Real(real),
                _ => return Err(CellError::of_json(&json, wanted)),
            },
            serde_json::Value::Array(_) | serde_json::Value::Object(_) => {
                return Err(CellError::of_json(&json, wanted));
            }
        })
    }
}
#[diagnostic::do_not_recommend]
impl Plainly for Value {}
