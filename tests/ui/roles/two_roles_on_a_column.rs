use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(created_at, updated_at)]
    at: time::OffsetDateTime
}

fn main() {}
