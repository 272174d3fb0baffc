use std::process::{Command, Stdio};

use crate::project::{Project, ended};

#[test]
fn an_unknown_command_is_a_usage_error_that_names_the_nearest() {
    let project = Project::new();
    let ended = project.run("1", &["migrat"]);
    assert_eq!(ended.code, Some(2));
    assert_eq!(ended.stdout, "");
    assert_eq!(
        ended.stderr,
        "error: there is no command `embedded db migrat`\n  state: nothing was changed\n  \
         next:  embedded db migrate\n         embedded db help (lists them)\n"
    );
    let json = project.run("1", &["migrat", "--json"]).json();
    assert_eq!(json["command"], "db-migrat");
    assert_eq!(json["error"]["next"][0], "embedded db migrate");
}

#[test]
fn an_unknown_flag_is_a_usage_error_also_as_json() {
    let project = Project::new();
    let ended = project.run("1", &["status", "--nope"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("--nope") && ended.stderr.contains("next:  embedded db status --help"));
    let json = project.run("1", &["status", "--nope", "--json"]).json();
    assert_eq!(json["exit"], 2);
    assert_eq!(json["error"]["state"], "nothing was changed");
}

#[test]
fn every_command_has_a_help_text_with_an_example() {
    let project = Project::new();
    for command in ["generate", "migrate", "rollback", "status", "check", "diff", "init"] {
        let help = project.done("1", &[command, "--help"]).stdout;
        assert!(help.contains(&format!("Usage: embedded db {command}")), "{help}");
        assert!(
            help.contains("--json") && help.contains(&format!("Example:\n  embedded db {command}")),
            "{help}"
        );
        assert!(project.done("1", &["help"]).stdout.contains(&format!("embedded db {command} ")));
    }
}

#[test]
fn a_command_may_carry_the_prefix_that_it_has_in_an_xtask() {
    let project = Project::new();
    assert_eq!(
        project.done("1", &["db-status", "--help"]).stdout,
        project.done("1", &["status", "--help"]).stdout
    );
}

#[test]
fn without_a_command_the_commands_are_listed() {
    let ended = Project::new().run("1", &[]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stdout.contains("embedded db generate"));
}

#[test]
fn output_is_ascii_where_the_locale_is_not_utf_8_and_has_no_colour_without_a_terminal() {
    let project = Project::new();
    let run = |locale: &str, arguments: &[&str]| {
        ended(&project.command("1", arguments).env("LC_ALL", locale).output().unwrap())
    };
    let check = ["check", "--url", "b\u{fc}cher.db"];
    let plain = run("C", &check);
    assert!(plain.stderr.is_ascii() && plain.stderr.contains("b\\u{fc}cher.db"), "{}", plain.stderr);
    let whole = run("de_DE.UTF-8", &check);
    assert!(whole.stderr.contains("b\u{fc}cher.db") && !whole.stderr.contains('\u{1b}'), "{}", whole.stderr);
    let json = run("C", &["check", "--url", "b\u{fc}cher.db", "--json"]);
    assert!(json.stdout.is_ascii());
    assert!(json.json()["error"]["what"].as_str().unwrap().contains("b\u{fc}cher.db"), "{}", json.stdout);
}

#[test]
fn quiet_leaves_results_and_errors_and_verbose_adds_the_statements() {
    let project = Project::new();
    let quiet = project.done("1", &["generate", "initial", "-q"]).stdout;
    assert!(quiet.contains("create table") && !quiet.contains("Compared"), "{quiet}");
    let verbose = project.done("1", &["migrate", "-v"]).stdout;
    assert!(verbose.contains("CREATE TABLE"), "{verbose}");
    assert!(project.done("1", &["status", "-q"]).stdout.starts_with("Done "));
    assert_eq!(project.run("1", &["status", "-q", "-v"]).code, Some(2));
}

#[test]
fn the_binary_without_models_compares_databases_and_says_what_it_lacks() {
    let project = Project::new();
    project.open("a.db").execute_batch("CREATE TABLE t(x)").unwrap();
    project.open("b.db").execute_batch("CREATE TABLE t(x)").unwrap();
    let schema = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_schema"));
        ended(&command.current_dir(project.path(".")).args(arguments).stdin(Stdio::null()).output().unwrap())
    };
    let same = schema(&["db-diff", "--from", "a.db", "--to", "b.db"]);
    assert_eq!(same.code, Some(0), "{}", same.stderr);
    std::fs::write(project.path("schema.toml"), "").unwrap();
    let lacking = schema(&["db-status"]);
    assert_eq!(lacking.code, Some(2));
    assert!(lacking.stderr.contains("no schemas registered"), "{}", lacking.stderr);
    assert!(schema(&["help"]).stdout.contains("schema db-init"));
}
