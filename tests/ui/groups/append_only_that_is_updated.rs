use schema_core::{ColumnGroup, Table};

use time::OffsetDateTime;

#[derive(ColumnGroup)]
pub struct Audit {
    #[column(updated_at)]
    pub updated_at: OffsetDateTime,
}

#[derive(Table)]
#[table(append_only)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(flatten)]
    pub audit: Audit,
}

fn main() {}
