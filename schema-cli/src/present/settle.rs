use schema_migrate::{
    Error,
    diff::{Answers, Keeping, Question},
    plan::{Loss, LossKind},
};

use super::{Counts, Unsettled};
use crate::{
    arguments::AnswerArguments,
    output::{aligned, count},
    question::Prompter,
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
    prompter: &dyn Prompter,
    unsettled: &Unsettled<'_>,
    answers: &mut Answers,
    counts: Counts<'_>,
    state: &str,
) -> Result<(), Error> {
    if !prompter.is_attended() || !unsettled.blocked.is_empty() {
        return Err(unsettled.error(counts, state));
    }
    if let Some(question) = unsettled.questions.first() {
        return ask_rename(prompter, question, answers, counts, state);
    }
    for loss in &unsettled.losses {
        ask_loss(prompter, loss, answers, counts, state)?;
    }
    Ok(())
}

fn ask_rename(
    prompter: &dyn Prompter,
    question: &Question,
    answers: &mut Answers,
    counts: Counts<'_>,
    state: &str,
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
    let Some(chosen) = prompter.choose(&prompt, &choices)? else {
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
    prompter: &dyn Prompter,
    loss: &Loss,
    answers: &mut Answers,
    counts: Counts<'_>,
    state: &str,
) -> Result<(), Error> {
    let held = counts.lost(loss).map(|held| format!(" ({held})")).unwrap_or_default();
    let yes = match loss.kind {
        LossKind::Gone => "lose it",
        LossKind::Changed { .. } => "let them change",
    };
    match prompter.confirm(&loss.to_string(), &format!("{yes}{held}"))? {
        Some(true) => {
            answers.allowed_losses.push(loss.what.clone());
            Ok(())
        }
        Some(false) => Err(Unsettled { losses: vec![loss], ..Unsettled::default() }.refused(state)),
        None => Err(Unsettled { losses: vec![loss], ..Unsettled::default() }.error(counts, state)),
    }
}

#[cfg(test)]
mod tests {
    use schema_core::model::SchemaDef;
    use schema_migrate::{
        diff::compare,
        inspect,
        plan::{EngineVersion, sqlite::plan},
    };

    use super::*;
    use crate::question::Scripted;

    const OLD: &str = "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT, age INTEGER)";
    const RENAMED: &str = "CREATE TABLE users(id INTEGER PRIMARY KEY, full_name TEXT, age INTEGER)";
    const SHORTER: &str = "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT)";

    const COUNTS: Counts<'_> = Counts { path: &|_| Some(500), number: &|_| None };

    fn schema(sql: &str) -> SchemaDef {
        let database = inspect::scratch().unwrap();
        inspect::execute(&database, sql).unwrap();
        inspect::sqlite::schema(&database).unwrap()
    }

    /// Compares, and asks what is open.
    fn ask(script: &Scripted, new: &str, answers: &mut Answers) -> Result<(), Error> {
        let (old, new) = (schema(OLD), schema(new));
        let comparison = compare(&old, &new, &new, answers)?;
        let plan = plan(&old, &new, &comparison, answers, EngineVersion::bundled())?;
        settle(
            script,
            &Unsettled::of(&comparison.questions, Some(&plan)),
            answers,
            COUNTS,
            "nothing was written",
        )
    }

    #[test]
    fn a_rename_that_is_chosen_is_an_answer_and_so_is_a_drop() {
        for (chosen, renames, drops) in [(0, 1, 0), (1, 0, 1)] {
            let (script, mut answers) = (Scripted::new([chosen]), Answers::default());
            ask(&script, RENAMED, &mut answers).unwrap();
            assert_eq!((answers.renames.len(), answers.drops.len()), (renames, drops));
            let asked = script.asked.borrow();
            for part in ["rename users.name -> users.full_name", "keeps 500 values", "loses 500 values"] {
                assert!(asked[0].contains(part), "{part}: {asked:?}");
            }
        }
    }

    #[test]
    fn a_loss_is_permitted_by_a_yes_and_stops_at_a_no() {
        let (script, mut answers) = (Scripted::new([1]), Answers::default());
        ask(&script, SHORTER, &mut answers).unwrap();
        assert_eq!(answers.allowed_losses.len(), 1);
        let (script, mut answers) = (Scripted::new([0]), Answers::default());
        let refused = ask(&script, SHORTER, &mut answers).unwrap_err();
        assert!(refused.what().starts_with("stopped: "), "{refused}");
        assert!(answers.allowed_losses.is_empty());
    }
}
