use schema_core::Row;

struct Author;

#[derive(Row)]
struct Title {
    id: i64,
    author: Author,
}

fn main() {}
