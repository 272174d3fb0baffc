use schema_core::Table;

#[derive(Table)]
struct Book;

fn main() {}
