use schema_core::{ColumnGroup, Table};

use time::OffsetDateTime;

#[derive(ColumnGroup)]
pub struct Audit {
    #[column(created_at)]
    pub created_at: OffsetDateTime,
}

#[derive(Table)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(created_at)]
    pub at: OffsetDateTime,
    #[column(flatten)]
    pub audit: Audit,
}

fn main() {}
