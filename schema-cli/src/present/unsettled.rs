use schema_migrate::{
    Error, ErrorKind,
    diff::{Question, QuestionKind},
    plan::{Blocked, Loss, Plan},
};

use super::Counts;
use crate::output::plural;

/// What a person has to decide before there can be a plan or before it may run.
#[derive(Debug, Default)]
pub(crate) struct Unsettled<'a> {
    /// Renamed, or dropped and added?
    pub(crate) questions: &'a [Question],
    /// Columns that wait for a value.
    pub(crate) blocked: &'a [Blocked],
    /// Values that would be lost.
    pub(crate) losses: Vec<&'a Loss>,
}

impl<'a> Unsettled<'a> {
    /// Renames come first: while one is open, the plan takes it for a loss that it may not be.
    pub(crate) fn of(questions: &'a [Question], plan: Option<&'a Plan>) -> Self {
        if !questions.is_empty() {
            return Self { questions, ..Self::default() };
        }
        plan.map_or_else(Self::default, |plan| Self {
            questions: &[],
            blocked: &plan.blocked,
            losses: plan.open_losses().collect(),
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count() == 0
    }

    fn count(&self) -> usize {
        self.questions.len() + self.blocked.len() + self.losses.len()
    }

    /// The error of a person who said no.
    pub(crate) fn refused(&self, state: &str) -> Error {
        let losses: Vec<String> = self.losses.iter().map(ToString::to_string).collect();
        Error::new(ErrorKind::Answer, format!("stopped: {}", losses.join("; "))).state(state)
    }

    /// The error that a program without a terminal gets: every question with the flags that answer it.
    pub(crate) fn error(&self, counts: Counts<'_>, state: &str) -> Error {
        let needs = if self.count() == 1 { "needs an answer" } else { "need an answer" };
        let (mut why, mut answers) = (Vec::new(), Vec::new());
        for question in self.questions {
            let mut question = question.clone();
            question.rank(counts.number);
            why.push(question.to_string());
            why.extend(counts.held(&question).map(|held| {
                let dropped = match question.kind {
                    // The rule that forbids the text is checked when rows are.
                    QuestionKind::Variant => "after --drop they stand in the way until they are changed",
                    _ => "--drop loses them",
                };
                format!("{} holds {held}: --rename keeps them, {dropped}", question.old)
            }));
            why.push(answer(&question.flags()));
            answers.extend(question.flags());
        }
        for blocked in self.blocked {
            let waiting = counts.waiting(blocked).map(|rows| format!(" ({rows})")).unwrap_or_default();
            why.push(format!("{blocked}{waiting}"));
            why.push(answer(&blocked.flags));
            answers.extend(blocked.flags.clone());
        }
        for loss in &self.losses {
            let held = counts.lost(loss).map(|held| format!(" ({held})")).unwrap_or_default();
            why.push(format!("{loss}{held}"));
            why.push(answer(&loss.flags()));
            answers.extend(loss.flags());
        }
        let error = Error::new(
            ErrorKind::Answer,
            match self.blocked.is_empty() {
                true => format!("{} {needs} and there is no terminal", plural(self.count(), "question")),
                // An expression is given by a flag, on a terminal too.
                false => format!("{} {needs} that a flag gives", plural(self.count(), "question")),
            },
        )
        .why(why.join("\n"))
        .state(state);
        answers.into_iter().fold(error, Error::next)
    }
}

fn answer(flags: &[String]) -> String {
    format!("answer with   {}", flags.join("   or   "))
}
