use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use schema_core::rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

/// A project in a folder of its own, with a `schema.toml`.
#[derive(Debug)]
pub(crate) struct Project {
    folder: TempDir,
    example: &'static str,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Project {
    /// An empty project with the usual settings.
    pub(crate) fn new() -> Self {
        let project = Self::of("embedded");
        project.write("schema.toml", "[app]\nurl = \"sqlite:app.db\"\nmigrations = \"migrations\"\n");
        project
    }

    /// An empty folder for an application of this name.
    pub(crate) fn of(example: &'static str) -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap(), example };
        fs::create_dir(project.path("migrations")).unwrap();
        project
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn open(&self, name: &str) -> Connection {
        Connection::open(self.path(name)).unwrap()
    }

    /// The application's `db` command, in this release of its models, without a terminal.
    pub(crate) fn command(&self, release: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(example(self.example));
        command
            .current_dir(self.folder.path())
            .arg("db")
            .args(arguments)
            .env("APP_RELEASE", release)
            .env("LC_ALL", "C.UTF-8")
            .env_remove("DATABASE_URL")
            .env_remove("APP_DATABASE_URL")
            .env_remove("TOME_DATABASE_URL")
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, release: &str, arguments: &[&str]) -> Ended {
        ended(&self.command(release, arguments).output().unwrap())
    }

    /// Runs a command that has to succeed.
    pub(crate) fn done(&self, release: &str, arguments: &[&str]) -> Ended {
        let ended = self.run(release, arguments);
        assert_eq!(ended.code, Some(0), "{arguments:?}\n{}\n{}", ended.stdout, ended.stderr);
        ended
    }

    /// Names and bytes of every file, to see that nothing was changed.
    pub(crate) fn bytes(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        collect(self.folder.path(), &mut files);
        files.sort();
        files
    }
}

pub(crate) fn ended(output: &Output) -> Ended {
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout.clone()).unwrap(),
        stderr: String::from_utf8(output.stderr.clone()).unwrap(),
    }
}

impl Ended {
    /// The one object of `--json`.
    pub(crate) fn json(&self) -> Value {
        let value: Value = serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}\nstdout: {}\nstderr: {}", self.stdout, self.stderr));
        assert_eq!(value["version"], 1);
        assert_eq!(value["exit"], self.code.unwrap_or(-1));
        assert_eq!(value["ok"], self.code == Some(0));
        for key in ["command", "ms", "data", "warnings", "error"] {
            assert!(value.get(key).is_some(), "no `{key}` in {value}");
        }
        value
    }
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // The index of a log is rebuilt by every reader, and holds no data.
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension() != Some(OsStr::new("db-shm")) {
            files.push((path.clone(), fs::read(path).unwrap()));
        }
    }
}

/// An example application, which `cargo test` builds beside the tests.
fn example(name: &str) -> PathBuf {
    let deps = std::env::current_exe().unwrap();
    let target = deps.ancestors().nth(2).unwrap();
    let example = target.join("examples").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    assert!(example.exists(), "cargo build -p schema-cli --example {name}");
    example
}
