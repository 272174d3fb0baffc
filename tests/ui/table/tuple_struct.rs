use schema_core::Table;

#[derive(Table)]
struct Book(i64, String);

fn main() {}
