use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};

use schema_ops::ErrorKind;
use schema_ops::backup::{Fault, Manifest, Reason, verify};

use super::support::{World, names};

#[test]
fn any_flipped_bit_is_found() {
    let world = World::library();
    let taken = world.take();
    let good = fs::read(&taken.path).unwrap();
    // Head, the packed data in many places, checksum and length at the end.
    let places = (0..40).chain((40..good.len()).step_by(good.len() / 60)).chain(good.len() - 8..good.len());
    for place in places {
        let mut bad = good.clone();
        bad[place] ^= 1 << (place % 8);
        fs::write(&taken.path, &bad).unwrap();
        let found = verify(&taken.path, &taken.manifest, &mut |_| Ok(()));
        assert!(matches!(found, Err(Fault::Hash | Fault::Unreadable(_))), "byte {place}: {found:?}");
    }
    fs::write(&taken.path, &good).unwrap();
    verify(&taken.path, &taken.manifest, &mut |_| Ok(())).unwrap();
}

#[test]
fn a_file_that_is_cut_grown_or_gone_is_found() {
    let world = World::library();
    let taken = world.take();
    let good = fs::read(&taken.path).unwrap();
    fs::write(&taken.path, &good[..good.len() / 2]).unwrap();
    assert!(matches!(verify(&taken.path, &taken.manifest, &mut |_| Ok(())), Err(Fault::Size { .. })));
    fs::write(&taken.path, [&good[..], b"more"].concat()).unwrap();
    assert!(matches!(verify(&taken.path, &taken.manifest, &mut |_| Ok(())), Err(Fault::Size { .. })));
    fs::remove_file(&taken.path).unwrap();
    assert_eq!(verify(&taken.path, &taken.manifest, &mut |_| Ok(())), Err(Fault::Missing));
}

#[test]
fn a_manifest_with_another_hash_fits_no_file() {
    let world = World::library();
    let taken = world.take();
    for change in [
        |manifest: &mut Manifest| manifest.packed.sha256.replace_range(..2, "zz"),
        |manifest: &mut Manifest| manifest.raw.sha256.replace_range(..2, "zz"),
        |manifest: &mut Manifest| manifest.raw.bytes += 1,
    ] {
        let mut manifest = taken.manifest.clone();
        change(&mut manifest);
        assert_eq!(verify(&taken.path, &manifest, &mut |_| Ok(())), Err(Fault::Hash));
    }
}

#[test]
fn a_manifest_of_a_newer_program_says_so_and_unknown_keys_of_this_format_do_not_matter() {
    let world = World::library();
    let taken = world.take();
    let path = taken.name.manifest(&world.places.primary);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"format\": 1", "\"format\": 1, \"shape\": [1]")).unwrap();
    assert_eq!(Manifest::read(&path).unwrap(), taken.manifest);
    fs::write(&path, "{\"format\": 2, \"other\": true}").unwrap();
    let error = Manifest::read(&path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Preflight);
    assert!(error.to_string().contains("a newer program has made this backup"), "{error}");
    fs::write(&path, &text[..text.len() / 2]).unwrap();
    assert_eq!(Manifest::read(&path).unwrap_err().kind(), ErrorKind::Verification);
}

#[test]
fn a_damaged_database_gives_no_backup() {
    let world = World::library();
    world.open().execute_batch("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE").unwrap();
    let mut file = fs::OpenOptions::new().write(true).open(world.database()).unwrap();
    file.seek(SeekFrom::Start(4096 * 30)).unwrap();
    file.write_all(&[0xa5; 4096]).unwrap();
    drop(file);
    let error = world.try_take(Reason::Manual).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Verification, "{error}");
    assert!(error.data_state().is_some_and(|state| state.contains("no backup was made")), "{error}");
    assert_eq!(names(&world.places.primary), Vec::<String>::new());
}
