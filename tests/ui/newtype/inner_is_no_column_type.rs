use schema_core::SqlType;

#[derive(Clone, Debug)]
struct Inner;

#[derive(SqlType, Clone, Debug)]
struct BookId(Inner);

fn main() {}
