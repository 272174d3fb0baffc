//! UPDATE and DELETE of the rows that a condition picks, on a filled database.
#![allow(missing_docs)]

use schema_core::{
    Db, Table, exists,
    expr::{case, count},
    scalar,
};
use time::OffsetDateTime;

#[derive(Table, Clone, Debug, PartialEq)]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique)]
    pub name: String,
    #[column(default = 0)]
    pub failures: i64,
    pub locked_until: Option<OffsetDateTime>,
    #[column(updated_at)]
    pub updated_at: OffsetDateTime,
    #[column(version)]
    pub version: i64,
    #[column(soft_delete)]
    pub deleted_at: Option<OffsetDateTime>,
}

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Login {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = User)]
    pub user_id: i64,
    pub ok: bool,
}

schema_core::schema! {
    pub App { User, Login }
}

fn app() -> Db<App> {
    let db = Db::<App>::in_memory().unwrap();
    db.sqlite_raw(|connection| {
        connection.execute_batch(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, failures INTEGER NOT NULL,
               locked_until TEXT, updated_at TEXT NOT NULL, version INTEGER NOT NULL, deleted_at TEXT,
               CHECK (failures >= 0));
             CREATE TABLE logins (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users, ok INTEGER NOT NULL);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
             INSERT INTO users SELECT i, 'user' || i, i % 6, NULL, '2020-01-01 00:00:00.000000', 1,
               CASE WHEN i > 18 THEN '2021-01-01 00:00:00.000000' END FROM n;
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
             INSERT INTO logins SELECT i, 1 + i % 10, i % 4 = 0 FROM n;",
        )
    })
    .unwrap();
    db
}

fn figures(db: &Db<App>, sql: &str) -> Vec<i64> {
    db.sqlite_raw(|connection| {
        connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()
    })
    .unwrap()
}

#[test]
fn rows_that_fit_are_changed_and_counted_and_what_follows_by_itself_follows() {
    let db = app();
    let until = OffsetDateTime::now_utc();
    let changed = User::update()
        .filter(|u| u.failures.ge(4))
        .set(|u| {
            (
                u.failures.set(u.failures + 1),
                u.locked_until.set(case().when(u.failures.gt(4), until).or_null()),
            )
        })
        .run(&db)
        .unwrap();
    assert_eq!(changed, 6);
    assert_eq!(
        figures(&db, "SELECT id FROM users WHERE failures = 6 AND locked_until IS NOT NULL"),
        [5, 11, 17]
    );
    assert_eq!(figures(&db, "SELECT id FROM users WHERE failures = 5 AND locked_until IS NULL"), [4, 10, 16]);
    assert_eq!(figures(&db, "SELECT count(*) FROM users WHERE version = 2 AND updated_at > '2024'"), [6]);
    // Those that were soft-deleted are no rows, unless they are asked for.
    let all = User::update().all_rows().set(|u| u.failures.set(0)).run(&db).unwrap();
    assert_eq!(all, 18);
    let deleted = User::update().with_deleted().filter(|u| u.id.gt(18)).set(|u| u.failures.set(9)).run(&db);
    assert_eq!(deleted.unwrap(), 2);
}

#[test]
fn without_a_filter_nothing_is_changed_but_on_purpose() {
    let db = app();
    for refused in [
        User::update().set(|u| u.failures.set(1)).run(&db).unwrap_err(),
        User::delete().run(&db).unwrap_err(),
        Login::delete().run(&db).unwrap_err(),
    ] {
        assert!(refused.to_string().contains(".all_rows()"), "{refused}");
        assert!(refused.to_string().contains("nothing was changed"), "{refused}");
    }
    assert_eq!(figures(&db, "SELECT count(*) FROM logins"), [60]);
    assert_eq!(Login::delete().all_rows().run(&db).unwrap(), 60);
    let nothing: Vec<schema_core::expr::Assign> = Vec::new();
    let empty = User::update().filter(|u| u.id.eq(1)).set(|_| nothing).run(&db).unwrap_err();
    assert!(empty.to_string().contains("sets no column"), "{empty}");
}

#[test]
fn other_tables_decide_in_subqueries() {
    let db = app();
    let changed = User::update()
        .filter(|u| exists(Login::query().filter(|l| l.user_id.eq(u.id).and(l.ok))))
        .set(|u| {
            u.failures.set(
                scalar(Login::query().filter(|l| l.user_id.eq(u.id).and(!l.ok)).aggregate(count))
                    .unwrap_or(0),
            )
        })
        .run(&db)
        .unwrap();
    let expected = figures(&db, "SELECT count(*) FROM logins WHERE NOT ok AND user_id = 1");
    assert_eq!(changed, 5);
    assert_eq!(figures(&db, "SELECT failures FROM users WHERE id = 1"), expected);
    // The same table within: the keepers are the newest of each.
    let kept = Login::delete()
        .filter(|l| {
            l.id.not_in_query(
                Login::query().group_by(|k| k.user_id).select(|_, k| schema_core::expr::max(k.id)),
            )
        })
        .run(&db)
        .unwrap();
    assert_eq!(kept, 50);
    assert_eq!(figures(&db, "SELECT id FROM logins ORDER BY id"), (51..=60).collect::<Vec<i64>>());
}

#[test]
fn what_was_changed_or_deleted_is_returned() {
    let db = app();
    let mut raised: Vec<(i64, i64, Option<i64>)> = User::update()
        .filter(|u| u.id.between(2, 3))
        .set(|u| u.failures.set(u.failures + 10))
        .returning(|u| {
            (u.id, u.failures, scalar(Login::query().filter(|l| l.user_id.eq(u.id)).aggregate(count)))
        })
        .all(&db)
        .unwrap();
    raised.sort_unstable();
    assert_eq!(raised, [(2, 12, Some(6)), (3, 13, Some(6))]);
    let gone: Vec<String> = User::delete().filter(|u| u.id.eq(12)).returning(|u| u.name).all(&db).unwrap();
    assert_eq!(gone, ["user12"]);
    assert_eq!(figures(&db, "SELECT count(*) FROM users WHERE id = 12 AND deleted_at IS NOT NULL"), [1]);
    assert_eq!(User::delete().filter(|u| u.id.eq(12)).run(&db).unwrap(), 0, "it is deleted already");
    assert_eq!(User::delete().forever().filter(|u| u.id.ge(12)).run(&db).unwrap(), 9);
    assert_eq!(figures(&db, "SELECT count(*) FROM users"), [11]);
}

#[test]
fn a_constraint_refuses_all_of_it() {
    let db = app();
    let error = User::update().filter(|u| u.id.le(2)).set(|u| u.name.set("same")).run(&db).unwrap_err();
    assert!(error.violates::<User>(|u| u.name), "{error}");
    let error = User::update().all_rows().set(|u| u.failures.set(u.failures - 3)).run(&db).unwrap_err();
    assert!(error.violation().is_some(), "{error}");
    let error = User::delete().forever().filter(|u| u.id.le(12)).run(&db).unwrap_err();
    assert!(error.violation().is_some(), "{error}");
    assert_eq!(figures(&db, "SELECT count(*) FROM users WHERE name LIKE 'user%' AND version = 1"), [20]);
    // In a transaction with others, all or nothing.
    let failed: schema_core::Result<()> = db.transaction(|tx| {
        User::update().filter(|u| u.id.eq(1)).set(|u| u.name.set("first")).run(tx)?;
        User::update().filter(|u| u.id.eq(2)).set(|u| u.name.set("first")).run(tx)?;
        Ok(())
    });
    assert!(failed.is_err());
    assert_eq!(figures(&db, "SELECT count(*) FROM users WHERE name = 'first'"), [0]);
}

#[test]
fn a_copy_changes_the_same_rows() {
    let db = app();
    let locked = User::update().filter(|u| u.failures.eq(5)).set(|u| u.version.set(u.version + 5));
    assert_eq!(locked.clone().to_sql(), locked.to_sql());
    assert_eq!(locked.clone().run(&db).unwrap(), 3);
    assert_eq!(figures(&db, "SELECT count(*) FROM users WHERE version = 6"), [3]);
}
