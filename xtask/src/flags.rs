use std::ffi::OsString;
use std::str::FromStr;

/// Flags of the form `--name value`.
#[derive(Debug)]
pub(crate) struct Flags<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Flags<'a> {
    /// Reads the arguments, of which each has to be one of the names.
    pub(crate) fn read(arguments: &'a [OsString], names: &[&str]) -> Result<Self, String> {
        let mut found = Vec::new();
        for pair in arguments.chunks(2) {
            let name = pair[0].to_str().unwrap_or_default();
            let Some(known) = names.iter().find(|known| **known == name) else {
                return Err(format!("{} is no flag of this command", pair[0].display()));
            };
            let Some(value) = pair.get(1).and_then(|value| value.to_str()) else {
                return Err(format!("{known} needs a value"));
            };
            found.push((name, value));
        }
        Ok(Self(found))
    }

    /// The value of a flag, or what stands for it.
    pub(crate) fn get<T: FromStr>(&self, name: &str, default: T) -> Result<T, String> {
        match self.0.iter().rev().find(|(known, _)| *known == name) {
            Some((_, value)) => value.parse().map_err(|_| format!("{name} {value} cannot be read")),
            None => Ok(default),
        }
    }
}
