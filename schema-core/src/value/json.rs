use serde::{Serialize, de::DeserializeOwned};

use super::{Binder, CellError, Plainly, Row, SqlType, Storage, ValueError, number::plain};

/// A Rust value stored as JSON text: `#[column(json)]`.
///
/// The field keeps its own type; `Json` appears where a value is compared or set in a query:
/// `b.meta.set(Json(meta))`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Json<T>(pub T);

/// A type that serde writes and reads: what `#[column(json)]` needs.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no JSON form, which `#[column(json)]` needs",
    label = "not serde's",
    note = "derive what JSON is written and read with: `#[derive(serde::Serialize, serde::Deserialize, Clone)]`"
)]
pub trait JsonValue: Serialize + DeserializeOwned + Clone + 'static {}
#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Clone + 'static> JsonValue for T {}

impl<T: JsonValue> SqlType for Json<T> {
    type Base = Self;
    type Opt = Option<Self>;
    type Like<U: SqlType> = U;
    type Rust = T;
    const STORAGE: Storage = Storage::Text;
    const IS_JSON: bool = true;

    fn read(row: Row<'_>, at: usize) -> Result<T, CellError> {
        let cell = row.cell(at);
        let wanted = std::any::type_name::<T>();
        let text = cell.as_str(wanted).map_err(|error| error.at(at))?;
        serde_json::from_str(text).map_err(|reason| CellError::new(cell, wanted).because(reason).at(at))
    }

    fn bind<'v>(value: &'v T, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
        fn refused(reason: impl std::fmt::Display) -> ValueError {
            ValueError::new(format!("the value has no JSON form: {reason}"))
        }
        let text = serde_json::to_string(value).map_err(refused)?;
        // A second look only where a number may have become one.
        if text.contains("null") {
            super::finite::check(value).map_err(refused)?;
        }
        // What is written has to be read back.
        if is_deep(&text) {
            serde_json::from_str::<T>(&text).map_err(refused)?;
        }
        to.text_copied(&text);
        Ok(())
    }

    fn to_json(row: Row<'_>, at: usize) -> Result<serde_json::Value, CellError> {
        Self::read(row, at)?;
        Json::<serde_json::Value>::read(row, at)
    }

    fn from_json(json: serde_json::Value) -> Result<T, CellError> {
        let text = json.to_string();
        serde_json::from_value(json).map_err(|reason| {
            let found = super::Value::Text(text);
            CellError::new((&found).into(), std::any::type_name::<T>()).because(reason)
        })
    }
}
#[diagnostic::do_not_recommend]
impl<T: JsonValue> Plainly for Json<T> {}

/// Levels that serde_json reads, one in another.
const READABLE: usize = 127;

/// Whether values stand in more others than may be read.
fn is_deep(text: &str) -> bool {
    // Each level has a bracket at both ends.
    if text.len() < 2 * READABLE {
        return false;
    }
    let (mut depth, mut deepest, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest > READABLE
}

#[diagnostic::do_not_recommend]
impl SqlType for serde_json::Value {
    plain!(serde_json::Value, Text);
    const IS_JSON: bool = true;

    fn read(row: Row<'_>, at: usize) -> Result<Self, CellError> {
        Json::<Self>::read(row, at)
    }

    fn bind<'v>(value: &'v Self, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
        Json::<Self>::bind(value, to)
    }

    fn to_json(row: Row<'_>, at: usize) -> Result<Self, CellError> {
        Self::read(row, at)
    }

    fn from_json(json: serde_json::Value) -> Result<Self, CellError> {
        Ok(json)
    }
}
#[diagnostic::do_not_recommend]
impl Plainly for serde_json::Value {}
