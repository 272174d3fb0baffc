use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(version)]
    version: i64,
    #[column(version)]
    revision: i64
}

fn main() {}
