use std::fmt;
use std::fmt::Write as _;
use std::ops::{Deref, Range};

/// A line that says what a person can do next: words of the program, and values in them.
///
/// Only a command that the program itself writes, such as `db-status`, is written as the program is called;
/// what a value holds is left as it is, whatever it looks like. The words of the program are therefore
/// `&'static str`, and a value can never be among them.
///
/// ```
/// use schema_ops::Next;
///
/// let next = Next::new("db-migrate --each ").word("data/*.db").own(" goes on");
/// assert_eq!(next.to_string(), "db-migrate --each 'data/*.db' goes on");
/// let told = next.told(|command, _| Some(format!("my-app db {command} --url sqlite:x.db")));
/// assert_eq!(told, "my-app db migrate --url sqlite:x.db --each 'data/*.db' goes on");
///
/// let value = Next::new("correct the row ").value("see db-migrate");
/// assert_eq!(value.told(|command, _| Some(format!("my-app db {command}"))), value.to_string());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Next {
    text: String,
    /// Where the program's own words name a command.
    commands: Vec<Range<usize>>,
}

const PREFIX: &str = "db-";

impl Next {
    /// A line that begins with these words of the program.
    pub fn new(text: &'static str) -> Self {
        Self::default().own(text)
    }

    /// More words of the program.
    #[must_use]
    pub fn own(mut self, text: &'static str) -> Self {
        let begin = self.text.len();
        self.text.push_str(text);
        self.commands.extend(commands(text).map(|range| begin + range.start..begin + range.end));
        self
    }

    /// A value as it is.
    #[must_use]
    pub fn value(mut self, value: impl fmt::Display) -> Self {
        // Writing into a string does not fail.
        let _ = write!(self.text, "{value}");
        self
    }

    /// A value as a word that a shell takes for one: a path, an id, a pattern.
    #[must_use]
    pub fn word(self, word: impl fmt::Display) -> Self {
        let word = shell_word(&word.to_string());
        self.value(word)
    }

    /// The line with each command of the program's own words as `call` writes it, which is given the
    /// command's word, `status` for `db-status`, and what follows it. What `call` does not know stays.
    pub fn told(&self, mut call: impl FnMut(&str, &str) -> Option<String>) -> String {
        let mut told = String::with_capacity(self.text.len());
        let mut at = 0;
        for command in &self.commands {
            told.push_str(&self.text[at..command.start]);
            let written = &self.text[command.clone()];
            match call(&written[PREFIX.len()..], &self.text[command.end..]) {
                Some(called) => told.push_str(&called),
                None => told.push_str(written),
            }
            at = command.end;
        }
        told.push_str(&self.text[at..]);
        told
    }
}

/// Where commands stand in words of the program: alone, and not as a part of a longer word.
fn commands(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices(PREFIX).filter_map(|(at, _)| {
        let before = text[..at].chars().next_back();
        let stands_alone = before.is_none_or(|letter| letter.is_whitespace() || "`(\"'".contains(letter));
        let word = &text[at + PREFIX.len()..];
        let is_of_it = |letter: char| letter.is_ascii_lowercase() || letter == '-';
        let end = word.find(|letter| !is_of_it(letter)).unwrap_or(word.len());
        (stands_alone && end > 0).then(|| at..at + PREFIX.len() + end)
    })
}

impl From<&'static str> for Next {
    fn from(text: &'static str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Next {
    /// Of a line that holds values only the command with which it begins is the program's own.
    fn from(text: String) -> Self {
        let first = commands(&text).next().filter(|command| command.start == 0);
        Self { commands: first.into_iter().collect(), text }
    }
}

impl Deref for Next {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Next {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl PartialEq<&str> for Next {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

/// A word as a shell takes it for one.
pub fn shell_word(word: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "_-./:=@%+,".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    if cfg!(windows) { format!("\"{word}\"") } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(next: &Next) -> String {
        next.told(|command, _| {
            ["migrate", "status"].contains(&command).then(|| format!("my-app db {command}"))
        })
    }

    #[test]
    fn commands_are_told_as_they_are_called_and_values_as_they_are() {
        let next = Next::new("db-migrate 2, or `db-status`; not users.db-wal, db-nothing or my-db-status");
        let wanted =
            "my-app db migrate 2, or `my-app db status`; not users.db-wal, db-nothing or my-db-status";
        assert_eq!(told(&next), wanted);
        let value = "INSERT INTO t VALUES ('see db-migrate', db-status)";
        assert_eq!(told(&Next::new("see ").value(value)), format!("see {value}"));
        assert_eq!(told(&Next::from(format!("answer {value}"))), format!("answer {value}"));
        assert_eq!(told(&Next::from(format!("db-migrate {value}"))), format!("my-app db migrate {value}"));
        assert_eq!(told(&Next::new("or ").value("db-").own("status")), "or db-status");
    }

    #[cfg(unix)]
    #[test]
    fn a_shell_takes_a_word_for_one() {
        for word in ["a/b-1.db", "a b", "it's", "*.db", "$HOME", "", "caf\u{e9}.db", "~x", "a\nb"] {
            let echoed = std::process::Command::new("sh")
                .args(["-c", &format!("printf %s {}", shell_word(word))])
                .output()
                .unwrap();
            assert_eq!(String::from_utf8(echoed.stdout).unwrap(), word);
        }
        assert_eq!(shell_word("sqlite:data/app.db"), "sqlite:data/app.db");
    }
}
