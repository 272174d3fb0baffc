//! Questions, and who answers them: a person on a terminal, a flag, a test's script, or nobody.

use std::{fmt, io};

use dialoguer::{Select, theme::SimpleTheme};
use schema_migrate::Error;

use crate::{interrupt::Asking, output::Screen};

/// Puts questions to whoever can answer them.
pub(crate) trait Prompter: fmt::Debug {
    /// The number of the answer that is chosen; `None` where there is nobody to ask.
    fn choose(&self, question: &str, answers: &[String]) -> Result<Option<usize>, Error>;

    /// Whether somebody says yes to what would be done; `None` where there is nobody to ask. The answer
    /// that a hasty Enter gives is no.
    fn confirm(&self, question: &str, yes: &str) -> Result<Option<bool>, Error> {
        let answers = ["stop here, nothing is changed".to_owned(), yes.to_owned()];
        Ok(self.choose(question, &answers)?.map(|chosen| chosen == 1))
    }

    /// Whether there is somebody who reads what stands around a question.
    fn is_attended(&self) -> bool;
}

/// Who answers the questions of a command that prints to this screen. Leaving a question ends the program
/// with `status` as the next command.
pub(crate) fn prompter(screen: &Screen, status: String) -> Box<dyn Prompter> {
    if screen.is_interactive() { Box::new(Terminal { status }) } else { Box::new(Nobody) }
}

/// A person at a terminal.
#[derive(Debug)]
struct Terminal {
    /// The command that says where the database stands.
    status: String,
}

impl Prompter for Terminal {
    /// The theme is the plain one: its marks are ASCII, which every terminal shows.
    fn choose(&self, question: &str, answers: &[String]) -> Result<Option<usize>, Error> {
        let asking = Asking::begin();
        let chosen =
            Select::with_theme(&SimpleTheme).with_prompt(question).items(answers).default(0).interact_opt();
        match chosen {
            Ok(Some(answer)) => Ok(Some(answer)),
            // Escape and Ctrl-C leave in the same way: nothing has been decided.
            Ok(None) => asking.leave(&self.status),
            Err(dialoguer::Error::IO(error)) if error.kind() == io::ErrorKind::Interrupted => {
                asking.leave(&self.status)
            }
            Err(error) => Err(Error::failed("the question could not be asked")
                .why(error.to_string())
                .state("nothing was changed")
                .next("answer with flags: the same command without a terminal prints them")),
        }
    }

    fn is_attended(&self) -> bool {
        true
    }
}

/// No terminal: the command says which flags would have answered.
#[derive(Debug)]
struct Nobody;

impl Prompter for Nobody {
    fn choose(&self, _: &str, _: &[String]) -> Result<Option<usize>, Error> {
        Ok(None)
    }

    fn is_attended(&self) -> bool {
        false
    }
}

/// `--yes` answers what is to be confirmed, and leaves every other question to somebody else.
#[derive(Debug)]
pub(crate) struct Flagged<'a> {
    pub(crate) yes: bool,
    pub(crate) otherwise: &'a dyn Prompter,
}

impl Prompter for Flagged<'_> {
    fn choose(&self, question: &str, answers: &[String]) -> Result<Option<usize>, Error> {
        self.otherwise.choose(question, answers)
    }

    fn confirm(&self, question: &str, yes: &str) -> Result<Option<bool>, Error> {
        if self.yes { Ok(Some(true)) } else { self.otherwise.confirm(question, yes) }
    }

    fn is_attended(&self) -> bool {
        self.otherwise.is_attended()
    }
}

/// The answers of a test, and the questions that it was asked.
#[cfg(test)]
#[derive(Debug, Default)]
pub(crate) struct Scripted {
    answers: std::cell::RefCell<std::collections::VecDeque<usize>>,
    pub(crate) asked: std::cell::RefCell<Vec<String>>,
}

#[cfg(test)]
impl Scripted {
    pub(crate) fn new(answers: impl IntoIterator<Item = usize>) -> Self {
        Self { answers: std::cell::RefCell::new(answers.into_iter().collect()), ..Self::default() }
    }
}

#[cfg(test)]
impl Prompter for Scripted {
    fn choose(&self, question: &str, answers: &[String]) -> Result<Option<usize>, Error> {
        self.asked.borrow_mut().push(format!("{question}: {}", answers.join(" | ")));
        let answer = self.answers.borrow_mut().pop_front();
        assert!(answer.is_some(), "nobody expected `{question}`");
        Ok(answer)
    }

    fn is_attended(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_confirms_and_decides_nothing_else() {
        let script = Scripted::new([0, 1]);
        let flagged = Flagged { yes: true, otherwise: &script };
        assert_eq!(flagged.confirm("apply?", "apply it").unwrap(), Some(true));
        assert_eq!(flagged.choose("renamed?", &["a".to_owned(), "b".to_owned()]).unwrap(), Some(0));
        assert!(flagged.is_attended());
        let unflagged = Flagged { yes: false, otherwise: &script };
        assert_eq!(unflagged.confirm("apply?", "apply it").unwrap(), Some(true));
        assert_eq!(
            *script.asked.borrow(),
            ["renamed?: a | b", "apply?: stop here, nothing is changed | apply it"]
        );
    }

    #[test]
    fn where_there_is_nobody_no_question_has_an_answer() {
        assert_eq!(Nobody.choose("renamed?", &[]).unwrap(), None);
        assert_eq!(Flagged { yes: false, otherwise: &Nobody }.confirm("apply?", "apply it").unwrap(), None);
        assert!(!Nobody.is_attended());
    }
}
