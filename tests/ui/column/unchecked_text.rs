use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(unchecked)]
    isbn: String
}

fn main() {}
