use std::io::{IsTerminal as _, Write as _};

/// Exit code of a program that was interrupted.
const INTERRUPTED: i32 = 130;

/// Ends the process with 130 on Ctrl-C instead of by the signal, with a word about the data.
///
/// A transaction that is open when the process ends was never committed, so SQLite ignores or rolls
/// back its part of the log when the database is next opened: a migration is in it wholly or not at
/// all. <https://sqlite.org/atomiccommit.html>
pub(crate) fn watch(json: Option<String>, status: String) {
    // A program that has its own handler keeps it.
    drop(ctrlc::set_handler(move || leave(json.as_deref(), &status)));
}

/// Says what state the data is in, and ends the process.
fn leave(json: Option<&str>, status: &str) -> ! {
    match json {
        Some(json) => drop(writeln!(std::io::stdout().lock(), "{json}")),
        None => say(STATE, status),
    }
    std::process::exit(INTERRUPTED)
}

/// Ends the process at a question: nothing is done before it is answered.
pub(crate) fn leave_question(status: &str) -> ! {
    say("nothing was changed", status);
    std::process::exit(INTERRUPTED)
}

fn say(state: &str, status: &str) {
    // A question hides the cursor.
    let cursor = if std::io::stderr().is_terminal() { "\x1b[?25h" } else { "" };
    drop(writeln!(std::io::stderr().lock(), "{cursor}\ninterrupted\n  state: {state}\n  next:  {status}"));
}

/// What an interruption leaves behind.
pub(crate) const STATE: &str =
    "what was not finished is rolled back and changed nothing; what was reported as applied stays";
