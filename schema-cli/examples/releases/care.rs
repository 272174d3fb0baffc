//! An application whose rows grow old: times stored in every way, and keys that take others with them.

use schema_core::Table;
use time::{Date, OffsetDateTime};

#[derive(Table, Clone, Debug)]
pub(crate) struct Backup {
    #[column(primary_key)]
    pub(crate) id: i64,
    pub(crate) name: String,
    #[column(created_at)]
    pub(crate) created_at: OffsetDateTime,
}

/// Goes with its backup.
#[derive(Table, Clone, Debug)]
pub(crate) struct Message {
    #[column(primary_key)]
    pub(crate) id: i64,
    #[column(references = Backup, on_delete = cascade, index)]
    pub(crate) backup_id: i64,
    /// Goes with the message that it answers.
    #[column(references = Message, on_delete = cascade, inverse = "answers", index)]
    pub(crate) answers_id: Option<i64>,
}

/// Stays without its backup.
#[derive(Table, Clone, Debug)]
pub(crate) struct Note {
    #[column(primary_key)]
    pub(crate) id: i64,
    #[column(references = Backup, on_delete = set_null, index)]
    pub(crate) backup_id: Option<i64>,
}

#[derive(Table, Clone, Debug)]
pub(crate) struct Session {
    #[column(primary_key)]
    pub(crate) id: i64,
    pub(crate) label: String,
    #[column(stored = "unix")]
    pub(crate) seen_at: OffsetDateTime,
    #[column(stored = "unix_ms")]
    pub(crate) expires_at: Option<OffsetDateTime>,
    pub(crate) day: Option<Date>,
}

#[derive(Table, Clone, Debug)]
pub(crate) struct Book {
    #[column(primary_key)]
    pub(crate) id: i64,
    #[column(created_at)]
    pub(crate) created_at: OffsetDateTime,
    #[column(soft_delete)]
    pub(crate) deleted_at: Option<OffsetDateTime>,
}

#[derive(Table, Clone, Debug)]
#[table(append_only)]
pub(crate) struct Audit {
    #[column(primary_key)]
    pub(crate) id: i64,
    #[column(references = Backup, on_delete = cascade, index)]
    pub(crate) backup_id: Option<i64>,
    #[column(created_at)]
    pub(crate) created_at: OffsetDateTime,
}

/// Refers to itself, and its key keeps its parent.
#[derive(Table, Clone, Debug)]
#[table(name = "nodes")]
pub(crate) struct Node {
    #[column(primary_key)]
    pub(crate) id: i64,
    #[column(references = Node, inverse = "children", index)]
    pub(crate) parent_id: Option<i64>,
    #[column(created_at)]
    pub(crate) created_at: OffsetDateTime,
}

/// Has no rowid.
#[derive(Table, Clone, Debug)]
#[table(without_rowid, primary_key(board, place))]
pub(crate) struct Pin {
    pub(crate) board: String,
    pub(crate) place: i64,
    #[column(created_at)]
    pub(crate) created_at: OffsetDateTime,
}

schema_core::schema! {
    pub(crate) App { Backup, Message, Note, Session, Book, Audit, Node, Pin }
}
