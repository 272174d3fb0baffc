use crate::project::Project;

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
