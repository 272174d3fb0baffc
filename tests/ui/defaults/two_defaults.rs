use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(default = 0, default_sql = "0")]
    pages: i64
}

fn main() {}
