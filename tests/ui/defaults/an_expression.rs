use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(default = 1 + 1)]
    pages: i64
}

fn main() {}
