use schema_core::SqlType;

#[derive(SqlType, Clone, Debug)]
struct BookId(i64, i64);

fn main() {}
