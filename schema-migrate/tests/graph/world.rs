use std::fs;
use std::time::Duration;

use schema_core::rusqlite::Connection;
use schema_core::rusqlite::types::Value;
use schema_migrate::Result;
use schema_migrate::merge::{MergeRequest, Merged, merge};
use schema_migrate::run::{
    MigrateOptions, Report, RollbackOptions, Silent, Steps, Target, migrate, rollback,
};
use tempfile::TempDir;

/// A folder with migrations and a database.
pub(crate) struct World {
    home: TempDir,
    pub(crate) target: Target,
}

pub(crate) const BASE: &str = "20250101000000_base";

impl World {
    /// Authors with books in a filled database.
    pub(crate) fn library() -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("migrations")).unwrap();
        let target = Target::new(home.path().join("app.db"), home.path().join("migrations"))
            .wait(Duration::from_millis(50));
        let world = Self { home, target };
        world.write(
            BASE,
            "",
            "CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
             CREATE TABLE books (id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES authors(id) ON DELETE CASCADE, title TEXT NOT NULL, pages INTEGER);
             CREATE INDEX books_title ON books(title);",
            "DROP TABLE books; DROP TABLE authors;",
        );
        world.migrate(None).unwrap();
        world.sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40) INSERT INTO authors SELECT i, 'author ' || i FROM n;
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) INSERT INTO books SELECT i * 3, i % 40 + 1, 'title ' || i, nullif(i % 5, 0) * 100 FROM n;",
        );
        world
    }

    pub(crate) fn folder(&self) -> std::path::PathBuf {
        self.home.path().join("migrations")
    }

    pub(crate) fn write(&self, revision: &str, parents: &str, up: &str, down: &str) {
        let text = format!(
            "-- revision: {revision}\n-- parents: {parents}\n-- migrate:up\n{up}\n-- migrate:down\n{down}\n"
        );
        fs::write(self.folder().join(format!("{revision}.sql")), text).unwrap();
    }

    pub(crate) fn sql(&self, sql: &str) {
        self.connection().execute_batch(sql).unwrap();
    }

    pub(crate) fn connection(&self) -> Connection {
        Connection::open(&self.target.database).unwrap()
    }

    pub(crate) fn migrate(&self, to: Option<&str>) -> Result<Report> {
        migrate(&self.target, &MigrateOptions { to, ..MigrateOptions::default() }, &mut Silent)
    }

    pub(crate) fn rollback(&self, steps: Steps<'_>) -> Result<Report> {
        rollback(&self.target, &RollbackOptions { steps, ..RollbackOptions::default() }, &mut Silent)
    }

    pub(crate) fn merge(&self) -> Result<Option<Merged>> {
        merge(&MergeRequest { folder: &self.folder(), heads: &[], name: None, dry_run: false })
    }

    /// The names of the applied revisions, in the order in which they were applied.
    pub(crate) fn applied(&self) -> Vec<String> {
        let connection = self.connection();
        let mut statement =
            connection.prepare("SELECT name FROM _schema_migrations ORDER BY position").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(std::result::Result::unwrap).collect()
    }

    /// Every value of every table by the names of table and column, the history left out.
    pub(crate) fn rows(&self) -> Vec<(String, Vec<(String, Value)>)> {
        let connection = self.connection();
        let tables: Vec<String> = connection
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> '_schema_migrations' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<std::result::Result<_, _>>()
            .unwrap();
        let mut found = Vec::new();
        for table in tables {
            let mut statement = connection.prepare(&format!("SELECT * FROM \"{table}\" ORDER BY 1")).unwrap();
            let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
            let mut rows = statement.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                let mut cells: Vec<(String, Value)> = names
                    .iter()
                    .enumerate()
                    .map(|(position, name)| (name.clone(), row.get(position).unwrap()))
                    .collect();
                cells.sort_by(|left, right| left.0.cmp(&right.0));
                found.push((table.clone(), cells));
            }
        }
        found
    }
}
