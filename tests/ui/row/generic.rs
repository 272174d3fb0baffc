use schema_core::Row;

#[derive(Row)]
struct Pair<T> {
    left: T,
}

fn main() {}
