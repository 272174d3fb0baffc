use schema_core::{ColumnGroup, Table};

#[derive(ColumnGroup)]
pub struct Audit {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = Book)]
    pub book_id: i64,
}

#[derive(Table)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(flatten)]
    pub audit: Audit,
}

fn main() {}
