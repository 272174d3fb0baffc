use clap::ArgMatches;
use schema_migrate::{Error, Next, shell_word};

use crate::{commands, output::shortened};

/// How a person calls the next command: with what stands before its word, and with the flags that said which
/// database this one works on. Typed as it is printed it works on the same one.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// `cargo xtask db-` or `my-app db `.
    prefix: String,
    schema: Option<String>,
    url: Option<String>,
}

impl Caller {
    /// Before anything is known of a database.
    pub(crate) fn new(prefix: String) -> Self {
        Self { prefix, schema: None, url: None }
    }

    /// With the flags that were given to this command. What the environment or a file says the next one is
    /// told, too.
    pub(crate) fn with_flags(self, matches: &ArgMatches) -> Self {
        let flag = |name: &str| matches.try_get_one::<String>(name).ok().flatten().cloned();
        Self { schema: flag("schema"), url: flag("url"), ..self }
    }

    /// For another database than the one that the flags name.
    pub(crate) fn of_database(&self, url: String) -> Self {
        Self { url: Some(url), ..self.clone() }
    }

    /// `cargo xtask db-migrate --url sqlite:other.db --to x` for `migrate --to x`.
    pub(crate) fn call(&self, command: &str) -> String {
        let end = command.find(' ').unwrap_or(command.len());
        let (word, rest) = command.split_at(end);
        format!("{}{rest}", self.called(word, rest))
    }

    /// A command's name as a person calls it, where it is not meant to be typed as it stands.
    pub(crate) fn name(&self, word: &str) -> String {
        format!("{}{word}", self.prefix)
    }

    /// The word with what stands before it, and with the flags that it takes and `rest` does not have.
    fn called(&self, word: &str, rest: &str) -> String {
        let mut called = self.name(word);
        for (flag, value) in [("schema", &self.schema), ("url", &self.url)] {
            let Some(value) = value else { continue };
            let is_said = rest.split_whitespace().any(|word| word == format!("--{flag}"));
            // Many databases are named by a pattern of their own.
            let is_of_many = flag == "url" && rest.split_whitespace().any(|word| word == "--each");
            if !is_said && !is_of_many && commands::takes(word, flag) {
                called = format!("{called} --{flag} {}", shell_word(value));
            }
        }
        called
    }

    /// What to do next, with its commands as they are called here.
    pub(crate) fn next(&self, next: &Next) -> String {
        shortened(&next.told(|word, rest| commands::is_known(word).then(|| self.called(word, rest))))
    }

    /// The error as it is told here: what it says to do next as it is called, and its paths from the current
    /// folder.
    pub(crate) fn told(&self, error: &Error) -> Error {
        let mut told = Error::new(error.kind(), shortened(error.what()));
        if let Some(why) = error.reason() {
            told = told.why(shortened(why));
        }
        if let Some(place) = error.location() {
            told = told.place(shortened(place));
        }
        if let Some(state) = error.data_state() {
            told = told.state(shortened(state));
        }
        error.next_steps().iter().fold(told, |told, next| told.next(Next::default().value(self.next(next))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_commands_name_the_way_the_program_is_called_and_its_database() {
        let plain = Caller::new("my-app db ".to_owned());
        assert_eq!(plain.call("migrate --to x"), "my-app db migrate --to x");
        let caller = Caller {
            prefix: "cargo xtask db-".to_owned(),
            schema: Some("tome".to_owned()),
            url: Some("sqlite:my files/x.db".to_owned()),
        };
        let flags = "--schema tome --url 'sqlite:my files/x.db'";
        assert_eq!(caller.call("rollback 2"), format!("cargo xtask db-rollback {flags} 2"));
        let told = caller.next(&Next::new("db-migrate applies them, or db-status"));
        assert_eq!(
            told,
            format!("cargo xtask db-migrate {flags} applies them, or cargo xtask db-status {flags}")
        );
        // Commands that work on no database, and lines that name one.
        assert_eq!(caller.next(&Next::new("db-help (lists them)")), "cargo xtask db-help (lists them)");
        assert_eq!(
            caller.next(&Next::new("db-migrate --url sqlite:y.db")),
            "cargo xtask db-migrate --schema tome --url sqlite:y.db"
        );
        assert_eq!(
            caller.next(&Next::new("db-migrate --each ").word("*.db")),
            "cargo xtask db-migrate --schema tome --each '*.db'"
        );
    }

    #[test]
    fn what_a_person_has_written_is_told_as_it_is() {
        let caller = Caller::new("my-app db ".to_owned());
        let error = Error::usage("no backup `nope db-migrate`")
            .why("INSERT INTO notes VALUES ('see db-migrate')")
            .next(Next::new("correct ").value("db-migrate"))
            .next("db-status");
        let told = caller.told(&error).to_string();
        for text in ["`nope db-migrate`", "('see db-migrate')", "correct db-migrate", "my-app db status"] {
            assert!(told.contains(text), "{text}\n{told}");
        }
    }
}
