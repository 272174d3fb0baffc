use std::fs;

use crate::project::{Project, ended};

#[test]
fn a_project_without_settings_is_told_how_to_get_them() {
    let project = Project::new();
    fs::remove_file(project.path("schema.toml")).unwrap();
    let ended = project.run("1", &["status"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("there is no schema.toml"), "{}", ended.stderr);
    assert!(ended.stderr.contains("next:  embedded db init"), "{}", ended.stderr);
}

#[test]
fn an_unknown_key_is_refused_with_its_line() {
    let project = Project::new();
    project.write("schema.toml", "[app]\nurl = \"sqlite:app.db\"\nmigration = \"migrations\"\n");
    let json = project.run("1", &["status", "--json"]).json();
    assert_eq!(json["exit"], 2);
    assert!(json["error"]["place"].as_str().unwrap().ends_with("schema.toml:3"), "{json}");
    assert!(json["error"]["what"].as_str().unwrap().contains("`migration`"), "{json}");
}

#[test]
fn an_unknown_schema_is_refused_in_the_file_and_in_the_flag() {
    let project = Project::new();
    assert!(project.run("1", &["status", "--schema", "ap"]).stderr.contains("next:  --schema app"));
    project.write("schema.toml", "[ap]\nurl = \"sqlite:app.db\"\n");
    assert!(project.run("1", &["status"]).stderr.contains("did you mean `app`?"));
}

#[test]
fn two_schemas_without_a_default_are_a_question() {
    let project = Project::new();
    let ended = project.run("two", &["status"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("--schema app | archive"), "{}", ended.stderr);
}

#[test]
fn settings_are_found_from_a_folder_below() {
    let project = Project::new();
    project.done("1", &["generate", "initial"]);
    fs::create_dir_all(project.path("src/deep")).unwrap();
    let status = ended(
        &project.command("1", &["status", "--json"]).current_dir(project.path("src/deep")).output().unwrap(),
    );
    assert_eq!(status.json()["data"]["pending"].as_array().unwrap().len(), 1);
}

#[test]
fn the_flag_comes_before_the_environment_and_the_environment_before_the_file() {
    let project = Project::new();
    project.done("1", &["generate", "initial"]);
    let migrate = |variables: &[(&str, &str)], flags: &[&str]| {
        let mut command = project.command("1", &["migrate"]);
        let run = ended(&command.args(flags).envs(variables.iter().copied()).output().unwrap());
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    };
    migrate(&[], &[]);
    assert!(project.path("app.db").exists());
    migrate(&[("DATABASE_URL", "sqlite:plain.db")], &[]);
    assert!(project.path("plain.db").exists());
    migrate(&[("DATABASE_URL", "sqlite:no.db"), ("APP_DATABASE_URL", "own.db")], &[]);
    assert!(project.path("own.db").exists());
    migrate(&[("APP_DATABASE_URL", "no.db")], &["--url", "sqlite:flag.db"]);
    assert!(project.path("flag.db").exists() && !project.path("no.db").exists());
}

#[test]
fn the_plain_variable_speaks_for_the_default_schema_alone() {
    let project = Project::new();
    project.write("schema.toml", "default = \"app\"\n[app]\nurl = \"app.db\"\n[archive]\n");
    let mut command = project.command("two", &["status", "--schema", "archive"]);
    let status = ended(&command.env("DATABASE_URL", "sqlite:plain.db").output().unwrap());
    assert_eq!(status.code, Some(2), "{}", status.stdout);
    assert!(status.stderr.contains("no database is named for `archive`"), "{}", status.stderr);
}
