use schema_core::{ColumnGroup, Table};

#[derive(ColumnGroup)]
pub struct Audit {
    pub created_by: String,
}

#[derive(Table)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(flatten)]
    pub audit: Audit,
}

fn main() {
    let _ = NewBook {};
}
