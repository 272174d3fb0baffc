use std::fmt;

use serde::de::{Deserializer, Error as _, MapAccess, Visitor};

use crate::{
    expr::{Assign, Node},
    model::{ColumnRole, TableDef},
    query::expected_in,
    record::Table,
    value::{CellError, Value, ValueError},
};

/// What a patch does with a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Leaves it as it is.
    #[default]
    Keep,
    /// Sets it.
    Set(T),
}

/// `Patch::Set`, with the conversion into the field's type: `set("Dune")`.
pub fn set<T, V: Into<T>>(value: V) -> Patch<T> {
    Patch::Set(value.into())
}

impl<R> Patch<R> {
    #[doc(hidden)]
    pub fn push(
        &self,
        column: u16,
        to_value: fn(&R) -> Result<Value, ValueError>,
        assigns: &mut Vec<Assign>,
    ) {
        if let Self::Set(value) = self {
            let value = match to_value(value) {
                Ok(value) => Node::Value(value),
                Err(error) => Node::Invalid(error),
            };
            assigns.push(Assign { column, value });
        }
    }

    #[doc(hidden)]
    pub fn set_json(
        &mut self,
        json: serde_json::Value,
        from_json: fn(serde_json::Value) -> Result<R, CellError>,
    ) -> Result<(), CellError> {
        *self = Self::Set(from_json(json)?);
        Ok(())
    }
}

/// A generated `BookUpdate`: a [`Patch`] for each column that can be changed.
pub trait Update: Default {
    /// The table whose rows it changes.
    type Table: Table<Update = Self>;

    #[doc(hidden)]
    fn push(&self, assigns: &mut Vec<Assign>);

    /// Sets a field by its name; `None` where there is none of that name.
    #[doc(hidden)]
    fn set_json(&mut self, field: &str, json: serde_json::Value) -> Option<Result<(), CellError>>;
}

/// Deserialises an update: an absent field is kept, `null` sets NULL, an unknown field is an error.
#[doc(hidden)]
pub fn deserialize_update<'de, U: Update, D: Deserializer<'de>>(from: D) -> Result<U, D::Error> {
    struct Fields<U>(U);

    impl<'de, U: Update> Visitor<'de> for Fields<U> {
        type Value = U;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "an object with fields of `{}`", U::Table::DEF.model)
        }

        fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<U, A::Error> {
            let mut seen: Vec<String> = Vec::new();
            while let Some(field) = map.next_key::<String>()? {
                if seen.contains(&field) {
                    return Err(A::Error::custom(format_args!("field `{field}` stands twice")));
                }
                let json = map.next_value::<serde_json::Value>()?;
                let given = shown(&json);
                match self.0.set_json(&field, json) {
                    Some(Ok(())) => seen.push(field),
                    Some(Err(error)) => {
                        return Err(A::Error::custom(refused::<U::Table>(&field, &given, &error)));
                    }
                    None => {
                        return Err(A::Error::custom(format_args!(
                            "unknown field `{field}`, expected one of {}",
                            updatable(U::Table::DEF)
                        )));
                    }
                }
            }
            Ok(self.0)
        }
    }

    from.deserialize_map(Fields(U::default()))
}

/// A JSON value, shown short.
fn shown(json: &serde_json::Value) -> String {
    const SHOWN: usize = 40;
    match json {
        serde_json::Value::String(text) if text.chars().count() > SHOWN => {
            let short: String = text.chars().take(SHOWN).collect();
            format!("\"{short}..\"")
        }
        serde_json::Value::Array(_) => "an array".to_owned(),
        serde_json::Value::Object(_) => "an object".to_owned(),
        other => other.to_string(),
    }
}

/// What a field takes and what it was given, for somebody who knows the JSON and not the program.
#[cold]
fn refused<T: Table>(field: &str, given: &str, error: &CellError) -> String {
    let column = T::DEF.columns.iter().position(|column| column.field == field);
    let expected = column.and_then(|column| expected_in::<T>(u16::try_from(column).ok()?));
    let Some(expected) = expected else { return format!("field `{field}`: {error}") };
    let reason = error.reason().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("field `{field}` takes {expected}, and the JSON has {given}{reason}")
}

fn updatable(table: &TableDef) -> String {
    let is_key = |name: &str| {
        table.primary_key.as_ref().is_some_and(|key| key.columns.iter().any(|column| column.name == name))
    };
    let fields = table.columns.iter().filter(|column| {
        column.role == ColumnRole::Plain && column.generated.is_none() && !is_key(&column.name)
    });
    fields.map(|column| format!("`{}`", column.field)).collect::<Vec<_>>().join(", ")
}
