use schema_migrate::{
    Error,
    diff::{Answers, Path, Question},
    plan::Loss,
};

use super::Unsettled;
use crate::{
    arguments::AnswerArguments,
    output::{Screen, count},
    question::choose,
};

/// The answers that stand in the flags.
pub(crate) fn answers(flags: &AnswerArguments) -> Result<Answers, Error> {
    let mut answers =
        Answers { no_renames: flags.no_renames, strict_unique: flags.strict_unique, ..Answers::default() };
    flags.rename.iter().try_for_each(|value| answers.rename(value))?;
    flags.drop.iter().try_for_each(|value| answers.drop(value))?;
    flags.backfill.iter().try_for_each(|value| answers.backfill(value))?;
    flags.convert.iter().try_for_each(|value| answers.convert(value))?;
    flags.allow_data_loss.iter().try_for_each(|value| answers.allow_data_loss(value))?;
    Ok(answers)
}

/// Asks what is open and adds what is answered; the comparison has to be made again then.
///
/// # Errors
/// There is no terminal, or a column waits for a value, which no question can ask for.
pub(crate) fn settle(
    screen: &Screen,
    unsettled: &Unsettled<'_>,
    answers: &mut Answers,
    values: &dyn Fn(&Path) -> Option<u64>,
    state: &str,
    status: &str,
) -> Result<(), Error> {
    if !screen.is_interactive() || !unsettled.blocked.is_empty() {
        return Err(unsettled.error(state));
    }
    if let Some(question) = unsettled.questions.first() {
        return ask_rename(screen, question, answers, values, state, status);
    }
    for loss in &unsettled.losses {
        ask_loss(screen, loss, answers, values, state, status)?;
    }
    Ok(())
}

fn ask_rename(
    screen: &Screen,
    question: &Question,
    answers: &mut Answers,
    values: &dyn Fn(&Path) -> Option<u64>,
    state: &str,
    status: &str,
) -> Result<(), Error> {
    let held = values(&question.old).map(|values| format!("{} {}", count(values), noun(&question.old)));
    let keeps = held.as_ref().map(|held| format!("      keeps {held}")).unwrap_or_default();
    let loses = held.as_ref().map(|held| format!("      loses {held}")).unwrap_or_default();
    let mut choices: Vec<String> =
        question.candidates.iter().map(|new| format!("rename {} -> {new}{keeps}", question.old)).collect();
    choices.push(format!("drop {}, and add what is new{loses}", question.old));
    let prompt = format!("{} is gone ({})", question.old, question.old_definition);
    let Some(chosen) = choose(screen, &prompt, &choices, status)? else {
        return Err(
            Unsettled { questions: std::slice::from_ref(question), ..Unsettled::default() }.error(state)
        );
    };
    match question.candidates.get(chosen) {
        Some(new) => answers.renames.push((question.old.clone(), new.clone())),
        None => answers.drops.push(question.old.clone()),
    }
    Ok(())
}

fn ask_loss(
    screen: &Screen,
    loss: &Loss,
    answers: &mut Answers,
    values: &dyn Fn(&Path) -> Option<u64>,
    state: &str,
    status: &str,
) -> Result<(), Error> {
    let held = values(&loss.what)
        .map(|values| format!(" ({} {})", count(values), noun(&loss.what)))
        .unwrap_or_default();
    let choices = ["stop here, nothing is changed".to_owned(), format!("lose it{held}")];
    match choose(screen, &loss.to_string(), &choices, status)? {
        Some(1) => {
            answers.allowed_losses.push(loss.what.clone());
            Ok(())
        }
        Some(_) => Err(Unsettled { losses: vec![loss], ..Unsettled::default() }.refused(state)),
        None => Err(Unsettled { losses: vec![loss], ..Unsettled::default() }.error(state)),
    }
}

/// What a table and what a column holds.
fn noun(path: &Path) -> &'static str {
    if path.0.len() == 1 { "rows" } else { "values" }
}
