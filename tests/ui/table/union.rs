use schema_core::Table;

#[derive(Table)]
union Book {
    id: i64,
}

fn main() {}
