use schema_core::Table;

struct Writer;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(references = Writer)]
    author_id: i64
}

fn main() {}
