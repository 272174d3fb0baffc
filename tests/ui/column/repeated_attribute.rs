use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(unique, unique)]
    isbn: String
}

fn main() {}
