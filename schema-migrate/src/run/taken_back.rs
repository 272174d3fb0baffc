use schema_core::dialect::quote_identifier;
use schema_core::model::SchemaDef;
use schema_core::rusqlite::{self, Connection};

use super::open::open_read_only;
use super::renames::Renames;
use super::rollback::{Steps, due};
use super::target::Target;
use crate::diff::{Answers, Path};
use crate::files::{Folder, Script};
use crate::inspect::sqlite::definition::{Content, VirtualTableText};
use crate::inspect::{execute, scratch, sqlite};
use crate::keep::is_kept;
use crate::plan::Loss;
use crate::{Error, Result, history};

/// What a rollback would throw away, under the names that tables and columns have now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBack {
    /// The table or column, and whether an answer permits that it goes.
    pub loss: Loss,
    /// How many rows of the table, or values of the column that are not NULL, the database holds.
    pub held: u64,
}

/// The tables with rows and the columns with values that the way back of revisions takes with it. What
/// `--keep-dropped` has kept comes back, and is none of them; what is empty is nobody's loss.
///
/// Asked is the database itself: the way back runs on a copy of its schema, whatever became of the
/// files.
pub fn rollback_losses(target: &Target, steps: Steps<'_>, answers: &Answers) -> Result<Vec<TakenBack>> {
    let (folder, _) = Folder::scan_readable(&target.files)?;
    let connection = open_read_only(&target.database, target.wait)?;
    let due = due(&history::read_beside(&connection, &folder)?, steps, &folder)?;
    let statements = due.into_iter().flat_map(|(_, script)| script.statements).collect();
    let whole = Script { statements, ..Script::default() };
    let before = sqlite::schema(&connection)?;
    let after = after(&connection, &whole).map_err(|error| Error::sqlite("read the schema", error))??;
    let gone = gone(&before, &after, &Renames::of(&whole));
    let counted = gone.into_iter().map(|path| {
        let held = held(&connection, &path)
            .map_err(|error| Error::sqlite(format!("count what {path} holds"), error))?;
        let parts: Vec<&str> = path.0.iter().map(String::as_str).collect();
        let permitted = answers.permits(&parts);
        Ok(TakenBack { loss: Loss::gone(path, permitted), held })
    });
    let counted: Vec<TakenBack> = counted.collect::<Result<_>>()?;
    Ok(counted.into_iter().filter(|taken| taken.held > 0).collect())
}

/// The schema that the statements leave of the database's own. What fails on empty tables fails on the
/// database too, and takes nothing with it.
fn after(connection: &Connection, script: &Script) -> rusqlite::Result<Result<SchemaDef>> {
    let database = match scratch() {
        Ok(database) => database,
        Err(error) => return Ok(Err(error)),
    };
    // The tables of a virtual table come with it.
    let mut statement = connection.prepare(
        "SELECT sql FROM main.sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         ORDER BY sql LIKE 'CREATE VIRTUAL%' DESC, type = 'table' DESC, type = 'index' DESC, type = 'view' DESC, rowid",
    )?;
    let texts: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for sql in texts.iter().chain(script.statements.iter().map(|statement| &statement.sql)) {
        let _ = execute(&database, sql);
    }
    let _ = database.execute_batch("PRAGMA legacy_alter_table=OFF");
    Ok(sqlite::schema(&database))
}

fn gone(before: &SchemaDef, after: &SchemaDef, names: &Renames) -> Vec<Path> {
    let mut gone = Vec::new();
    for table in before.tables.iter().filter(|table| !is_kept(&table.name)) {
        let Some(later) = after.table(names.new_table(&table.name)) else {
            gone.push(Path::new([table.name.as_ref()]));
            continue;
        };
        for column in table.columns.iter().filter(|column| column.generated.is_none()) {
            let later = later.column(names.new_column(&table.name, &column.name));
            if later.is_none_or(|later| later.generated.is_some()) {
                gone.push(Path::new([table.name.as_ref(), column.name.as_ref()]));
            }
        }
    }
    for table in before.virtual_tables.iter().filter(|table| !table.shadows.is_empty()) {
        let later = names.new_table(&table.name);
        let is_there = after.virtual_tables.iter().any(|other| other.name.eq_ignore_ascii_case(later));
        let text = VirtualTableText::read(&table.sql);
        if !is_there && matches!(text.as_ref().map_or(Content::Own, VirtualTableText::content), Content::Own)
        {
            gone.push(Path::new([table.name.as_ref()]));
        }
    }
    gone
}

/// How many rows of a table, or values of a column, there are.
fn held(connection: &Connection, path: &Path) -> rusqlite::Result<u64> {
    let count = match path.0.as_slice() {
        [table, column] => {
            format!("SELECT count({}) FROM main.{}", quote_identifier(column), quote_identifier(table))
        }
        parts => format!(
            "SELECT count(*) FROM main.{}",
            quote_identifier(parts.first().map(String::as_str).unwrap_or_default())
        ),
    };
    let held: i64 = connection.query_row(&count, [], |row| row.get(0))?;
    Ok(u64::try_from(held).unwrap_or_default())
}
