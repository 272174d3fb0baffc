//! The same plan through the `sqlite3` program of a distribution, where it is installed: a file for
//! target 3.40 is plain SQL, and what we migrated is a database for everybody.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use schema_core::rusqlite::Connection;
use schema_migrate::plan::{EngineVersion, Step};

/// Whether there is a stock program of the oldest target; says once that there is none.
fn is_there() -> bool {
    static FOUND: OnceLock<bool> = OnceLock::new();
    *FOUND.get_or_init(|| {
        let version = Command::new("sqlite3").arg("--version").output();
        let found = version.is_ok_and(|output| output.stdout.starts_with(b"3.40."));
        if !found {
            println!("skipped: no sqlite3 3.40 is installed");
        }
        found
    })
}

/// Feeds a script to the stock program; what it says where it stops.
fn fed(database: &Path, script: &str) -> Result<String, String> {
    let mut program = Command::new("sqlite3")
        .arg("-bail")
        .arg(database)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The program ends early where a statement fails.
    let _ = program.stdin.take().unwrap().write_all(script.as_bytes());
    let output = program.wait_with_output().unwrap();
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// The database as the stock program makes it: the schema, its rows, and the plan. None where there is
/// no such program, or where it does not know what the situation needs.
pub(crate) fn walked(
    target: EngineVersion,
    schema: &str,
    rows: &str,
    steps: &[Step],
    foreign_keys_off: bool,
) -> Option<Connection> {
    if target != EngineVersion::new(3, 40) || !is_there() {
        return None;
    }
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("stock.db");
    if let Err(error) = fed(&path, &format!("{schema};\n{rows};\n")) {
        // The newest SQLite knows functions that this one does not.
        println!("skipped: the stock sqlite3 does not take the situation: {error}");
        return None;
    }
    let switch = if foreign_keys_off { "OFF" } else { "ON" };
    let plan = schema_migrate::plan::script(steps);
    let script = format!("PRAGMA foreign_keys={switch};\nBEGIN IMMEDIATE;\n{plan}COMMIT;\n");
    fed(&path, &script).unwrap_or_else(|error| panic!("the stock sqlite3 refuses the plan: {error}\n{plan}"));
    Some(copy(&path))
}

/// Whether the stock program opens a database of ours and finds nothing wrong with it.
pub(crate) fn opens(target: EngineVersion, database: &Connection) {
    if target != EngineVersion::new(3, 40) || !is_there() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("ours.db");
    database.backup("main", &path, None::<fn(schema_core::rusqlite::backup::Progress)>).unwrap();
    let found = fed(&path, "PRAGMA integrity_check; PRAGMA foreign_key_check;").unwrap();
    assert_eq!(found.trim(), "ok", "the stock sqlite3 on what we migrated");
}

fn copy(path: &Path) -> Connection {
    let mut memory = schema_migrate::inspect::scratch().unwrap();
    memory.restore("main", path, None::<fn(schema_core::rusqlite::backup::Progress)>).unwrap();
    memory
}
