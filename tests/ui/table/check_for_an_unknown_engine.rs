use schema_core::Table;

#[derive(Table)]
#[table(check(positive(mysql = "pages > 0")))]
struct Book {
    #[column(primary_key)]
    id: i64,
    pages: i64
}

fn main() {}
