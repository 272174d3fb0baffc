use schema_core::{
    Result, Row, Table,
    expr::{avg, count, days, each, group_concat, max, now, row_number, sum},
    row, scalar,
};
use time::{Date, OffsetDateTime};

use super::{Backup, BackupRepository, Duplistatus, Server, ServerRepository, Status};

/// Figures of a server's backups.
#[derive(Row, Clone, Debug, PartialEq)]
pub struct Statistics {
    /// Number of backups.
    pub total: i64,
    /// Those that succeeded.
    pub successful: i64,
    /// Those that did not save.
    pub failed: i64,
    /// Seconds that one took on average; none where there is no backup, or none says.
    pub average_duration: Option<f64>,
    /// Bytes that were looked at.
    pub size: Option<i64>,
}

/// A server and what its last backup was.
#[derive(Row, Clone, Debug, PartialEq)]
pub struct LatestBackup {
    /// The server's id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// How the last backup went; none where there was none.
    pub status: Option<Status>,
    /// When it began.
    pub start_time: Option<OffsetDateTime>,
    /// Seconds that it took.
    pub duration: Option<i64>,
}

/// A day of a server, or of all.
#[derive(Row, Clone, Debug, PartialEq)]
pub struct DayOfBackups {
    /// The day, in UTC.
    pub day: Option<Date>,
    /// Backups that began on it.
    pub backups: i64,
    /// Those that did not save.
    pub failed: i64,
    /// Bytes that were sent.
    pub uploaded: Option<i64>,
    /// Seconds that one took on average.
    pub average_duration: Option<f64>,
}

/// A line of the overview.
#[derive(Row, Clone, Debug, PartialEq)]
pub struct ServerSummary {
    /// The server's name.
    pub server: String,
    /// What people call it, or its name.
    pub shown_as: String,
    /// Number of backups.
    pub backups: i64,
    /// Its jobs in the order of the alphabet, each once.
    pub jobs: Option<String>,
    /// Statuses of the last five backups, the newest first.
    pub recent: Option<String>,
    /// Bytes that all backups of the last report take up.
    pub storage: Option<i64>,
    /// When the last backup began.
    pub last: Option<OffsetDateTime>,
}

impl ServerRepository<'_, Duplistatus> {
    /// Every server, by name.
    pub fn by_name(&self) -> Result<Vec<Server>> {
        Server::query().order_by(|s| s.name.asc()).all(self)
    }

    /// Every server and its last backup, if there was one.
    pub fn with_latest_backup(&self) -> Result<Vec<LatestBackup>> {
        Server::query()
            .left_join::<Backup>(|s, b| {
                let latest = Backup::query()
                    .filter(|other| other.server_id.eq(s.id))
                    .order_by(|other| (other.start_time.desc(), other.id.desc()))
                    .select(|other| other.id)
                    .limit(1);
                b.id.eq(scalar(latest))
            })
            .order_by(|(s, _)| s.name.asc())
            .select(|(s, b)| LatestBackupSelect {
                id: s.id,
                name: s.name,
                status: b.status,
                start_time: b.start_time,
                duration: b.duration,
            })
            .all(self)
    }

    /// The overview: each server with its jobs, the last statuses and the space that is taken up.
    pub fn summary(&self) -> Result<Vec<ServerSummary>> {
        Server::query()
            .left_join::<Backup>(|s, b| b.server_id.eq(s.id))
            .group_by(|(s, _)| (s.id, s.name, s.alias))
            .order_by(|(_, name, _), _| name.asc())
            .select(|(id, name, alias), (_, b)| {
                let jobs = Backup::query()
                    .filter(|job| job.server_id.eq(id))
                    .order_by(|job| job.job.asc())
                    .select(|job| JobSelect { job: job.job })
                    .distinct()
                    .as_table();
                let recent = Backup::query()
                    .filter(|last| last.server_id.eq(id).and(last.start_time.is_not_null()))
                    .order_by(|last| (last.start_time.desc(), last.id.desc()))
                    .limit(5)
                    .select(|last| LastSelect { status: last.status, storage: last.storage_size })
                    .as_table();
                ServerSummarySelect {
                    server: name,
                    shown_as: alias.unwrap_or(name),
                    backups: count(b),
                    jobs: scalar(jobs.aggregate(|job| group_concat(job.job, ", "))),
                    recent: scalar(recent.aggregate(|last| group_concat(last.status, " "))),
                    storage: scalar(
                        Backup::query()
                            .filter(|last| last.server_id.eq(id).and(last.storage_size.is_not_null()))
                            .order_by(|last| (last.start_time.desc(), last.id.desc()))
                            .select(|last| last.storage_size)
                            .limit(1),
                    ),
                    last: max(b.start_time),
                }
            })
            .all(self)
    }
}

/// A job of a server.
#[derive(Row, Clone, Debug)]
struct Job {
    job: String,
}

/// One of a server's last backups.
#[derive(Row, Clone, Debug)]
struct Last {
    status: Status,
    storage: Option<i64>,
}

impl BackupRepository<'_, Duplistatus> {
    /// The newest backups of a server.
    pub fn of_server(&self, server: i64, limit: u64) -> Result<Vec<Backup>> {
        Backup::query()
            .filter(|b| b.server_id.eq(server))
            .order_by(|b| (b.start_time.desc(), b.id.desc()))
            .limit(limit)
            .all(self)
    }

    /// The newest backup of a server.
    pub fn latest(&self, server: i64) -> Result<Option<Backup>> {
        Backup::query()
            .filter(|b| b.server_id.eq(server))
            .order_by(|b| (b.start_time.desc(), b.id.desc()))
            .first(self)
    }

    /// Figures of a server's backups.
    pub fn statistics(&self, server: i64) -> Result<Statistics> {
        Backup::query()
            .filter(|b| b.server_id.eq(server))
            .aggregate(|b| StatisticsSelect {
                total: count(b),
                successful: count(b).filter(each(b, |b| b.status.eq(Status::Success))),
                failed: count(b).filter(each(b, |b| b.status.in_list([Status::Error, Status::Fatal]))),
                average_duration: avg(b.duration),
                size: sum(b.files_size),
            })
            .one(self)
    }

    /// The last backup of every job of every server.
    pub fn latest_of_each_job(&self) -> Result<Vec<Backup>> {
        let newest = Backup::query()
            .filter(|b| b.start_time.is_not_null())
            .group_by(|b| (b.server_id, b.job))
            .select(|(server, job), b| (server, job, max(b.start_time)));
        Backup::query()
            .filter(|b| row((b.server_id, b.job, b.start_time)).in_query(newest))
            .order_by(|b| (b.server_id.asc(), b.job.asc(), b.id.asc()))
            .all(self)
    }

    /// Backups day by day, of the last so many days.
    pub fn trend(&self, last_days: i64) -> Result<Vec<DayOfBackups>> {
        Backup::query()
            .filter(|b| b.start_time.ge(now().minus(days(last_days))))
            .group_by(|b| b.start_time.date())
            .order_by(|day, _| day.asc())
            .select(|day, b| DayOfBackupsSelect {
                day,
                backups: count(b),
                failed: count(b).filter(each(b, |b| b.status.in_list([Status::Error, Status::Fatal]))),
                uploaded: sum(b.uploaded_size),
                average_duration: avg(b.duration),
            })
            .all(self)
    }

    /// Deletes what was reported more than so many days ago, and says how many backups that were.
    pub fn clean_up(&self, older_than_days: i64) -> Result<u64> {
        Backup::delete().filter(|b| b.created_at.lt(now().minus(days(older_than_days)))).run(self)
    }

    /// Deletes all but the newest backups of each server, and says how many that were.
    pub fn keep_newest(&self, of_each_server: i64) -> Result<u64> {
        let numbered = Backup::query()
            .select(|b| NumberedSelect {
                id: b.id,
                place: row_number().over(|w| {
                    w.partition_by(b.server_id).order_by((b.start_time.desc().nulls_last(), b.id.desc()))
                }),
            })
            .as_table();
        let old = numbered.filter(|n| n.place.gt(of_each_server)).select(|n| n.id);
        Backup::delete().filter(|b| b.id.in_query(old)).run(self)
    }
}

/// A backup and its place among those of its server, from the newest on.
#[derive(Row, Clone, Debug)]
struct Numbered {
    id: i64,
    place: i64,
}
