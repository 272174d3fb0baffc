use std::fs;
use std::path::{Path, PathBuf};

use schema_core::rusqlite::{Connection, Result as SqliteResult};

use crate::backup::{Orphans, orphans_of};
use crate::{Error, Integrity, Result, explain, integrity};

/// How a database is, as far as its own file tells.
#[derive(Debug)]
pub struct Health {
    /// Size of the file, in bytes.
    pub bytes: u64,
    /// Size of the write-ahead log beside it, in bytes.
    pub log_bytes: u64,
    /// Size of a page, in bytes.
    pub page_size: u64,
    /// Pages of the file.
    pub pages: u64,
    /// Pages that hold nothing: `VACUUM` gives them back.
    pub free_pages: u64,
    /// `wal`, `delete`, ..
    pub journal_mode: String,
    /// `UTF-8`, ..
    pub encoding: String,
    /// What the application has written into the header. <https://sqlite.org/pragma.html#pragma_user_version>
    pub user_version: i64,
    /// The same. <https://sqlite.org/pragma.html#pragma_application_id>
    pub application_id: i64,
    /// What a check of the whole file found.
    pub integrity: Integrity,
    /// Rows without their parent; empty where the file is damaged, since they are not looked for then.
    pub orphans: Vec<Orphans>,
    /// The databases of the connection: name, and file where it has one.
    pub attached: Vec<(String, Option<PathBuf>)>,
    /// Version of the SQLite that has read it.
    pub sqlite: String,
    /// What that SQLite was compiled with.
    pub compile_options: Vec<String>,
}

impl Health {
    /// Whether the file is whole and every row has its parent.
    pub fn is_good(&self) -> bool {
        self.integrity.faults.is_none() && self.orphans.is_empty()
    }
}

/// Reads a whole database and says how it is; writes nothing.
///
/// # Errors
/// The file cannot be read as a database. Faults that SQLite finds in it are no error.
pub fn health(connection: &Connection, database: &Path) -> Result<Health> {
    let bytes = fs::metadata(database).map_err(|error| unreadable(database, &error))?.len();
    // A log that is not there holds nothing.
    let log_bytes = fs::metadata(log_of(database)).map_or(0, |log| log.len());
    let integrity = match integrity(connection) {
        // A fault that ends the check itself.
        Err(error) if error.damaged().is_some() => Integrity {
            faults: Some(error.reason().unwrap_or_else(|| error.what()).to_owned()),
            unchecked: Vec::new(),
        },
        checked => checked?,
    };
    let orphans = match integrity.faults {
        None => orphans_of(connection).map_err(|error| explain(database, error))?,
        Some(_) => Vec::new(),
    };
    let facts = Facts::read(connection).map_err(|error| explain(database, error))?;
    Ok(Health {
        bytes,
        log_bytes,
        page_size: facts.page_size,
        pages: facts.pages,
        free_pages: facts.free_pages,
        journal_mode: facts.journal_mode,
        encoding: facts.encoding,
        user_version: facts.user_version,
        application_id: facts.application_id,
        integrity,
        orphans,
        attached: facts.attached,
        sqlite: schema_core::rusqlite::version().to_owned(),
        compile_options: facts.compile_options,
    })
}

fn log_of(database: &Path) -> PathBuf {
    let mut log = database.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

fn unreadable(database: &Path, error: &std::io::Error) -> Error {
    Error::failed(format!("{} cannot be read", database.display()))
        .why(error.to_string())
        .state("nothing was changed")
}

/// What PRAGMAs tell.
struct Facts {
    page_size: u64,
    pages: u64,
    free_pages: u64,
    journal_mode: String,
    encoding: String,
    user_version: i64,
    application_id: i64,
    attached: Vec<(String, Option<PathBuf>)>,
    compile_options: Vec<String>,
}

impl Facts {
    fn read(connection: &Connection) -> SqliteResult<Self> {
        let number = |pragma: &str| {
            connection.query_row(&format!("PRAGMA main.{pragma}"), [], |row| row.get::<_, i64>(0))
        };
        let count = |pragma: &str| number(pragma).map(|count| u64::try_from(count).unwrap_or(0));
        let text =
            |pragma: &str| connection.query_row(&format!("PRAGMA main.{pragma}"), [], |row| row.get(0));
        let attached = connection
            .prepare("SELECT name, file FROM pragma_database_list ORDER BY seq")?
            .query_map([], |row| Ok((row.get(0)?, row.get::<_, Option<String>>(1)?)))?
            .map(|row| {
                row.map(|(name, file)| (name, file.filter(|file| !file.is_empty()).map(PathBuf::from)))
            })
            .collect::<SqliteResult<_>>()?;
        let compile_options = connection
            .prepare("SELECT compile_options FROM pragma_compile_options ORDER BY 1")?
            .query_map([], |row| row.get(0))?
            .collect::<SqliteResult<_>>()?;
        Ok(Self {
            page_size: count("page_size")?,
            pages: count("page_count")?,
            free_pages: count("freelist_count")?,
            journal_mode: text("journal_mode")?,
            encoding: text("encoding")?,
            user_version: number("user_version")?,
            application_id: number("application_id")?,
            attached,
            compile_options,
        })
    }
}
