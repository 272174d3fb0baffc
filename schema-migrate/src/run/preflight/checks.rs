use super::check::{Check, CheckName, CheckOutcome};
use crate::run::observer::{Event, Observer};
use crate::{Error, ErrorKind, Next, Result};

/// What a check that did not fail found.
#[derive(Debug, Default)]
pub(in crate::run) struct Found {
    detail: String,
    warnings: Vec<String>,
}

impl Found {
    /// All is well, in a few words.
    pub(in crate::run) fn passed(detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), warnings: Vec::new() }
    }

    /// A person should know something, if it is anything.
    pub(in crate::run) fn but(mut self, warnings: impl IntoIterator<Item = String>) -> Self {
        self.warnings.extend(warnings);
        self
    }
}

/// The checks as they are made. None keeps another from its turn, so that all failures are told at once.
#[derive(Debug, Default)]
pub(crate) struct Checks<'s> {
    skipped: &'s [CheckName],
    done: Vec<Check>,
    errors: Vec<Error>,
    warnings: Vec<String>,
}

impl<'s> Checks<'s> {
    /// Leaves out those that a person wants left out.
    pub(in crate::run) fn without(skipped: &'s [CheckName]) -> Self {
        Self { skipped, ..Self::default() }
    }

    /// Makes a check. Gives whether it did not fail.
    pub(in crate::run) fn check(&mut self, name: CheckName, check: impl FnOnce() -> Result<Found>) -> bool {
        if name.can_be_skipped() && self.skipped.contains(&name) {
            self.note(name, CheckOutcome::Skipped, "left out by --skip-preflight");
            return true;
        }
        match check() {
            Ok(found) if found.warnings.is_empty() => self.note(name, CheckOutcome::Passed, found.detail),
            Ok(found) => {
                self.note(name, CheckOutcome::Warned, found.warnings.join("; "));
                self.warnings.extend(found.warnings);
            }
            Err(error) => {
                self.note(name, CheckOutcome::Failed, error.what());
                self.errors.push(match error.kind() {
                    ErrorKind::Failed => error.with_kind(ErrorKind::Preflight),
                    _ => error,
                });
                return false;
            }
        }
        true
    }

    /// Makes a check that gives something to go on with.
    pub(in crate::run) fn value<T>(
        &mut self,
        name: CheckName,
        check: impl FnOnce() -> Result<(Found, T)>,
    ) -> Option<T> {
        let mut value = None;
        let made = self.check(name, || {
            let (found, given) = check()?;
            value = Some(given);
            Ok(found)
        });
        value.filter(|_| made)
    }

    /// Passes over checks that would find nothing but what has failed already.
    pub(in crate::run) fn pass_over(&mut self, names: &[CheckName], why: &str) {
        for name in names {
            self.note(*name, CheckOutcome::Skipped, why);
        }
    }

    fn note(&mut self, name: CheckName, outcome: CheckOutcome, detail: impl Into<String>) {
        self.done.push(Check { name, outcome, detail: detail.into() });
    }

    /// Whether any has failed so far.
    pub(in crate::run) fn has_failed(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Tells what was found, and fails if anything has. Gives what a person should know.
    pub(crate) fn finish(mut self, observer: &mut dyn Observer) -> Result<Vec<String>> {
        self.done.sort_by_key(|check| CheckName::ALL.iter().position(|name| *name == check.name));
        observer.event(&Event::Preflight { checks: &self.done });
        match together(self.errors) {
            Some(error) => Err(error),
            None => Ok(self.warnings),
        }
    }

    /// Fails if anything has, and tells nothing else. Gives what a person should know.
    pub(crate) fn finish_silently(self) -> Result<Vec<String>> {
        match together(self.errors) {
            Some(error) => Err(error),
            None => Ok(self.warnings),
        }
    }

    /// Those that were made so far.
    pub(crate) fn made(&self) -> &[Check] {
        &self.done
    }
}

/// One error for all of them; that of a single check stays as it is.
fn together(mut errors: Vec<Error>) -> Option<Error> {
    let only = errors.pop()?;
    if errors.is_empty() {
        return Some(only);
    }
    errors.push(only);
    let is_damaged = errors.iter().any(|error| error.kind() == ErrorKind::Verification);
    let kind = if is_damaged { ErrorKind::Verification } else { ErrorKind::Preflight };
    let why = errors.iter().map(|error| {
        let place = error.location().map(|place| format!("\n     --> {place}")).unwrap_or_default();
        let reason = error.reason().unwrap_or_default().replace('\n', "\n    ");
        format!("- {}\n    {reason}{place}", error.what())
    });
    let why = why.collect::<Vec<_>>().join("\n");
    let mut all = Error::new(kind, format!("{} checks before the work have failed", errors.len()))
        .why(why)
        .state("nothing was changed");
    if let Some(database) = errors.iter().find_map(Error::damaged) {
        all = all.with_damaged(database);
    }
    let mut steps: Vec<&Next> = Vec::new();
    for step in errors.iter().flat_map(Error::next_steps) {
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    for step in steps {
        all = all.next(step.clone());
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Silent;

    fn failed(kind: ErrorKind, what: &str) -> Error {
        Error::new(kind, what).why(format!("why {what}")).next(format!("mend {what}"))
    }

    #[test]
    fn all_that_fails_is_told_at_once_with_its_cause_and_what_to_do() {
        let mut checks = Checks::default();
        assert!(checks.check(CheckName::File, || Ok(Found::passed("file ok"))));
        assert!(!checks.check(CheckName::Folder, || Err(failed(ErrorKind::Preflight, "the folder"))));
        assert!(!checks.check(CheckName::Integrity, || Err(failed(ErrorKind::Verification, "the pages"))));
        assert_eq!(checks.made()[0].detail, "file ok");
        let error = checks.finish(&mut Silent).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Verification);
        let text = error.to_string();
        for part in [
            "2 checks",
            "the folder\n    why the folder",
            "why the pages",
            "mend the folder",
            "mend the pages",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }

    #[test]
    fn the_failure_of_one_check_is_told_in_its_own_words() {
        let mut checks = Checks::default();
        checks.check(CheckName::Files, || Err(failed(ErrorKind::Failed, "a file")));
        let error = checks.finish(&mut Silent).unwrap_err();
        assert_eq!((error.what(), error.kind()), ("a file", ErrorKind::Preflight));
    }

    #[test]
    fn what_keeps_data_from_harm_is_made_whatever_a_person_says() {
        let mut checks = Checks::without(&CheckName::ALL);
        for name in CheckName::ALL {
            let made = !checks.check(name, || Err(failed(ErrorKind::Preflight, name.as_str())));
            assert_eq!(made, !name.can_be_skipped(), "{name}");
        }
        for name in [CheckName::Integrity, CheckName::History, CheckName::Files, CheckName::Tables] {
            assert!(!name.can_be_skipped(), "{name}");
        }
    }
}
