use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: Option<i64>
}

fn main() {}
