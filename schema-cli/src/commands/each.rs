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

/// Runs a command on every file that matches the pattern, each on its own: one that fails keeps no
/// other from its turn. Each is told in a line, under `-v` in full, and those that failed once more at the
/// end. `participle` says what is done to a file, and `sum` what came of one.
pub(super) fn run(
    context: &Context<'_>,
    pattern: &str,
    participle: &str,
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
                outcome.warnings.into_iter().for_each(|text| warnings.add(text, &name));
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
        "Done       {} of {} {participle} in {}",
        count(done as u64),
        plural(files.len(), "database"),
        duration(begun.elapsed())
    ));
    let data =
        json!({ "total": files.len(), "done": done, "failed": failures.len(), "databases": databases });
    let outcome = Outcome::done(data).warnings(warnings.told());
    match failures.is_empty() {
        true => Ok(outcome),
        false => Ok(outcome.failed_in_part(summary(pattern, participle, files.len(), &failures))),
    }
}

/// One error for those that failed: each with its reason and its way on.
fn summary(pattern: &str, participle: &str, total: usize, failures: &[(String, Error)]) -> Error {
    let mut why = Vec::new();
    for (name, error) in failures.iter().take(TOLD) {
        let reason = error.reason().and_then(|why| why.lines().next()).map(|why| format!(": {why}"));
        why.push(format!("{name}: {}{}", error.what(), reason.unwrap_or_default()));
        why.extend(error.data_state().map(|state| format!("  state: {state}")));
        why.extend(error.next_steps().first().map(|next| format!("  next:  {next}")));
    }
    if failures.len() > TOLD {
        why.push(format!("and {} more, told above", count((failures.len() - TOLD) as u64)));
    }
    Error::new(
        ErrorKind::Failed,
        format!("{} of {} not {participle}", count(failures.len() as u64), plural(total, "database")),
    )
    .why(why.join("\n"))
    .state("what a failed migration did was rolled back; the databases that are not named are done")
    .next(
        Next::new("when the cause is gone: db-migrate --each ")
            .word(pattern)
            .own(" (what is done is left alone)"),
    )
}

/// Warnings, each once with the databases that it is about.
#[derive(Debug, Default)]
struct Warnings(BTreeMap<String, Vec<String>>);

impl Warnings {
    fn add(&mut self, text: String, database: &str) {
        self.0.entry(text).or_default().push(database.to_owned());
    }

    fn told(self) -> Vec<String> {
        let told = |(text, databases): (String, Vec<String>)| match databases.as_slice() {
            [one] => format!("{one}: {text}"),
            several => format!("{} databases: {text}", count(several.len() as u64)),
        };
        self.0.into_iter().map(told).collect()
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
