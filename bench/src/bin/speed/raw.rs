//! The C program, run in turns with the framework.

use std::{
    io::{BufRead, BufReader, Error, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// A running C program.
#[derive(Debug)]
pub(crate) struct Raw {
    child: Child,
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Raw {
    pub(crate) fn start(program: &Path, database: &Path) -> Result<Self, Error> {
        let mut child =
            Command::new(program).arg(database).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let missing = || Error::other("the C program has no pipe");
        let commands = Some(child.stdin.take().ok_or_else(missing)?);
        let answers = BufReader::new(child.stdout.take().ok_or_else(missing)?);
        Ok(Self { child, commands, answers })
    }

    /// Runs a command; the nanoseconds that it took.
    pub(crate) fn run(&mut self, command: &str) -> Result<f64, Error> {
        if let Some(commands) = &mut self.commands {
            writeln!(commands, "{command}")?;
        }
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        answer
            .trim()
            .parse()
            .map_err(|_| Error::other(format!("the C program answered `{answer}` to {command}")))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // The program ends with its input.
        self.commands = None;
        if let Err(error) = self.child.wait() {
            eprintln!("the C program did not end: {error}");
        }
    }
}
