use schema_core::SqlType;

#[derive(SqlType, Clone, Debug)]
struct BookId(Option<i64>);

fn main() {}
