use schema_core::function::Functions;
use schema_core::rusqlite::{self, Connection};

use super::target::register;
use super::trace::{Effect, effect};
use super::unknown;
use crate::files::{FileStatement, Script};
use crate::inspect::scratch;
use crate::recorded::shown;
use crate::sql::tokens;
use crate::{Error, ErrorKind, Result};

/// Refuses scripts that cannot run here because a function or collating sequence of the application
/// would have to compute or order something: found out on a copy of the schema, while nothing is
/// changed. Whatever else a statement may fail of is no matter of this.
pub(super) fn refuse_unknown(
    connection: &Connection,
    functions: &Functions,
    scripts: &[&Script],
) -> Result<()> {
    let copy = empty_copy(connection, functions)?;
    // What the rows hold counts until a statement changes some.
    let mut rows = Some(connection);
    for script in scripts {
        for (number, statement) in (1..).zip(&script.statements) {
            match unknown::try_out(&copy, rows, &statement.sql) {
                Ok(()) => {}
                Err(error) => match unknown::of(&error) {
                    Some(unknown) => return Err(refused(script, number, statement, &unknown, error)),
                    None => return Ok(()),
                },
            }
            if !unknown::leaves_rows(&statement.sql) {
                rows = None;
            }
        }
        rows = None;
        copy.execute_batch("PRAGMA legacy_alter_table=OFF")?;
    }
    Ok(())
}

/// The tables of the database without rows, and with nothing of the application but what it has registered: as a
/// program that has nothing of it sees them. What cannot be built is left out.
fn empty_copy(connection: &Connection, functions: &Functions) -> Result<Connection> {
    let copy = scratch()?;
    register(functions, &copy)?;
    let texts: rusqlite::Result<Vec<String>> = connection
        .prepare(
            "SELECT sql FROM main.sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
             ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 WHEN 'view' THEN 2 ELSE 3 END, rowid",
        )
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect());
    for text in texts.map_err(|error| Error::sqlite("read the schema", error))? {
        drop(unknown::define(&copy, &text));
    }
    Ok(copy)
}

fn refused(
    script: &Script,
    number: usize,
    statement: &FileStatement,
    unknown: &crate::inspect::Unknown,
    error: rusqlite::Error,
) -> Error {
    let name = table_of(&statement.sql).map(|name| lasting_name(script, name));
    let what = match name {
        Some(name) => format!("`{name}` can be changed in this way only by the application"),
        None => format!("statement {number} can be run only by the application"),
    };
    Error::new(ErrorKind::Preflight, what)
        .why(format!("{error}\n{}", shown(&statement.sql)))
        .state("nothing was changed")
        .next(unknown::next(unknown))
        .source(error)
}

/// The table that a statement writes to, or makes an index on.
fn table_of(sql: &str) -> Option<String> {
    let all = tokens(sql).ok()?;
    let first = all.first()?;
    let before = match () {
        () if first.is("INSERT") => "INTO",
        () if first.is("CREATE") && !all.get(1)?.is("TABLE") => "ON",
        () if first.is("CREATE") || first.is("ALTER") => "TABLE",
        () if first.is("UPDATE") => "UPDATE",
        () if first.is("DELETE") => "FROM",
        () => return None,
    };
    let at = all.iter().position(|token| token.is(before))?;
    all.get(at + 1).filter(|token| token.may_be_name()).map(crate::sql::Token::name)
}

/// The name that a table has after the script: a rebuild gives it another one for a while.
fn lasting_name(script: &Script, name: String) -> String {
    script.statements.iter().fold(name, |name, statement| match effect(&statement.sql) {
        Effect::Rename { from, to } if from.eq_ignore_ascii_case(&name) => to,
        _ => name,
    })
}
