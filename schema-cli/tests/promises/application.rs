use std::{fs, ops::Deref, path::PathBuf, process::Command};

use schema_core::rusqlite::{Connection, types::Value};

use super::project::{Ended, Project, ended};

/// One of the five applications in a folder of its own.
#[derive(Debug)]
pub(crate) struct Application {
    project: Project,
}

impl Deref for Application {
    type Target = Project;

    fn deref(&self) -> &Project {
        &self.project
    }
}

impl Application {
    /// The application with its settings, and nothing else.
    pub(crate) fn new(schema: &str) -> Self {
        Self::with(schema, "")
    }

    /// The same with more lines in its settings.
    pub(crate) fn with(schema: &str, settings: &str) -> Self {
        let project = Project::of("applications");
        project.write(
            "schema.toml",
            &format!(
                "default = \"{schema}\"\n[{schema}]\nurl = \"sqlite:data/app.db\"\nmigrations = \"migrations\"\n{settings}"
            ),
        );
        fs::create_dir(project.path("data")).unwrap();
        Self { project }
    }

    /// The application in its first release, migrated and filled.
    pub(crate) fn first(schema: &str, rows: &str) -> Self {
        Self::new(schema).filled(rows)
    }

    /// Writes the first migration, applies it and fills the tables.
    pub(crate) fn filled(self, rows: &str) -> Self {
        self.done("1", &["generate", "initial"]);
        self.done("1", &["migrate"]);
        self.open("data/app.db").execute_batch(rows).unwrap();
        self
    }

    /// The migration to the second release is written, and not applied.
    pub(crate) fn with_second(self) -> Self {
        self.done("2", &["generate", "second"]);
        self
    }

    /// The files of the migrations in the order of their revisions.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path("migrations")).unwrap();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "sql"));
        files.sort();
        files
    }

    /// The revisions of those files.
    pub(crate) fn revisions(&self) -> Vec<String> {
        let stems = self.files().into_iter().map(|file| file.file_stem().unwrap().to_owned());
        stems.map(|stem| stem.into_string().unwrap()).collect()
    }

    /// The text of the newest migration.
    pub(crate) fn newest(&self) -> String {
        fs::read_to_string(self.files().last().unwrap()).unwrap()
    }

    /// Every row that a query gives, a line a row.
    pub(crate) fn rows(&self, query: &str) -> Vec<String> {
        rows(&self.open("data/app.db"), query)
    }

    /// What is applied, in that order.
    pub(crate) fn applied(&self) -> Vec<String> {
        self.rows("SELECT revision FROM _schema_migrations ORDER BY position")
    }

    /// Runs the application itself instead of its `db` commands.
    pub(crate) fn start(&self, release: &str, way: &str) -> Ended {
        let program = self.command(release, &[]).get_program().to_owned();
        let mut command = Command::new(program);
        ended(&command.current_dir(self.path("")).arg(way).env("APP_RELEASE", release).output().unwrap())
    }

    /// Runs a command that has to fail with this exit code.
    pub(crate) fn fails(&self, release: &str, arguments: &[&str], code: i32) -> Ended {
        let ended = self.run(release, arguments);
        assert_eq!(ended.code, Some(code), "{arguments:?}\n{}\n{}", ended.stdout, ended.stderr);
        ended
    }
}

/// Every row that a query gives, a line a row.
pub(crate) fn rows(connection: &Connection, query: &str) -> Vec<String> {
    let mut statement = connection.prepare(query).unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| {
        let values: Vec<String> =
            (0..columns).map(|column| row.get(column).map(shown)).collect::<Result<_, _>>()?;
        Ok(values.join("|"))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

fn shown(value: Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(value) => value.to_string(),
        Value::Real(value) => format!("{value:?}"),
        Value::Text(value) => value,
        Value::Blob(value) => format!("{value:?}"),
    }
}
