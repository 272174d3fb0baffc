//! Statements over functions and collating sequences that only the application knows.
//!
//! Nothing of the application is registered here, and nothing stands in for it where a value could
//! come of it: a stand-in would write wrong entries into an index and wrong values into a column.
//! Some statements need the name alone. `CREATE TABLE` computes nothing, so anything may stand in.
//! `ALTER TABLE` reads the definition of every index of the database and writes no entry, so a
//! collating sequence may stand in. The copy into the new table would try its CHECKs again; those that call such a function
//! and stood on the old table hold for its rows already, as long as the copy leaves the values that
//! they are about as they are. So the copy runs without CHECKs, and every other CHECK is tried by a
//! query of its own before it counts. An UPDATE that finds no row needs nothing at all.

use std::ops::Range;

use schema_core::dialect::quote_identifier;
use schema_core::rusqlite::{self, Connection, OptionalExtension as _};

use crate::inspect::sqlite::definition::{Clause, TableText, span, split_commas};
use crate::inspect::{Unknown, collations_in, unknown_name};
use crate::sql::{Fold, Token, fold, tokens};

/// How many unknown names one statement may have.
const LIMIT: usize = 64;

/// What an error is about, where it is about such a name.
pub(super) fn of(error: &rusqlite::Error) -> Option<Unknown> {
    unknown_name(&error.to_string())
}

/// What to do where SQLite itself cannot go on without it.
pub(super) fn next(unknown: &Unknown) -> String {
    match unknown {
        Unknown::Function(name) => format!(
            "the function {name} is the application's: a generated column, an index or a new CHECK that calls \
             it cannot be computed here. Drop what calls it in one migration, and let the application, which \
             has it, make it again"
        ),
        Unknown::Collation(name) => format!(
            "the collating sequence {name} is the application's: a key or index over it cannot be ordered here. \
             Drop it in one migration, and let the application, which has it, make it again"
        ),
    }
}

/// Runs a statement to its end; the rows of one that gives any are read and forgotten.
pub(super) fn run(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    try_out(connection, Some(connection), sql)
}

/// The same on a copy of the schema. `rows` is where the rows are, as far as they are known.
pub(super) fn try_out(connection: &Connection, rows: Option<&Connection>, sql: &str) -> rusqlite::Result<()> {
    let Err(error) = plainly(connection, sql) else { return Ok(()) };
    let all = tokens(sql).unwrap_or_default();
    let error = named(connection, &all, error)?;
    let Some(unknown) = of(&error) else { return Err(error) };
    let word = |position: usize, word: &str| all.get(position).is_some_and(|token| token.is(word));
    if word(0, "CREATE") && word(1, "TABLE") && TableText::read(sql).is_ok() {
        return define(connection, sql);
    }
    if matches!(unknown, Unknown::Collation(_)) && orders_nothing(connection, &all)? {
        return with_stand_ins(connection, sql, |unknown| matches!(unknown, Unknown::Collation(_)));
    }
    // Where the rows are asked under names that they will have later, nothing is known.
    let is_own = rows.is_some_and(|rows| std::ptr::eq(rows, connection));
    let updates_none = |rows| updates_nothing(rows, sql, &all).unwrap_or(!is_own);
    if word(0, "UPDATE") && rows.is_none_or(updates_none) {
        return Ok(());
    }
    match copied(&all).zip(Some(unknown)) {
        Some(((target, source), Unknown::Function(_))) => {
            copy(connection, rows, sql, (&target, &source), error)
        }
        _ => Err(error),
    }
}

/// Runs a definition that computes and orders nothing, where it stands alone or nothing has rows.
pub(super) fn define(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    with_stand_ins(connection, sql, |_| true)
}

/// Whether a statement leaves the rows that are there as they are; a copy of a rebuild adds others.
pub(super) fn leaves_rows(sql: &str) -> bool {
    let all = tokens(sql).unwrap_or_default();
    let writes = ["INSERT", "UPDATE", "DELETE", "REPLACE", "WITH"];
    let is_write = all.first().is_some_and(|first| writes.iter().any(|word| first.is(word)));
    !is_write || copied(&all).is_some()
}

/// Whether this is an `ALTER TABLE` that writes no index entry: it reads the definitions of every index,
/// and of the rows at most their own. Dropping a column of a table without rowids writes its key anew.
fn orders_nothing(connection: &Connection, all: &[Token<'_>]) -> rusqlite::Result<bool> {
    let word = |position: usize, word: &str| all.get(position).is_some_and(|token| token.is(word));
    if !(word(0, "ALTER") && word(1, "TABLE")) {
        return Ok(false);
    }
    let at = if all.get(3).is_some_and(|token| token.is_symbol(".")) { 4 } else { 2 };
    let is_drop = word(at + 1, "DROP") && !word(at + 2, "CONSTRAINT");
    let Some(table) = all.get(at).filter(|token| token.may_be_name()) else { return Ok(false) };
    let sql = "SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?1 COLLATE NOCASE";
    let is_key = || connection.query_row(sql, [table.name()], |row| row.get::<_, bool>(0)).optional();
    Ok(!is_drop || is_key()? == Some(false))
}

fn with_stand_ins(
    connection: &Connection,
    sql: &str,
    may_stand: impl Fn(&Unknown) -> bool,
) -> rusqlite::Result<()> {
    let mut standing = Vec::new();
    let made = standing_in(connection, sql, &mut standing, may_stand);
    for unknown in &standing {
        unknown.stand_down(connection)?;
    }
    made
}

/// The error with the name of what is missing: of a table without rowids whose key has an unknown order
/// SQLite says only that there is no way to read it.
fn named(
    connection: &Connection,
    all: &[Token<'_>],
    error: rusqlite::Error,
) -> rusqlite::Result<rusqlite::Error> {
    if !error.to_string().contains("no query solution") {
        return Ok(error);
    }
    let sql = "SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE";
    for token in all.iter().rev().filter(|token| token.may_be_name()) {
        let text: Option<String> = connection.query_row(sql, [token.name()], |row| row.get(0)).optional()?;
        if let Some(name) = text.and_then(|text| collations_in(&text).into_iter().next()) {
            let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ERROR);
            let message = format!("no such collation sequence: {name}");
            return Ok(rusqlite::Error::SqliteFailure(code, Some(message)));
        }
    }
    Ok(error)
}

fn plainly(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    if !sql.trim_start().get(..5).is_some_and(|word| word.eq_ignore_ascii_case("alter")) {
        return outright(connection, sql);
    }
    // Of an ALTER TABLE that fails where it tries the rows, the new definition would stay.
    connection.execute_batch("SAVEPOINT _alter")?;
    let done = outright(connection, sql);
    connection.execute_batch(if done.is_ok() {
        "RELEASE _alter"
    } else {
        "ROLLBACK TO _alter; RELEASE _alter"
    })?;
    done
}

fn outright(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.raw_query();
    while rows.next()?.is_some() {}
    Ok(())
}

fn standing_in(
    connection: &Connection,
    sql: &str,
    standing: &mut Vec<Unknown>,
    may_stand: impl Fn(&Unknown) -> bool,
) -> rusqlite::Result<()> {
    loop {
        let Err(error) = plainly(connection, sql) else { return Ok(()) };
        let unknown = of(&error).filter(|unknown| may_stand(unknown) && !standing.contains(unknown));
        match unknown.filter(|_| standing.len() < LIMIT) {
            Some(unknown) => {
                unknown.stand_in(connection)?;
                standing.push(unknown);
            }
            None => return Err(error),
        }
    }
}

/// Whether the condition of an `UPDATE t SET .. WHERE ..` holds for no row.
fn updates_nothing(rows: &Connection, sql: &str, all: &[Token<'_>]) -> rusqlite::Result<bool> {
    let condition = all.iter().rposition(|token| token.is("WHERE")).and_then(|at| all.get(at));
    let (Some(table), Some(condition)) = (all.get(1), condition) else { return Ok(false) };
    let Some(condition) = sql.get(condition.start..) else { return Ok(false) };
    let query = format!("SELECT NOT EXISTS (SELECT 1 FROM {} {condition})", table.text);
    rows.query_row(&query, [], |row| row.get(0))
}

/// The target and the source of `INSERT OR ABORT INTO target (..) SELECT .. FROM source`.
fn copied(all: &[Token<'_>]) -> Option<(String, String)> {
    let words = ["INSERT", "OR", "ABORT", "INTO"];
    let is_copy = words.iter().enumerate().all(|(at, word)| all.get(at).is_some_and(|token| token.is(word)));
    let [.., from, source] = all else { return None };
    let target = all.get(4).filter(|token| token.may_be_name())?;
    (is_copy && from.is("FROM") && source.may_be_name()).then(|| (target.name(), source.name()))
}

/// The CHECKs of a table as they are compared, with their texts.
fn checks(connection: &Connection, table: &str) -> rusqlite::Result<Vec<(String, String)>> {
    let sql = "SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE";
    let text: Option<String> = connection.query_row(sql, [table], |row| row.get(0)).optional()?;
    let Some(read) = text.and_then(|text| TableText::read(&text).ok()) else { return Ok(Vec::new()) };
    let on_columns = read.columns.iter().flat_map(|column| &column.constraints);
    let found = on_columns.chain(&read.constraints).filter_map(|constraint| match &constraint.clause {
        Clause::Check(expression) => {
            let form = fold(expression, Fold { table: Some(table), columns: None }).ok()?;
            Some((form, expression.clone()))
        }
        _ => None,
    });
    Ok(found.collect())
}

/// Whether the copy leaves every value as it is that the CHECK is about.
fn stays(
    connection: &Connection,
    rows: Option<&Connection>,
    sql: &str,
    (target, source): (&str, &str),
    check: &str,
) -> rusqlite::Result<bool> {
    let all = tokens(sql).unwrap_or_default();
    let words = tokens(check).unwrap_or_default();
    let (Some(select), Some(from)) =
        (all.iter().position(|token| token.is("SELECT")), all.iter().rposition(|token| token.is("FROM")))
    else {
        return Ok(false);
    };
    let (Some(names), Some(values)) = (all.get(6..select.saturating_sub(1)), all.get(select + 1..from))
    else {
        return Ok(false);
    };
    let names = split_commas(names).into_iter().filter_map(|name| name.first());
    let values = split_commas(values).into_iter().filter_map(span);
    let copied: Vec<(String, Range<usize>)> = names.map(Token::name).zip(values).collect();
    for (name, declared) in columns(connection, target)? {
        if !words.iter().any(|word| word.names(&name)) {
            continue;
        }
        let value = copied.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name));
        let before = columns(connection, source)?;
        let same_type =
            before.iter().any(|(known, was)| known.eq_ignore_ascii_case(&name) && *was == declared);
        let Some(value) = value.and_then(|(_, range)| sql.get(range.clone())).filter(|_| same_type) else {
            return Ok(false);
        };
        let own = format!("{}.{}", quote_identifier(source), quote_identifier(&name));
        let table = quote_identifier(source);
        let query = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE ({value}) IS NOT {own})");
        // Rows that are not known may all stay as they are.
        if rows.is_some_and(|rows| rows.query_row(&query, [], |row| row.get(0)) == Ok(true)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The columns of a table with their declared types.
fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<(String, String)>> {
    let mut statement = connection.prepare("SELECT name, upper(type) FROM pragma_table_xinfo(?1, 'main')")?;
    statement.query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// Copies without CHECKs, and tries those that can be tried. `error` is what a plain copy said.
fn copy(
    connection: &Connection,
    rows: Option<&Connection>,
    sql: &str,
    (target, source): (&str, &str),
    error: rusqlite::Error,
) -> rusqlite::Result<()> {
    let (new, old) = (checks(connection, target)?, checks(connection, source)?);
    let mut tried = Vec::new();
    for (form, expression) in &new {
        let query =
            format!("SELECT count(*) FROM main.{} WHERE NOT ({expression})", quote_identifier(target));
        match connection.prepare(&query) {
            Ok(_) => tried.push((query, expression)),
            // It stood on the old table, and every row of it has passed.
            Err(_)
                if old.iter().any(|(known, _)| known == form)
                    && stays(connection, rows, sql, (target, source), expression)? => {}
            Err(_) => return Err(error),
        }
    }
    connection.execute_batch("PRAGMA ignore_check_constraints=ON")?;
    let done = plainly(connection, sql);
    connection.execute_batch("PRAGMA ignore_check_constraints=OFF")?;
    done?;
    for (query, expression) in tried {
        let count: i64 = connection.query_row(&query, [], |row| row.get(0))?;
        if count > 0 {
            let failure = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CONSTRAINT_CHECK);
            return Err(rusqlite::Error::SqliteFailure(
                failure,
                Some(format!("CHECK constraint failed: {expression}")),
            ));
        }
    }
    Ok(())
}
