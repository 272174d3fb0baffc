//! The queries of duplistatus, each against the same question in plain SQL.
#![allow(missing_docs)]

#[path = "support/plain.rs"]
#[allow(dead_code, reason = "each test file uses a part of it")]
mod plain;

use applications::duplistatus::{
    Backup, BackupRepository, Duplistatus, Message, NewBackup, NewServer, Server, ServerHasBackups,
    ServerRepository, ServerUpdate, Status,
};
use plain::{Filled, assert_same, cells, rows};
use schema_core::{
    Error, Table as _,
    query::Query,
    value::{Json, Value},
};

/// Sixty servers, three of them without a backup, and nine thousand backups of the last two hundred days: some never
/// began, some say nothing of their size, some began at one moment.
const ROWS: &str = "
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
    INSERT INTO servers (name, alias, notes, created_at, updated_at)
    SELECT printf('server-%02d', (i * 37) % 61), CASE WHEN i % 3 THEN 'The ' || i || '''s' END,
        CASE WHEN i % 7 = 0 THEN '' END, '2024-01-01 00:00:00.000000', '2024-01-01 00:00:00.000000' FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000)
    INSERT INTO backups (server_id, backup_name, status, start_time, end_time, duration, files_count, files_size,
        storage_size, uploaded_size, messages, created_at)
    SELECT 1 + (i * 7919) % 57,
        CASE (i * 31) % 5 WHEN 0 THEN 'photos' WHEN 1 THEN 'mail' WHEN 2 THEN 'documents' ELSE 'system, all' END,
        CASE (i * 17) % 11 WHEN 0 THEN 'error' WHEN 1 THEN 'fatal' WHEN 2 THEN 'warning' ELSE 'success' END,
        CASE WHEN i % 29 THEN strftime('%Y-%m-%d %H:%M:%S', 'now', '-' || (30 + (i * 611) % 4800 * 60) || ' minutes') || '.000000' END,
        NULL,
        CASE WHEN i % 13 THEN (i * 53) % 7200 END,
        (i * 3) % 1000,
        CASE WHEN i % 17 THEN (i * 104729) % 1000000007 END,
        CASE WHEN i % 4 THEN 1000000 + i END,
        CASE WHEN i % 19 THEN (i * 15485863) % 999983 END,
        CASE WHEN i % 10 = 0 THEN '[{\"level\":\"info\",\"text\":\"it''s done\"}]' END,
        strftime('%Y-%m-%d %H:%M:%S', 'now', '-' || (30 + (i * 611) % 4800 * 60) || ' minutes') || '.000000'
    FROM n;";

fn duplistatus() -> Filled<Duplistatus> {
    Filled::new(ROWS)
}

#[test]
fn d21_a_server_has_its_latest_backup_or_none() {
    let app = duplistatus();
    let servers = ServerRepository::new(&app.db).with_latest_backup().unwrap();
    assert!(servers.iter().any(|server| server.status.is_none()), "a server without a backup");
    app.agrees(
        &cells!(servers, |row| row.id, row.name, row.status, row.start_time, row.duration),
        "SELECT s.id, s.name, b.status, b.start_time, b.duration
         FROM servers s LEFT JOIN backups b ON b.id =
            (SELECT id FROM backups WHERE server_id = s.id ORDER BY start_time DESC, id DESC LIMIT 1)
         ORDER BY s.name",
    );
}

#[test]
fn the_summary_lists_jobs_and_statuses_of_each_server_in_order() {
    let app = duplistatus();
    let summary = ServerRepository::new(&app.db).summary().unwrap();
    assert!(summary.iter().any(|server| server.jobs.is_none()));
    app.agrees(
        &cells!(
            summary,
            |row| row.server,
            row.shown_as,
            row.backups,
            row.jobs,
            row.recent,
            row.storage,
            row.last
        ),
        "SELECT s.name, coalesce(s.alias, s.name), count(b.id),
            (SELECT group_concat(backup_name, ', ')
             FROM (SELECT DISTINCT backup_name FROM backups WHERE server_id = s.id ORDER BY backup_name)),
            (SELECT group_concat(status, ' ')
             FROM (SELECT status FROM backups WHERE server_id = s.id AND start_time IS NOT NULL
                   ORDER BY start_time DESC, id DESC LIMIT 5)),
            (SELECT storage_size FROM backups WHERE server_id = s.id AND storage_size IS NOT NULL
             ORDER BY start_time DESC, id DESC LIMIT 1),
            max(b.start_time)
         FROM servers s LEFT JOIN backups b ON b.server_id = s.id GROUP BY s.id ORDER BY s.name",
    );
}

#[test]
fn d10_statistics_count_by_condition_and_an_average_over_nothing_is_none() {
    let app = duplistatus();
    let backups = BackupRepository::new(&app.db);
    for server in [1, 30, 58] {
        let figures = backups.statistics(server).unwrap();
        assert_eq!(figures.total == 0, figures.average_duration.is_none(), "{figures:?}");
        app.agrees(
            &cells!([figures], |row| row.total, row.successful, row.failed, row.average_duration, row.size),
            &format!(
                "SELECT count(*), count(CASE WHEN status = 'success' THEN 1 END),
                    count(CASE WHEN status IN ('error', 'fatal') THEN 1 END), avg(duration), sum(files_size)
                 FROM backups WHERE server_id = {server}"
            ),
        );
    }
}

#[test]
fn the_last_backup_of_each_job_is_found_by_rows() {
    let app = duplistatus();
    let backups = BackupRepository::new(&app.db).latest_of_each_job().unwrap();
    app.agrees(
        &cells!(backups, |row| row.id, row.server_id, row.job, row.start_time, row.status),
        "SELECT id, server_id, backup_name, start_time, status FROM backups
         WHERE (server_id, backup_name, start_time) IN
            (SELECT server_id, backup_name, max(start_time) FROM backups WHERE start_time IS NOT NULL
             GROUP BY server_id, backup_name)
         ORDER BY server_id, backup_name, id",
    );
}

#[test]
fn d22_the_trend_goes_day_by_day_over_a_number_of_days_that_is_bound() {
    let app = duplistatus();
    for last_days in [7, 90] {
        let days = BackupRepository::new(&app.db).trend(last_days).unwrap();
        app.agrees(
            &cells!(days, |row| row.day, row.backups, row.failed, row.uploaded, row.average_duration),
            &format!(
                "SELECT date(start_time), count(*), sum(status IN ('error', 'fatal')), sum(uploaded_size), avg(duration)
                 FROM backups WHERE start_time >= strftime('%Y-%m-%d %H:%M:%f', 'now', '-{last_days} days') || '000'
                 GROUP BY date(start_time) ORDER BY 1"
            ),
        );
    }
}

#[test]
fn d14_what_is_older_than_so_many_days_is_deleted_and_counted() {
    let app = duplistatus();
    let kept = "SELECT id FROM backups WHERE created_at >= datetime('now', '-90 days') ORDER BY id";
    let expected = rows(&app.path, kept);
    let deleted = BackupRepository::new(&app.db).clean_up(90).unwrap();
    assert!(deleted > 1_000, "{deleted}");
    assert_eq!(usize::try_from(deleted).unwrap() + expected.len(), 9_000);
    assert_same(&expected, &rows(&app.path, "SELECT id FROM backups ORDER BY id"));
    // Text that SQLite itself writes has no fraction: it is compared as the moment that it is.
    app.db
        .sqlite_raw(|connection| {
            connection.execute("UPDATE backups SET created_at = datetime('now', '-1 hour')", [])
        })
        .unwrap();
    assert_eq!(BackupRepository::new(&app.db).clean_up(1).unwrap(), 0);
}

#[test]
fn only_the_newest_backups_of_each_server_are_kept() {
    let app = duplistatus();
    let kept = "SELECT id FROM (SELECT id, row_number() OVER
        (PARTITION BY server_id ORDER BY start_time DESC, id DESC) AS n FROM backups) WHERE n <= 30 ORDER BY id";
    let expected = rows(&app.path, kept);
    let deleted = BackupRepository::new(&app.db).keep_newest(30).unwrap();
    assert_eq!(usize::try_from(deleted).unwrap() + expected.len(), 9_000);
    assert_same(&expected, &rows(&app.path, "SELECT id FROM backups ORDER BY id"));
    assert_eq!(BackupRepository::new(&app.db).keep_newest(30).unwrap(), 0);
}

#[test]
fn d05_a_server_is_created_found_listed_updated_and_deleted() {
    let app = duplistatus();
    let servers = ServerRepository::new(&app.db);
    let new = servers.insert(NewServer { name: "aaa".into() }.with(|s| s.alias.set("First"))).unwrap();
    assert_eq!(servers.get(new.id).unwrap(), new);
    assert_eq!(servers.get_by(|s| s.name, "aaa").unwrap(), new);
    assert!(servers.find(9_999).unwrap().is_none());
    let by_name = servers.by_name().unwrap();
    assert_eq!(by_name.first(), Some(&new));
    app.agrees(
        &cells!(by_name, |s| s.id, s.name, s.alias, s.notes, s.last_seen, s.created_at),
        "SELECT id, name, alias, notes, last_seen, created_at FROM servers ORDER BY name",
    );
    servers.update(new.id, |s| s.notes.set("It's in the cellar")).unwrap();
    let after = servers.get(new.id).unwrap();
    assert!(after.notes.as_deref() == Some("It's in the cellar") && after.updated_at > new.updated_at);
    servers.delete(new.id).unwrap();
    assert_eq!(servers.count().unwrap(), 60);
    let again = servers.insert(NewServer { name: "server-01".into() }).unwrap_err();
    assert!(again.violates::<Server>(|s| s.name), "{again}");
}

#[test]
fn d06_chosen_fields_are_updated_and_their_names_are_no_strings() {
    let app = duplistatus();
    let servers = ServerRepository::new(&app.db);
    let before = servers.get(3).unwrap();
    let patch: ServerUpdate = serde_json::from_str(r#"{ "alias": null, "notes": "moved" }"#).unwrap();
    servers.patch(3, patch).unwrap();
    let after = servers.get(3).unwrap();
    assert!(after.updated_at > before.updated_at);
    let expected =
        Server { alias: None, notes: Some("moved".into()), updated_at: after.updated_at, ..before.clone() };
    assert_eq!(after, expected);
    // What the guide's own code would have put into the statement.
    let evil = r#"{ "name = 'x' WHERE 1 --": "x" }"#;
    let refused = serde_json::from_str::<ServerUpdate>(evil).err().unwrap();
    assert!(refused.to_string().contains("unknown field"), "{refused}");
    // A patch of nothing changes nothing, the time of the last change included.
    servers.patch(3, serde_json::from_str("{}").unwrap()).unwrap();
    assert_eq!(servers.get(3).unwrap(), after);
    assert_eq!(Server::query().filter(|s| s.notes.eq("moved")).count(&app.db).unwrap(), 1);
}

#[test]
fn d07_messages_are_a_json_array() {
    let app = duplistatus();
    let backups = BackupRepository::new(&app.db);
    let message = |text: &str| Message { level: "error".to_owned(), text: text.to_owned() };
    let messages = vec![message("disk \"B\" is full"), message("it's late, \u{1f43f}")];
    let new = NewBackup { server_id: 3, job: "photos".into(), status: Status::Error };
    let new = backups.insert(new.with(|b| b.messages.set(Json(messages.clone())))).unwrap();
    assert_eq!(backups.get(new.id).unwrap().messages, Some(messages));
    let stored = backups.get(10).unwrap().messages.unwrap();
    assert_eq!(stored, [Message { level: "info".to_owned(), text: "it's done".to_owned() }]);
    assert_eq!(backups.get(11).unwrap().messages, None);
    app.agrees(
        &[vec![Value::Integer(900), Value::Integer(1)]],
        "SELECT count(*) FILTER (WHERE messages ->> '$[0].text' = 'it''s done'),
            count(*) FILTER (WHERE messages ->> '$[1].level' = 'error') FROM backups",
    );
}

#[test]
fn d08_backups_come_newest_first_with_a_limit() {
    let app = duplistatus();
    let newest = BackupRepository::new(&app.db).of_server(3, 25).unwrap();
    assert_eq!(newest.len(), 25);
    app.agrees(
        &cells!(newest, |row| row.id, row.start_time),
        "SELECT id, start_time FROM backups WHERE server_id = 3 ORDER BY start_time DESC, id DESC LIMIT 25",
    );
    assert!(Backup::query().filter(|b| b.server_id.eq(3)).count(&app.db).unwrap() > 25);
}

#[test]
fn d09_the_latest_of_a_server_is_one_or_none() {
    let app = duplistatus();
    let backups = BackupRepository::new(&app.db);
    let latest = backups.latest(3).unwrap();
    app.agrees(
        &cells!(latest.as_slice(), |row| row.id, row.start_time),
        "SELECT id, start_time FROM backups WHERE server_id = 3 ORDER BY start_time DESC, id DESC LIMIT 1",
    );
    assert_eq!(backups.latest(58).unwrap(), None);
}

#[test]
fn d24_threads_share_a_pool_a_relation_costs_one_query_and_a_transaction_is_whole() {
    let app = duplistatus();
    // Many threads on one handle.
    let expected = BackupRepository::new(&app.db).latest(3).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(BackupRepository::new(&app.db).latest(3).unwrap(), expected);
                }
            });
        }
    });
    // A server and its last backups: two queries, as `schema-core/src/query/relation/tests.rs` counts them.
    let loaded = Server::query()
        .order_by(|s| s.id.asc())
        .with(|s| s.backups().order_by(|b| (b.start_time.desc(), b.id.desc())).limit(3))
        .all(&app.db)
        .unwrap();
    let flat: Vec<(i64, i64)> = loaded
        .iter()
        .flat_map(|(server, backups)| backups.iter().map(|backup| (server.id, backup.id)))
        .collect();
    app.agrees(
        &cells!(flat, |row| row.0, row.1),
        "SELECT server_id, id FROM (SELECT server_id, id, row_number() OVER
            (PARTITION BY server_id ORDER BY start_time DESC, id DESC) AS n FROM backups) WHERE n <= 3
         ORDER BY server_id, n",
    );
    assert_eq!(loaded.iter().filter(|(_, backups)| backups.is_empty()).count(), 3);
    // Nothing of a transaction that fails is there.
    let failed: Result<(), Error> = app.db.transaction(|tx| {
        Backup::delete().all_rows().run(tx)?;
        ServerRepository::new(tx).insert(NewServer { name: "server-01".into() })?;
        Ok(())
    });
    assert!(failed.unwrap_err().violates::<Server>(|s| s.name));
    assert_eq!(Backup::query().count(&app.db).unwrap(), 9_000);
}

#[test]
fn d25_a_string_cannot_become_sql() {
    let app = duplistatus();
    let servers = ServerRepository::new(&app.db);
    for evil in ["'; DROP TABLE servers; --", "' OR '1'='1", "\\'", "%", "_", "?1", "\"", "a\0b"] {
        let new = servers.insert(NewServer { name: evil.into() }.with(|s| s.notes.set(evil))).unwrap();
        assert_eq!(servers.get(new.id).unwrap().name, evil);
        let ids = |found: Query<Server>| found.select(|s| s.id).all(&app.db).unwrap();
        assert_eq!(ids(Server::query().filter(|s| s.name.eq(evil))), [new.id]);
        assert_eq!(ids(Server::query().filter(|s| s.name.in_list([evil]))), [new.id]);
        assert_eq!(ids(Server::query().filter(|s| s.notes.contains(evil))), [new.id], "{evil}");
        assert!(
            !Server::query().filter(|s| s.name.eq(evil)).to_sql().contains(evil)
                || evil == "\""
                || evil == "_"
        );
        assert_eq!(Server::delete().filter(|s| s.name.eq(evil)).run(&app.db).unwrap(), 1);
    }
    assert_eq!(servers.count().unwrap(), 60);
}
