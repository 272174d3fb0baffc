//! The queries of duplistatus, each against the same question in plain SQL.
#![allow(missing_docs)]

#[path = "support/plain.rs"]
#[allow(dead_code, reason = "each test file uses a part of it")]
mod plain;

use applications::duplistatus::{Backup, BackupRepository, Duplistatus, Server, ServerRepository};
use plain::{Filled, assert_same, cells, rows};

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
fn d08_d09_backups_come_newest_first_with_a_limit_and_the_latest_is_one_or_none() {
    let app = duplistatus();
    let backups = BackupRepository::new(&app.db);
    let newest = backups.of_server(3, 25).unwrap();
    app.agrees(
        &cells!(newest, |row| row.id, row.start_time),
        "SELECT id, start_time FROM backups WHERE server_id = 3 ORDER BY start_time DESC, id DESC LIMIT 25",
    );
    assert_eq!(backups.latest(3).unwrap().as_ref(), newest.first());
    assert_eq!(backups.latest(58).unwrap(), None);
    assert_eq!(Server::query().count(&app.db).unwrap(), 60);
    assert!(Backup::query().filter(|b| b.server_id.eq(3)).count(&app.db).unwrap() > 25);
}
