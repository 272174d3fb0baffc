//! Files and folders that the user may not read or write.
#![cfg(unix)]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
};

use schema_core::Db;
use support::{Library, books, child, filled_file, folder, path_of_child};

/// Runs `opens_the_file` as a user who owns nothing; says what it printed.
fn opened_by_a_stranger(folder: &Path, path: &Path) -> String {
    use std::os::unix::{fs::PermissionsExt, process::CommandExt};
    // Where the tests are built need not be readable for others.
    let program = folder.join("program");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = child(&program, "opens_the_file", path);
    // Root may do anything; other users are bound by the permissions themselves.
    if text_of("id", "-u") == "0" {
        command.uid(65534).gid(65534);
    }
    let output = command.output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn text_of(program: &str, argument: &str) -> String {
    let output = std::process::Command::new(program).arg(argument).output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A folder that everybody may enter, with a folder in it for the database.
fn shared_folder() -> (tempfile::TempDir, PathBuf) {
    let folder = folder();
    set_mode(folder.path(), 0o755);
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    set_mode(&data, 0o777);
    (folder, data)
}

#[test]
#[ignore = "run as another user by the tests of permissions"]
fn opens_the_file() {
    let path = path_of_child();
    match Db::<Library>::open(&path) {
        Ok(_) => println!("opened"),
        Err(error) => println!("refused (read-only: {}): {error}", error.is_read_only()),
    }
    match Db::<Library>::options().read_only(true).open(&path) {
        Ok(db) => println!("opened read-only, {} books", books(&db)),
        Err(error) => println!("refused read-only: {error}"),
    }
}

#[test]
fn a_file_that_may_only_be_read_can_be_opened_read_only() {
    let (folder, data) = shared_folder();
    let path = data.join("library.db");
    fs::rename(filled_file(&folder), &path).unwrap();
    set_mode(&path, 0o444);
    let said = opened_by_a_stranger(folder.path(), &path);
    assert!(said.contains("refused (read-only: true)"), "{said}");
    assert!(
        said.contains("library.db: the file may not be written by this user; nothing was changed"),
        "{said}"
    );
    assert!(said.contains("OpenOptions::read_only(true)"), "{said}");
    assert!(said.contains("opened read-only, 500 books"), "{said}");
}

#[test]
fn a_file_that_may_not_be_read_is_told() {
    let (folder, data) = shared_folder();
    let path = data.join("library.db");
    fs::rename(filled_file(&folder), &path).unwrap();
    set_mode(&path, 0o000);
    let said = opened_by_a_stranger(folder.path(), &path);
    assert!(said.contains("refused (read-only: false)"), "{said}");
    assert!(said.contains("cannot be opened") && said.contains("check the permissions"), "{said}");
    assert!(said.contains("refused read-only"), "{said}");
}

#[test]
fn a_folder_that_may_not_be_written_is_told() {
    let (folder, data) = shared_folder();
    set_mode(&data, 0o555);
    let said = opened_by_a_stranger(folder.path(), &data.join("library.db"));
    assert!(said.contains("refused (read-only: false)"), "{said}");
    assert!(said.contains("check the permissions of the file and of its folder"), "{said}");
    assert!(said.contains("nothing was changed"), "{said}");
    set_mode(&data, 0o755);
}

#[test]
fn a_write_ahead_log_in_a_folder_that_may_not_be_written_is_told() {
    let (folder, data) = shared_folder();
    let path = data.join("library.db");
    fs::rename(filled_file(&folder), &path).unwrap();
    Db::<Library>::open(&path).unwrap().close().unwrap();
    set_mode(&path, 0o444);
    set_mode(&data, 0o555);
    let said = opened_by_a_stranger(folder.path(), &path);
    assert!(said.contains("refused read-only"), "{said}");
    assert!(said.contains("its folder must be writable"), "{said}");
    set_mode(&data, 0o755);
}
