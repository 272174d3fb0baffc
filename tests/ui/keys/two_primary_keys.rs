use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(primary_key)]
    isbn: String
}

fn main() {}
