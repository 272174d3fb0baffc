use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(created_at)]
    created_at: i64
}

fn main() {}
