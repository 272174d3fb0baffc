use schema_core::Row;

#[derive(Row)]
struct Pair(i64, String);

fn main() {}
