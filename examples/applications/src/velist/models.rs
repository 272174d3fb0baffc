use schema_core::{SqlEnum, Table};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// Somebody with an account.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct User {
    /// Made by the program.
    #[column(primary_key, default = uuid_v7)]
    pub id: Uuid,
    /// Their address.
    #[column(unique, collate = nocase)]
    pub email: String,
    /// The hash of their password.
    pub password_hash: String,
    /// Their name.
    pub name: String,
    /// What they may do.
    #[column(default = "user")]
    pub role: String,
    /// Their account at Google.
    #[column(unique)]
    pub google_id: Option<String>,
    /// When their address was found to be theirs.
    pub email_verified_at: Option<OffsetDateTime>,
    /// The secret of their second factor.
    pub two_factor_secret: Option<String>,
    /// Whether they have one.
    #[column(default = false)]
    pub two_factor_enabled: bool,
    /// When they joined.
    #[column(created_at)]
    pub created_at: OffsetDateTime,
    /// When they last changed something.
    #[column(updated_at)]
    pub updated_at: OffsetDateTime,
}

/// Where a task stands.
#[derive(SqlEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskStatus {
    /// It has to be done.
    Pending,
    /// It is done.
    Completed,
}

/// Something to do.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct Task {
    /// Made by the program.
    #[column(primary_key, default = uuid_v7)]
    pub id: Uuid,
    /// Whose it is.
    #[column(references = User, on_delete = cascade, index)]
    pub user_id: Uuid,
    /// What is to be done.
    pub title: String,
    /// Where it stands.
    #[column(default = TaskStatus::Pending)]
    pub status: TaskStatus,
    /// When it was written down.
    #[column(created_at)]
    pub created_at: OffsetDateTime,
    /// When it was last changed.
    #[column(updated_at)]
    pub updated_at: OffsetDateTime,
}

/// What is known of a picture.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Pixels from left to right.
    pub width: i64,
    /// Pixels from top to bottom.
    pub height: i64,
}

/// A file that was uploaded.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct Asset {
    /// Made by the program.
    #[column(primary_key, default = uuid_v7)]
    pub id: Uuid,
    /// Whose it is.
    #[column(references = User, on_delete = cascade, index)]
    pub user_id: Uuid,
    /// What it is called here.
    pub filename: String,
    /// Its size in bytes.
    pub size: i64,
    /// What is known of it, if it is a picture.
    #[column(json)]
    pub metadata: Option<Picture>,
    /// When it came.
    #[column(created_at)]
    pub created_at: OffsetDateTime,
}

schema_core::schema! {
    /// What Velist keeps.
    pub Velist { User, Task, Asset }
}
