use schema_core::dialect::quote_identifier;
use schema_core::rusqlite::Connection;

use super::trace::{Effect, effect};
use crate::files::FileStatement;
use crate::sql::tokens;
use crate::{Error, Result};

/// What a person should know when a table is about to be dropped whose name a table takes that has
/// another number of rows. A copy that a plan wrote keeps every row or fails; one that was written by
/// hand may leave rows out, on purpose or not.
pub(super) fn difference(
    connection: &Connection,
    dropped: &str,
    earlier: &[FileStatement],
    later: &[FileStatement],
) -> Result<Option<String>> {
    let successor = later.iter().find_map(|statement| match effect(&statement.sql) {
        Effect::Rename { from, to } if to.eq_ignore_ascii_case(dropped) => Some(from),
        _ => None,
    });
    let Some(successor) = successor else { return Ok(None) };
    if earlier.iter().any(|statement| copies_whole(&statement.sql, dropped, &successor)) {
        return Ok(None);
    }
    let known = |name: &str| -> Result<bool> {
        connection
            .query_row(
                "SELECT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE)",
                [name],
                |row| row.get(0),
            )
            .map_err(|error| Error::sqlite("read the schema", error))
    };
    if !known(dropped)? || !known(&successor)? {
        return Ok(None);
    }
    let count = |name: &str| -> Result<i64> {
        connection
            .query_row(&format!("SELECT count(*) FROM main.{}", quote_identifier(name)), [], |row| row.get(0))
            .map_err(|error| Error::sqlite(format!("count the rows of {name}"), error))
    };
    let (before, after) = (count(dropped)?, count(&successor)?);
    Ok((before != after).then(|| {
        format!("the migration puts {after} rows in the place of the {before} that `{dropped}` had")
    }))
}

/// Whether this is a copy as a plan writes it: every row of the one table into the other, or an error.
/// Counting the rows of a large table for nothing takes its time.
fn copies_whole(sql: &str, from: &str, to: &str) -> bool {
    let all = tokens(sql).unwrap_or_default();
    let [insert, or, abort, into, target, .., before, source] = all.as_slice() else { return false };
    let words =
        insert.is("INSERT") && or.is("OR") && abort.is("ABORT") && into.is("INTO") && before.is("FROM");
    words
        && target.name().eq_ignore_ascii_case(to)
        && source.name().eq_ignore_ascii_case(from)
        && all.iter().filter(|token| token.is("SELECT")).count() == 1
        && !all.iter().any(|token| token.is("DISTINCT"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_that_leaves_rows_out_is_told() {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3);
                 CREATE TABLE n(a); INSERT INTO n SELECT a FROM t WHERE a > 1; CREATE TABLE u(a);",
            )
            .unwrap();
        let later = |sql: &str| vec![FileStatement { sql: sql.to_owned(), line: 1 }];
        let told = difference(&connection, "T", &[], &later("ALTER TABLE n RENAME TO t")).unwrap();
        assert_eq!(told.unwrap(), "the migration puts 2 rows in the place of the 3 that `T` had");
        connection.execute_batch("INSERT INTO n VALUES (1)").unwrap();
        assert_eq!(difference(&connection, "t", &[], &later("ALTER TABLE n RENAME TO t")).unwrap(), None);
        assert_eq!(difference(&connection, "t", &[], &later("ALTER TABLE u RENAME TO v")).unwrap(), None);
        assert_eq!(
            difference(&connection, "none", &[], &later("ALTER TABLE u RENAME TO none")).unwrap(),
            None
        );
    }
    #[test]
    fn a_copy_of_every_row_is_known_by_its_text() {
        let copy = "INSERT OR ABORT INTO \"n\" (\"a\") SELECT \"t\".\"a\" FROM \"t\"";
        assert!(copies_whole(copy, "T", "n"));
        for other in [
            copy.replace("OR ABORT ", ""),
            copy.replace("SELECT", "SELECT DISTINCT"),
            format!("{copy} WHERE a > 1"),
            copy.replace("FROM \"t\"", "FROM \"u\""),
        ] {
            assert!(!copies_whole(&other, "t", "n"), "{other}");
        }
    }
}
