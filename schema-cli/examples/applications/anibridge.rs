//! Bridges a torrent client and the sites that it downloads from.

/// Jobs and what the client calls them.
pub(crate) mod first {
    use schema_core::Table;

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct Job {
        #[column(primary_key)]
        pub(crate) id: String,
        #[column(default = "queued")]
        pub(crate) status: String,
        #[column(default = 0.0)]
        pub(crate) progress: f64,
        pub(crate) total_bytes: Option<i64>,
    }

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct ClientTask {
        #[column(primary_key)]
        pub(crate) hash: String,
        pub(crate) name: String,
        pub(crate) job_id: Option<String>,
    }

    schema_core::schema! {
        pub(crate) AniBridge { Job, ClientTask }
    }
}

/// A job says where it came from, and every job that is there came from one site.
pub(crate) mod second {
    use schema_core::Table;

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct Job {
        #[column(primary_key)]
        pub(crate) id: String,
        #[column(default = "queued", index)]
        pub(crate) status: String,
        #[column(default = 0.0)]
        pub(crate) progress: f64,
        pub(crate) total_bytes: Option<i64>,
        #[column(backfill = "'aniworld.to'")]
        pub(crate) source_site: String,
    }

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct ClientTask {
        #[column(primary_key)]
        pub(crate) hash: String,
        pub(crate) name: String,
        pub(crate) job_id: Option<String>,
    }

    schema_core::schema! {
        pub(crate) AniBridge { Job, ClientTask }
    }
}
