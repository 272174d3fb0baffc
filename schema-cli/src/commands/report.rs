use std::{
    fs::OpenOptions,
    io::{self, Write as _},
    path::Path,
};

use schema_migrate::{Error, proof::ProofReport};

use crate::output::{Screen, shown};

/// Hands the report of a failed proof over: into the file, onto the terminal, or into the one object of
/// `--json`. Other errors pass as they are.
pub(super) fn reported(screen: &Screen, file: Option<&Path>, error: Error) -> Error {
    let Some(report) = ProofReport::in_error(&error).map(ToString::to_string) else { return error };
    let refused = match file.map(|path| (path, write(path, &report))) {
        Some((path, Ok(()))) => return error.next(format!("the report is in {}", shown(path))),
        Some((path, Err(refused))) => Some(format!("{} cannot be written: {refused}", shown(path))),
        None => None,
    };
    let error = if screen.is_json() {
        let why = error.reason().unwrap_or_default().to_owned();
        error.why(format!("{why}\n{report}"))
    } else {
        screen.aside(report);
        error.next("the report stands above; --report FILE writes it to a file")
    };
    match refused {
        Some(refused) => error.next(refused),
        None => error,
    }
}

/// A file that is there already is never overwritten.
fn write(path: &Path, report: &str) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(report.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use schema_migrate::{
        diff::{Answers, compare},
        files::{Folder, Migration},
        inspect,
        proof::prove,
    };

    use super::*;
    use crate::output::Verbosity;

    /// A proof of a migration that forgets what it has to do.
    fn failed() -> Error {
        let schema = |sql: &str| {
            let database = inspect::scratch().unwrap();
            inspect::execute(&database, sql).unwrap();
            inspect::sqlite::schema(&database).unwrap()
        };
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (schema(""), schema("CREATE TABLE wanted(id INTEGER PRIMARY KEY)"));
        let text = "-- revision: 20260101000000_a\n-- migrate:up\nCREATE TABLE made(x);\n-- migrate:down\n";
        let migration = Migration::parse(text, &folder.path().join("20260101000000_a.sql")).unwrap();
        let answers = Answers::default();
        let comparison = compare(&from, &to, &to, &answers).unwrap();
        let folder = Folder::read(folder.path()).unwrap();
        prove(&folder, &migration, &from, &to, &comparison, &answers).unwrap_err()
    }

    #[test]
    fn the_report_goes_to_the_file_that_is_named_and_overwrites_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.sql");
        let screen = Screen::new(false, Verbosity::Normal);
        let told = reported(&screen, Some(&path), failed());
        assert!(told.next_steps().last().unwrap().contains("report.sql"), "{told}");
        let report = fs::read_to_string(&path).unwrap();
        assert!(report.contains("CREATE TABLE wanted(id INTEGER PRIMARY KEY);"), "{report}");
        let again = reported(&screen, Some(&path), failed());
        assert!(again.next_steps().last().unwrap().contains("cannot be written"), "{again}");
        assert_eq!(fs::read_to_string(&path).unwrap(), report);
    }

    #[test]
    fn the_one_object_of_json_holds_the_report() {
        let told = reported(&Screen::new(true, Verbosity::Normal), None, failed());
        assert!(told.reason().unwrap().contains("-- == the wanted schema"), "{told}");
    }
}
