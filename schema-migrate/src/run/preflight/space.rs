use std::path::{Path, PathBuf};

use schema_core::rusqlite::{self, Connection, OptionalExtension as _};

use super::check::CheckName;
use super::checks::{Checks, Found};
use super::place::folder_of;
use crate::files::Script;
use crate::run::open::explain;
use crate::run::target::Target;
use crate::run::trace::{Effect, Trace, effect};
use crate::{Error, ErrorKind, Result};

/// What is to be written, in bytes, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Need {
    folder: PathBuf,
    bytes: u64,
}

/// What a file system has, and what is wanted of it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Room {
    /// A folder on it.
    folder: PathBuf,
    free: u64,
    needed: u64,
}

/// The copies of the database that are made before it is changed.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::run) struct Copies {
    pub(in crate::run) backup: bool,
    pub(in crate::run) rehearsal: bool,
}

/// Whether copies and rebuilds have room on the disks they are made on.
pub(in crate::run) fn space(
    connection: &Connection,
    target: &Target,
    scripts: &[&Script],
    copies: Copies,
    checks: &mut Checks<'_>,
) {
    checks.check(CheckName::Space, || {
        let needs =
            needs(connection, target, scripts, copies).map_err(|error| explain(&target.database, error))?;
        judge(&rooms(&needs))
    });
}

/// The copy of the backup and what it is packed to, and for each table that is rebuilt its successor in
/// the log and in the file, and the order of its indexes in the folder for temporary files.
fn needs(
    connection: &Connection,
    target: &Target,
    scripts: &[&Script],
    copies: Copies,
) -> rusqlite::Result<Vec<Need>> {
    let whole: u64 =
        bytes(connection, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")?;
    let mut rebuilt = 0;
    for table in rebuilt_tables(scripts) {
        rebuilt += table_bytes(connection, &table)?.unwrap_or(whole);
    }
    let database = target.database.canonicalize().unwrap_or_else(|_| target.database.clone());
    // On the copy of a rehearsal everything is done once more, before it is done here.
    let rehearsed = if copies.rehearsal { whole } else { 0 };
    let bytes = rebuilt.saturating_mul(2).saturating_add(rehearsed);
    let mut needs = vec![Need { folder: folder_of(&database).to_owned(), bytes }];
    if rebuilt > 0 {
        needs.push(Need { folder: temporary(), bytes: rebuilt });
    }
    if let Some(folder) = target.backups.as_ref().filter(|_| copies.backup) {
        // Packed, a database takes half of its size, or less.
        needs.push(Need { folder: existing(&folder.primary), bytes: whole.saturating_add(whole / 2) });
        needs.extend(
            folder.secondary.iter().map(|folder| Need { folder: existing(folder), bytes: whole / 2 }),
        );
    }
    Ok(needs)
}

/// Tables that are dropped and replaced by another one of their name.
fn rebuilt_tables(scripts: &[&Script]) -> Vec<String> {
    let dropped = Trace::of(scripts.iter().copied()).dropped.into_iter();
    let is_replaced = |script: usize, table: &str| {
        let statements = scripts.get(script).map(|script| script.statements.iter());
        statements.into_iter().flatten().any(|statement| {
            matches!(effect(&statement.sql), Effect::Rename { to, .. } if to.eq_ignore_ascii_case(table))
        })
    };
    dropped
        .filter(|touched| is_replaced(touched.script, &touched.table))
        .map(|touched| touched.table)
        .collect()
}

/// The pages of a table and its indexes; `None` where this SQLite does not count them.
fn table_bytes(connection: &Connection, table: &str) -> rusqlite::Result<Option<u64>> {
    let counted: rusqlite::Result<Option<Option<i64>>> = connection
        .query_row(
            "SELECT sum(pgsize) FROM dbstat('main', 1)
             WHERE name IN (SELECT name FROM main.sqlite_schema WHERE lower(tbl_name) = lower(?1))",
            [table],
            |row| row.get(0),
        )
        .optional();
    match counted {
        Ok(sum) => Ok(Some(sum.flatten().and_then(|sum| u64::try_from(sum).ok()).unwrap_or_default())),
        Err(error) if error.to_string().contains("dbstat") => Ok(None),
        Err(error) => Err(error),
    }
}

fn bytes(connection: &Connection, sql: &str) -> rusqlite::Result<u64> {
    connection
        .query_row(sql, [], |row| row.get::<_, i64>(0))
        .map(|sum| u64::try_from(sum).unwrap_or_default())
}

/// Where SQLite puts what it sorts.
fn temporary() -> PathBuf {
    let named = ["SQLITE_TMPDIR", "TMPDIR"].iter().filter_map(std::env::var_os).map(PathBuf::from);
    let usual = ["/var/tmp", "/usr/tmp", "/tmp"].map(PathBuf::from);
    named.chain(usual).find(|folder| folder.is_dir()).unwrap_or_else(std::env::temp_dir)
}

/// The folder, or the nearest one above it that is there already.
fn existing(folder: &Path) -> PathBuf {
    let above = folder.ancestors().find(|above| above.is_dir());
    above.unwrap_or(Path::new(".")).to_owned()
}

/// Adds up what is wanted of the same file system.
#[cfg(unix)]
fn rooms(needs: &[Need]) -> Vec<Room> {
    use std::os::unix::fs::MetadataExt as _;
    let mut rooms: Vec<(u64, Room)> = Vec::new();
    for need in needs {
        let Ok(device) = need.folder.metadata().map(|folder| folder.dev()) else { continue };
        if let Some((_, room)) = rooms.iter_mut().find(|(known, _)| *known == device) {
            room.needed = room.needed.saturating_add(need.bytes);
            continue;
        }
        // A file system that does not say how much room it has is not asked.
        let Ok(found) = rustix::fs::statvfs(&need.folder) else { continue };
        let free = found.f_bavail.saturating_mul(found.f_frsize);
        rooms.push((device, Room { folder: need.folder.clone(), free, needed: need.bytes }));
    }
    rooms.into_iter().map(|(_, room)| room).collect()
}

#[cfg(not(unix))]
fn rooms(_: &[Need]) -> Vec<Room> {
    Vec::new()
}

fn judge(rooms: &[Room]) -> Result<Found> {
    let told = |room: &Room| format!("{} free (needs {})", size(room.free), size(room.needed));
    let short: Vec<&Room> = rooms.iter().filter(|room| room.free < room.needed).collect();
    let Some(first) = short.first() else {
        // The others have room, and nobody has to read about them.
        return Ok(Found::passed(rooms.first().map(told).unwrap_or_default()));
    };
    let why = short.iter().map(|room| format!("{}: {}", room.folder.display(), told(room)));
    Err(Error::new(ErrorKind::Preflight, "there is not enough room on the disk")
        .why(why.collect::<Vec<_>>().join("\n"))
        .state("nothing was changed")
        .next(format!("make room for {}", size(first.needed.saturating_sub(first.free))))
        .next("or go on at your own risk: --skip-preflight space"))
}

/// A size as people read it: `512 B`, `310 MiB`, `41.2 GiB`.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let unit = (1..UNITS.len()).rev().find(|unit| bytes >> (10 * unit) > 0).unwrap_or(0);
    let whole = bytes >> (10 * unit);
    if unit == 0 || whole >= 100 {
        return format!("{whole} {}", UNITS[unit]);
    }
    let tenths = ((bytes - (whole << (10 * unit))) * 10) >> (10 * unit);
    format!("{whole}.{tenths} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::FileStatement;

    fn room(free: u64, needed: u64) -> Room {
        Room { folder: "data".into(), free, needed }
    }

    #[test]
    fn too_little_room_anywhere_is_told_with_both_figures() {
        judge(&[room(300, 300), room(1, 0)]).unwrap();
        judge(&[]).unwrap();
        let error = judge(&[room(1 << 40, 5), room(10 << 20, 310 << 20)]).unwrap_err();
        assert_eq!(error.kind().exit_code(), 7);
        assert_eq!(error.reason(), Some("data: 10.0 MiB free (needs 310 MiB)"));
        assert_eq!(error.next_steps()[0], "make room for 300 MiB");
    }

    #[test]
    fn sizes_as_people_read_them() {
        let sizes = [0, 1023, 1024, 310 << 20, (41 << 30) + (1 << 28), u64::MAX].map(size);
        assert_eq!(sizes, ["0 B", "1023 B", "1.0 KiB", "310 MiB", "41.2 GiB", "16777215 TiB"]);
    }

    #[test]
    fn what_is_rebuilt_is_counted_with_its_indexes_and_what_is_only_dropped_is_not() {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "CREATE TABLE small(a); CREATE TABLE big(a); CREATE INDEX big_a ON big(a);
                 WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
                 INSERT INTO big SELECT 'a text that takes some room ' || i FROM n;",
            )
            .unwrap();
        let statement = |sql: &str| FileStatement { sql: sql.to_owned(), line: 1 };
        let script = Script {
            statements: [
                "CREATE TABLE _new_big(a TEXT)",
                "DROP TABLE BIG",
                "ALTER TABLE _new_big RENAME TO big",
                "DROP TABLE small",
            ]
            .map(statement)
            .to_vec(),
            ..Script::default()
        };
        assert_eq!(rebuilt_tables(&[&script]), ["BIG"]);
        let big = table_bytes(&connection, "BIG").unwrap().unwrap();
        let small = table_bytes(&connection, "small").unwrap().unwrap();
        assert!(small > 0 && big > 300_000, "{small} {big}");
        let target = Target::new("app.db", "migrations").backups("backups/not/there");
        let whole =
            bytes(&connection, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
                .unwrap();
        let backup = Copies { backup: true, ..Copies::default() };
        let found: Vec<u64> =
            needs(&connection, &target, &[&script], backup).unwrap().iter().map(|need| need.bytes).collect();
        assert_eq!(found, [2 * big, big, whole + whole / 2]);
        let found = needs(&connection, &target, &[], Copies::default()).unwrap();
        assert_eq!(found.iter().map(|need| need.bytes).collect::<Vec<_>>(), [0]);
        let rehearsal = Copies { rehearsal: true, ..Copies::default() };
        let found = needs(&connection, &target, &[], rehearsal).unwrap();
        assert_eq!(found.iter().map(|need| need.bytes).collect::<Vec<_>>(), [whole]);
    }
}
