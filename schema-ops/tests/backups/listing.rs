use std::fs;

use schema_ops::backup::{Manifest, Reason, Request, Standing, find, list, look, take};
use schema_ops::retention::{Policy, prune};

use super::support::{World, names};

fn listed(world: &World) -> Vec<schema_ops::backup::Backup> {
    list(&world.places, &world.database()).backups
}

#[test]
fn the_newest_is_first_and_other_databases_and_files_are_left_out() {
    let world = World::library();
    let taken: Vec<String> = (0..3).map(|_| world.take().name.to_string()).collect();
    let other = world.home.path().join("other.db");
    world.open().execute_batch(&format!("VACUUM INTO '{}'", other.display())).unwrap();
    let connection = schema_core::rusqlite::Connection::open(&other).unwrap();
    take(&connection, &Request::new(&other, &world.places, Reason::Manual), &mut |_| Ok(())).unwrap();
    fs::write(world.places.primary.join("notes.txt"), "mine").unwrap();
    let found: Vec<String> = listed(&world).iter().map(|backup| backup.name.to_string()).collect();
    assert_eq!(found, taken.into_iter().rev().collect::<Vec<_>>());
}

#[test]
fn a_backup_is_found_by_number_id_file_name_and_the_only_beginning_that_fits() {
    let world = World::library();
    let ids: Vec<String> = (0..2).map(|_| world.take().name.to_string()).collect();
    let backups = listed(&world);
    let found = |wanted: &str| find(&backups, wanted).map(|backup| backup.name.to_string());
    assert_eq!(found("1").unwrap(), ids[1]);
    assert_eq!(found("2").unwrap(), ids[0]);
    for wanted in [ids[0].clone(), format!("{}.db.gz", ids[0]), format!("{}.json", ids[0])] {
        assert_eq!(found(&wanted).unwrap(), ids[0], "{wanted}");
    }
    let only = |backups: &[schema_ops::backup::Backup], wanted: &str| {
        find(backups, wanted).map(|found| found.name.to_string())
    };
    assert_eq!(only(&backups[..1], "tome_20").unwrap(), ids[1]);
    assert_eq!(only(&backups[..1], &ids[1]["tome_".len().."tome_20251127T".len()]).unwrap(), ids[1]);
    assert!(found("tome_2").unwrap_err().to_string().contains("means 2 backups"));
    for wanted in ["3", "0", "", "nobody", "tome_20000101T000000Z"] {
        let error = found(wanted).unwrap_err();
        assert!(error.to_string().contains("there is no backup"), "{error}");
        assert!(error.to_string().contains(&ids[1]), "{error}");
    }
}

#[test]
fn a_bad_copy_is_told_and_written_down_and_the_second_one_is_good() {
    let mut world = World::library();
    world.places.secondary = Some(world.home.path().join("second"));
    let taken = world.take();
    let mut bytes = fs::read(&taken.path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    fs::write(&taken.path, bytes).unwrap();
    // Seen only when it is read.
    let backup = listed(&world).remove(0);
    assert!(backup.copies.iter().all(|copy| matches!(copy.standing(), Standing::Good(_))));
    let looks = look(&backup, &mut |_| Ok(()));
    assert_eq!(looks.len(), 2);
    assert!(looks[0].fault.is_some() && looks[1].fault.is_none(), "{looks:?}");
    assert!(looks.iter().all(|look| look.unrecorded.is_none()));
    // And known from then on.
    let backup = listed(&world).remove(0);
    assert!(matches!(backup.copies[0].standing(), Standing::Bad(_)));
    assert_eq!(backup.good().unwrap().place, "secondary");
    assert_eq!(names(&world.places.primary).len(), 2, "a leftover");
}

#[test]
fn a_packed_file_without_a_manifest_is_listed_and_can_be_checked() {
    let world = World::library();
    let taken = world.take();
    fs::remove_file(taken.name.manifest(&world.places.primary)).unwrap();
    let backup = listed(&world).remove(0);
    assert_eq!(backup.copies[0].standing(), Standing::Unknown("no manifest".to_owned()));
    assert!(look(&backup, &mut |_| Ok(()))[0].fault.is_none());
    assert_eq!(names(&world.places.primary).len(), 1, "what it was unpacked into stays");
    let bytes = fs::read(&taken.path).unwrap();
    fs::write(&taken.path, &bytes[..bytes.len() - 900]).unwrap();
    assert!(look(&backup, &mut |_| Ok(()))[0].fault.is_some());
}

#[test]
fn a_manifest_of_a_newer_program_is_listed_as_one() {
    let world = World::library();
    let taken = world.take();
    fs::write(taken.name.manifest(&world.places.primary), "{\"format\": 9}").unwrap();
    let backup = listed(&world).remove(0);
    assert_eq!(backup.copies[0].standing(), Standing::Unknown("newer format".to_owned()));
    assert!(look(&backup, &mut |_| Ok(()))[0].fault.is_some());
}

#[test]
fn a_packed_file_that_is_gone_or_shorter_is_seen_without_reading_it() {
    let world = World::library();
    let (first, second) = (world.take(), world.take());
    fs::remove_file(&first.path).unwrap();
    fs::write(&second.path, "short").unwrap();
    let standings: Vec<Standing> = listed(&world).iter().map(|backup| backup.copies[0].standing()).collect();
    assert_eq!(standings, [Standing::Bad("size".to_owned()), Standing::Bad("missing".to_owned())]);
}

#[test]
fn what_the_policy_keeps_for_nothing_goes_from_both_places_and_the_rest_stays() {
    let mut world = World::library();
    world.places.secondary = Some(world.home.path().join("second"));
    for _ in 0..3 {
        world.try_take(Reason::PreMigrate).unwrap();
    }
    let database = world.database();
    let pinned = Request { pinned: true, ..Request::new(&database, &world.places, Reason::PreMigrate) };
    let pinned = take(&world.open(), &pinned, &mut |_| Ok(())).unwrap();
    let newest = world.try_take(Reason::PreMigrate).unwrap();
    fs::write(world.places.primary.join("tome_notes.db.gz"), "mine").unwrap();
    let policy = Policy { last: Some(1), pre_migrate: Some(1), before_restore: None };
    let pruned = prune(&world.places, &database, &policy);
    assert_eq!((pruned.removed.len(), pruned.decisions.len()), (6, 5));
    assert!(pruned.warnings.is_empty());
    let left: Vec<String> = listed(&world).iter().map(|backup| backup.name.to_string()).collect();
    assert_eq!(left, [newest.name.to_string(), pinned.name.to_string()]);
    for folder in [&world.places.primary, world.places.secondary.as_ref().unwrap()] {
        let manifests = names(folder).into_iter().filter(|name| name.contains(".json")).count();
        assert_eq!(manifests, 2);
    }
    assert!(world.places.primary.join("tome_notes.db.gz").exists());
    assert!(Manifest::read(&pinned.name.manifest(&world.places.primary)).is_ok());
}
