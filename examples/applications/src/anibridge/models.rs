use schema_core::{SqlEnum, Table};
use time::{Duration, OffsetDateTime};

/// Where a download stands.
#[derive(SqlEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobStatus {
    /// It waits.
    Queued,
    /// It runs.
    Downloading,
    /// It is there.
    Completed,
    /// It is not.
    Failed,
    /// Somebody has stopped it.
    Cancelled,
}

/// A download.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(index(status, updated_at desc))]
pub struct Job {
    /// A UUID in hexadecimal digits, made by the program.
    #[column(primary_key)]
    pub id: String,
    /// Where it stands.
    #[column(default = JobStatus::Queued)]
    pub status: JobStatus,
    /// How far it is, in percent.
    #[column(default = 0.0, check = "progress BETWEEN 0 AND 100")]
    pub progress: f64,
    /// Bytes that are there.
    #[column(default = 0)]
    pub downloaded_bytes: i64,
    /// Bytes of the whole.
    pub total_bytes: Option<i64>,
    /// Bytes a second.
    pub speed: Option<f64>,
    /// Seconds that remain.
    pub eta: Option<i64>,
    /// What went wrong.
    pub message: Option<String>,
    /// The file.
    pub result_path: Option<String>,
    /// The site that it comes from.
    pub source_site: String,
    /// When it was asked for.
    #[column(created_at)]
    pub created_at: OffsetDateTime,
    /// When it last moved.
    #[column(updated_at)]
    pub updated_at: OffsetDateTime,
}

/// What is known of an episode on a site.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(name = "episode_availability", primary_key(slug, season, episode, language, site), without_rowid)]
pub struct EpisodeAvailability {
    /// The series.
    pub slug: String,
    /// Its season.
    pub season: i64,
    /// The episode in it.
    pub episode: i64,
    /// Language of sound or subtitles.
    pub language: String,
    /// The site.
    pub site: String,
    /// Whether it is there.
    pub available: bool,
    /// Lines of the picture.
    pub height: Option<i64>,
    /// How the picture is coded.
    pub vcodec: Option<String>,
    /// Where the site keeps it.
    pub provider: Option<String>,
    /// When somebody last looked.
    pub checked_at: OffsetDateTime,
    /// What else the site says.
    #[column(json)]
    pub extra: Option<serde_json::Value>,
}

impl EpisodeAvailability {
    /// Whether it need not be looked at again: it is no older than this.
    pub fn is_fresh(&self, now: OffsetDateTime, for_at_most: Duration) -> bool {
        now - self.checked_at <= for_at_most
    }
}

/// What the torrent client calls a job.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct ClientTask {
    /// The torrent's hash.
    #[column(primary_key)]
    pub hash: String,
    /// Its name.
    pub name: String,
    /// The series.
    pub slug: String,
    /// Its season.
    pub season: i64,
    /// The episode in it.
    pub episode: i64,
    /// Language of sound or subtitles.
    pub language: String,
    /// The site.
    pub site: String,
    /// The job, by no constraint: it may be gone before the task is.
    #[column(index)]
    pub job_id: Option<String>,
    /// Where the file shall go.
    pub save_path: Option<String>,
    /// What the client has it under.
    pub category: Option<String>,
    /// When it was added.
    #[column(created_at)]
    pub added_on: OffsetDateTime,
    /// When it was there.
    pub completion_on: Option<OffsetDateTime>,
    /// What the client thinks of it.
    #[column(default = "queued")]
    pub state: String,
}

schema_core::schema! {
    /// What AniBridge keeps.
    pub AniBridge { Job, EpisodeAvailability, ClientTask }
}
