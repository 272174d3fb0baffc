use std::fs;
use std::io::{Seek, SeekFrom, Write};

use schema_migrate::run::{MigrateOptions, RollbackOptions, Silent, Target, migrate, rollback};

use super::support::{LIBRARY, REBUILT, World, assert_told};

const NEVER_MADE: MigrateOptions<'static> = MigrateOptions {
    to: None,
    dry_run: false,
    rehearse: false,
    backup: true,
    create: false,
    anew: false,
    declared: None,
    strict_unique: false,
    accept_edited: &[],
    resolve: &[],
    preflight: false,
    skip: &[],
};

#[test]
fn a_missing_database_is_named_and_not_made() {
    let world = World::new();
    world.generate(LIBRARY);
    assert_told(&migrate(&world.target, &NEVER_MADE, &mut Silent).unwrap_err(), 7, "is not there");
    assert_told(
        &rollback(&world.target, &RollbackOptions::default(), &mut Silent).unwrap_err(),
        7,
        "is not there",
    );
    assert!(!world.target.database.exists() && !world.target.lock_file().exists());
    let elsewhere = Target::new(world.home.path().join("no/such/app.db"), world.folder());
    assert_told(
        &migrate(&elsewhere, &MigrateOptions::default(), &mut Silent).unwrap_err(),
        7,
        "cannot be made",
    );
}

#[test]
fn an_empty_file_is_named_or_filled() {
    let world = World::new();
    world.generate(LIBRARY);
    fs::write(&world.target.database, "").unwrap();
    assert_told(&migrate(&world.target, &NEVER_MADE, &mut Silent).unwrap_err(), 7, "is empty");
    assert_eq!(world.migrate().unwrap().revisions.len(), 1);
}

#[test]
fn a_folder_is_no_database() {
    let world = World::new();
    fs::create_dir(&world.target.database).unwrap();
    assert_told(&world.migrate().unwrap_err(), 7, "is a folder");
}

#[test]
fn an_encrypted_file_is_refused() {
    let world = World::new();
    world.generate(LIBRARY);
    let noise: Vec<u8> =
        (0..8192_u32).map(|number| number.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    fs::write(&world.target.database, &noise).unwrap();
    assert_told(&world.migrate().unwrap_err(), 7, "encrypted");
    assert_eq!(fs::read(&world.target.database).unwrap(), noise);
}

#[test]
fn a_corrupt_database_is_refused_before_anything_is_changed() {
    let world = World::library();
    world.generate(REBUILT);
    let size = fs::metadata(&world.target.database).unwrap().len();
    let mut file = fs::OpenOptions::new().write(true).open(&world.target.database).unwrap();
    // Every page but the first, which holds the schema.
    file.seek(SeekFrom::Start(4096)).unwrap();
    file.write_all(&vec![0xA5; usize::try_from(size - 4096).unwrap()]).unwrap();
    drop(file);
    let before = fs::read(&world.target.database).unwrap();
    assert_told(&world.migrate().unwrap_err(), 6, "damaged");
    assert_eq!(fs::read(&world.target.database).unwrap(), before);
}

#[test]
fn a_read_only_database_is_refused() {
    let world = World::library();
    world.generate(REBUILT);
    let mut permissions = fs::metadata(&world.target.database).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&world.target.database, permissions).unwrap();
    assert_told(&world.migrate().unwrap_err(), 7, "read-only");
}

#[test]
fn a_database_that_another_program_writes_to_is_left_alone() {
    let world = World::library();
    world.generate(REBUILT);
    let before = world.dump();
    let writer = world.connection();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_told(&world.migrate().unwrap_err(), 5, "");
    writer.execute_batch("ROLLBACK").unwrap();
    assert_eq!(world.dump(), before);
    assert_eq!(world.migrate().unwrap().revisions.len(), 1);
}

#[test]
fn a_second_runner_is_told_who_holds_the_lock() {
    let world = World::library();
    let lock = schema_migrate::run::Lock::take(&world.target.database, world.target.wait).unwrap();
    let error = world.migrate().unwrap_err();
    assert_told(&error, 5, "another program is migrating");
    assert!(error.reason().unwrap().contains(&format!("process {}", std::process::id())), "{error}");
    drop(lock);
    world.migrate().unwrap();
    assert!(world.target.lock_file().exists(), "the lock file stays");
}
