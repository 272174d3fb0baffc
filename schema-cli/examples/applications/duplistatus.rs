//! Watches the backups of servers.

/// Servers and their backups.
pub(crate) mod first {
    use schema_core::Table;
    use time::OffsetDateTime;

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct Server {
        #[column(primary_key, autoincrement)]
        pub(crate) id: i64,
        #[column(unique)]
        pub(crate) name: String,
        pub(crate) alias: Option<String>,
    }

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct Backup {
        #[column(primary_key, autoincrement)]
        pub(crate) id: i64,
        #[column(references = Server, on_delete = cascade, index)]
        pub(crate) server_id: i64,
        #[column(name = "backup_name")]
        pub(crate) job: String,
        pub(crate) status: String,
        pub(crate) duration: Option<i64>,
        #[column(created_at)]
        pub(crate) created_at: OffsetDateTime,
    }

    schema_core::schema! {
        pub(crate) Duplistatus { Server, Backup }
    }
}

/// The status is one of four, and a duration is never negative.
pub(crate) mod second {
    use schema_core::{SqlEnum, Table};
    use time::OffsetDateTime;

    #[derive(SqlEnum, Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum Status {
        Success,
        Warning,
        Error,
        Fatal,
    }

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct Server {
        #[column(primary_key, autoincrement)]
        pub(crate) id: i64,
        #[column(unique)]
        pub(crate) name: String,
        pub(crate) alias: Option<String>,
    }

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct Backup {
        #[column(primary_key, autoincrement)]
        pub(crate) id: i64,
        #[column(references = Server, on_delete = cascade, index)]
        pub(crate) server_id: i64,
        #[column(name = "backup_name")]
        pub(crate) job: String,
        pub(crate) status: Status,
        #[column(check = "duration >= 0")]
        pub(crate) duration: Option<i64>,
        #[column(created_at)]
        pub(crate) created_at: OffsetDateTime,
    }

    schema_core::schema! {
        pub(crate) Duplistatus { Server, Backup }
    }
}
