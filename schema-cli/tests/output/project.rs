//! The projects in which cases begin.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::OnceLock,
};

use schema_core::rusqlite::Connection;
use tempfile::TempDir;

const SETTINGS: &str =
    "[app]\nurl = \"sqlite:app.db\"\nmigrations = \"migrations\"\nbackups = { primary = \"backups\" }\n";

const ROWS: &str = "
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
    INSERT INTO users SELECT i, 'name ' || i, i % 90 FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
    INSERT INTO orders SELECT i, 1 + i % 500, i * 10 FROM n;";

const OLD: &str = "
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9)
    INSERT INTO backups (id, name, created_at)
    SELECT i, 'backup ' || i, iif(i < 7, '2020-01-0' || i || ' 12:00:00', '9999-01-01 00:00:00') FROM n;
    INSERT INTO messages (id, backup_id) SELECT id, id FROM backups;
    INSERT INTO notes (id, backup_id) VALUES (1, 1), (2, NULL), (3, 9);
    INSERT INTO sessions (id, label, seen_at) VALUES (1, 'a', 1700000000);
    INSERT INTO books (id, created_at) VALUES (1, '2020-01-01 00:00:00');";

/// What follows the filled project's own migration.
const PENDING: &str = "\
-- revision: 20990101000000_totals
-- parents:  PARENT

-- migrate:up
CREATE INDEX orders_total ON orders(total_cents);
UPDATE users SET age = age + 1 WHERE age < 10;

-- migrate:down
UPDATE users SET age = age - 1 WHERE age <= 10;
DROP INDEX orders_total;
";

/// A folder in which the lines of one case run.
#[derive(Debug)]
pub(crate) struct Project(TempDir);

impl Project {
    /// A copy of one of these:
    ///
    /// * `nothing`: an empty folder
    /// * `empty`: settings, an empty `migrations` and no database
    /// * `filled`: the first release is applied; 500 users, 2,000 orders
    /// * `old`: an application whose rows grow old (`APP_RELEASE=care`); 6 of its 9 backups are
    /// * `pending`: the filled one and a migration that is not applied
    pub(crate) fn named(name: &str) -> Self {
        static TEMPLATES: OnceLock<TempDir> = OnceLock::new();
        let templates = TEMPLATES.get_or_init(templates);
        let project = Self(tempfile::tempdir().unwrap());
        let template = templates.path().join(name);
        assert!(template.is_dir(), "there is no project `{name}`");
        copy(&template, project.path());
        project
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs a line of a case.
    pub(crate) fn run(&self, line: &str) -> Output {
        if let Some(rest) = line.strip_prefix("sql ") {
            let (file, statements) = rest.split_once(char::is_whitespace).expect("sql FILE STATEMENTS");
            Connection::open(self.path().join(file)).unwrap().execute_batch(statements).unwrap();
            return Command::new("true").output().unwrap();
        }
        shell(self.path(), line).output().unwrap()
    }
}

fn shell(folder: &Path, line: &str) -> Command {
    let programs = examples();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new("sh");
    command
        .args(["-c", line])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", programs.display()))
        .env("LC_ALL", "C.UTF-8")
        .env("COLUMNS", "100")
        .env_remove("APP_RELEASE")
        .env_remove("DATABASE_URL")
        .env_remove("APP_DATABASE_URL")
        .stdin(Stdio::null());
    command
}

/// Made once for all cases: a copy is faster.
fn templates() -> TempDir {
    let templates = tempfile::tempdir().unwrap();
    let folder = |name: &str| templates.path().join(name);
    fs::create_dir(folder("nothing")).unwrap();
    fs::create_dir_all(folder("empty").join("migrations")).unwrap();
    fs::write(folder("empty").join("schema.toml"), SETTINGS).unwrap();

    copy(&folder("empty"), &folder("filled"));
    for line in ["embedded db generate initial", "embedded db migrate"] {
        let output = shell(&folder("filled"), line).output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Connection::open(folder("filled").join("app.db")).unwrap().execute_batch(ROWS).unwrap();

    copy(&folder("empty"), &folder("old"));
    for line in ["embedded db generate initial", "embedded db migrate"] {
        let output = shell(&folder("old"), line).env("APP_RELEASE", "care").output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Connection::open(folder("old").join("app.db")).unwrap().execute_batch(OLD).unwrap();

    copy(&folder("filled"), &folder("pending"));
    let migrations = folder("pending").join("migrations");
    let parent = fs::read_dir(&migrations).unwrap().next().unwrap().unwrap().path();
    let parent = parent.file_stem().unwrap().to_str().unwrap();
    fs::write(migrations.join("20990101000000_totals.sql"), PENDING.replace("PARENT", parent)).unwrap();
    templates
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// Where cargo puts the examples that it builds beside the tests.
fn examples() -> PathBuf {
    let deps = std::env::current_exe().unwrap();
    let examples = deps.ancestors().nth(2).unwrap().join("examples");
    assert!(examples.join("embedded").exists(), "cargo build -p schema-cli --example embedded");
    examples
}
