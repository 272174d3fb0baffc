//! Databases whose files have the same name, and their backups in one folder.

use std::fs;

use super::backup::packed;
use crate::{migrate::filled, project::Project};

/// `a/x.db` with 2000 orders and `b/x.db` with 10, a folder of backups for both.
fn twins() -> Project {
    let project = filled();
    for folder in ["a", "b"] {
        fs::create_dir(project.path(folder)).unwrap();
        fs::copy(project.path("app.db"), project.path(&format!("{folder}/x.db"))).unwrap();
    }
    project.open("b/x.db").execute_batch("DELETE FROM orders WHERE id > 10").unwrap();
    project
}

fn orders(project: &Project, name: &str) -> i64 {
    project.open(name).query_row("SELECT count(*) FROM orders", [], |row| row.get(0)).unwrap()
}

fn id_of(project: &Project, url: &str) -> String {
    let json = project.done("1", &["backup", "--url", url, "--json"]).json();
    json["data"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_database_has_its_own_backups_whatever_others_are_named() {
    let project = twins();
    let id = id_of(&project, "sqlite:a/x.db");
    let listed = project.done("1", &["list-backups", "--url", "sqlite:b/x.db"]).stdout;
    let a = project.path("a/x.db").canonicalize().unwrap();
    for text in ["no backups of b/x.db", &format!("Others     1 backup of {}", a.display())] {
        assert!(listed.contains(text), "{text}\n{listed}");
    }
    let json = project.done("1", &["list-backups", "--url", "sqlite:b/x.db", "--json"]).json();
    assert_eq!(json["data"]["backups"].as_array().unwrap().len(), 0);
    assert_eq!(json["data"]["others"][0]["id"], id.as_str());
    assert_eq!(json["data"]["others"][0]["database"], a.to_str().unwrap());

    // Neither its number nor the newest one is anything of the other database.
    let before = project.bytes();
    let numbered = project.run("1", &["restore", "1", "--url", "sqlite:b/x.db", "--yes"]);
    assert_eq!(numbered.code, Some(2), "{}", numbered.stderr);
    let named = project.run("1", &["restore", &id, "--url", "sqlite:b/x.db", "--yes"]);
    assert_eq!(named.code, Some(4), "{}", named.stderr);
    assert!(named.stderr.contains("is a backup of another database"), "{}", named.stderr);
    assert!(named.stderr.contains("--other-database"), "{}", named.stderr);
    assert_eq!(project.bytes(), before);

    // It is taken where somebody means it, and said.
    let meant = project.done("1", &["restore", &id, "--url", "sqlite:b/x.db", "--yes", "--other-database"]);
    let warning = format!("warning: this is a backup of another database, {}", a.display());
    assert!(meant.stderr.contains(&warning), "{}", meant.stderr);
    assert_eq!(orders(&project, "b/x.db"), 2000);
}

#[test]
fn the_backups_of_one_database_push_none_of_another_out() {
    let project = twins();
    project.write(
        "schema.toml",
        "[app]\nurl = \"sqlite:app.db\"\nmigrations = \"migrations\"\nbackups = { primary = \"backups\" }\nkeep = { last = 1 }\n",
    );
    let first = id_of(&project, "sqlite:a/x.db");
    for _ in 0..3 {
        id_of(&project, "sqlite:b/x.db");
    }
    assert_eq!(packed(&project).len(), 2, "one of each");
    let json = project.done("1", &["list-backups", "--url", "sqlite:a/x.db", "--json"]).json();
    assert_eq!(json["data"]["backups"][0]["id"], first.as_str());
    assert_eq!(json["data"]["backups"].as_array().unwrap().len(), 1);
}

#[test]
fn a_second_place_that_two_databases_share_mixes_nothing_up() {
    let project = twins();
    let settings = "[app]\nurl = \"sqlite:app.db\"\nmigrations = \"migrations\"\nbackups = { primary = \"PLACE\", secondary = \"second\" }\n";
    let mut ids = Vec::new();
    for (place, url) in [("one", "sqlite:a/x.db"), ("two", "sqlite:b/x.db")] {
        project.write("schema.toml", &settings.replace("PLACE", place));
        ids.push(id_of(&project, url));
    }
    // Both are named by the second; the copy in the shared place is never taken for the other's.
    project.write("schema.toml", &settings.replace("PLACE", "one"));
    let json = project.done("1", &["list-backups", "--url", "sqlite:a/x.db", "--json"]).json();
    assert_eq!(json["data"]["backups"].as_array().unwrap().len(), 1, "{json}");
    assert_eq!(json["data"]["backups"][0]["copies"].as_array().unwrap().len(), 2, "{json}");
    let bad = project.path(&format!("one/{}.db.gz", ids[0]));
    let bytes = fs::read(&bad).unwrap();
    fs::write(&bad, &bytes[..bytes.len() - 9]).unwrap();
    project.open("a/x.db").execute_batch("DELETE FROM orders").unwrap();
    project.done("1", &["restore", "1", "--url", "sqlite:a/x.db", "--yes"]);
    assert_eq!(orders(&project, "a/x.db"), 2000);
}

#[test]
fn a_database_that_moves_with_its_backups_keeps_them_and_one_that_moves_alone_is_asked() {
    let project = filled();
    project.write("schema.toml", "[app]\nurl = \"sqlite:data/app.db\"\nmigrations = \"migrations\"\n");
    fs::create_dir(project.path("data")).unwrap();
    fs::rename(project.path("app.db"), project.path("data/app.db")).unwrap();
    let id = id_of(&project, "sqlite:data/app.db");
    fs::rename(project.path("data"), project.path("moved")).unwrap();
    let moved = ["--url", "sqlite:moved/app.db"];
    project.open("moved/app.db").execute_batch("DELETE FROM orders").unwrap();
    project.done("1", &[&["restore", "1", "--yes"][..], &moved].concat());
    assert_eq!(orders(&project, "moved/app.db"), 2000);

    // The database alone goes elsewhere, and its settings with it: its old backups are taken by name.
    fs::create_dir(project.path("alone")).unwrap();
    fs::rename(project.path("moved/app.db"), project.path("alone/app.db")).unwrap();
    project.write(
        "schema.toml",
        "[app]\nurl = \"sqlite:alone/app.db\"\nmigrations = \"migrations\"\nbackups = { primary = \"moved/backups\" }\n",
    );
    let asked = project.run("1", &["restore", &id, "--yes"]);
    assert_eq!(asked.code, Some(4), "{}", asked.stderr);
    project.done("1", &["restore", &id, "--yes", "--other-database"]);
    project.done("1", &["verify-backup", &id]);
}

#[test]
fn a_file_of_another_machine_is_restored_by_its_name_with_a_warning() {
    let project = twins();
    let id = id_of(&project, "sqlite:a/x.db");
    let file = format!("backups/{id}.db.gz");
    let done = project.done("1", &["restore", &file, "--url", "sqlite:new/x.db", "--yes"]);
    assert!(done.stderr.contains("warning: this is a backup of another database"), "{}", done.stderr);
    assert_eq!(orders(&project, "new/x.db"), 2000);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_database_has_the_same_backups() {
    let project = twins();
    id_of(&project, "sqlite:a/x.db");
    fs::create_dir(project.path("c")).unwrap();
    std::os::unix::fs::symlink(project.path("a/x.db"), project.path("c/x.db")).unwrap();
    assert!(project.done("1", &["list-backups", "--url", "sqlite:c/x.db"]).stdout.contains("ok today"));
}
