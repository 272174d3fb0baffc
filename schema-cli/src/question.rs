use std::io;

use dialoguer::{Select, theme::SimpleTheme};
use schema_migrate::Error;

use crate::{interrupt, output::Screen};

/// Lets a person choose one of several answers; `None` where there is no terminal.
///
/// The theme is the plain one: its marks are ASCII, which every terminal shows.
pub(crate) fn choose(
    screen: &Screen,
    question: &str,
    answers: &[String],
    status: &str,
) -> Result<Option<usize>, Error> {
    if !screen.is_interactive() {
        return Ok(None);
    }
    let chosen =
        Select::with_theme(&SimpleTheme).with_prompt(question).items(answers).default(0).interact_opt();
    match chosen {
        Ok(Some(answer)) => Ok(Some(answer)),
        // Escape and Ctrl-C leave in the same way: nothing has been decided.
        Ok(None) => interrupt::leave(None, status),
        Err(dialoguer::Error::IO(error)) if error.kind() == io::ErrorKind::Interrupted => {
            interrupt::leave(None, status)
        }
        Err(error) => Err(Error::failed("the question could not be asked")
            .why(error.to_string())
            .state("nothing was changed")
            .next("answer with flags: the same command without a terminal prints them")),
    }
}
