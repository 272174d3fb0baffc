use schema_core::Table;

#[derive(Clone, Debug)]
struct Authors;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    authors: Authors
}

fn main() {}
