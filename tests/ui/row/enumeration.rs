use schema_core::Row;

#[derive(Row)]
enum Either {
    Left,
}

fn main() {}
