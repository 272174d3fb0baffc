use std::{
    env,
    path::{Path, PathBuf},
};

use schema_migrate::{Error, nearest::nearest};
use schema_ops::{backup::Places, retention::Policy};

use super::{
    file::{self, Keep, SchemaSettings},
    find::{self, find},
    source::file_of_url,
};
use crate::registry::Registered;

/// What one command works on.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The schema.
    pub(crate) schema: Registered,
    /// The folder of `schema.toml`.
    pub(crate) root: PathBuf,
    /// The database, or why there is none.
    pub(crate) database: Option<Database>,
    /// The folder of migration files.
    pub(crate) migrations: PathBuf,
    /// What else `schema.toml` says.
    pub(crate) file: SchemaSettings,
}

/// A database and who named it.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    pub(crate) path: PathBuf,
    /// `--url`, `DATABASE_URL` or `schema.toml`.
    pub(crate) named_by: String,
}

/// What the flags say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    pub(crate) schema: Option<String>,
    pub(crate) url: Option<String>,
}

impl Settings {
    /// The database file.
    ///
    /// # Errors
    /// Nobody has named one.
    pub(crate) fn database(&self) -> Result<&Database, Error> {
        self.database.as_ref().ok_or_else(|| {
            let name = &self.schema.name;
            Error::usage(format!("no database is named for `{name}`"))
                .why(format!(
                    "neither `url` under [{name}] in {}, nor the environment, nor --url",
                    find::FILE_NAME
                ))
                .state("nothing was changed")
                .next("--url sqlite:path/to/file.db, or write `url` into schema.toml")
        })
    }
}

impl Settings {
    /// Where backups of this database go: where schema.toml says, and else into `backups` beside it.
    pub(crate) fn places(&self, database: &Path) -> Places {
        let named = self.file.backups.clone().unwrap_or_default();
        let folder = |name: Option<String>| name.map(|name| self.root.join(name));
        Places {
            primary: folder(named.primary).unwrap_or_else(|| Places::beside(database).primary),
            secondary: folder(named.secondary),
            archive: folder(named.archive),
            before_restore: folder(named.before_restore),
        }
    }
}

impl Settings {
    /// How many backups are kept.
    pub(crate) fn policy(&self) -> Policy {
        self.file.keep.as_ref().map(Keep::policy).unwrap_or_default()
    }
}

/// Brings file, environment and flags together, the later before the earlier.
pub(crate) fn resolve(registered: &[Registered], place: &Place) -> Result<Settings, Error> {
    let folder = env::current_dir().map_err(|error| {
        Error::failed("the current folder cannot be read").why(error.to_string()).state("nothing was changed")
    })?;
    let path = find(&folder).ok_or_else(|| find::missing(&folder))?;
    let root = path.parent().unwrap_or(&folder).to_path_buf();
    let names: Vec<&str> = registered.iter().map(|schema| schema.name.as_str()).collect();
    let mut file = file::read(&path, &names)?;

    let only = match names.as_slice() {
        [only] => Some((*only).to_owned()),
        _ => None,
    };
    let default = file.default.take().map(toml::Spanned::into_inner).or(only);
    let chosen = place.schema.clone().or_else(|| default.clone()).ok_or_else(|| undecided(&names))?;
    let schema =
        registered.iter().find(|schema| schema.name == chosen).ok_or_else(|| unknown(&chosen, &names))?;
    let settings = file.schemas.remove(&chosen).map(|(_, settings)| settings).unwrap_or_default();

    let database = database(&chosen, default.as_deref(), &settings, place, &root, &folder)?;
    // Two schemas never share a folder by default: their revisions would be one history.
    let usual = if names.len() == 1 { "migrations".to_owned() } else { format!("migrations/{chosen}") };
    let migrations = root.join(settings.migrations.as_deref().unwrap_or(&usual));
    Ok(Settings { schema: schema.clone(), root, database, migrations, file: settings })
}

fn database(
    schema: &str,
    default: Option<&str>,
    settings: &SchemaSettings,
    place: &Place,
    root: &Path,
    folder: &Path,
) -> Result<Option<Database>, Error> {
    if let Some(url) = &place.url {
        return Ok(Some(Database { path: file_of_url(url, folder)?, named_by: "--url".to_owned() }));
    }
    let own = format!("{}_DATABASE_URL", schema.to_ascii_uppercase());
    let plain = (default == Some(schema)).then(|| "DATABASE_URL".to_owned());
    for variable in [Some(own), plain].into_iter().flatten() {
        if let Some(url) = env::var(&variable).ok().filter(|url| !url.is_empty()) {
            return Ok(Some(Database { path: file_of_url(&url, folder)?, named_by: variable }));
        }
    }
    let Some(url) = &settings.url else { return Ok(None) };
    Ok(Some(Database { path: file_of_url(url, root)?, named_by: find::FILE_NAME.to_owned() }))
}

fn undecided(names: &[&str]) -> Error {
    let error = Error::usage("which schema?").state("nothing was changed");
    if names.is_empty() {
        return error
            .why("this program has no schemas registered")
            .next("register one: schema_cli::Cli::new().schema::<my_app::App>().run()");
    }
    error
        .why(format!("there are {}, and schema.toml names no default", names.join(", ")))
        .next(format!("--schema {}", names.join(" | ")))
}

fn unknown(name: &str, names: &[&str]) -> Error {
    let error = Error::usage(format!("there is no schema `{name}`")).state("nothing was changed");
    match nearest(name, names.iter().copied()) {
        Some(meant) => error.next(format!("--schema {meant}")),
        None => error.why(format!(
            "this program has {}",
            if names.is_empty() { "none".to_owned() } else { names.join(", ") }
        )),
    }
}
