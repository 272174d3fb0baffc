use std::{
    env, fs,
    path::{Path, PathBuf},
};

use schema_migrate::Error;
use serde_json::json;

use super::Context;
use crate::output::{Outcome, shown};

/// Runs a command on every file that matches the pattern, each on its own: one that fails keeps no
/// other from its turn. The exit code is that of the first failure.
pub(super) fn run(
    context: &Context<'_>,
    pattern: &str,
    command: impl Fn(&Path) -> Result<Outcome, Error>,
) -> Result<Outcome, Error> {
    let files = matching(pattern)?;
    let screen = context.screen();
    let mut all = Outcome::silent();
    let mut databases = Vec::new();
    let mut failed = 0;
    for file in &files {
        screen.line(shown(file));
        match command(file) {
            Ok(outcome) => {
                databases.push(json!({ "database": shown(file), "ok": true, "data": outcome.data }));
                all.warnings.extend(outcome.warnings.iter().map(|text| format!("{}: {text}", shown(file))));
            }
            Err(error) => {
                failed += 1;
                if all.exit == 0 {
                    all.exit = error.kind().exit_code();
                }
                if !screen.is_json() {
                    screen.error(&error);
                }
                databases.push(json!({
                    "database": shown(file),
                    "ok": false,
                    "error": { "what": error.what(), "why": error.reason(), "state": error.data_state(), "next": error.next_steps() },
                }));
            }
        }
    }
    screen.line(format!("Done       {} of {} without failure", files.len() - failed, files.len()));
    all.data = json!({ "databases": databases });
    Ok(all)
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
