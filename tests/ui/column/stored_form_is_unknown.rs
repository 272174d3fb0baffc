use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(stored = "unixtime")]
    printed_at: time::OffsetDateTime
}

fn main() {}
