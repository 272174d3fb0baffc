use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(uniqe)]
    isbn: String
}

fn main() {}
