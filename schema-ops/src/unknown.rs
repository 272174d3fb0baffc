use schema_core::rusqlite::functions::FunctionFlags;
use schema_core::rusqlite::types::Null;
use schema_core::rusqlite::{Connection, Result};

/// A name in a schema that only the application knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// A function.
    Function(String),
    /// A collating sequence.
    Collation(String),
}

impl Unknown {
    /// Stands in for it: a function that gives NULL, a sequence that compares bytes.
    pub fn stand_in(&self, connection: &Connection) -> Result<()> {
        match self {
            Self::Function(name) => {
                let deterministic = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
                connection.create_scalar_function(name.as_str(), -1, deterministic, |_| Ok(Null))
            }
            Self::Collation(name) => connection.create_collation(name.as_str(), str::cmp),
        }
    }

    /// Takes the stand-in away again.
    pub fn stand_down(&self, connection: &Connection) -> Result<()> {
        match self {
            Self::Function(name) => connection.remove_function(name.as_str(), -1),
            Self::Collation(name) => connection.remove_collation(name.as_str()),
        }
    }
}

/// What SQLite does not know, where its message is about a function or a collating sequence.
pub fn unknown_name(message: &str) -> Option<Unknown> {
    let function = name_after(message, "no such function: ")
        .or_else(|| name_after(message, "unknown function: ").map(|name| name.trim_end_matches("()")));
    let collation = || name_after(message, "no such collation sequence: ");
    function
        .map(|name| Unknown::Function(name.to_owned()))
        .or_else(|| collation().map(|name| Unknown::Collation(name.to_owned())))
}

fn name_after<'a>(message: &'a str, marker: &str) -> Option<&'a str> {
    let name = &message[message.find(marker)? + marker.len()..];
    // What follows the name, as in `foo in CREATE TABLE ..`, is SQLite's own remark.
    Some(name.split_whitespace().next().unwrap_or(name))
}
