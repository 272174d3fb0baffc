use super::{
    conversion, drops, foreign_key, irreversible, names, narrowed, no_transaction, not_null, postgres,
    primary_key, rebuild, redundant_index, unique,
};
use crate::{Error, Result};

/// What can be found, under a code that stays the same.
#[derive(Debug, PartialEq, Eq)]
pub struct Lint {
    /// `L007`.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What is found, in a few words.
    pub what: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to write instead.
    pub instead: &'static str,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know; shown where it is asked for.
    Note,
    /// Something will be slow, odd or in the way later.
    Warning,
    /// Data goes.
    Danger,
}

impl Severity {
    /// `note`, `warning` or `danger`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Danger => "danger",
        }
    }
}

/// Every lint, in the order of the codes.
pub const CODES: &[&Lint] = &[
    &drops::TABLE,
    &drops::COLUMN,
    &conversion::LOSSY,
    &narrowed::NARROWED,
    &not_null::NOT_NULL,
    &irreversible::IRREVERSIBLE,
    &rebuild::BIG,
    &unique::UNIQUE,
    &no_transaction::NO_TRANSACTION,
    &foreign_key::WITHOUT_INDEX,
    &redundant_index::REDUNDANT,
    &primary_key::MISSING,
    &primary_key::NULLABLE,
    &names::RESERVED,
    &postgres::WITHOUT_ROWID,
    &postgres::ON_CONFLICT,
    &postgres::VIRTUAL_TABLE,
    &postgres::ROWID,
    &postgres::TYPE,
    &postgres::DYNAMIC,
    &postgres::FUNCTION,
    &postgres::COLLATION,
    &postgres::LENGTH,
    &postgres::AUTOINCREMENT,
    &postgres::TRIGGER,
];

/// The lint of a code.
pub fn find(code: &str) -> Option<&'static Lint> {
    CODES.iter().copied().find(|lint| lint.code == code)
}

/// The lint of a code that a person has written.
///
/// # Errors
/// There is none: with the one that was meant, where its number tells.
pub fn known(code: &str) -> Result<&'static Lint> {
    find(code).ok_or_else(|| {
        let number = |text: &str| -> Option<u32> {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            digits.parse().ok()
        };
        let wanted = number(code);
        let meant = CODES.iter().find(|lint| wanted.is_some() && number(lint.code) == wanted);
        let error = Error::usage(format!("there is no lint `{code}`")).state("nothing was changed");
        match meant {
            Some(lint) => error.why(format!("did you mean `{}` ({})?", lint.code, lint.what)),
            None => error.why(format!(
                "the codes are {}; docs/lint.md explains them",
                CODES.iter().map(|lint| lint.code).collect::<Vec<_>>().join(", ")
            )),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_stand_in_the_documentation_as_they_are_here() {
        assert!(CODES.windows(2).all(|pair| pair[0].code < pair[1].code));
        let page = include_str!("../../../docs/lint.md");
        for lint in CODES {
            let row = format!(
                "| {} | {} | {} | {} | {} |",
                lint.code,
                lint.severity.as_str(),
                lint.what,
                lint.why,
                lint.instead
            );
            assert!(page.contains(&row), "docs/lint.md lacks this row:\n{row}");
        }
        assert_eq!(page.matches("\n| L").count(), CODES.len(), "docs/lint.md has a code too many");
    }

    #[test]
    fn an_unknown_code_is_refused_with_the_one_that_was_meant() {
        assert_eq!(known("L007").unwrap().code, "L007");
        for slip in ["l007", "L7", "L0007", "7"] {
            assert!(known(slip).unwrap_err().to_string().contains("did you mean `L007`"), "{slip}");
        }
        for unknown in ["L999", "", "FOO"] {
            assert!(known(unknown).unwrap_err().to_string().contains("L001, L002"), "{unknown}");
        }
    }
}
