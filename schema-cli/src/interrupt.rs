use std::{
    io::{IsTerminal as _, Write as _},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use schema_migrate::run::Interrupt;

/// Exit code of a program that was interrupted.
const INTERRUPTED: i32 = 130;

/// What Ctrl-C does: it ends the process, unless something is going on that can be stopped.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signals {
    interrupt: Interrupt,
    is_heard: Arc<AtomicBool>,
}

impl Signals {
    /// While the answer lives, the first Ctrl-C asks to stop and the second one ends the process.
    pub(crate) fn heard(&self) -> Heard {
        self.is_heard.store(true, Ordering::SeqCst);
        Heard(Arc::clone(&self.is_heard))
    }

    /// The request to stop.
    pub(crate) fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }

    /// From now on Ctrl-C, SIGTERM and SIGHUP are answered with a word about the data and 130, and not by
    /// the signal's own end.
    ///
    /// A transaction that is open when the process ends was never committed, so SQLite ignores or rolls
    /// back its part of the log when the database is next opened: a migration is in it wholly or not at
    /// all. <https://sqlite.org/atomiccommit.html>
    pub(crate) fn watch(&self, json: Option<String>, status: String) {
        let signals = self.clone();
        // A program that has its own handler keeps it.
        drop(ctrlc::set_handler(move || {
            // At a question nothing is under way that could be stopped.
            if !ASKING.load(Ordering::SeqCst)
                && signals.is_heard.load(Ordering::SeqCst)
                && !signals.interrupt.is_raised()
            {
                if json.is_none() {
                    let told = "\nstopping: what is not finished is rolled back. Once more leaves at once";
                    drop(writeln!(std::io::stderr().lock(), "{told}"));
                }
                signals.interrupt.raise();
            } else {
                leave(json.as_deref(), &status);
            }
        }));
    }
}

/// Something goes on that can be asked to stop.
#[derive(Debug)]
pub(crate) struct Heard(Arc<AtomicBool>);

impl Drop for Heard {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

/// Whether a person is being asked. A process has one terminal, and one question at a time.
static ASKING: AtomicBool = AtomicBool::new(false);

/// Whether somebody has said already that the process ends: Ctrl-C at a question is both a signal and an
/// answer.
static LEAVING: AtomicBool = AtomicBool::new(false);

/// A person is being asked while this lives: nothing is done before the answer.
#[derive(Debug)]
pub(crate) struct Asking(());

impl Asking {
    pub(crate) fn begin() -> Self {
        ASKING.store(true, Ordering::SeqCst);
        Self(())
    }

    /// Ends the process at the question.
    pub(crate) fn leave(self, status: &str) -> ! {
        // It lives on: the signal of the same key may come later.
        let _asking = self;
        leave(None, status)
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        ASKING.store(false, Ordering::SeqCst);
    }
}

/// Says what state the data is in, and ends the process: once, whoever comes first.
fn leave(json: Option<&str>, status: &str) -> ! {
    while LEAVING.swap(true, Ordering::SeqCst) {
        std::thread::park();
    }
    match json {
        Some(json) => drop(writeln!(std::io::stdout().lock(), "{json}")),
        None if ASKING.load(Ordering::SeqCst) => say("nothing was changed", status),
        None => say(STATE, status),
    }
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
