use std::{fs, process::Command};

use serde_json::Value;

use crate::{
    adopted::{ADOPTED, text},
    databases::{self, ALL},
};

#[test]
fn pulled_models_pass_clippy_with_every_warning_denied() {
    let checked = ADOPTED.cargo(&["clippy", "--offline", "--quiet", "--", "-D", "warnings"]);
    assert!(checked.status.success(), "{}", text(&checked));
}

#[test]
fn pulled_models_are_formatted() {
    for database in ALL {
        let root = ADOPTED.path(&format!("src/{}/mod.rs", database.name));
        let Ok(checked) = Command::new("rustfmt").args(["--check", "--edition", "2024"]).arg(root).output()
        else {
            println!("skipped: there is no rustfmt");
            return;
        };
        assert!(checked.status.success(), "{}: {}", database.name, text(&checked));
    }
}

#[test]
fn five_thousand_tables_are_pulled_into_folders_a_hundred_each() {
    let folder = tempfile::tempdir().unwrap();
    databases::run(&databases::many(5_000), &folder.path().join("many.db"));
    let out = folder.path().join("models").display().to_string();
    let url = folder.path().join("many.db").display().to_string();
    let pulled = schema(&["db-pull", "--url", &url, "--out", &out, "--json"]);
    assert_eq!(pulled["data"]["tables"], 5_000);
    assert_eq!(pulled["data"]["fallbacks"], Value::Array(Vec::new()));
    assert_eq!(fs::read_dir(folder.path().join("models/part_017")).unwrap().count(), 101);
    let last = fs::read_to_string(folder.path().join("models/part_050/table4999.rs")).unwrap();
    assert!(last.contains("#[column(references = super::super::Table4998)]"), "{last}");
}

#[test]
fn files_that_are_there_are_replaced_only_by_force() {
    let folder = tempfile::tempdir().unwrap();
    databases::build("drizzle", &folder.path().join("old.db"));
    let url = folder.path().join("old.db").display().to_string();
    let out = folder.path().join("models").display().to_string();
    let pull = |more: &[&str]| schema(&[&["db-pull", "--url", &url, "--out", &out, "--json"], more].concat());
    assert_eq!(pull(&["--dry-run"])["exit"], 0);
    assert!(!folder.path().join("models").exists());
    assert_eq!(pull(&[])["exit"], 0);
    let habit = folder.path().join("models/habit.rs");
    fs::write(&habit, "// mine\n").unwrap();
    let refused = pull(&[]);
    assert_eq!(refused["exit"], 2, "{refused:#}");
    assert_eq!(refused["error"]["state"], "nothing was written");
    assert_eq!(fs::read_to_string(&habit).unwrap(), "// mine\n");
    fs::write(folder.path().join("models/gone.rs"), "// of another database\n").unwrap();
    let replaced = pull(&["--force"]);
    assert_eq!(replaced["exit"], 0);
    let warning = "mod.rs does not name gone.rs: remove what is left of other models";
    assert_eq!(replaced["warnings"][0], warning, "{replaced:#}");
    assert!(fs::read_to_string(&habit).unwrap().contains("pub struct Habit"));
}

/// The binary without models.
fn schema(arguments: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_schema"));
    let output = command.args(arguments).env_remove("DATABASE_URL").output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{}", text(&output)))
}
