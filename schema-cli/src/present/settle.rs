use schema_migrate::{
    Error,
    diff::{Answers, Keeping, Question},
    plan::{Loss, LossKind},
};

use super::{Counts, Unsettled};
use crate::{
    arguments::AnswerArguments,
    output::{Screen, aligned, count},
    question::choose,
};

/// The answers that stand in the flags.
pub(crate) fn answers(flags: &AnswerArguments) -> Result<Answers, Error> {
    let mut answers = Answers {
        no_renames: flags.no_renames,
        strict_unique: flags.strict_unique,
        keeping: match (flags.keep_dropped, flags.drop_kept) {
            (true, _) => Keeping::KeepDropped,
            (_, true) => Keeping::DropKept,
            _ => Keeping::AsBefore,
        },
        ..Answers::default()
    };
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
    counts: Counts<'_>,
    state: &str,
    status: &str,
) -> Result<(), Error> {
    if !screen.is_interactive() || !unsettled.blocked.is_empty() {
        return Err(unsettled.error(counts, state));
    }
    if let Some(question) = unsettled.questions.first() {
        return ask_rename(screen, question, answers, counts, state, status);
    }
    for loss in &unsettled.losses {
        ask_loss(screen, loss, answers, counts, state, status)?;
    }
    Ok(())
}

fn ask_rename(
    screen: &Screen,
    question: &Question,
    answers: &mut Answers,
    counts: Counts<'_>,
    state: &str,
    status: &str,
) -> Result<(), Error> {
    let mut question = question.clone();
    question.rank(counts.number);
    let held = counts.held(&question);
    let keeps = held.as_ref().map(|held| format!("keeps {held}")).unwrap_or_default();
    let loses = held.as_ref().map(|held| format!("loses {held}")).unwrap_or_default();
    let mut rows: Vec<[String; 3]> = question
        .candidates
        .iter()
        .map(|new| {
            let unfit = new.misfits.as_deref().and_then(counts.number).filter(|unfit| *unfit > 0);
            let unfit = unfit.map(|unfit| format!(", {} of another type", count(unfit))).unwrap_or_default();
            [
                format!("rename {} -> {}", question.old, new.path),
                new.definition.clone(),
                format!("{keeps}{unfit}"),
            ]
        })
        .collect();
    rows.push([format!("drop {}, and add what is new", question.old), String::new(), loses]);
    let choices: Vec<String> =
        aligned(rows.into_iter().map(Vec::from)).iter().map(|line| line.trim().to_owned()).collect();
    let prompt = match question.old_definition.as_str() {
        "" => format!("{} is gone", question.old),
        definition => format!("{} is gone ({definition})", question.old),
    };
    let Some(chosen) = choose(screen, &prompt, &choices, status)? else {
        let open = Unsettled { questions: std::slice::from_ref(&question), ..Unsettled::default() };
        return Err(open.error(counts, state));
    };
    match question.candidates.get(chosen) {
        Some(new) => answers.renames.push((question.old.clone(), new.path.clone())),
        None => answers.drops.push(question.old.clone()),
    }
    Ok(())
}

fn ask_loss(
    screen: &Screen,
    loss: &Loss,
    answers: &mut Answers,
    counts: Counts<'_>,
    state: &str,
    status: &str,
) -> Result<(), Error> {
    let held = counts.lost(loss).map(|held| format!(" ({held})")).unwrap_or_default();
    let yes = match loss.kind {
        LossKind::Gone => "lose it",
        LossKind::Changed { .. } => "let them change",
    };
    let choices = ["stop here, nothing is changed".to_owned(), format!("{yes}{held}")];
    match choose(screen, &loss.to_string(), &choices, status)? {
        Some(1) => {
            answers.allowed_losses.push(loss.what.clone());
            Ok(())
        }
        Some(_) => Err(Unsettled { losses: vec![loss], ..Unsettled::default() }.refused(state)),
        None => Err(Unsettled { losses: vec![loss], ..Unsettled::default() }.error(counts, state)),
    }
}
