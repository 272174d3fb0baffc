use schema_core::Row;

#[derive(Row)]
struct Title {
    id: i64,
    title: &'static str,
}

fn main() {}
