use std::{
    fs,
    path::{Path, PathBuf},
};

use schema_core::rusqlite::Connection;
use tempfile::TempDir;
use tome::sample::{self, Filled};

const SETTINGS: &str = "\
# What `cargo xtask demo` made of this workspace's schema.toml: the same schema, in a folder of its own.
default = \"tome\"

[tome]
url        = \"sqlite:data/tome.db\"
migrations = \"migrations\"
backups    = { primary = \"data/backups\" }
";

/// A folder like a user's project, with the example's first revision alone.
#[derive(Debug)]
pub(super) struct Project(TempDir);

impl Project {
    pub(super) fn create() -> Result<Self, String> {
        let folder =
            tempfile::Builder::new().prefix("tome-demo-").tempdir().map_err(|error| error.to_string())?;
        let project = Self(folder);
        project.folder_within("data")?;
        let migrations = project.folder_within("migrations")?;
        let first = first_revision()?;
        let name = first.file_name().ok_or("the first revision has no name")?;
        fs::copy(&first, migrations.join(name)).map_err(|error| format!("{}: {error}", first.display()))?;
        fs::write(project.folder().join("schema.toml"), SETTINGS).map_err(|error| error.to_string())?;
        Ok(project)
    }

    fn folder_within(&self, name: &str) -> Result<PathBuf, String> {
        let folder = self.folder().join(name);
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(folder)
    }

    pub(super) fn folder(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn database(&self) -> PathBuf {
        self.folder().join("data/tome.db")
    }

    pub(super) fn fill(&self) -> Result<Filled, String> {
        let mut connection = Connection::open(self.database()).map_err(|error| error.to_string())?;
        sample::fill_first_revision(&mut connection)
    }

    pub(super) fn count(&self, sql: &str) -> Result<i64, String> {
        let connection = Connection::open(self.database()).map_err(|error| error.to_string())?;
        connection.query_row(sql, [], |row| row.get(0)).map_err(|error| error.to_string())
    }

    /// Prints the newest file of the migrations folder.
    pub(super) fn show_latest_migration(&self) -> Result<(), String> {
        let path = revisions(&self.folder().join("migrations"))?.pop().ok_or("no migration was written")?;
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        println!("\n{}", path.strip_prefix(self.folder()).unwrap_or(&path).display());
        text.lines().for_each(|line| println!("  | {line}"));
        Ok(())
    }

    /// Leaves the folder where it is.
    pub(super) fn keep(self) -> PathBuf {
        self.0.keep()
    }
}

fn first_revision() -> Result<PathBuf, String> {
    let folder = crate::root().join("examples/tome/migrations");
    let first = revisions(&folder)?.into_iter().next();
    first.ok_or_else(|| format!("{} holds no migration", folder.display()))
}

/// Migration files in the order of their revisions.
fn revisions(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    files.sort();
    Ok(files)
}
