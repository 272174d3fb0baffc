use schema_core::dialect::quote_identifier;
use schema_core::rusqlite::Connection;

use crate::sql::tokens;

/// The rows that keep SQLite from adding a constraint in place, with the query that lists them:
/// SQLite itself says only "constraint failed".
pub(super) fn rows(connection: &Connection, sql: &str) -> Option<String> {
    let all = tokens(sql).ok()?;
    let word = |position: usize, word: &str| all.get(position).is_some_and(|token| token.is(word));
    if !(word(0, "ALTER") && word(1, "TABLE")) {
        return None;
    }
    let table = quote_identifier(&all.get(2)?.name());
    let condition = if word(3, "ADD") {
        let check = all.iter().position(|token| token.is("CHECK"))?;
        let (open, close) = (all.get(check + 1)?, all.last()?);
        format!("NOT {}", sql.get(open.start..close.end)?)
    } else if word(3, "ALTER") && all.last()?.is("NULL") {
        let column = if word(4, "COLUMN") { 5 } else { 4 };
        format!("{} IS NULL", quote_identifier(&all.get(column)?.name()))
    } else {
        return None;
    };
    let found = format!("FROM {table} WHERE {condition}");
    let count: i64 = connection.query_row(&format!("SELECT count(*) {found}"), [], |row| row.get(0)).ok()?;
    (count > 0).then(|| format!("{count} rows do not pass; they are listed by: SELECT * {found}"))
}
