use schema_core::SqlType;

#[derive(SqlType, Clone, Debug)]
struct BookId<T>(T);

fn main() {}
