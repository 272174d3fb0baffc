//! What Velist promises of its repositories, on filled tables.
#![allow(missing_docs)]

#[path = "support/plain.rs"]
#[allow(dead_code, reason = "each test file uses a part of it")]
mod plain;

use applications::velist::{
    AssetRepository, NewAsset, NewTask, NewUser, Picture, Task, TaskRepository, TaskStatus, TaskUpdate, User,
    UserRepository, UserUpdate, Velist,
};
use plain::{Filled, cells, rows};
use schema_core::{Table as _, value::Json};
use serde_json::json;
use uuid::Uuid;

/// Two hundred users and three thousand tasks; every tenth user has none.
const ROWS: &str = "
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
    INSERT INTO users (id, email, password_hash, name, google_id, email_verified_at, created_at, updated_at)
    SELECT printf('00000000-0000-7000-8000-%012x', i), 'user' || i || '@example.org', 'x', 'User ' || (i % 150),
        CASE WHEN i % 9 = 0 THEN 'g' || i END, CASE WHEN i % 4 THEN '2026-01-01 00:00:00.000000' END,
        '2026-01-01 00:00:00.000000', '2026-01-01 00:00:00.000000' FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
    INSERT INTO tasks (id, user_id, title, status, created_at, updated_at)
    SELECT printf('00000000-0000-7000-9000-%012x', i), printf('00000000-0000-7000-8000-%012x', 1 + i * 7 % 180 / 9 * 10 + i * 7 % 9),
        'Task ' || (i % 400), CASE WHEN i % 7 < 5 THEN 'pending' ELSE 'completed' END,
        strftime('%Y-%m-%d %H:%M:%S', '2026-01-01', '+' || (i % 700) || ' hours') || '.000000',
        '2026-01-01 00:00:00.000000' FROM n;";

fn velist() -> Filled<Velist> {
    Filled::new(ROWS)
}

fn user(number: u128) -> Uuid {
    Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0000 + number)
}

#[test]
fn v11_a_repository_finds_creates_updates_and_deletes() {
    let app = velist();
    let tasks = TaskRepository::new(&app.db);
    assert_eq!(tasks.list().unwrap().len(), 3_000);
    let of_one = tasks.by_user(user(3)).unwrap();
    app.agrees(
        &cells!(of_one, |t| t.id, t.user_id, t.title, t.status, t.created_at),
        "SELECT id, user_id, title, status, created_at FROM tasks
         WHERE user_id = '00000000-0000-7000-8000-000000000003' ORDER BY created_at DESC, id DESC",
    );
    let new = tasks.insert(NewTask { user_id: user(3), title: "Water the plants".to_owned() }).unwrap();
    assert_eq!((new.status, new.id.get_version_num()), (TaskStatus::Pending, 7));
    assert_eq!(tasks.get(new.id).unwrap(), new);
    tasks.update(new.id, |t| t.title.set("Water them")).unwrap();
    let after = tasks.get(new.id).unwrap();
    assert!(
        after.title == "Water them"
            && after.updated_at > new.updated_at
            && after.created_at == new.created_at
    );
    tasks.delete(new.id).unwrap();
    assert!(tasks.find(new.id).unwrap().is_none() && tasks.get(new.id).unwrap_err().is_not_found());
    let nobody = tasks.insert(NewTask { user_id: user(9_999), title: "Lost".to_owned() }).unwrap_err();
    assert!(nobody.violates::<Task>(|t| t.user_id), "{nobody}");
    assert_eq!(tasks.count().unwrap(), 3_000);
}

#[test]
fn v12_all_rows_one_or_none_and_chosen_columns() {
    let app = velist();
    let users = UserRepository::new(&app.db);
    assert_eq!(User::query().all(&app.db).unwrap().len(), 200);
    let found = User::query().filter(|u| u.email.eq("USER7@example.org")).optional(&app.db).unwrap();
    assert_eq!(found.unwrap().id, user(7));
    assert_eq!(User::query().filter(|u| u.email.eq("nobody")).optional(&app.db).unwrap(), None);
    assert!(User::query().optional(&app.db).unwrap_err().is_too_many_rows());
    let unverified = users.unverified().unwrap();
    app.agrees(
        &cells!(unverified, |u| u.0, u.1),
        "SELECT id, email FROM users WHERE email_verified_at IS NULL ORDER BY email",
    );
}

#[test]
fn v13_a_join_gives_a_column_another_name() {
    let app = velist();
    let tasks = TaskRepository::new(&app.db).with_users().unwrap();
    assert_eq!(tasks.len(), 3_000);
    app.agrees(
        &cells!(tasks, |t| t.id, t.title, t.user_name),
        "SELECT tasks.id, tasks.title, users.name AS user_name FROM tasks JOIN users ON users.id = tasks.user_id
         ORDER BY users.name, tasks.title, tasks.id",
    );
}

#[test]
fn v14_insert_update_and_delete_give_rows_back() {
    let app = velist();
    let users = UserRepository::new(&app.db);
    let joined = users
        .insert(NewUser { email: "new@example.org".into(), password_hash: "x".into(), name: "New".into() })
        .unwrap();
    assert_eq!((&*joined.role, joined.two_factor_enabled), ("user", false));
    let pending =
        "SELECT id FROM tasks WHERE user_id = '00000000-0000-7000-8000-000000000003' AND status = 'pending'";
    let expected = rows(&app.path, pending).len();
    let done = TaskRepository::new(&app.db).complete_all(user(3)).unwrap();
    assert!(done.len() == expected && expected > 5, "{expected}");
    assert!(
        done.iter().all(|task| task.status == TaskStatus::Completed && task.updated_at > task.created_at)
    );
    assert!(rows(&app.path, pending).is_empty());
    let gone: Vec<(Uuid, String)> =
        Task::delete().filter(|t| t.user_id.eq(user(3))).returning(|t| (t.id, t.title)).all(&app.db).unwrap();
    assert!(gone.len() > expected);
    assert_eq!(TaskRepository::new(&app.db).count().unwrap(), 3_000 - gone.len() as u64);
}

#[test]
fn v15_a_transaction_is_whole_or_nothing_and_one_row_is_given_or_an_error() {
    let app = velist();
    let new = |email: &str| NewUser { email: email.into(), password_hash: "x".into(), name: "New".into() };
    let (joined, task) = UserRepository::join(&app.db, new("new@example.org"), "Say hello").unwrap();
    assert_eq!(task.user_id, joined.id);
    let counts = || (User::query().count(&app.db).unwrap(), Task::query().count(&app.db).unwrap());
    assert_eq!(counts(), (201, 3_001));
    let taken = UserRepository::join(&app.db, new("NEW@example.org"), "Say hello").unwrap_err();
    assert!(taken.violates::<User>(|u| u.email), "{taken}");
    let failed = app.db.transaction(|tx| {
        TaskRepository::new(tx).insert(NewTask { user_id: joined.id, title: "Kept?".into() })?;
        UserRepository::new(tx).insert(new("user7@example.org"))
    });
    assert!(failed.unwrap_err().violates::<User>(|u| u.email));
    assert_eq!(counts(), (201, 3_001));
    assert_eq!(User::query().filter(|u| u.email.eq("new@example.org")).one(&app.db).unwrap(), joined);
    assert!(User::query().filter(|u| u.email.eq("nobody")).one(&app.db).unwrap_err().is_not_found());
}

#[test]
fn v19_one_struct_is_what_is_selected_inserted_and_updated() {
    let app = velist();
    let users = UserRepository::new(&app.db);
    let before: User = users.get(user(5)).unwrap();
    // What a client sends: an absent field is kept, `null` is NULL, and an unknown or generated one is an error.
    let patch: UserUpdate = serde_json::from_value(json!({ "name": "Renamed", "google_id": null })).unwrap();
    users.patch(before.id, patch).unwrap();
    let after = users.get(before.id).unwrap();
    assert_eq!(
        User { name: "Renamed".to_owned(), google_id: None, updated_at: after.updated_at, ..before.clone() },
        after
    );
    assert!(serde_json::from_value::<UserUpdate>(json!({ "id": "01" })).is_err());
    assert!(serde_json::from_value::<UserUpdate>(json!({ "nmae": "typo" })).is_err());
    assert!(serde_json::from_value::<TaskUpdate>(json!({ "status": "lost" })).is_err());
    let statuses: TaskUpdate = serde_json::from_value(json!({ "status": "completed" })).unwrap();
    let task = TaskRepository::new(&app.db).by_user(user(3)).unwrap().remove(0);
    TaskRepository::new(&app.db).patch(task.id, statuses).unwrap();
    assert_eq!(TaskRepository::new(&app.db).get(task.id).unwrap().status, TaskStatus::Completed);
    let assets = AssetRepository::new(&app.db);
    let new = NewAsset { user_id: user(5), filename: "a.png".into(), size: 12 };
    let picture = assets.insert(new.with(|a| a.metadata.set(Json(Picture { width: 3, height: 4 })))).unwrap();
    assert_eq!(assets.get(picture.id).unwrap().metadata, Some(Picture { width: 3, height: 4 }));
}

#[test]
fn v21_queries_live_in_repositories() {
    let app = velist();
    let board = UserRepository::new(&app.db).board().unwrap();
    assert!(board.iter().any(|(_, tasks)| tasks.is_empty()));
    let flat: Vec<(Uuid, String, Option<Uuid>)> = board
        .iter()
        .flat_map(|(user, tasks)| {
            let ids: Vec<Option<Uuid>> =
                if tasks.is_empty() { vec![None] } else { tasks.iter().map(|task| Some(task.id)).collect() };
            ids.into_iter().map(|task| (user.id, user.name.clone(), task))
        })
        .collect();
    app.agrees(
        &cells!(flat, |row| row.0, row.1, row.2),
        "SELECT u.id, u.name, t.id FROM users u LEFT JOIN tasks t ON t.user_id = u.id
         ORDER BY u.name, u.id, t.created_at, t.id",
    );
    // The same repository inside of a transaction.
    let unverified = app.db.transaction(|tx| UserRepository::new(tx).unverified()).unwrap();
    assert_eq!(unverified.len(), 50);
}
