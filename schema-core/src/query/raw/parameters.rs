use crate::{
    engine::sqlite::Bound,
    error::{Error, Kind, Result},
    value::{Binder, SqlType, Value, ValueError},
};

/// A value that [`RawSql::bind`](super::RawSql::bind) takes: of any column's type, an `Option` of one, or `&str`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no value that SQL knows",
    label = "no SQL value",
    note = "a value of a column's type, an `Option` of one, or `&str`; `bind_as::<Json<_>>(&value)` for one that is stored otherwise"
)]
pub trait Parameter {
    #[doc(hidden)]
    fn into_value(self) -> Result<Value, ValueError>;
}

#[diagnostic::do_not_recommend]
impl<T: SqlType<Rust = T>> Parameter for T {
    fn into_value(self) -> Result<Value, ValueError> {
        T::to_value(&self)
    }
}

#[diagnostic::do_not_recommend]
impl Parameter for &str {
    fn into_value(self) -> Result<Value, ValueError> {
        Ok(Value::Text(self.to_owned()))
    }
}

/// The values of a statement's parameters.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameters {
    positional: Vec<Value>,
    named: Vec<(&'static str, Value)>,
    /// What is wrong with the first value that no SQL value can hold.
    problem: Option<ValueError>,
}

impl Parameters {
    pub(super) fn push(&mut self, value: Result<Value, ValueError>) {
        match value {
            Ok(value) => self.positional.push(value),
            Err(error) => self.problem = self.problem.take().or(Some(error)),
        }
    }

    pub(super) fn push_named(&mut self, name: &'static str, value: Result<Value, ValueError>) {
        match value {
            Ok(value) => self.named.push((name, value)),
            Err(error) => self.problem = self.problem.take().or(Some(error)),
        }
    }

    /// The value of each parameter of a statement, in its order.
    pub(super) fn of<'v>(&'v self, bound: &Bound<'_, '_>) -> Result<Vec<&'v Value>> {
        if let Some(problem) = &self.problem {
            return Err(Error::new(Kind::Value, format!("{problem}; nothing was run")));
        }
        let names: Vec<Option<String>> =
            (0..bound.parameter_count()).map(|at| bound.parameter_name(at)).collect();
        let is_named = |name: &Option<String>| name.as_ref().is_some_and(|name| !name.starts_with('?'));
        let count = names.iter().filter(|name| !is_named(name)).count();
        if count != self.positional.len() {
            return Err(Error::misuse(format!(
                "the statement has {}, and {} bound to them; nothing was run: `.bind(..)` once for each `?`{}",
                counted(count, "parameter without a name", "parameters without a name"),
                counted(self.positional.len(), "value is", "values are"),
                if count < names.len() { ", `.bind_named(\"id\", ..)` for `:id`" } else { "" },
            )));
        }
        let fits = |parameter: &str, name: &str| parameter == name || parameter.get(1..) == Some(name);
        for (at, (name, _)) in self.named.iter().enumerate() {
            if self.named.iter().skip(at + 1).any(|(other, _)| other == name) {
                return Err(Error::misuse(format!("two values are bound to `{name}`; nothing was run")));
            }
            if !names.iter().flatten().any(|parameter| fits(parameter, name)) {
                let known: Vec<String> = names
                    .iter()
                    .filter(|name| is_named(name))
                    .flatten()
                    .map(|name| format!("`{name}`"))
                    .collect();
                let known = if known.is_empty() { "none with a name".to_owned() } else { known.join(", ") };
                return Err(Error::misuse(format!(
                    "the statement has no parameter `{name}`; nothing was run: it has {known}"
                )));
            }
        }
        let mut positional = self.positional.iter();
        let mut values = Vec::with_capacity(names.len());
        for name in &names {
            let value = match name.as_ref().filter(|name| !name.starts_with('?')) {
                None => positional.next(),
                Some(parameter) => {
                    self.named.iter().find(|(name, _)| fits(parameter, name)).map(|(_, value)| value)
                }
            };
            values.push(value.ok_or_else(|| {
                let name = name.as_deref().unwrap_or("?");
                Error::misuse(format!(
                    "no value is bound to `{name}`; nothing was run: `.bind_named(\"{}\", ..)`",
                    name.get(1..).unwrap_or_default()
                ))
            })?);
        }
        Ok(values)
    }
}

pub(super) fn bind<'v>(bound: &mut Bound<'_, 'v>, values: Vec<&'v Value>) {
    let mut binder = Binder::sqlite(bound.parameters());
    values.into_iter().for_each(|value| binder.value(value));
}

pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    match count {
        0 => format!("no {many}").replace("no values are", "no value is"),
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    }
}
