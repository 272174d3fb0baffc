use std::{fs, path::PathBuf};

use crate::{migrate::filled, project::Project};

/// The packed files of the primary folder, oldest first.
pub(crate) fn packed(project: &Project) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(project.path("backups")) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "gz"));
    files.sort();
    files
}

fn flip(path: &PathBuf) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn settings(project: &Project, more: &str) {
    project.write(
        "schema.toml",
        &format!("[app]\nurl = \"sqlite:app.db\"\nmigrations = \"migrations\"\n{more}\n"),
    );
}

#[test]
fn a_backup_is_taken_told_and_listed() {
    let project = filled();
    let said = project.done("1", &["backup", "--note", "before the fair"]).stdout;
    for line in [
        "Backup     backups/app_2",
        "verified",
        "Holds      2,501 rows in 3 tables, at 2",
        "Next       embedded db restore app_2",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    let json = project.done("1", &["backup", "--pin", "--json"]).json();
    assert_eq!(json["data"]["manifest"]["tables"]["orders"], 2000);
    assert_eq!(json["data"]["manifest"]["pinned"], true);
    let list = project.done("1", &["list-backups"]).stdout;
    assert_eq!(list.matches("ok today").count(), 2, "{list}");
    for text in ["taken (UTC)", "kept for", "pinned, newest good, last 10", "manual", "2: before the fair"] {
        assert!(list.contains(text), "{text}\n{list}");
    }
    let json = project.done("1", &["list-backups", "--json"]).json();
    let listed = json["data"]["backups"].as_array().unwrap();
    assert_eq!((listed.len(), &listed[1]["manifest"]["note"]), (2, &"before the fair".into()));
    assert_eq!(listed[0]["copies"][0]["state"], "good");
}

#[test]
fn without_settings_backups_stand_beside_the_database() {
    let project = filled();
    project.write("schema.toml", "[app]\nurl = \"sqlite:data/app.db\"\nmigrations = \"migrations\"\n");
    fs::create_dir(project.path("data")).unwrap();
    fs::rename(project.path("app.db"), project.path("data/app.db")).unwrap();
    project.done("1", &["backup"]);
    assert_eq!(fs::read_dir(project.path("data/backups")).unwrap().count(), 2);
}

#[test]
fn a_bad_backup_is_found_exits_with_6_and_stays_bad_in_the_list() {
    let project = filled();
    settings(&project, "backups = { primary = \"backups\", secondary = \"second\" }");
    let said = project.done("1", &["backup"]).stdout;
    assert!(said.contains("verified in both places"), "{said}");
    let verified = project.done("1", &["verify-backup"]).stdout;
    assert_eq!(verified.matches("Good  ").count(), 2, "{verified}");
    flip(&packed(&project)[0]);
    let found = project.run("1", &["verify-backup", "--all"]);
    assert_eq!(found.code, Some(6));
    assert!(found.stdout.contains("BAD "), "{}", found.stdout);
    assert!(found.stdout.contains("the secondary copy is good"), "{}", found.stdout);
    let json = project.run("1", &["verify-backup", "1", "--json"]).json();
    assert_eq!(json["data"]["backups"][0]["copies"][0]["good"], false);
    assert_eq!(json["data"]["backups"][0]["copies"][1]["good"], true);
    let list = project.run("1", &["list-backups"]);
    assert_eq!(list.code, Some(3));
    assert!(list.stdout.contains("BAD ") && list.stdout.contains("<- use secondary"), "{}", list.stdout);
}

#[test]
fn a_second_place_that_is_missing_is_a_loud_warning() {
    let project = filled();
    project.write("unmounted", "");
    settings(&project, "backups = { primary = \"backups\", secondary = \"unmounted/second\" }");
    let done = project.done("1", &["backup"]);
    assert!(done.stderr.contains("warning: THE SECOND COPY FAILED"), "{}", done.stderr);
    assert_eq!(packed(&project).len(), 1);
}

#[test]
fn the_last_so_many_are_kept_and_a_dry_run_says_which_would_go() {
    let project = filled();
    settings(&project, "keep = { last = 2, pre_migrate = 1 }");
    project.done("1", &["backup"]);
    project.done("1", &["backup"]);
    let before = project.bytes();
    let dry = project.done("1", &["backup", "--dry-run"]).stdout;
    assert!(dry.contains("Would go   to backups"), "{dry}");
    assert_eq!(dry.matches("would be removed: no rule keeps it").count(), 1, "{dry}");
    assert_eq!(dry.matches("last 2").count(), 1, "{dry}");
    assert_eq!(project.bytes(), before);
    let json = project.done("1", &["backup", "--json"]).json();
    assert_eq!(json["data"]["removed"].as_array().unwrap().len(), 1);
    assert_eq!(packed(&project).len(), 2);
    // Those before migrations are counted apart.
    for (release, call) in [
        ("2", &["generate", "a", "--rename", "users.name:users.full_name"][..]),
        ("2", &["migrate"]),
        ("2", &["rollback"]),
    ] {
        project.done(release, call);
    }
    assert_eq!(packed(&project).len(), 3);
}

#[test]
fn nothing_to_verify_or_to_list_is_said_with_the_next_command() {
    let project = filled();
    let listed = project.done("1", &["list-backups"]).stdout;
    assert!(listed.contains("no backups of app.db") && listed.contains("embedded db backup"), "{listed}");
    let verified = project.run("1", &["verify-backup"]);
    assert_eq!(verified.code, Some(7));
    assert!(verified.stderr.contains("next:  embedded db backup"), "{}", verified.stderr);
    project.done("1", &["backup"]);
    let unknown = project.run("1", &["verify-backup", "nobody"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.stderr.contains("there is no backup `nobody`"), "{}", unknown.stderr);
}

#[test]
fn a_database_that_is_not_there_gets_no_backup() {
    let project = Project::new();
    let ended = project.run("1", &["backup"]);
    assert_eq!(ended.code, Some(7), "{}", ended.stderr);
    assert!(!project.path("backups").exists());
}

#[test]
fn the_list_says_of_one_that_goes_next_that_it_is_still_there() {
    let project = filled();
    project.done("1", &["backup"]);
    project.done("1", &["backup"]);
    settings(&project, "keep = { last = 1 }");
    let list = project.done("1", &["list-backups"]).stdout;
    assert!(list.contains("no rule: goes with the next backup"), "{list}");
    assert!(!list.contains("REMOVED"), "{list}");
}

#[test]
fn a_backup_that_was_never_finished_is_told_and_goes_after_a_day() {
    let project = filled();
    project.done("1", &["backup"]);
    let whole = packed(&project).remove(0);
    let name = whole.file_name().unwrap().to_str().unwrap().replace(".db.gz", "");
    let manifest = fs::read_to_string(project.path(&format!("backups/{name}.json"))).unwrap();
    let begun: serde_json::Value = {
        let mut manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        manifest["checked"] = serde_json::Value::Null;
        manifest
    };
    // As a program leaves it that is killed before it has read its backup back, and two files of people.
    for (id, has_manifest) in
        [("app_20200101T000000Z", true), ("app_20990101T000000Z", true), ("app_20200102T000000Z", false)]
    {
        fs::copy(&whole, project.path(&format!("backups/{id}.db.gz"))).unwrap();
        if has_manifest {
            project.write(&format!("backups/{id}.json"), &begun.to_string());
        }
    }
    let list = project.done("1", &["list-backups"]).stdout;
    assert_eq!((list.matches("not finished").count(), list.matches("no manifest").count()), (2, 1), "{list}");
    project.done("1", &["backup"]);
    let left: Vec<String> = packed(&project)
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .filter(|name| name.contains("_2020") || name.contains("_2099"))
        .collect();
    assert_eq!(left, ["app_20200102T000000Z.db.gz", "app_20990101T000000Z.db.gz"]);
    assert!(!project.path("backups/app_20200101T000000Z.json").exists());
}
