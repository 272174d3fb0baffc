use std::fmt;
use std::str::FromStr;

use schema_core::rusqlite;

use crate::{Error, Result};

/// A version of SQLite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EngineVersion {
    /// The 3 of 3.54.1.
    pub major: u32,
    /// The 54 of 3.54.1.
    pub minor: u32,
    /// The 1 of 3.54.1.
    pub patch: u32,
}

impl EngineVersion {
    /// The oldest version that any plan is made for.
    pub const OLDEST: Self = Self::new(3, 26);

    /// A version without a patch level.
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor, patch: 0 }
    }

    /// The version that this program brings with it.
    pub fn bundled() -> Self {
        Self::from_number(rusqlite::version_number())
    }

    /// A version from the number of `sqlite3_libversion_number`: 3054001 is 3.54.1.
    pub fn from_number(number: i32) -> Self {
        let number = number.unsigned_abs();
        Self { major: number / 1_000_000, minor: number / 1000 % 1000, patch: number % 1000 }
    }
}

impl fmt::Display for EngineVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)?;
        if self.patch > 0 { write!(formatter, ".{}", self.patch) } else { Ok(()) }
    }
}

impl FromStr for EngineVersion {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts: Vec<Option<u32>> = text.trim().split('.').map(|part| part.parse().ok()).collect();
        match parts.as_slice() {
            [Some(major @ 3), Some(minor)] => Ok(Self::new(*major, *minor)),
            [Some(major @ 3), Some(minor), Some(patch)] => {
                Ok(Self { major: *major, minor: *minor, patch: *patch })
            }
            _ => Err(Error::usage(format!("`{text}` is no version of SQLite"))
                .why("a version is written as in 3.40 or 3.54.1")
                .state("nothing was changed")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_read_and_order_as_they_display() {
        let versions: Vec<EngineVersion> =
            ["3.9", "3.40", "3.54", "3.54.1"].iter().map(|text| text.parse().unwrap()).collect();
        assert!(versions.is_sorted());
        assert_eq!(versions[3], EngineVersion::from_number(3_054_001));
        assert_eq!(versions[3].to_string(), "3.54.1");
        for text in ["", "3", "four", "2.8", "3.54.1.2", "3.-1"] {
            assert!(text.parse::<EngineVersion>().is_err(), "{text}");
        }
    }
}
