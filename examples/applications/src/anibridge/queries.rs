use schema_core::{
    Result, Row, Table, exists,
    expr::{days, now},
};

use super::{
    AniBridge, ClientTask, ClientTaskRepository, EpisodeAvailability, EpisodeAvailabilityRepository, Job,
    JobStatus, NewEpisodeAvailability,
};

/// What the torrent client is told of a task.
#[derive(Row, Clone, Debug, PartialEq)]
pub struct Progress {
    /// The torrent's hash.
    pub hash: String,
    /// Its name.
    pub name: String,
    /// Where the job stands; none where there is no such job, or no more.
    pub status: Option<JobStatus>,
    /// How far it is, from 0 to 1.
    pub part: f64,
    /// Bytes that are missing.
    pub missing: Option<i64>,
}

impl ClientTaskRepository<'_, AniBridge> {
    /// Every task with how far its job is, if there is one.
    pub fn progress(&self) -> Result<Vec<Progress>> {
        ClientTask::query()
            .left_join::<Job>(|t, j| j.id.eq(t.job_id))
            .order_by(|(t, _)| (t.added_on.desc(), t.hash.asc()))
            .select(|(t, j)| ProgressSelect {
                hash: t.hash,
                name: t.name,
                status: j.status,
                part: (j.progress / 100.0).unwrap_or(0.0),
                missing: j.total_bytes - j.downloaded_bytes,
            })
            .all(self)
    }

    /// Tasks whose job there is no more.
    pub fn orphans(&self) -> Result<Vec<ClientTask>> {
        ClientTask::query()
            .filter(|t| t.job_id.is_not_null().and(!exists(Job::query().filter(|j| j.id.eq(t.job_id)))))
            .order_by(|t| t.hash.asc())
            .all(self)
    }
}

impl EpisodeAvailabilityRepository<'_, AniBridge> {
    /// Takes down what a site has said; what was known of the episode there is replaced.
    pub fn remember(&self, new: NewEpisodeAvailability) -> Result<u64> {
        self.upsert(new).on_conflict(|e| e.slug_season_episode_language_site).update_all().run()
    }

    /// Forgets what nobody has looked at for so many days.
    pub fn forget(&self, after_days: i64) -> Result<u64> {
        EpisodeAvailability::delete().filter(|e| e.checked_at.lt(now().minus(days(after_days)))).run(self)
    }
}
