use schema_core::rusqlite::types::ValueRef;
use schema_core::rusqlite::{self, Connection};

use super::observer::{Event, Observer};
use crate::files::{FileExpectation, Script};
use crate::lint::counted;
use crate::plan::{Expectation, Level};
use crate::{Error, ErrorKind, Result};

/// How many rows are shown.
const SHOWN: usize = 5;
/// How many characters of a value are shown.
const WIDEST: usize = 60;

/// What a database answers to an expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What was expected.
    pub expectation: Expectation,
    /// How many rows are otherwise.
    pub rows: u64,
    /// The first of them in words: `id = 4, age = NULL`.
    pub first: Vec<String>,
    /// Why it could not be asked, where a function or collating sequence of the application is missing.
    pub unasked: Option<String>,
}

impl Asked {
    /// Whether the rows would make the migration fail.
    pub fn refuses(&self) -> bool {
        self.expectation.level == Level::Required && self.rows > 0
    }

    /// What a person should know about it, where it stops nothing: `users.age gets 0 where it is NULL: 3 rows`.
    pub fn warning(&self) -> Option<String> {
        let what = &self.expectation.what;
        match &self.unasked {
            Some(why) => Some(format!("not asked of the rows: {what} ({why})")),
            None if self.rows > 0 && !self.refuses() => {
                Some(format!("{what}: {}", counted(self.rows, "row")))
            }
            None => None,
        }
    }

    /// What was expected, how many rows are otherwise, and the first of them, a line each.
    pub fn text(&self) -> String {
        let head = format!("{}: {}", self.expectation.what, counted(self.rows, "row"));
        let rows = self.rows_text();
        rows.lines().fold(head, |text, row| format!("{text}\n  {row}"))
    }

    /// The first rows, a line each.
    fn rows_text(&self) -> String {
        let mut lines = self.first.clone();
        if self.rows > self.first.len() as u64 {
            lines.push("..".to_owned());
        }
        lines.join("\n")
    }
}

/// Puts an expectation to a database. Reads only.
///
/// # Errors
/// The query is none that SQLite can run on this database, or was interrupted.
pub fn ask(connection: &Connection, expectation: &Expectation) -> Result<Asked> {
    let mut asked = Asked { expectation: expectation.clone(), rows: 0, first: Vec::new(), unasked: None };
    match read(connection, &mut asked) {
        Ok(()) => Ok(asked),
        Err(error) if is_of_application(&error.to_string()) => {
            Ok(Asked { rows: 0, first: Vec::new(), unasked: Some(error.to_string()), ..asked })
        }
        Err(error) => Err(Error::new(
            ErrorKind::Preflight,
            format!("the database cannot be asked whether {}", expectation.what),
        )
        .why(format!("{error}\n{}", expectation.query))
        .state("nothing was changed")
        .next("correct the query, or take it out of the migration file")
        .source(error)),
    }
}

fn is_of_application(message: &str) -> bool {
    // The last is what SQLite says of a table without rowids whose key has an order that it does not know.
    ["no such function", "no such collation sequence", "no query solution"]
        .iter()
        .any(|known| message.contains(known))
}

fn read(connection: &Connection, asked: &mut Asked) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(&asked.expectation.query)?;
    if !statement.readonly() {
        return Err(rusqlite::Error::InvalidQuery);
    }
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        asked.rows += 1;
        if asked.first.len() < SHOWN {
            let cells: rusqlite::Result<Vec<String>> = names
                .iter()
                .enumerate()
                .map(|(position, name)| Ok(format!("{name} = {}", shown(row.get_ref(position)?))))
                .collect();
            asked.first.push(cells?.join(", "));
        }
    }
    Ok(())
}

/// A value as it is written in SQL, cut where it is long.
fn shown(value: ValueRef<'_>) -> String {
    let cut = |text: &str| {
        let printed = |letter: char| if letter.is_control() { '\u{fffd}' } else { letter };
        let mut kept: String = text.chars().take(WIDEST).map(printed).collect();
        if text.chars().count() > WIDEST {
            kept.push_str("..");
        }
        kept
    };
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(value) => value.to_string(),
        ValueRef::Real(value) => format!("{value:?}"),
        ValueRef::Text(text) => format!("'{}'", cut(&String::from_utf8_lossy(text))),
        ValueRef::Blob(bytes) if bytes.len() == 1 => "a blob of 1 byte".to_owned(),
        ValueRef::Blob(bytes) => format!("a blob of {} bytes", bytes.len()),
    }
}

/// What a database answers to everything that a script expects.
#[derive(Debug)]
pub(crate) struct Answers<'a> {
    answers: Vec<(Asked, &'a FileExpectation)>,
    /// The state of the database that answered, as its connection counts changes by others.
    pub(crate) data_version: i64,
}

/// Asks everything that a script expects, those that are only told too.
pub(crate) fn ask_all<'a>(
    connection: &Connection,
    script: &'a Script,
    observer: &mut dyn Observer,
) -> Result<Answers<'a>> {
    let data_version = data_version(connection)?;
    let mut answers = Vec::with_capacity(script.expectations.len());
    for expected in &script.expectations {
        let asked = ask(connection, &expected.expectation)?;
        observer.event(&Event::Asked { asked: &asked });
        answers.push((asked, expected));
    }
    Ok(Answers { answers, data_version })
}

/// A number that changes when another connection has changed the database.
pub(super) fn data_version(connection: &Connection) -> Result<i64> {
    connection
        .query_row("PRAGMA main.data_version", [], |row| row.get(0))
        .map_err(|error| Error::sqlite("read the state of the database", error))
}

impl Answers<'_> {
    /// What a person should know and what stops nothing.
    pub(crate) fn warnings(&self) -> Vec<String> {
        self.answers.iter().filter_map(|(asked, _)| asked.warning()).collect()
    }

    /// The error that the rows make of the migration; `place` says where a line is.
    pub(crate) fn refusal(&self, place: impl Fn(usize) -> Option<String>) -> Option<Error> {
        let refusing: Vec<&(Asked, &FileExpectation)> =
            self.answers.iter().filter(|(asked, _)| asked.refuses()).collect();
        let (first, expected) = refusing.first()?;
        let mut error = match refusing.len() {
            1 => Error::failed(format!(
                "{} in the way: {}",
                if first.rows == 1 {
                    "1 row stands".to_owned()
                } else {
                    format!("{} rows stand", first.rows)
                },
                first.expectation.what
            ))
            .why(first.rows_text()),
            several => {
                let texts: Vec<String> = refusing.iter().map(|(asked, _)| asked.text()).collect();
                Error::failed(format!("rows stand in the way of the migration in {several} ways"))
                    .why(texts.join("\n"))
            }
        };
        for (asked, _) in &refusing {
            error = error.next(format!("correct these rows, all listed by: {}", asked.expectation.query));
        }
        if let Some(place) = place(expected.line) {
            error = error.place(place).next(
                "or correct them in the file: write the statements that do it above the others, and take the lines \
                 `expects` and `finds` away",
            );
        }
        Some(error)
    }
}
