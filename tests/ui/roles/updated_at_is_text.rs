use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(updated_at)]
    updated_at: String
}

fn main() {}
