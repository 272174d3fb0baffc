use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    time::Instant,
};

use schema_migrate::{Error, ErrorKind, Next};
use serde_json::{Value, json};

use super::Context;
use crate::{
    output::{Outcome, count, duration, error_as_json, plural, shown},
    progress::Progress,
};

/// So many failures are told with their reasons; a whole folder that fails has one reason.
const TOLD: usize = 20;

/// What is done to every file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Goal {
    Migrated,
    /// Nothing is changed, as this flag says.
    Checked(&'static str),
}

impl Goal {
    fn participle(self) -> &'static str {
        match self {
            Self::Migrated => "migrated",
            Self::Checked(_) => "checked",
        }
    }
}

/// Runs a command on every file that matches the pattern, each on its own: one that fails keeps no
/// other from its turn. Each is told in a line, under `-v` in full, and those that failed once more at the
/// end. `sum` says what came of a file.
pub(super) fn run(
    context: &Context<'_>,
    pattern: &str,
    goal: Goal,
    sum: impl Fn(&Value) -> String,
    command: impl Fn(&Context<'_>, &Path) -> Result<Outcome, Error>,
) -> Result<Outcome, Error> {
    let begun = Instant::now();
    let files = matching(pattern)?;
    let screen = context.screen();
    let mut progress = Progress::new(screen);
    if !screen.is_verbose() {
        progress.start(format!("{} databases", count(files.len() as u64)), files.len() as u64);
    }
    let width = files.iter().map(|file| shown(file).len()).max().unwrap_or(0);
    let (mut databases, mut failures, mut warnings) = (Vec::new(), Vec::new(), Warnings::default());
    for (position, file) in files.iter().enumerate() {
        let name = shown(file);
        let own = context.of_database(file, !screen.is_verbose());
        if screen.is_verbose() {
            screen.line(&name);
        }
        let ended = command(&own, file);
        let line = match ended {
            Ok(outcome) => {
                let line = sum(&outcome.data);
                databases.push(json!({ "database": name, "ok": true, "data": outcome.data }));
                outcome.warnings.into_iter().for_each(|text| warnings.add(&text, &name, &own));
                line
            }
            Err(error) => {
                let error = own.caller().told(&own.with_way_back(error));
                let line = format!("FAILED  {}", error.what());
                databases.push(json!({ "database": name, "ok": false, "error": error_as_json(&error) }));
                failures.push((name.clone(), error));
                line
            }
        };
        progress.above(|| screen.line(format!("  {name:<width$}  {line}")));
        progress.at(position as u64 + 1);
    }
    progress.finish();
    let done = files.len() - failures.len();
    screen.line(format!(
        "Done       {} of {} {} in {}",
        count(done as u64),
        plural(files.len(), "database"),
        goal.participle(),
        duration(begun.elapsed())
    ));
    let data =
        json!({ "total": files.len(), "done": done, "failed": failures.len(), "databases": databases });
    let outcome = Outcome::done(data).warnings(warnings.told());
    match failures.is_empty() {
        true => Ok(outcome),
        false => Ok(outcome.failed_in_part(summary(pattern, goal, files.len(), &failures))),
    }
}

/// One error for those that failed: each with its reason and its way on.
fn summary(pattern: &str, goal: Goal, total: usize, failures: &[(String, Error)]) -> Error {
    let mut why = Vec::new();
    for (name, error) in failures.iter().take(TOLD) {
        let reason = error.reason().unwrap_or_default();
        // Several that have failed are told one by one, each with its own way on.
        let several = reason.starts_with("- ");
        let first = reason.lines().next().filter(|_| !several).map(|why| format!(": {why}"));
        why.push(format!("{name}: {}{}", error.what(), first.unwrap_or_default()));
        why.extend(reason.lines().filter(|_| several).map(|line| format!("  {line}")));
        why.extend(error.data_state().map(|state| format!("  state: {state}")));
        let steps = error.next_steps().iter().take(if several { usize::MAX } else { 1 });
        why.extend(steps.map(|next| format!("  next:  {next}")));
    }
    if failures.len() > TOLD {
        why.push(format!("and {} more, told above", count((failures.len() - TOLD) as u64)));
    }
    let error = Error::new(
        ErrorKind::Failed,
        format!(
            "{} of {} not {}",
            count(failures.len() as u64),
            plural(total, "database"),
            goal.participle()
        ),
    )
    .why(why.join("\n"));
    let again = Next::new("when the cause is gone: db-migrate --each ").word(pattern);
    match goal {
        Goal::Migrated => error
            .state("what a failed migration did was rolled back; the databases that are not named are done")
            .next(again.own(" (what is done is left alone)")),
        Goal::Checked(flag) => error.state("nothing was changed").next(again.own(" ").word(flag)),
    }
}

/// Warnings, each once with the databases that it is about, and as it is told of the first of them.
#[derive(Debug, Default)]
struct Warnings(BTreeMap<String, (String, Vec<String>)>);

impl Warnings {
    fn add(&mut self, text: &str, database: &str, own: &Context<'_>) {
        // What is to be typed names its database.
        let same = text.replace(&own.call("check"), "db-check");
        let (_, databases) = self.0.entry(same).or_insert_with(|| (text.to_owned(), Vec::new()));
        databases.push(database.to_owned());
    }

    fn told(self) -> Vec<String> {
        let told = |(text, databases): (String, Vec<String>)| match databases.as_slice() {
            [one] => format!("{one}: {text}"),
            [first, ..] => format!("{} databases, the first {first}: {text}", count(databases.len() as u64)),
            [] => text,
        };
        self.0.into_values().map(told).collect()
    }
}

/// The files of a folder whose names match; `*` stands for any letters and `?` for one.
fn matching(pattern: &str) -> Result<Vec<PathBuf>, Error> {
    let refused = |why: String| {
        Error::usage(format!("--each {pattern} matches no database"))
            .why(why)
            .state("nothing was changed")
            .next("--each 'data/*.db', with quotes, so that the shell leaves it alone")
    };
    let path =
        env::current_dir().map(|here| here.join(pattern)).map_err(|error| refused(error.to_string()))?;
    let (Some(folder), Some(names)) = (path.parent(), path.file_name().and_then(|names| names.to_str()))
    else {
        return Err(refused("it names no file".to_owned()));
    };
    let entries = fs::read_dir(folder).map_err(|error| refused(error.to_string()))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|file| {
            file.is_file()
                && file.file_name().and_then(|name| name.to_str()).is_some_and(|name| matches(names, name))
        })
        .collect();
    if files.is_empty() {
        return Err(refused(format!("no file in {} is named so", folder.display())));
    }
    files.sort();
    Ok(files)
}

fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    // Position in both, and where to take up again behind the latest star.
    let (mut at, mut read, mut star) = (0, 0, None);
    while read < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(letter) if *letter == '?' || *letter == name[read] => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((behind, taken)) = star else { return false };
                star = Some((behind, taken + 1));
                at = behind + 1;
                read = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_is_any_letters_and_a_question_mark_is_one() {
        for (pattern, name) in
            [("*.db", "a.db"), ("*.db", ".db"), ("a*b*.db", "axxbyb.db"), ("?.db", "a.db"), ("*", "")]
        {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("*.db", "a.db-wal"), ("?.db", "ab.db"), ("a*c", "ab"), ("", "a")] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}
