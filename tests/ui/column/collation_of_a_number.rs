use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(collate = nocase)]
    pages: i64
}

fn main() {}
