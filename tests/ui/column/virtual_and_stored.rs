use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(generated = "1 + 1", virtual, stored)]
    pages: i64
}

fn main() {}
