use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(json, stored = "text")]
    tags: Vec<String>
}

fn main() {}
