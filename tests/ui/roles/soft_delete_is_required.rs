use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(soft_delete)]
    deleted_at: time::OffsetDateTime
}

fn main() {}
