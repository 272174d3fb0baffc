use schema_core::SqlType;

#[derive(SqlType, Clone, Debug)]
struct BookId {
    id: i64,
}

fn main() {}
