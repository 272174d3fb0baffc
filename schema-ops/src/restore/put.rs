use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use schema_core::rusqlite::Connection;

use super::aside::SetAside;
use super::live::{Live, Patience, connect, open};
use super::staged::Staged;
use super::write::{journal_mode, write};
use crate::backup::{Contents, Places, Reason, Request, Taken, Watch, begin, check, take, take_back};
use crate::{Error, ErrorKind, Result, explain};

/// How a restore is done.
#[derive(Clone, Copy, Debug)]
pub struct Put<'a> {
    /// The database file.
    pub database: &'a Path,
    /// Where the copy goes that is taken first.
    pub places: &'a Places,
    /// How long others are waited for.
    pub wait: Duration,
    /// Whether the database is backed up before; without it what it holds is lost.
    pub keep_before: bool,
}

/// What a restore did.
#[derive(Clone, Debug)]
pub struct Restored {
    /// The backup of what was there before.
    pub before: Option<Taken>,
    /// Where a database that could not be read was moved to.
    pub aside: Option<SetAside>,
    /// What the database holds now.
    pub contents: Contents,
    /// What a person should know.
    pub warnings: Vec<String>,
    /// How long it took.
    pub duration: Duration,
}

impl Staged {
    /// Writes it into the database, and reads what is there then.
    ///
    /// # Errors
    /// Another program holds the database, what was there cannot be kept, or what is there afterwards is
    /// not what was restored.
    pub fn put(&self, how: &Put<'_>, watch: &mut Watch<'_>) -> Result<Restored> {
        let begun = Instant::now();
        let mut patience = Patience::new(how.wait);
        let mut done = Restored {
            before: None,
            aside: None,
            contents: Contents::default(),
            warnings: self.warnings.clone(),
            duration: Duration::ZERO,
        };
        let mut live = keep(how, &mut done, &mut patience, watch)?;
        let is_new = live.is_none();
        if is_new {
            done.aside = SetAside::move_away(how.database)?;
        }
        let version =
            live.as_ref().map(data_version).transpose().map_err(|error| explain(how.database, error))?;
        let written = self.write(how, live.take(), &mut done, &mut patience, watch);
        let connection = match written {
            Ok(connection) => connection,
            Err(error) => {
                if is_new {
                    // What was begun holds nothing; what was there goes back.
                    drop(fs::remove_file(how.database));
                    if let Some(aside) = &done.aside {
                        aside.put_back();
                    }
                }
                return Err(error.state(untouched(done.before.as_ref())));
            }
        };
        // It is written: nothing stops the look at it any more.
        drop(begin(watch, "checking the database"));
        done.contents = self.confirm(how, &connection, version, &mut done)?;
        // The log then is as long as the database; what keeps it from being emptied now will empty it later.
        drop(connection.query_row("PRAGMA main.wal_checkpoint(TRUNCATE)", [], |_| Ok(())));
        connection.close().map_err(|(_, error)| explain(how.database, error))?;
        done.duration = begun.elapsed();
        Ok(done)
    }

    fn write(
        &self,
        how: &Put<'_>,
        live: Option<Connection>,
        done: &mut Restored,
        patience: &mut Patience,
        watch: &mut Watch<'_>,
    ) -> Result<Connection> {
        let source = self.open()?;
        let is_new = live.is_none();
        let mut live = match live {
            Some(live) => live,
            None => {
                if let Some(folder) = how.database.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                    fs::create_dir_all(folder).map_err(|error| {
                        Error::new(ErrorKind::Preflight, format!("{} cannot be made", folder.display()))
                            .why(error.to_string())
                    })?;
                }
                let unmakable = |error: std::io::Error| {
                    Error::new(ErrorKind::Preflight, format!("{} cannot be made", how.database.display()))
                        .why(error.to_string())
                };
                let told = SetAside::make_again(done.aside.as_ref(), how.database).map_err(unmakable)?;
                done.warnings.extend(told);
                connect(how.database).map_err(|error| explain(how.database, error))?
            }
        };
        write(&source, &mut live, how.database, patience, watch)?;
        if is_new && self.manifest.as_ref().is_some_and(|manifest| manifest.journal_mode == "wal") {
            patience.retry(how.database, || journal_mode(&live, "WAL"))?;
        }
        Ok(live)
    }

    /// Reads what is there now through a connection of its own, and compares it with what was restored.
    fn confirm(
        &self,
        how: &Put<'_>,
        written: &Connection,
        version: Option<i64>,
        done: &mut Restored,
    ) -> Result<Contents> {
        let failed = |why: String| {
            Error::new(ErrorKind::Verification, "the restored database is not what was restored")
                .why(why)
                .state(match &done.before {
                    Some(before) => {
                        format!("the database was written; what it held before is {}", before.name)
                    }
                    None => "the database was written".to_owned(),
                })
                .next("db-list-backups, and see that the disk is sound")
        };
        let connection = connect(how.database).map_err(|error| failed(error.to_string()))?;
        let found = check(&connection, how.database).map_err(|error| failed(error.to_string()))?;
        if found == self.contents {
            return Ok(found);
        }
        let others = version.is_some() && data_version(written).ok() != version;
        let differing = |tables: &Contents, name: &str| tables.tables.get(name).copied();
        let told: Vec<String> = self
            .contents
            .tables
            .iter()
            .filter(|(name, rows)| differing(&found, name) != Some(**rows))
            .map(|(name, rows)| {
                let found = differing(&found, name).map_or("none".to_owned(), |rows| rows.to_string());
                format!("{name}: {rows} rows in the backup, {found} in the database")
            })
            .collect();
        if !others || found.schema_hash != self.contents.schema_hash {
            return Err(failed(told.join("\n")));
        }
        done.warnings.push(format!("another program writes already: {}", told.join(", ")));
        Ok(found)
    }
}

/// The state after a restore that has changed nothing: the backup before it is of what is there still, and
/// goes, so that tries that fail do not push others out.
fn untouched(before: Option<&Taken>) -> String {
    let Some(before) = before else { return "nothing was changed".to_owned() };
    match take_back(before) {
        Ok(()) => "nothing was changed; the backup that was taken first is removed again".to_owned(),
        Err(error) => {
            format!("nothing was changed; the backup that was taken first stays, {}: {error}", before.name)
        }
    }
}

/// Backs up what is there. Gives the open database, or nothing where there is none to write into.
fn keep(
    how: &Put<'_>,
    done: &mut Restored,
    patience: &mut Patience,
    watch: &mut Watch<'_>,
) -> Result<Option<Connection>> {
    let unreadable = match open(how.database)? {
        Live::Missing => return Ok(None),
        Live::Unreadable(why) => why,
        Live::Open(connection) if !how.keep_before => return Ok(Some(connection)),
        Live::Open(connection) => {
            // Who writes for longer than we wait is told before anything is copied.
            patience.retry(how.database, || connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK"))?;
            let request = Request::new(how.database, how.places, Reason::BeforeRestore);
            match take(&connection, &request, watch) {
                Ok(taken) => {
                    done.warnings.extend(taken.warnings.clone());
                    done.before = Some(taken);
                    return Ok(Some(connection));
                }
                Err(error) if error.kind() == ErrorKind::Verification => {
                    connection.close().map_err(|(_, error)| explain(how.database, error))?;
                    error.reason().unwrap_or(error.what()).to_owned()
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
                Err(error) => return Err(error.next("or lose what it holds: --no-backup")),
            }
        }
    };
    done.warnings.push(format!(
        "what was there is damaged and is kept as it is: {}",
        unreadable.lines().next().unwrap_or_default()
    ));
    Ok(None)
}

/// Changes when another connection has written.
fn data_version(connection: &Connection) -> schema_core::rusqlite::Result<i64> {
    connection.query_row("PRAGMA main.data_version", [], |row| row.get(0))
}
