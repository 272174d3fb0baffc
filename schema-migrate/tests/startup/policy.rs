use schema_core::Db;
use schema_migrate::{ErrorKind, Migrator, Policy};

use crate::app::{FIRST, Home, Library, applied, count};

#[test]
fn check_lists_what_is_pending_and_refuse_stops_and_neither_changes_anything() {
    let home = Home::new();
    for db in [home.open(), Db::in_memory().unwrap()] {
        Migrator::<Library>::new(&[FIRST][..]).run(&db).unwrap();
        let migrator = Migrator::<Library>::embedded();
        let checked = migrator.clone().policy(Policy::Check).run(&db);
        assert_eq!(applied(&checked), ["20260102000000_pages"]);
        assert!(checked.unwrap().dry_run);

        let refused = migrator.clone().policy(Policy::Refuse).run(&db).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Finding);
        let text = refused.to_string();
        for told in ["1 migration is pending", "20260102000000_pages", "nothing was changed", "db-migrate"] {
            assert!(text.contains(told), "{text}");
        }
        assert_eq!(count(&db, "SELECT count(*) FROM _schema_migrations"), 1);

        migrator.run(&db).unwrap();
        for policy in [Policy::Check, Policy::Refuse] {
            assert_eq!(applied(&migrator.clone().policy(policy).run(&db)), [""; 0]);
        }
    }
}

#[test]
fn a_handle_that_only_reads_goes_on_where_nothing_is_pending_and_is_refused_otherwise() {
    let home = Home::new();
    let db = home.open();
    Migrator::<Library>::new(&[FIRST][..]).run(&db).unwrap();
    let reader = Db::<Library>::options().read_only(true).open(home.path("app.db")).unwrap();
    let error = Migrator::<Library>::embedded().run(&reader).unwrap_err();
    assert!(error.to_string().contains("was opened read-only"), "{error}");
    Migrator::<Library>::embedded().run(&db).unwrap();
    assert_eq!(applied(&Migrator::<Library>::embedded().run(&reader)), [""; 0]);
}

mod calibre {
    use schema_core::Table;

    #[derive(Table, Debug)]
    #[table(name = "books")]
    pub(crate) struct Theirs {
        #[column(primary_key)]
        pub(crate) id: i64,
    }

    schema_core::schema! {
        /// Somebody else's.
        external, writable pub(crate) Calibre { Theirs }
    }
}

#[test]
fn a_schema_of_somebody_else_is_never_migrated() {
    let home = Home::new();
    drop(home.open());
    let db = Db::<calibre::Calibre>::open(home.path("app.db")).unwrap();
    let error = Migrator::<calibre::Calibre>::new(&[FIRST][..]).run(&db).unwrap_err();
    assert!(error.to_string().contains("belongs to somebody else"), "{error}");
}
