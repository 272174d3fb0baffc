//! What AniBridge promises of its tables, on filled ones.
#![allow(missing_docs)]

#[path = "support/plain.rs"]
#[allow(dead_code, reason = "each test file uses a part of it")]
mod plain;

use applications::anibridge::{
    AniBridge, ClientTaskRepository, EpisodeAvailability, EpisodeAvailabilityRepository, JobStatus,
    NewEpisodeAvailability,
};
use plain::{Filled, cells};
use serde_json::json;
use time::{Duration, OffsetDateTime, macros::datetime};

/// Two thousand episodes, three hundred jobs, and five hundred tasks, of which many have no job, or one that is gone.
const ROWS: &str = "
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1999)
    INSERT INTO episode_availability (slug, season, episode, language, site, available, height, checked_at, extra)
    SELECT 'series-' || (i / 100), 1 + i / 20 % 5, 1 + i / 2 % 10, CASE i % 2 WHEN 0 THEN 'de' ELSE 'en' END, 'aniworld.to',
        i % 3 > 0, CASE WHEN i % 4 THEN 1080 END,
        strftime('%Y-%m-%d %H:%M:%S', 'now', '-' || i || ' hours') || '.000000',
        CASE i % 3 WHEN 0 THEN '{\"tags\":[\"a\",\"it''s\"],\"n\":' || i || '}' WHEN 1 THEN 'null' END FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
    INSERT INTO jobs (id, status, progress, downloaded_bytes, total_bytes, source_site, created_at, updated_at)
    SELECT printf('%032x', i * 7919), CASE i % 3 WHEN 0 THEN 'completed' WHEN 1 THEN 'downloading' ELSE 'failed' END,
        i % 101, i * 1000, CASE WHEN i % 5 THEN 300000 END, 'aniworld.to', '2026-01-01 00:00:00.000000',
        '2026-01-01 00:00:00.000000' FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
    INSERT INTO client_tasks (hash, name, slug, season, episode, language, site, job_id, added_on)
    SELECT printf('%040x', i * 104729), 'Task ' || i, 'series-1', 1, i, 'de', 'aniworld.to',
        CASE WHEN i % 7 THEN printf('%032x', i * 7919) END,
        strftime('%Y-%m-%d %H:%M:%S', '2026-01-01', '+' || (i % 90) || ' minutes') || '.000000' FROM n;";

fn anibridge() -> Filled<AniBridge> {
    Filled::new(ROWS)
}

fn episode(number: i64, available: bool, checked_at: OffsetDateTime) -> NewEpisodeAvailability {
    NewEpisodeAvailability {
        slug: "series-3".to_owned(),
        season: 2,
        episode: number,
        language: "de".to_owned(),
        site: "aniworld.to".to_owned(),
        available,
        checked_at,
    }
}

#[test]
fn a04_an_episode_is_found_replaced_and_deleted_by_a_key_of_five_columns() {
    let app = anibridge();
    let episodes = EpisodeAvailabilityRepository::new(&app.db);
    let key = |number: i64| ("series-3", 2, number, "de", "aniworld.to");
    let at = datetime!(2026-02-03 04:05:06 UTC);
    let before = episodes.get(key(4)).unwrap();
    assert_eq!((before.season, before.episode, &*before.language), (2, 4, "de"));
    assert!(episodes.find(key(99)).unwrap().is_none());
    // What is there is replaced, and what is not is added: by the same call, and without a second row.
    for (number, rows) in [(4, 2_000), (99, 2_001)] {
        assert_eq!(episodes.remember(episode(number, !before.available, at)).unwrap(), 1);
        assert_eq!(episodes.count().unwrap(), rows);
        let after = episodes.get(key(number)).unwrap();
        assert_eq!((after.available, after.checked_at), (!before.available, at));
    }
    let twice = episodes.insert(episode(4, true, at)).unwrap_err();
    assert!(twice.violates::<EpisodeAvailability>(|e| e.slug_season_episode_language_site), "{twice}");
    episodes.delete(key(4)).unwrap();
    assert!(episodes.get(key(4)).unwrap_err().is_not_found());
    assert!(episodes.delete(key(4)).unwrap_err().is_not_found());
    assert_eq!(episodes.count().unwrap(), 2_000);
}

#[test]
fn a05_json_may_be_there_or_not_and_its_null_is_a_value() {
    let app = anibridge();
    let episodes = EpisodeAvailabilityRepository::new(&app.db);
    let with = EpisodeAvailability::query().filter(|e| e.extra.is_not_null()).count(&app.db).unwrap();
    let found = EpisodeAvailability::query()
        .filter(|e| e.extra.json_extract::<i64>("$.n").gt(1_900))
        .order_by(|e| e.extra.json_extract::<i64>("$.n").asc())
        .select(|e| (e.slug, e.extra.json_value::<String>("$.tags[1]"), e.extra.json_extract::<i64>("$.n")))
        .all(&app.db)
        .unwrap();
    assert_eq!(with, 1_334);
    app.agrees(
        &cells!(found, |row| row.0, row.1, row.2),
        "SELECT slug, extra ->> '$.tags[1]', json_extract(extra, '$.n') FROM episode_availability
         WHERE json_extract(extra, '$.n') > 1900 ORDER BY 3",
    );
    let key = ("series-3", 2, 4, "de", "aniworld.to");
    for extra in [None, Some(json!(null)), Some(json!({ "a": [1, 2.5, "it's"] }))] {
        episodes.update(key, |e| e.extra.set(extra.clone())).unwrap();
        assert_eq!(episodes.get(key).unwrap().extra, extra);
    }
}

#[test]
fn a06_the_struct_has_room_for_methods_of_its_own() {
    let app = anibridge();
    let now = OffsetDateTime::now_utc();
    let fresh = EpisodeAvailability::query()
        .all(&app.db)
        .unwrap()
        .into_iter()
        .filter(|episode| episode.is_fresh(now, Duration::hours(24) + Duration::minutes(30)))
        .count();
    assert_eq!(fresh, 25);
    // What is not fresh for a month is forgotten.
    let forgotten = EpisodeAvailabilityRepository::new(&app.db).forget(30).unwrap();
    assert!((1_279..=1_280).contains(&forgotten), "{forgotten}");
}

#[test]
fn a07_a_task_refers_to_a_job_that_may_be_gone() {
    let app = anibridge();
    let tasks = ClientTaskRepository::new(&app.db);
    let progress = tasks.progress().unwrap();
    assert_eq!(progress.len(), 500);
    assert!(progress.iter().any(|task| task.status == Some(JobStatus::Completed)));
    app.agrees(
        &cells!(progress, |row| row.hash, row.name, row.status, row.part, row.missing),
        "SELECT t.hash, t.name, j.status, coalesce(j.progress / 100.0, 0.0), j.total_bytes - j.downloaded_bytes
         FROM client_tasks t LEFT JOIN jobs j ON j.id = t.job_id ORDER BY t.added_on DESC, t.hash",
    );
    let orphans = tasks.orphans().unwrap();
    assert!(orphans.len() > 100);
    app.agrees(
        &cells!(orphans, |row| row.hash, row.job_id),
        "SELECT hash, job_id FROM client_tasks WHERE job_id NOT IN (SELECT id FROM jobs) ORDER BY hash",
    );
}
