use schema_core::Table;

#[derive(Table)]
#[table(append_only)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(version)]
    version: i64
}

fn main() {}
