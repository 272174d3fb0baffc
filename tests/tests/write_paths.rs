//! Soft delete, versions, `updated_at` and `append_only` through every way to write a row: a table of ways and what each
//! has to keep, on filled databases, without hooks and with them.
#![allow(missing_docs, unreachable_pub)]

/// The same model and the same tests, without hooks and with them, and with ids that are given once.
macro_rules! every_way {
    ($name:ident $(, hooks: $hooks:ident)? $(, key: $key:ident)?) => {
        mod $name {
            use schema_core::{Db, Result, Table, Tx, ViolationKind, exists, expr::count};
            use schema_migrate::test_db_of_models;
            use time::{OffsetDateTime, macros::datetime};

            #[derive(Table, Clone, Debug, PartialEq)]
            #[table(name = "shelves")]
            pub struct Shelf {
                #[column(primary_key)]
                pub id: i64,
                pub name: String,
            }

            #[derive(Table, Clone, Debug, PartialEq)]
            $(#[table($hooks)])?
            pub struct Doc {
                #[column(primary_key $(, $key)?)]
                pub id: i64,
                #[column(unique)]
                pub slug: String,
                #[column(references = Shelf)]
                pub shelf_id: i64,
                #[column(default = 0)]
                pub seen: i64,
                #[column(created_at)]
                pub created_at: OffsetDateTime,
                #[column(updated_at)]
                pub updated_at: OffsetDateTime,
                #[column(soft_delete)]
                pub deleted_at: Option<OffsetDateTime>,
                #[column(version)]
                pub version: i64,
            }

            $(
                const _: &str = stringify!($hooks);
                impl schema_core::Hooks for Doc {
                    type Schema = Library;
                }
            )?

            schema_core::schema! {
                pub Library { Shelf, Doc }
            }

            const OLD: OffsetDateTime = datetime!(2020-01-01 00:00 UTC);

            /// `a` and `b` live, `gone` is deleted; all of version 5, and of an old date.
            fn library() -> Db<Library> {
                let db = test_db_of_models::<Library>().unwrap();
                db.sqlite_raw(|sqlite| {
                    sqlite.execute_batch(
                        "INSERT INTO shelves VALUES (1, 'one'), (2, 'two');
                         INSERT INTO docs (id, slug, shelf_id, seen, created_at, updated_at, deleted_at, version) VALUES
                           (1, 'a', 1, 0, '2020-01-01 00:00:00.000000', '2020-01-01 00:00:00.000000', NULL, 5),
                           (2, 'b', 1, 0, '2020-01-01 00:00:00.000000', '2020-01-01 00:00:00.000000', NULL, 5),
                           (3, 'gone', 2, 0, '2020-01-01 00:00:00.000000', '2020-01-01 00:00:00.000000',
                            '2020-01-01 00:00:00.000000', 5);",
                    )
                })
                .unwrap();
                db
            }

            fn new(slug: &str) -> NewDoc {
                NewDoc { slug: slug.to_owned(), shelf_id: 1 }
            }

            fn row(db: &Db<Library>, id: i64) -> Doc {
                Doc::query().with_deleted().filter(|d| d.id.eq(id)).one(db).unwrap()
            }

            type Way = (&'static str, fn(&Tx<'_, Library>, i64) -> Result<u64>);

            /// Every way to change one row: gives how many rows it has changed.
            fn changes() -> Vec<Way> {
                vec![
                    ("update", |tx, id| DocRepository::new(tx).update(id, |d| d.seen.set(9)).map(|()| 1)),
                    ("update by expression", |tx, id| {
                        DocRepository::new(tx).update(id, |d| d.seen.set(d.seen + 9)).map(|()| 1)
                    }),
                    ("update_returning", |tx, id| {
                        let doc = DocRepository::new(tx).update_returning(id, |d| d.seen.set(9))?;
                        assert_eq!((doc.seen, doc.version), (9, 6));
                        assert!(doc.updated_at > OLD);
                        Ok(1)
                    }),
                    ("patch", |tx, id| {
                        let patch = serde_json::from_str::<DocUpdate>(r#"{"seen": 9}"#).unwrap();
                        DocRepository::new(tx).patch(id, patch).map(|()| 1)
                    }),
                    ("save", |tx, id| {
                        let doc = Doc::query().with_deleted().filter(|d| d.id.eq(id)).one(tx)?;
                        let saved = DocRepository::new(tx).save(&Doc { seen: 9, ..doc })?;
                        assert_eq!((saved.seen, saved.version), (9, 6));
                        assert!(saved.updated_at > OLD);
                        Ok(1)
                    }),
                    ("update().set", |tx, id| {
                        Doc::update().filter(|d| d.id.eq(id)).set(|d| d.seen.set(9)).run(tx)
                    }),
                    ("update().all_rows()", |tx, _| {
                        Doc::update().all_rows().set(|d| d.seen.set(9)).run(tx).map(|rows| rows.min(1))
                    }),
                    ("update().returning", |tx, id| {
                        let change = Doc::update().filter(|d| d.id.eq(id)).set(|d| d.seen.set(9));
                        let rows = change.returning(|d| (d.seen, d.version)).all(tx)?;
                        assert!(rows.iter().all(|row| *row == (9, 6)), "{rows:?}");
                        Ok(rows.len() as u64)
                    }),
                    ("on a savepoint", |tx, id| {
                        tx.savepoint(|inner| DocRepository::new(inner).update(id, |d| d.seen.set(9)).map(|()| 1))
                    }),
                ]
            }

            /// Every way to change the row that a new one meets, found by its slug.
            fn upserts() -> Vec<Way> {
                fn slug(id: i64) -> NewDoc {
                    new(["a", "b", "gone"][usize::try_from(id).unwrap() - 1])
                }
                vec![
                    ("upsert.update", |tx, id| {
                        let docs = DocRepository::new(tx);
                        docs.upsert(slug(id)).on_conflict(|d| d.slug).update(|d, _| d.seen.set(d.seen + 9)).run()
                    }),
                    ("upsert.update_all", |tx, id| {
                        let docs = DocRepository::new(tx);
                        docs.upsert(slug(id).with(|d| d.seen.set(9))).on_conflict(|d| d.slug).update_all().run()
                    }),
                    ("upsert.filter", |tx, id| {
                        let docs = DocRepository::new(tx);
                        let then = docs.upsert(slug(id)).on_conflict(|d| d.slug).update(|d, _| d.seen.set(9));
                        then.filter(|d, _| d.seen.lt(9)).run()
                    }),
                    ("upsert.returning", |tx, id| {
                        let docs = DocRepository::new(tx);
                        let then = docs.upsert(slug(id)).on_conflict(|d| d.slug).update(|d, _| d.seen.set(9));
                        let rows = then.returning()?;
                        assert!(rows.iter().all(|doc| (doc.seen, doc.version) == (9, 6)), "{rows:?}");
                        Ok(rows.len() as u64)
                    }),
                    ("upsert_many", |tx, id| {
                        let docs = DocRepository::new(tx);
                        let rows = [slug(id).with(|d| d.seen.set(9))];
                        docs.upsert_many(rows).on_conflict(|d| d.slug).update_all().run()
                    }),
                ]
            }

            /// Every way to mark a row as deleted.
            fn deletes() -> Vec<Way> {
                vec![
                    ("delete", |tx, id| DocRepository::new(tx).delete(id).map(|()| 1)),
                    ("delete().filter", |tx, id| Doc::delete().filter(|d| d.id.eq(id)).run(tx)),
                    ("delete().returning", |tx, id| {
                        let gone = Doc::delete().filter(|d| d.id.eq(id)).returning(|d| d.deleted_at).all(tx)?;
                        assert!(gone.iter().all(Option::is_some), "{gone:?}");
                        Ok(gone.len() as u64)
                    }),
                ]
            }

            #[test]
            fn every_change_of_a_living_row_moves_its_version_and_its_date() {
                for (way, change) in changes().into_iter().chain(upserts()) {
                    let db = library();
                    assert_eq!(db.transaction(|tx| change(tx, 1)).unwrap(), 1, "{way}");
                    let doc = row(&db, 1);
                    assert_eq!((doc.seen, doc.version), (9, 6), "{way}");
                    assert!(doc.updated_at > OLD, "{way}");
                    assert_eq!((doc.created_at, doc.deleted_at, &*doc.slug), (OLD, None, "a"), "{way}");
                    if way != "update().all_rows()" {
                        assert_eq!(row(&db, 2).version, 5, "{way}");
                    }
                }
            }

            #[test]
            fn no_change_reaches_a_deleted_row_but_an_upsert_that_meets_it() {
                for (way, change) in changes().into_iter().chain(deletes()) {
                    let db = library();
                    let before = row(&db, 3);
                    match db.transaction(|tx| change(tx, 3)) {
                        Ok(rows) => assert!(rows == 0 || way == "update().all_rows()", "{way}: {rows}"),
                        Err(error) => assert!(error.is_not_found(), "{way}: {error}"),
                    }
                    assert_eq!(row(&db, 3), before, "{way}");
                }
                for (way, upsert) in upserts() {
                    let db = library();
                    assert_eq!(db.transaction(|tx| upsert(tx, 3)).unwrap(), 1, "{way}");
                    let doc = row(&db, 3);
                    assert_eq!((doc.seen, doc.version, doc.deleted_at), (9, 6, Some(OLD)), "{way}");
                    assert!(doc.updated_at > OLD, "{way}");
                }
            }

            #[test]
            fn every_deletion_marks_the_row_and_moves_its_version() {
                for (way, delete) in deletes() {
                    let db = library();
                    assert_eq!(db.transaction(|tx| delete(tx, 1)).unwrap(), 1, "{way}");
                    let doc = row(&db, 1);
                    assert!(doc.deleted_at.is_some_and(|at| at > OLD), "{way}");
                    assert_eq!((doc.version, doc.created_at), (6, OLD), "{way}");
                    assert!(doc.updated_at > OLD, "{way}");
                    assert_eq!(DocRepository::new(&db).count().unwrap(), 1, "{way}");
                    DocRepository::new(&db).restore(1).unwrap();
                    let doc = row(&db, 1);
                    assert_eq!((doc.version, doc.deleted_at), (7, None), "{way}");
                }
            }

            #[test]
            fn a_version_that_was_read_before_any_change_is_stale() {
                let ways = changes().into_iter().chain(upserts()).chain(deletes());
                for (way, change) in ways {
                    let db = library();
                    let docs = DocRepository::new(&db);
                    let read = docs.get(1).unwrap();
                    db.transaction(|tx| change(tx, 1)).unwrap();
                    let changed = row(&db, 1);
                    let error = docs.save(&Doc { seen: 77, ..read.clone() }).unwrap_err();
                    match changed.deleted_at {
                        None => assert!(error.is_stale(), "{way}: {error}"),
                        Some(_) => assert!(error.is_not_found(), "{way}: {error}"),
                    }
                    assert_eq!(row(&db, 1), changed, "{way}");
                }
                let db = library();
                let docs = DocRepository::new(&db);
                let gone = row(&db, 3);
                docs.restore(3).unwrap();
                assert!(docs.save(&gone).unwrap_err().is_stale());
                let read = docs.get(3).unwrap();
                assert_eq!(docs.save(&read).unwrap().version, 7);
                assert!(docs.save(&read).unwrap_err().is_stale(), "saved a moment ago");
            }

            #[test]
            fn a_change_that_fails_leaves_version_and_date_alone() {
                for (way, change) in changes().into_iter().chain(upserts()).chain(deletes()) {
                    let db = library();
                    let before = row(&db, 1);
                    let answer: Result<()> = db.transaction(|tx| {
                        change(tx, 1)?;
                        Err(schema_core::Error::other("no"))
                    });
                    assert!(answer.is_err(), "{way}");
                    assert_eq!(row(&db, 1), before, "{way}");
                }
            }

            #[test]
            fn new_rows_begin_with_version_one_and_the_present_whichever_way_they_come() {
                let ways: Vec<Way> = vec![
                    ("insert", |tx, _| DocRepository::new(tx).insert(new("n")).map(|doc| {
                        assert_eq!((doc.version, doc.deleted_at), (1, None));
                        1
                    })),
                    ("insert_many", |tx, _| DocRepository::new(tx).insert_many([new("n")])),
                    ("upsert", |tx, _| {
                        DocRepository::new(tx).upsert(new("n")).on_conflict(|d| d.slug).update_all().run()
                    }),
                    ("upsert.do_nothing", |tx, _| DocRepository::new(tx).upsert(new("n")).do_nothing().run()),
                    ("get_or_insert", |tx, _| DocRepository::new(tx).get_or_insert(|d| d.slug, new("n")).map(|_| 1)),
                    ("insert_from", |tx, _| {
                        if Doc::HOOKS.is_some() {
                            return DocRepository::new(tx).insert(new("n")).map(|_| 1);
                        }
                        let from = Shelf::query().filter(|s| s.id.eq(1)).select(|s| (s.name, s.id));
                        DocRepository::new(tx).insert_from(|d| (d.slug, d.shelf_id), from)
                    }),
                ];
                for (way, insert) in ways {
                    let db = library();
                    assert_eq!(db.transaction(|tx| insert(tx, 0)).unwrap(), 1, "{way}");
                    let doc = row(&db, 4);
                    assert_eq!((doc.version, doc.deleted_at), (1, None), "{way}");
                    assert!(doc.created_at > OLD && doc.updated_at > OLD, "{way}");
                }
            }

            #[test]
            fn a_new_row_that_meets_a_deleted_one_is_refused_by_name_or_leaves_it_alone() {
                let db = library();
                let docs = DocRepository::new(&db);
                let before = row(&db, 3);
                let met = |answer: Result<()>| {
                    let error = answer.unwrap_err();
                    assert!(error.violates::<Doc>(|d| d.slug), "{error}");
                    assert!(error.to_string().contains("(id = 3) is soft-deleted"), "{error}");
                };
                met(docs.insert(new("gone")).map(drop));
                met(docs.insert_many([new("x"), new("gone")]).map(drop));
                met(docs.get_or_insert(|d| d.slug, new("gone")).map(drop));
                met(docs.update(1, |d| d.slug.set("gone")));
                assert_eq!(docs.upsert(new("gone")).do_nothing().run().unwrap(), 0);
                assert_eq!(docs.upsert(new("gone")).on_conflict(|d| d.slug).do_nothing().run().unwrap(), 0);
                assert_eq!(row(&db, 3), before);
                assert_eq!(Doc::query().with_deleted().count(&db).unwrap(), 3, "no row of many is kept");
            }

            #[test]
            fn what_is_deleted_for_good_is_gone_marked_or_not() {
                let db = library();
                let docs = DocRepository::new(&db);
                docs.delete_forever(1).unwrap();
                docs.delete_forever(3).unwrap();
                assert_eq!(Doc::query().with_deleted().select(|d| d.id).all(&db).unwrap(), [2]);
                let db = library();
                assert_eq!(Doc::delete().filter(|d| d.id.ne(2)).forever().run(&db).unwrap(), 2);
                assert_eq!(Doc::query().with_deleted().select(|d| d.id).all(&db).unwrap(), [2]);
                let db = library();
                let seen = Doc::update().all_rows().with_deleted().set(|d| d.seen.set(1)).run(&db).unwrap();
                assert_eq!((seen, row(&db, 3).version), (3, 6));
            }

            #[test]
            fn no_reading_shows_a_deleted_row_unless_it_is_asked_for() {
                let db = library();
                let docs = DocRepository::new(&db);
                assert!(docs.get(3).unwrap_err().is_not_found());
                assert_eq!(docs.find(3).unwrap(), None);
                assert!(docs.get_by(|d| d.slug, "gone").unwrap_err().is_not_found());
                assert_eq!(docs.find_by(|d| d.slug, "gone").unwrap(), None);
                assert!(!docs.exists(3).unwrap());
                assert_eq!((docs.count().unwrap(), docs.list().unwrap().len()), (2, 2));
                let three = || Doc::query().filter(|d| d.id.eq(3));
                assert_eq!(three().all(&db).unwrap(), []);
                assert_eq!(three().count(&db).unwrap(), 0);
                assert!(!three().exists(&db).unwrap());
                assert_eq!(Doc::query().aggregate(count).one(&db).unwrap(), 2);
                let shelves = || Shelf::query().order_by(|s| s.id.asc());
                assert_eq!(shelves().filter(|s| exists(Doc::query().filter(|d| d.shelf_id.eq(s.id)))).count(&db).unwrap(), 1);
                assert_eq!(shelves().filter(|s| s.docs().exists()).count(&db).unwrap(), 1);
                assert_eq!(shelves().select(|s| s.docs().count()).all(&db).unwrap(), [2, 0]);
                assert_eq!(shelves().filter(|s| s.id.in_query(Doc::query().select(|d| d.shelf_id))).count(&db).unwrap(), 1);
                assert_eq!(Shelf::query().join::<Doc>(|s, d| d.shelf_id.eq(s.id)).count(&db).unwrap(), 2);
                let left = Shelf::query().left_join::<Doc>(|s, d| d.shelf_id.eq(s.id)).filter(|(s, _)| s.id.eq(2));
                assert_eq!(left.all(&db).unwrap()[0].1, None);
                let loaded = shelves().with(|s| s.docs()).all(&db).unwrap();
                assert_eq!(loaded.iter().map(|(_, docs)| docs.len()).collect::<Vec<_>>(), [2, 0]);
                let loaded = shelves().with(|s| s.docs().with_deleted()).all(&db).unwrap();
                assert_eq!(loaded.iter().map(|(_, docs)| docs.len()).collect::<Vec<_>>(), [2, 1]);
                let union = Doc::query().select(|d| d.id).union(Doc::query().select(|d| d.seen)).order_by_result(0);
                assert_eq!(union.all(&db).unwrap(), [0, 1, 2]);
                let derived = Doc::query().select_all().as_table().filter(|d| d.id.gt(2));
                assert_eq!(derived.count(&db).unwrap(), 0);
                assert_eq!(Doc::query().limit(5).page(&db).unwrap().rows.len(), 2);
                assert_eq!(three().with_deleted().count(&db).unwrap(), 1);
            }

            #[tokio::test]
            async fn the_same_holds_on_a_thread_that_may_block() {
                let db = library();
                db.run(|db| {
                    let docs = DocRepository::new(db);
                    docs.update(1, |d| d.seen.set(9))?;
                    docs.delete(2)?;
                    docs.restore(3)
                })
                .await
                .unwrap();
                assert_eq!([1, 2, 3].map(|id| row(&db, id).version), [6, 6, 6]);
                assert_eq!(DocRepository::new(&db).list().unwrap().iter().map(|d| d.id).collect::<Vec<_>>(), [1, 3]);
                let error = db.run(|db| DocRepository::new(db).update(2, |d| d.seen.set(1))).await.unwrap_err();
                assert!(error.is_not_found());
                let violation = db.run(|db| DocRepository::new(db).insert(new("a"))).await.unwrap_err();
                assert_eq!(violation.violation().unwrap().kind, ViolationKind::Unique);
            }
        }
    };
}

every_way!(plain);
every_way!(hooked, hooks: hooks);
// There an upsert changes the row that is there before it tries to insert, so that no id is burnt.
every_way!(numbered, key: autoincrement);
every_way!(numbered_and_hooked, hooks: hooks, key: autoincrement);

mod append_only {
    use schema_core::{Db, Table, ViolationKind};
    use schema_migrate::test_db_of_models;

    #[derive(Table, Clone, Debug, PartialEq)]
    #[table(append_only)]
    pub struct Entry {
        #[column(primary_key)]
        pub id: i64,
        #[column(unique)]
        pub number: i64,
        pub text: Option<String>,
    }

    schema_core::schema! {
        pub Ledger { Entry }
    }

    fn ledger() -> Db<Ledger> {
        let db = test_db_of_models::<Ledger>().unwrap();
        EntryRepository::new(&db).insert_many((1..=3).map(|number| NewEntry { number })).unwrap();
        db
    }

    #[test]
    fn rows_are_added_in_every_way() {
        let db = ledger();
        let entries = EntryRepository::new(&db);
        entries.insert(NewEntry { number: 4 }).unwrap();
        assert_eq!(entries.upsert(NewEntry { number: 1 }).do_nothing().run().unwrap(), 0);
        assert_eq!(
            entries.upsert(NewEntry { number: 5 }).on_conflict(|e| e.number).do_nothing().run().unwrap(),
            1
        );
        assert_eq!(entries.get_or_insert(|e| e.number, NewEntry { number: 1 }).unwrap().id, 1);
        let more = Entry::query().select(|e| e.number + 100);
        assert_eq!(entries.insert_from(|e| e.number, more).unwrap(), 5);
        assert_eq!(entries.count().unwrap(), 10);
    }

    #[test]
    fn what_goes_around_the_compiler_is_refused_by_the_database() {
        let db = ledger();
        let before = EntryRepository::new(&db).list().unwrap();
        for sql in [
            "UPDATE entries SET text = 'x' WHERE id = 1",
            "UPDATE entries SET text = 'x'",
            "DELETE FROM entries WHERE id = 1",
            "DELETE FROM entries",
            "INSERT INTO entries (number) VALUES (1) ON CONFLICT (number) DO UPDATE SET text = 'x'",
            "UPDATE OR REPLACE entries SET number = 2 WHERE id = 1",
        ] {
            let error = schema_core::query::sql(sql).run(&db).expect_err(sql);
            assert_eq!(
                error.violation().map(|violation| violation.kind),
                Some(ViolationKind::Trigger),
                "{sql}: {error}"
            );
            assert!(db.sqlite_raw(|sqlite| sqlite.execute_batch(sql)).is_err(), "{sql}");
            assert_eq!(EntryRepository::new(&db).list().unwrap(), before, "{sql}");
        }
    }
    /// SQLite fires no DELETE trigger for the row that REPLACE takes away, unless triggers are recursive, which would
    /// change what other triggers do.
    #[test]
    fn a_replace_written_by_hand_is_the_one_way_around() {
        let db = ledger();
        let sql = "INSERT OR REPLACE INTO entries (number, text) VALUES (1, 'x')";
        assert_eq!(schema_core::query::sql(sql).run(&db).unwrap(), 1);
        assert_eq!(EntryRepository::new(&db).get_by(|e| e.number, 1).unwrap().text.as_deref(), Some("x"));
    }
}
