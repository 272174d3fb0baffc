use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(version, default = 7)]
    version: i64
}

fn main() {}
