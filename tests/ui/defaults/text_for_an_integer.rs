use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(default = "many")]
    pages: i64
}

fn main() {}
