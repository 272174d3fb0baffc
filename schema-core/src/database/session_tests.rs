use super::{Db, Handle, Session};
use crate::{
    engine::sqlite::{Connection, Source},
    error::{Error, Result},
    model::SchemaDef,
    schema::Schema,
    value::Cell,
};

struct Library;
impl Schema for Library {
    const DEF: &'static SchemaDef = &SchemaDef::EMPTY;
}

fn run(connection: &Connection, sql: &str) -> Result<()> {
    connection.execute(&Source::Text(sql)).map_err(Error::from)
}

fn insert(connection: &Connection) -> Result<()> {
    run(connection, "INSERT INTO numbers VALUES (0)")
}

fn count(session: Session<'_>) -> i64 {
    session
        .read(|connection| {
            connection.with(&Source::Text("SELECT count(*) FROM numbers"), |bound| {
                bound.step()?;
                match bound.row().cell(0) {
                    Cell::Integer(count) => Ok(count),
                    other => panic!("{other:?}"),
                }
            })
        })
        .unwrap()
}

/// A file and a database in memory, with a hundred numbers each.
fn both(test: impl Fn(&Db<Library>)) {
    let folder = tempfile::tempdir().unwrap();
    for db in [Db::open(folder.path().join("numbers.db")).unwrap(), Db::in_memory().unwrap()] {
        db.session()
            .atomically(|connection| {
                run(connection, "CREATE TABLE numbers (value INTEGER)")?;
                (0..100).try_for_each(|_| insert(connection))
            })
            .unwrap();
        assert_eq!(count(db.session()), 100);
        test(&db);
        db.close().unwrap();
    }
}

#[test]
fn several_writes_on_a_handle_are_kept_together_or_not_at_all() {
    both(|db| {
        let session = db.session();
        session.atomically(|connection| insert(connection).and_then(|()| insert(connection))).unwrap();
        assert_eq!(count(session), 102);
        session
            .atomically(|connection| insert(connection).and_then(|()| run(connection, "nonsense")))
            .unwrap_err();
        assert_eq!(count(session), 102);
    });
}

#[test]
fn several_writes_in_a_transaction_are_undone_without_it() {
    both(|db| {
        db.transaction(|tx| {
            tx.session().write(insert)?;
            tx.session()
                .atomically(|connection| insert(connection).and_then(|()| run(connection, "nonsense")))
                .unwrap_err();
            tx.savepoint(|savepoint| savepoint.session().atomically(insert))?;
            assert_eq!(count(tx.session()), 102);
            Ok(())
        })
        .unwrap();
        assert_eq!(count(db.session()), 102);
    });
}

#[test]
fn a_snapshot_refuses_to_write_before_sqlite_does() {
    both(|db| {
        db.read_transaction(|tx| {
            for error in
                [tx.session().write(insert).unwrap_err(), tx.session().atomically(insert).unwrap_err()]
            {
                assert!(error.is_misuse(), "{error:?}");
                assert!(error.to_string().contains("use `transaction`; nothing was changed"), "{error}");
            }
            assert_eq!(count(tx.session()), 100);
            Ok(())
        })
        .unwrap();
    });
}

#[test]
fn a_transaction_that_has_ended_reads_and_writes_no_more() {
    both(|db| {
        db.transaction(|tx| {
            tx.session().write(|connection| run(connection, "ROLLBACK"))?;
            for refused in [
                tx.session().read(|_| Ok(())),
                tx.session().write(insert),
                tx.session().atomically(insert),
                tx.savepoint(|_| Ok(())),
            ] {
                let message = refused.unwrap_err().to_string();
                assert!(message.contains("has ended before its closure did"), "{message}");
            }
            Ok(())
        })
        .unwrap_err();
        assert_eq!(count(db.session()), 100);
    });
}

#[test]
fn a_write_may_not_write_through_the_handle_again() {
    both(|db| {
        db.session()
            .write(|connection| {
                assert!(db.session().write(insert).unwrap_err().is_misuse());
                assert!(db.session().atomically(insert).unwrap_err().is_misuse());
                insert(connection)
            })
            .unwrap();
        assert_eq!(count(db.session()), 101);
    });
}
