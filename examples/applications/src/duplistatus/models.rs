use schema_core::{SqlEnum, Table};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// How a backup went.
#[derive(SqlEnum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Everything was saved.
    Success,
    /// Saved, with something to look at.
    Warning,
    /// Not saved.
    Error,
    /// The program ended.
    Fatal,
}

/// What a backup program has said.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// How grave it is.
    pub level: String,
    /// What it said.
    pub text: String,
}

/// A server whose backups are watched.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct Server {
    /// Counted by the database.
    #[column(primary_key, autoincrement)]
    pub id: i64,
    /// Its name in the network.
    #[column(unique)]
    pub name: String,
    /// What people call it.
    pub alias: Option<String>,
    /// What is to be known of it.
    pub notes: Option<String>,
    /// When it last reported a backup.
    #[column(sql_type = "DATETIME")]
    pub last_seen: Option<OffsetDateTime>,
    /// When it was added.
    #[column(created_at, sql_type = "DATETIME")]
    pub created_at: OffsetDateTime,
    /// When it was last changed.
    #[column(updated_at, sql_type = "DATETIME")]
    pub updated_at: OffsetDateTime,
}

/// A backup that a server has reported.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(index(server_id, start_time desc))]
pub struct Backup {
    /// Counted by the database.
    #[column(primary_key, autoincrement)]
    pub id: i64,
    /// Whose backup it is.
    #[column(references = Server, on_delete = cascade)]
    pub server_id: i64,
    /// The job of the backup program.
    #[column(name = "backup_name")]
    pub job: String,
    /// How it went.
    pub status: Status,
    /// When it began.
    #[column(sql_type = "DATETIME", index)]
    pub start_time: Option<OffsetDateTime>,
    /// When it ended.
    #[column(sql_type = "DATETIME")]
    pub end_time: Option<OffsetDateTime>,
    /// Seconds that it took.
    pub duration: Option<i64>,
    /// Number of files that were looked at.
    pub files_count: Option<i64>,
    /// Their size in bytes.
    pub files_size: Option<i64>,
    /// Bytes that all backups take up where they are kept.
    pub storage_size: Option<i64>,
    /// Bytes that were sent.
    pub uploaded_size: Option<i64>,
    /// What the program said.
    #[column(json)]
    pub messages: Option<Vec<Message>>,
    /// When it was reported.
    #[column(created_at, sql_type = "DATETIME")]
    pub created_at: OffsetDateTime,
}

/// A setting.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(name = "configuration")]
pub struct Setting {
    /// Counted by the database.
    #[column(primary_key, autoincrement)]
    pub id: i64,
    /// Its name.
    #[column(unique)]
    pub key: String,
    /// What it is set to.
    pub value: Option<String>,
    /// When it was first set.
    #[column(created_at, sql_type = "DATETIME")]
    pub created_at: OffsetDateTime,
    /// When it was last changed.
    #[column(updated_at, sql_type = "DATETIME")]
    pub updated_at: OffsetDateTime,
}

/// A message that was sent to a person.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct Notification {
    /// Counted by the database.
    #[column(primary_key, autoincrement)]
    pub id: i64,
    /// The server that it is about.
    #[column(references = Server, on_delete = cascade, index)]
    pub server_id: Option<i64>,
    /// The backup that it is about.
    #[column(references = Backup, on_delete = cascade, index)]
    pub backup_id: Option<i64>,
    /// What happened: `overdue`, `failed`.
    #[column(name = "type")]
    pub kind: String,
    /// Whether it got there.
    pub status: String,
    /// Its text.
    pub message: Option<String>,
    /// When it was sent.
    #[column(sql_type = "DATETIME")]
    pub sent_at: Option<OffsetDateTime>,
    /// When it was made.
    #[column(created_at, sql_type = "DATETIME")]
    pub created_at: OffsetDateTime,
}

schema_core::schema! {
    /// What duplistatus keeps.
    pub Duplistatus { Server, Backup, Setting, Notification }
}
