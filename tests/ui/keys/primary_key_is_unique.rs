use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key, unique)]
    isbn: String
}

fn main() {}
