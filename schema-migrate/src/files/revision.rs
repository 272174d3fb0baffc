use std::fmt;

use time::OffsetDateTime;

/// Digits of the instant at the start of a revision.
const INSTANT: usize = 14;

/// A migration's id: `20251127143055_add_tasks`, an instant in UTC and what it is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(String);

impl Revision {
    /// The revision made at this instant, under a name that [`words`] accepts.
    pub fn at(instant: OffsetDateTime, name: &str) -> Self {
        let utc = instant.to_offset(time::UtcOffset::UTC);
        Self(format!(
            "{:04}{:02}{:02}{:02}{:02}{:02}_{name}",
            utc.year(),
            u8::from(utc.month()),
            utc.day(),
            utc.hour(),
            utc.minute(),
            utc.second()
        ))
    }

    /// Reads a revision; `None` where the text is none.
    pub fn read(text: &str) -> Option<Self> {
        let (instant, name) = text.split_at_checked(INSTANT)?;
        let name = name.strip_prefix('_')?;
        let fits = instant.bytes().all(|byte| byte.is_ascii_digit())
            && !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
        fits.then(|| Self(text.to_owned()))
    }

    /// The whole id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The fourteen digits of its instant.
    pub fn instant(&self) -> &str {
        &self.0[..INSTANT]
    }

    /// What it is about: `add_tasks`.
    pub fn name(&self) -> &str {
        &self.0[INSTANT + 1..]
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// A name as it stands in a revision: lower-case words of ASCII letters and digits, joined by `_`.
/// `None` where nothing of the text is left.
pub fn words(text: &str) -> Option<String> {
    let words: Vec<String> = text
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let joined: String = words.join("_").chars().take(80).collect();
    (!joined.is_empty()).then_some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_is_an_instant_in_utc_and_words() {
        let instant = time::macros::datetime!(2025-11-27 16:30:55 +2);
        let revision = Revision::at(instant, "add_tasks");
        assert_eq!(revision.as_str(), "20251127143055_add_tasks");
        assert_eq!((revision.instant(), revision.name()), ("20251127143055", "add_tasks"));
        for text in [
            "",
            "add_tasks",
            "2025_a",
            "20251127143055",
            "20251127143055_",
            "20251127143055_a b",
            "2025112714305é_a",
        ] {
            assert!(Revision::read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_name_is_made_of_words() {
        assert_eq!(words("Add e-mail, twice!").as_deref(), Some("add_e_mail_twice"));
        assert_eq!(words("../.."), None);
    }
}
