use schema_core::Table;

#[derive(Table)]
#[table(check(positive = "pages > 0", positive = "pages > 1"))]
struct Book {
    #[column(primary_key)]
    id: i64,
    pages: i64
}

fn main() {}
