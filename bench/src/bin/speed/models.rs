//! The tables that are measured.

use schema_core::Table;

/// A table of three columns.
#[derive(Table, Clone, Debug)]
#[table(name = "small")]
pub(crate) struct Small {
    #[column(primary_key)]
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) amount: i64,
}

/// The same three columns, filled and emptied by the insert benchmark.
#[derive(Table, Clone, Debug)]
#[table(name = "target")]
pub(crate) struct Target {
    #[column(primary_key)]
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) amount: i64,
}

/// A table of twelve columns.
#[derive(Table, Clone, Debug)]
#[table(name = "wide")]
pub(crate) struct Wide {
    #[column(primary_key)]
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) author: String,
    pub(crate) language: String,
    pub(crate) subject: String,
    pub(crate) year: i64,
    pub(crate) pages: i64,
    pub(crate) copies: i64,
    pub(crate) price: f64,
    pub(crate) rating: f64,
    pub(crate) note: Option<String>,
    pub(crate) available: bool,
}

schema_core::schema! {
    /// Everything that is measured.
    pub(crate) Measured { Small, Target, Wide }
}
