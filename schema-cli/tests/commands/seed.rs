use crate::project::Project;

/// A migrated database without rows.
pub(crate) fn migrated() -> Project {
    let project = Project::new();
    project.done("1", &["generate", "first"]);
    project.done("1", &["migrate"]);
    project
}

fn users(project: &Project) -> i64 {
    project.open("app.db").query_row("SELECT count(*) FROM users", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_seed_fills_the_database_and_running_it_again_gives_the_same_rows() {
    let project = migrated();
    let dry = project.done("1", &["seed", "--dry-run", "--json"]).json();
    assert_eq!(dry["data"]["seeded"][0]["after"], 3);
    assert_eq!(users(&project), 0, "a dry run is taken back");

    let said = project.done("1", &["seed"]).stdout;
    assert!(said.contains("users") && said.contains("+ 3 rows"), "{said}");
    let again = project.done("1", &["seed", "--json"]).json();
    assert_eq!(again["data"]["seeded"][0]["before"], 3);
    assert_eq!(again["data"]["seeded"][0]["after"], 3);
    assert_eq!(users(&project), 3);
}

#[test]
fn a_seed_that_fails_leaves_nothing_behind() {
    let project = migrated();
    let output = project.command("1", &["seed"]).env("SEED_FAILS", "out of ideas").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("out of ideas") && said.contains("nothing was changed"), "{said}");
    assert_eq!(users(&project), 0);
}

#[test]
fn a_seed_that_ends_its_transaction_leaves_nothing_behind_also_when_it_is_tried() {
    let rows = "INSERT INTO users (id, name) VALUES (90, 'late')";
    for sql in ["COMMIT", "ROLLBACK", &format!("COMMIT; BEGIN; {rows}"), &format!("ROLLBACK; BEGIN; {rows}")]
        .map(str::to_owned)
        .into_iter()
        .chain([format!("ROLLBACK; {rows}"), format!("ROLLBACK; BEGIN; {rows}; COMMIT")])
    {
        for (variable, arguments) in
            [("SEED_RUNS", &["seed"][..]), ("SEED_TRIES", &["seed"]), ("SEED_TRIES", &["seed", "--dry-run"])]
        {
            let project = migrated();
            let output = project.command("1", arguments).env(variable, &sql).output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(1), "{variable}={sql}\n{said}");
            assert!(said.contains("COMMIT or ROLLBACK"), "{variable}={sql}\n{said}");
            assert!(said.contains("nothing was changed"), "{variable}={sql}\n{said}");
            assert_eq!(users(&project), 0, "{variable}={sql}");
            project.done("1", &["seed"]);
            assert_eq!(users(&project), 3);
        }
    }
}

#[test]
fn a_seed_that_panics_is_a_failure_like_any_other() {
    let project = migrated();
    let output = project.command("1", &["seed", "--json"]).env("SEED_FAILS", "panic").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["error"]["what"], "the seed panicked");
    assert_eq!(json["error"]["why"], "no rows today");
    assert_eq!(users(&project), 0);
}

#[test]
fn a_seed_that_names_what_is_not_there_is_not_told_to_migrate() {
    let project = migrated();
    let output = project.command("1", &["seed"]).env("SEED_RUNS", "DELETE FROM genres").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("no such table: genres") && said.contains("no migration is pending"), "{said}");
    assert!(!said.contains("behind its models") && !said.contains("db migrate"), "{said}");
}

#[test]
fn a_seed_waits_for_pending_migrations_and_for_a_function() {
    let project = Project::new();
    project.done("1", &["generate", "first"]);
    let pending = project.run("1", &["seed"]);
    assert_eq!(pending.code, Some(7), "{}", pending.stderr);
    assert!(pending.stderr.contains("embedded db migrate"), "{}", pending.stderr);
    let none = project.run("3", &["seed"]);
    assert_eq!(none.code, Some(2));
    assert!(none.stderr.contains("no seed function is registered for `app`"), "{}", none.stderr);
}

#[test]
fn every_command_for_development_is_refused_in_production_and_no_flag_permits_it() {
    let project = migrated();
    project.done("1", &["seed"]);
    project.write(
        "schema.toml",
        "[app]\nurl = \"sqlite:app.db\"\nmigrations = \"migrations\"\nproduction = true\n",
    );
    let all: [&[&str]; 6] = [
        &["seed"],
        &["clear", "users", "--yes", "--allow-data-loss", "all"],
        &["clear", "--all", "--dry-run"],
        &["reset", "--yes", "--allow-data-loss", "all", "--no-backup"],
        &["refresh", "--yes", "--allow-data-loss", "all"],
        &["reset", "--allow-data-loss", "all", "--url", "other.db"],
    ];
    for arguments in all {
        let refused = project.run("1", arguments);
        assert_eq!(refused.code, Some(2), "{arguments:?} {}", refused.stdout);
        assert!(refused.stderr.contains("is refused in production"), "{}", refused.stderr);
    }
    assert_eq!(users(&project), 3);
}
