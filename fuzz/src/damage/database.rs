use std::path::Path;

use schema_core::rusqlite::{self, Connection};

use super::bytes::damage;
use super::corpus::CORPUS;
use super::text;
use crate::database::open;
use crate::generate;
use crate::random::Random;
use crate::write::Writer;

/// Writes the damaged database of this number to a file that is not there yet.
pub fn write(seed: u64, number: u64, path: &Path) -> std::io::Result<()> {
    let mut random = Random::new(seed, number);
    let built = build(&mut random, path);
    if let Err(error) = built {
        return Err(std::io::Error::other(error));
    }
    if random.percent(35) {
        let mut file = std::fs::read(path)?;
        damage(&mut random, &mut file);
        std::fs::write(path, file)?;
    }
    Ok(())
}

fn build(random: &mut Random, path: &Path) -> rusqlite::Result<()> {
    let mut connection = open(Some(path))?;
    // A definition that is changed by chance may compute without an end.
    let mut rounds = 0;
    connection.progress_handler(
        1_000,
        Some(move || {
            rounds += 1;
            rounds > 2_000
        }),
    )?;
    let encoding = *random.pick(&["UTF-8", "UTF-8", "UTF-8", "UTF-16le", "UTF-16be"]);
    connection.execute_batch(&format!(
        "PRAGMA page_size=512; PRAGMA journal_mode=OFF; PRAGMA encoding='{encoding}'; BEGIN"
    ))?;
    if random.percent(30) {
        for statement in Writer::new(&generate::schema(random)).statements() {
            // What SQLite refuses is not there.
            let _ = connection.execute_batch(&statement);
        }
    } else {
        for definition in CORPUS {
            if random.percent(60) {
                let _ = connection.execute_batch(definition);
            }
        }
    }
    for _ in 0..random.below(6) {
        let _ = connection.execute_batch(&text::definition(random));
    }
    if random.percent(35) {
        overwrite(random, &connection)?;
    }
    connection.progress_handler(0, None::<fn() -> bool>)?;
    // An interrupt may have rolled everything back.
    if connection.is_autocommit() { Ok(()) } else { connection.execute_batch("COMMIT") }
}

/// Writes into the schema itself what no statement would.
fn overwrite(random: &mut Random, connection: &Connection) -> rusqlite::Result<()> {
    let rows: Vec<(i64, String)> = connection
        .prepare("SELECT rowid, ifnull(sql, '') FROM sqlite_schema")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    connection.execute_batch("PRAGMA writable_schema=ON")?;
    for _ in 0..random.between(1, 3) {
        let Some((row, sql)) = random.pick_or_none(&rows) else { break };
        let changed = text::changed(random, sql);
        let bytes = text::raw(random, changed);
        match random.below(8) {
            0 => connection.execute("UPDATE sqlite_schema SET name = CAST(?1 AS TEXT) WHERE rowid = ?2", (bytes, row))?,
            1 => connection.execute("UPDATE sqlite_schema SET tbl_name = 'nowhere' WHERE rowid = ?1", [row])?,
            2 => connection.execute("UPDATE sqlite_schema SET sql = ?1 WHERE rowid = ?2", (bytes, row))?,
            3 => {
                let kind = *random.pick(&["table", "index", "view", "trigger", "TABLE", "other", ""]);
                connection.execute("UPDATE sqlite_schema SET type = ?1 WHERE rowid = ?2", (kind, row))?
            }
            4 => connection.execute(
                "INSERT INTO sqlite_schema SELECT type, name || '2', tbl_name, rootpage, sql FROM sqlite_schema WHERE rowid = ?1",
                [row],
            )?,
            _ => connection.execute("UPDATE sqlite_schema SET sql = CAST(?1 AS TEXT) WHERE rowid = ?2", (bytes, row))?,
        };
    }
    connection.execute_batch("PRAGMA writable_schema=OFF")
}
